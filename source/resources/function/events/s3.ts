import * as Type from 'typebox';
import { defineEvent, type EventUse, type LocalFinding } from '../../../model/descriptor.ts';
import { ref } from '../../../model/intrinsic.ts';
import { s3Event as s3Payload } from '../../../model/payloads/s3.ts';
import { ownerOfArn } from '../../arns/owner.ts';
import { checkArn, subjectOf } from '../../arns/subject.ts';
import { bucketArn } from '../../bucket/names.ts';
import { addBucketNotifications } from '../../bucket/notifications.ts';
import { closedObject, oneOf, staticText } from '../../schema.ts';
import { addInvokePermission } from './invoke-permission.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const s3EventTypes = [
  's3:ReducedRedundancyLostObject',
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
  's3:ObjectRestore:*',
  's3:ObjectRestore:Post',
  's3:ObjectRestore:Completed',
  's3:Replication:*',
  's3:Replication:OperationFailedReplication',
  's3:Replication:OperationNotTracked',
  's3:Replication:OperationMissedThreshold',
  's3:Replication:OperationReplicatedAfterThreshold',
] as const;

const schema = closedObject({
  bucketArn: Type.String({
    title: 'Bucket',
    description: 'ARN of a bucket of this config, or of any other in the same Region.',
    examples: ["$ResourceParam('myBucket', 'arn')", 'arn:aws:s3:::somebody-elses'],
    minLength: 1,
  }),
  s3EventType: oneOf(s3EventTypes, { title: 'Event', description: 'What happens to an object.' }),
  filterRule: Type.Optional(
    closedObject(
      {
        prefix: Type.Optional(staticText({ description: 'How the keys of the objects begin.' })),
        suffix: Type.Optional(staticText({ description: 'How the keys of the objects end.' })),
      },
      { title: 'Filter', description: 'Which objects it is about.' },
    ),
  ),
});

type Properties = Type.Static<typeof schema>;
type Use = EventUse<Properties>;

/** Spec 6.9. A bucket of the config holds its notifications itself; see `bucket.ts`. */
export const s3Event = defineEvent({
  type: 's3',
  title: 'S3 bucket',
  description: 'A change of the objects of a bucket.',
  schema,

  *check({ properties }, _owner, context) {
    yield* checkArn(properties.bucketArn, { path: ['bucketArn'], types: ['AWS::S3::Bucket'] }, context);
  },

  *checkAll(uses, context) {
    const byBucket = new Map<string, Use[]>();
    for (const use of uses) {
      const bucket = subjectOf(use.event.properties.bucketArn, context);
      if (bucket?.type !== 'AWS::S3::Bucket') continue;
      const others = byBucket.get(bucket.key) ?? [];
      byBucket.set(bucket.key, others);
      const other = others.find((one) => overlap(one.event.properties, use.event.properties));
      if (other) yield overlapFinding(use, other, bucket.name);
      others.push(use);
    }
  },

  synth({ index, properties }, owner, stack) {
    const bucket = ownerOfArn(properties.bucketArn, stack.config, 'bucket');
    addInvokePermission(stack, {
      owner: owner.name,
      index,
      principal: 's3.amazonaws.com',
      // Written out: a bucket of the stack waits for this permission (trap 10).
      sourceArn: bucket ? bucketArn(stack.names, bucket.name) : properties.bucketArn,
      sourceAccount: ref('AWS::AccountId'),
    });
    if (!bucket) addBucketNotifications(properties.bucketArn, { owner: owner.name, index }, stack);
  },

  sample: () =>
    s3Payload({
      eventName: 'ObjectCreated:Put',
      region: 'us-east-1',
      time: 1_767_225_600_000,
      bucket: 'sample',
      bucketArn: 'arn:aws:s3:::sample',
      configurationId: 'sample',
      principalId: 'EXAMPLE',
      sourceIp: '127.0.0.1',
      requestId: 'EXAMPLE123456789',
      key: 'order-1.jpg',
      object: { size: 1024, eTag: '0123456789abcdef0123456789abcdef' },
      sequencer: '0A1B2C3D4E5F678901',
    }),
});

/** S3 takes no two notifications that one object could fit, of whatever functions. */
function overlap(one: Properties, other: Properties): boolean {
  const covers = (wide: string, narrow: string) =>
    wide === narrow || (wide.endsWith(':*') && narrow.startsWith(wide.slice(0, -1)));
  const [a, b] = [one.s3EventType, other.s3EventType];
  if (!covers(a, b) && !covers(b, a)) return false;
  const prefixes = [one.filterRule?.prefix ?? '', other.filterRule?.prefix ?? ''] as const;
  const suffixes = [one.filterRule?.suffix ?? '', other.filterRule?.suffix ?? ''] as const;
  return (
    (prefixes[0].startsWith(prefixes[1]) || prefixes[1].startsWith(prefixes[0])) &&
    (suffixes[0].endsWith(suffixes[1]) || suffixes[1].endsWith(suffixes[0]))
  );
}

function overlapFinding(use: Use, other: Use, bucket: string): LocalFinding & { about: EventUse } {
  const by =
    other.owner.name === use.owner.name ? 'another event of the function' : `function ${other.owner.name}`;
  return {
    about: use as EventUse,
    code: 'overlapping-notifications',
    path: ['s3EventType'],
    message: `One object of ${bucket} could invoke ${by} for the same event; S3 refuses notifications that overlap.`,
    suggestion:
      'Tell them apart by "filterRule", or let one function call the other; EventBridge has no such limit.',
    related: [
      {
        path: [
          'resources',
          other.owner.name,
          'properties',
          'events',
          other.event.index,
          'properties',
          's3EventType',
        ],
        message: 'overlaps with this one',
      },
    ],
  };
}
