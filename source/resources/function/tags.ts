import type { Config } from '../../model/config.ts';
import type { LocalFinding } from '../../model/descriptor.ts';
import { isKnownLater } from '../../model/intrinsic.ts';
import { closedObject, namedList, tagText } from '../schema.ts';

/** AWS's limit for one resource, the stack's own tags with it. */
const maximumTags = 50;

/** What `stackTags` in synthesis gives to everything: name, project and stage. */
const stackTagCount = 3;

export const tagsSchema = namedList(
  closedObject({
    name: tagText({ 'stp:static': true, description: 'Key of the tag.', maxLength: 128 }),
    value: tagText({ description: 'Value of the tag.', maxLength: 256 }),
  }),
  { title: 'Tags', description: "Of the function, beside the stack's.", maxItems: maximumTags },
);

/** @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const taken = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

type Tags = readonly { name: string; value: string }[];

export function* checkTags(tags: Tags, config: Config): Iterable<LocalFinding> {
  const names = new Set([...tags, ...config.tags].map(({ name }) => name));
  const room = maximumTags - stackTagCount;
  if (names.size > room && tags.length <= maximumTags) {
    yield {
      code: 'too-many-tags',
      path: ['tags'],
      at: 'key',
      message: `The function would have ${names.size + stackTagCount} tags with those of the stack; AWS allows ${maximumTags}.`,
    };
  }
  for (const [index, tag] of tags.entries()) {
    for (const key of ['name', 'value'] as const) {
      const written: unknown = tag[key];
      if (typeof written !== 'string' || isKnownLater(written) || taken.test(written)) continue;
      yield {
        code: 'wrong-format',
        path: ['tags', index, key],
        message: `AWS takes no tag with "${written}" as its ${key === 'name' ? 'key' : 'value'}.`,
        expected: 'letters, digits, spaces and _ . : / = + - @',
      };
    }
    const { name } = tag;
    if (typeof name !== 'string' || !/^(aws|stp):/i.test(name)) continue;
    yield {
      code: 'reserved-tag',
      path: ['tags', index, 'name'],
      message: `Tags that begin with "${name.slice(0, 4)}" are set by AWS and by the stack.`,
      suggestion: 'Choose another name.',
    };
  }
}
