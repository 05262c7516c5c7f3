import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import type { Value } from '../../model/intrinsic.ts';
import { closedObject, oneOf, type VariantOf, variants } from '../schema.ts';

const filter = {
  prefix: Type.Optional(Type.String({ description: 'How the keys of the objects begin.' })),
  tags: Type.Optional(
    Type.Array(
      closedObject({
        key: Type.String({ description: 'Its name.', minLength: 1, maxLength: 128 }),
        value: Type.String({ description: 'Its value.', maxLength: 256 }),
      }),
      { description: 'Tags that the objects have.', 'stp:uniqueBy': 'key' },
    ),
  ),
};

const storageClass = oneOf(['DEEP_ARCHIVE', 'GLACIER', 'INTELLIGENT_TIERING', 'ONEZONE_IA', 'STANDARD_IA'], {
  title: 'Storage class',
  description: 'Cheaper to keep, dearer to read.',
});

const days = (description: string) => Type.Integer({ description, minimum: 1 });
const sinceUpload = days('Days after the upload.');
const sinceReplaced = days('Days after another version took its place.');

const branches = {
  expiration: {
    title: 'Expiration',
    description: 'Deletes objects.',
    schema: closedObject({ ...filter, daysAfterUpload: sinceUpload }),
  },
  'non-current-version-expiration': {
    title: 'Expiration of old versions',
    description: 'Deletes versions that are not the newest.',
    schema: closedObject({ ...filter, daysAfterVersioned: sinceReplaced }),
  },
  'class-transition': {
    title: 'Transition',
    description: 'Moves objects to another storage class.',
    schema: closedObject({
      ...filter,
      daysAfterUpload: Type.Integer({ description: 'Days after the upload.', minimum: 0 }),
      storageClass,
    }),
  },
  'non-current-version-class-transition': {
    title: 'Transition of old versions',
    description: 'Moves versions that are not the newest to another storage class.',
    schema: closedObject({ ...filter, daysAfterVersioned: sinceReplaced, storageClass }),
  },
  'abort-incomplete-multipart-upload': {
    title: 'End of uploads',
    description: 'Ends uploads in parts that nobody finished.',
    schema: closedObject({ ...filter, daysAfterInitiation: days('Days after the upload was begun.') }),
  },
} as const;

/** What happens to objects with time. */
export const lifecycleRulesSchema = Type.Array(variants(branches, { noun: 'lifecycle rule' }), {
  title: 'Lifecycle',
  description: 'What happens to objects with time.',
  maxItems: 1000,
});

type Rule = VariantOf<typeof branches>;

/** Days that S3 keeps objects in its standard class before it moves them to one of these. */
const leastDays: Readonly<Record<string, number>> = { STANDARD_IA: 30, ONEZONE_IA: 30 };

/**
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 */
export function* checkLifecycle(rules: readonly Rule[], versioning: boolean): Iterable<LocalFinding> {
  for (const [index, { type, properties }] of rules.entries()) {
    const path = ['lifecycleRules', index, 'properties'];
    if ('storageClass' in properties) {
      const key = 'daysAfterUpload' in properties ? 'daysAfterUpload' : 'daysAfterVersioned';
      const days =
        'daysAfterUpload' in properties ? properties.daysAfterUpload : properties.daysAfterVersioned;
      const least = leastDays[properties.storageClass] ?? 0;
      if (days < least) {
        yield {
          code: 'out-of-bounds',
          path: [...path, key],
          message: `S3 moves no objects to ${properties.storageClass} after fewer than ${least} days, and "${key}" is ${days}.`,
          expected: `an integer of at least ${least}`,
        };
      }
    }
    if (type === 'abort-incomplete-multipart-upload' && properties.tags?.length) {
      yield {
        code: 'conflicting-properties',
        path: [...path, 'tags'],
        at: 'key',
        message: 'Uploads that nobody finished have no tags, and S3 takes none for this rule.',
        suggestion: 'Leave "tags" out; "prefix" can choose them.',
      };
    }
    if (type.startsWith('non-current-version') && !versioning) {
      yield {
        severity: 'warning',
        code: 'no-versions',
        path: ['lifecycleRules', index, 'type'],
        message: 'This rule has no effect: the bucket keeps no old versions.',
        suggestion: 'Set versioning: true, or remove the rule.',
      };
    }
  }
}

export const lifecycleConfiguration = (rules: readonly Rule[]): Value => ({
  Rules: rules.map((rule, index) => ({
    Id: `rule-${index}`,
    Status: 'Enabled',
    Prefix: rule.properties.prefix,
    TagFilters: rule.properties.tags?.map(({ key, value }) => ({ Key: key, Value: value })),
    ...effectOf(rule),
  })),
});

function effectOf(rule: Rule): Record<string, Value> {
  switch (rule.type) {
    case 'expiration':
      return { ExpirationInDays: rule.properties.daysAfterUpload };
    case 'non-current-version-expiration':
      return { NoncurrentVersionExpiration: { NoncurrentDays: rule.properties.daysAfterVersioned } };
    case 'class-transition': {
      const { daysAfterUpload, storageClass: to } = rule.properties;
      return { Transitions: [{ StorageClass: to, TransitionInDays: daysAfterUpload }] };
    }
    case 'non-current-version-class-transition': {
      const { daysAfterVersioned, storageClass: to } = rule.properties;
      return { NoncurrentVersionTransitions: [{ StorageClass: to, TransitionInDays: daysAfterVersioned }] };
    }
    case 'abort-incomplete-multipart-upload':
      return {
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: rule.properties.daysAfterInitiation },
      };
  }
}
