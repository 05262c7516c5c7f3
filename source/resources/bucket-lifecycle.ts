import * as Type from 'typebox';
import type { Value } from '../model/intrinsic.ts';
import { closedObject, namedList, oneOf, type VariantOf, variants } from './schema.ts';

const filter = {
  prefix: Type.Optional(Type.String({ description: 'How the keys of the objects begin.' })),
  tags: Type.Optional(
    namedList(
      closedObject({
        name: Type.String({ description: 'Key of the tag.', minLength: 1 }),
        value: Type.String({ description: 'Value of the tag.' }),
      }),
      {
        description: 'Tags that the objects have.',
      },
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

export const lifecycleConfiguration = (rules: readonly Rule[]): Value => ({
  Rules: rules.map((rule, index) => ({
    Id: `rule-${index}`,
    Status: 'Enabled',
    Prefix: rule.properties.prefix,
    TagFilters: rule.properties.tags?.map(({ name, value }) => ({ Key: name, Value: value })),
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
