import type { Config, ConfigResource } from '../../model/config.ts';
import { getAtt, ref, type Value } from '../../model/intrinsic.ts';
import { perConfig } from '../../model/per-config.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { ownerOfArn } from '../arns/owner.ts';
import { eventId } from '../function/events/event-ids.ts';
import { type FunctionEvent, functionEvents } from '../function-events.ts';
import { policyDocument } from '../policies/documents.ts';

/**
 * Puts notifications into a bucket that the stack does not make, beside those that are there, and takes out what it
 * has put in. CloudFormation has no resource for that (spec 6.9).
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref.html
 */
const code = `const { S3Client, GetBucketNotificationConfigurationCommand, PutBucketNotificationConfigurationCommand } = require('@aws-sdk/client-s3');
const s3 = new S3Client();
const idsOf = (properties) => (properties?.Configurations ?? []).map(({ Id }) => Id);
const nameOf = ({ BucketArn }) => BucketArn.split(':').at(-1);
const notify = async ({ RequestType, ResourceProperties, OldResourceProperties }) => {
  const Bucket = nameOf(ResourceProperties);
  const own = new Set([...idsOf(ResourceProperties), ...idsOf(OldResourceProperties)]);
  const { $metadata, LambdaFunctionConfigurations = [], ...others } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  const kept = LambdaFunctionConfigurations.filter(({ Id }) => !own.has(Id));
  const wanted = RequestType === 'Delete' ? [] : ResourceProperties.Configurations;
  await s3.send(new PutBucketNotificationConfigurationCommand({
    Bucket,
    NotificationConfiguration: { ...others, LambdaFunctionConfigurations: [...kept, ...wanted] },
  }));
};
// A policy that was made a moment ago is not known everywhere yet.
const retried = async (event, attempts) => {
  try {
    await notify(event);
  } catch (error) {
    if (error.name !== 'AccessDenied' || attempts === 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await retried(event, attempts - 1);
  }
};
exports.handler = async (event) => {
  const { RequestType, ResponseURL, StackId, RequestId, LogicalResourceId, ResourceProperties } = event;
  const PhysicalResourceId = nameOf(ResourceProperties);
  const answer = { Status: 'SUCCESS', PhysicalResourceId, StackId, RequestId, LogicalResourceId };
  try {
    await retried(event, 6);
  } catch (error) {
    if (RequestType !== 'Delete' || error.name !== 'NoSuchBucket') Object.assign(answer, { Status: 'FAILED', Reason: String(error) });
  }
  await fetch(ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body: Buffer.from(JSON.stringify(answer)) });
};
`;

const notifierName = 'stpBucketNotifications';

const eventsByBucket = perConfig((config) =>
  Map.groupBy(
    functionEvents(config, 's3'),
    ({ properties }) => ownerOfArn(properties.bucketArn, config, 'bucket')?.name,
  ),
);

/** The events about a bucket of the config; without a name those about buckets that are not in `resources`. */
export const bucketEvents = (config: Config, name?: string): readonly FunctionEvent[] =>
  eventsByBucket(config).get(name) ?? [];

const foreignEvents = perConfig((config) =>
  Map.groupBy(bucketEvents(config), ({ properties }) => JSON.stringify(properties.bucketArn)),
);

/** The function that changes buckets that the stack does not make; none where there are none. */
export function bucketNotifier(config: Config): ConfigResource | undefined {
  const [first] = bucketEvents(config);
  if (!first) return undefined;
  return {
    name: notifierName,
    type: 'function',
    helper: { of: first.owner.helper?.of ?? first.owner.name, code },
    properties: {
      packaging: { type: 'custom-artifact', properties: { packagePath: '.', handler: 'index.js:handler' } },
      memory: 256,
      timeout: 60,
    },
  };
}

/**
 * One resource for each bucket, since S3 takes all notifications of a bucket at once, and the permission for it. The
 * ids carry the bucket and not the event: whatever becomes of the events, CloudFormation first changes a bucket that
 * stays, and takes the permission for one that does not only after its notifications are gone.
 */
export function addBucketNotifications(
  bucket: Value,
  { owner, index }: { owner: string; index: number },
  stack: StackBuilder,
): void {
  const { config, names } = stack;
  const key = JSON.stringify(bucket);
  const same = foreignEvents(config).get(key) ?? [];
  if (same[0]?.owner.name !== owner || same[0].index !== index) return;
  const policy = names.logicalId(notifierName, 'AWS::IAM::Policy') + names.hash(key);
  stack.add(owner, policy, {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: policy,
      Roles: [ref(names.logicalId(notifierName, 'AWS::IAM::Role'))],
      PolicyDocument: policyDocument([
        {
          Effect: 'Allow',
          Action: ['s3:GetBucketNotification', 's3:PutBucketNotification'],
          Resource: [bucket],
        },
      ]),
    },
  });
  stack.add(owner, names.logicalId(undefined, 'Custom::BucketNotifications') + names.hash(key), {
    Type: 'Custom::BucketNotifications',
    // S3 tries whether it may invoke the functions.
    DependsOn: [
      policy,
      ...same.map((event) => eventId(names, event.owner.name, event.index, 'AWS::Lambda::Permission')),
    ],
    Properties: {
      ServiceToken: getAtt(names.logicalId(notifierName, 'AWS::Lambda::Function'), 'Arn'),
      ServiceTimeout: 120,
      BucketArn: bucket,
      Configurations: same.map((event) => configurationOf(event, stack)),
    },
  });
}

function configurationOf({ owner, index, properties }: FunctionEvent, stack: StackBuilder): Value {
  const rules = filterRules(properties.filterRule);
  return {
    Id: stack.names.physicalName(`${owner.name}-event-${index}`, 255),
    LambdaFunctionArn: stack.functionTarget(owner.name),
    Events: [properties.s3EventType ?? null],
    Filter: rules.length > 0 ? { Key: { FilterRules: rules } } : undefined,
  };
}

/** The rules of a filter, as S3 has them. */
export function filterRules(filter: Value | undefined): Value[] {
  const { prefix, suffix } = (filter ?? {}) as { prefix?: string; suffix?: string };
  return [
    ...(prefix === undefined ? [] : [{ Name: 'prefix', Value: prefix }]),
    ...(suffix === undefined ? [] : [{ Name: 'suffix', Value: suffix }]),
  ];
}
