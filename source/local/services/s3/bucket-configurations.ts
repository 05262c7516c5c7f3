import { type Operation, ServiceError } from '../../backend.ts';
import { checkTags } from './attributes.ts';
import { requireBucket } from './s3-errors.ts';
import type { S3Store } from './s3-store.ts';

/** A configuration of buckets that is kept as a record: one Put, one Get and mostly one Delete. */
type Configuration = {
  /** End of the operations' names: `PutBucketEncryption`. */
  name: string;
  deleteName?: string;
  /** Member of the input that holds it. */
  member: string;
  /** `member`: the answer has it under the same name. Otherwise its members are the answer's own. */
  answer: 'member' | 'flat';
  /** Code, message and status where there is none; else what is there from the start. */
  absent: [code: string, message: string] | Record<string, unknown>;
  check?(value: unknown): void;
};

const configurations: Configuration[] = [
  {
    name: 'BucketEncryption',
    deleteName: 'DeleteBucketEncryption',
    member: 'ServerSideEncryptionConfiguration',
    answer: 'member',
    // Since 2023 every bucket is encrypted from the start.
    absent: {
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
      },
    },
  },
  {
    name: 'PublicAccessBlock',
    deleteName: 'DeletePublicAccessBlock',
    member: 'PublicAccessBlockConfiguration',
    answer: 'member',
    absent: ['NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'],
  },
  {
    name: 'BucketLifecycleConfiguration',
    deleteName: 'DeleteBucketLifecycle',
    member: 'LifecycleConfiguration',
    answer: 'flat',
    absent: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'],
  },
  {
    name: 'BucketPolicy',
    deleteName: 'DeleteBucketPolicy',
    member: 'Policy',
    answer: 'member',
    absent: ['NoSuchBucketPolicy', 'The bucket policy does not exist'],
    check: checkPolicy,
  },
  {
    name: 'BucketTagging',
    deleteName: 'DeleteBucketTagging',
    member: 'Tagging',
    answer: 'flat',
    absent: ['NoSuchTagSet', 'The TagSet does not exist'],
    check: (value) => void checkTags((value as { TagSet?: [] }).TagSet ?? [], 50),
  },
  {
    name: 'BucketNotificationConfiguration',
    member: 'NotificationConfiguration',
    answer: 'flat',
    absent: {},
  },
  {
    name: 'BucketCors',
    deleteName: 'DeleteBucketCors',
    member: 'CORSConfiguration',
    answer: 'flat',
    absent: ['NoSuchCORSConfiguration', 'The CORS configuration does not exist'],
  },
  {
    name: 'BucketOwnershipControls',
    deleteName: 'DeleteBucketOwnershipControls',
    member: 'OwnershipControls',
    answer: 'member',
    absent: { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } },
  },
  {
    name: 'BucketWebsite',
    deleteName: 'DeleteBucketWebsite',
    member: 'WebsiteConfiguration',
    answer: 'flat',
    absent: ['NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'],
  },
  { name: 'BucketLogging', member: 'BucketLoggingStatus', answer: 'flat', absent: {} },
  {
    name: 'BucketAccelerateConfiguration',
    member: 'AccelerateConfiguration',
    answer: 'flat',
    absent: {},
  },
];

type Input = { Bucket?: string } & Record<string, unknown>;
type Table = Record<string, Operation<Input, Record<string, unknown>>>;

/** Puts, Gets and Deletes of buckets' configurations. What they say is kept; nothing acts on it here. */
export function configurationOperations(store: S3Store): Table {
  const operations: Table = {};
  for (const { name, deleteName, member, answer, absent, check } of configurations) {
    operations[`Put${name}`] = (input) => {
      const bucket = requireBucket(store, input.Bucket);
      check?.(input[member]);
      store.putConfiguration(bucket.name, name, input[member] ?? {});
      return {};
    };
    operations[`Get${name}`] = (input) => {
      const bucket = requireBucket(store, input.Bucket);
      const value = store.configuration(bucket.name, name);
      if (value !== undefined)
        return answer === 'member' ? { [member]: value } : (value as Record<string, unknown>);
      if (!Array.isArray(absent)) return absent as Record<string, unknown>;
      throw new ServiceError(absent[0], absent[1], 404, { BucketName: bucket.name });
    };
    if (deleteName === undefined) continue;
    operations[deleteName] = (input) => {
      const bucket = requireBucket(store, input.Bucket);
      store.removeConfiguration(bucket.name, name);
      return {};
    };
  }
  return operations;
}

function checkPolicy(policy: unknown): void {
  try {
    if (typeof JSON.parse(String(policy)) === 'object') return;
  } catch {
    // The error below says it in S3's words.
  }
  throw new ServiceError('MalformedPolicy', "Policies must be valid JSON and the first byte must be '{'");
}
