import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import { getAtt, ref, sub, type Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { publicAccessBlock } from '../bucket/access.ts';
import { bucketArn, bucketName } from '../bucket/names.ts';
import { inlinePolicy, trustPolicy } from '../policies/documents.ts';
import { closedObject, mapOf, type VariantOf, variants } from '../schema.ts';

/** @see https://docs.datadoghq.com/logs/guide/send-aws-services-logs-with-the-datadog-kinesis-firehose-destination */
const datadogUrl = 'https://aws-kinesis-http-intake.logs.datadoghq.com/v1/input';
const highlightUrl = 'https://pub.highlight.io/v1/logs/firehose';

/** Firehose sends to HTTPS alone. */
const address = (options: { description: string; default?: string }) =>
  Type.String({
    ...options,
    minLength: 1,
    maxLength: 1000,
    pattern: '^https://',
    'stp:format': 'an address that begins with https://',
  });

const branches = {
  'http-endpoint': {
    title: 'HTTP endpoint',
    description: 'Any address that takes records as Amazon Data Firehose sends them.',
    schema: closedObject({
      endpointUrl: address({ description: 'HTTPS address.' }),
      gzipEncodingEnabled: Type.Optional(Type.Boolean({ description: 'Compress requests.', default: false })),
      parameters: Type.Optional(
        mapOf(Type.String(), { 'stp:static': true, description: 'Sent with each request.' }),
      ),
      retryDuration: Type.Optional(
        Type.Integer({
          description: 'Seconds that a request is tried again.',
          default: 300,
          minimum: 0,
          maximum: 7200,
        }),
      ),
      accessKey: Type.Optional(Type.String({ description: 'Key that the address wants.', maxLength: 4096 })),
    }),
  },
  highlight: {
    title: 'Highlight',
    description: 'Sends the log to Highlight.',
    schema: closedObject({
      projectId: Type.String({ description: 'Id of the project.', minLength: 1 }),
      endpointUrl: Type.Optional(address({ description: 'Where Highlight runs.', default: highlightUrl })),
    }),
  },
  datadog: {
    title: 'Datadog',
    description: 'Sends the log to Datadog.',
    schema: closedObject({
      apiKey: Type.String({ description: 'API key.', examples: ["$Secret('datadog.key')"], minLength: 1 }),
      endpointUrl: Type.Optional(
        address({ description: 'Other sites of Datadog have others.', default: datadogUrl }),
      ),
    }),
  },
} as const;

/** Where else a log goes (spec 12). */
export const logForwardingSchema = variants(branches, {
  noun: 'log forwarding',
  title: 'Forwarding',
  description: 'Sends the log to another service as well.',
});

type LogForwarding = VariantOf<typeof branches>;

/** Firehose's limits of the attributes that go with each request. */
const maximumAttributes = 50;
const maximumLength = { name: 256, value: 1024 };

/**
 * Rules that the schema cannot say. Paths are relative to `logForwarding`.
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointRequestConfiguration.html
 */
export function* checkLogForwarding({ type, properties }: LogForwarding): Iterable<LocalFinding> {
  if (type !== 'http-endpoint' || properties.parameters === undefined) return;
  const entries = Object.entries(properties.parameters);
  const path = ['properties', 'parameters'];
  if (entries.length > maximumAttributes) {
    yield {
      code: 'wrong-length',
      path,
      at: 'key',
      message: `"parameters" has ${entries.length} entries; Amazon Data Firehose sends ${maximumAttributes} at most.`,
    };
  }
  for (const [name, value] of entries) {
    const isLong = name.length > maximumLength.name || String(value).length > maximumLength.value;
    if (name !== '' && !(isLong && typeof value === 'string')) continue;
    yield {
      code: 'out-of-bounds',
      path: [...path, name],
      at: 'key',
      message: 'Amazon Data Firehose does not send this parameter.',
      expected: `a name of 1 to ${maximumLength.name} characters, a value of at most ${maximumLength.value}`,
    };
  }
}

type Endpoint = {
  url: Value;
  name: string;
  key?: Value;
  attributes?: Record<string, Value>;
  gzip: boolean;
  megabytes: number;
  retrySeconds: number;
};

function endpointOf({ type, properties }: LogForwarding): Endpoint {
  const standard = { gzip: false, megabytes: 1, retrySeconds: 300 };
  switch (type) {
    case 'http-endpoint':
      return {
        ...standard,
        url: properties.endpointUrl,
        name: 'HttpEndpoint',
        gzip: properties.gzipEncodingEnabled ?? false,
        retrySeconds: properties.retryDuration ?? 300,
        ...(properties.accessKey === undefined ? {} : { key: properties.accessKey }),
        ...(properties.parameters === undefined ? {} : { attributes: properties.parameters }),
      };
    case 'highlight':
      return {
        ...standard,
        url: properties.endpointUrl ?? highlightUrl,
        name: 'Highlight',
        gzip: true,
        attributes: { 'x-highlight-project': properties.projectId },
      };
    case 'datadog':
      return {
        ...standard,
        url: properties.endpointUrl ?? datadogUrl,
        name: 'Datadog',
        gzip: true,
        megabytes: 4,
        key: properties.apiKey,
      };
  }
}

/** Failed records are there to be looked at, not to be kept. */
const daysKept = 30;

/**
 * Forwards a log group of a resource: a subscription fills a stream of Amazon Data Firehose, which sends what comes
 * in within a minute, and puts what it could not send into a bucket.
 */
export function addLogForwarding(
  stack: StackBuilder,
  of: { owner: string; logGroup: string; forwarding: LogForwarding },
): void {
  const { names } = stack;
  const id = (type: string, part = '') =>
    names.logicalId(of.owner, type, { specifier: `LogForwarding${part}` });
  const failed = `${of.owner}-failed-logs`;
  stack.add(of.owner, id('AWS::S3::Bucket'), {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: bucketName(names, failed),
      PublicAccessBlockConfiguration: publicAccessBlock(undefined),
      LifecycleConfiguration: { Rules: [{ Id: 'expire', Status: 'Enabled', ExpirationInDays: daysKept }] },
    },
  });
  const firehoseRole = id('AWS::IAM::Role', 'Firehose');
  stack.add(of.owner, firehoseRole, {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trustPolicy('firehose.amazonaws.com', {
        StringEquals: { 'sts:ExternalId': ref('AWS::AccountId') },
      }),
      Policies: inlinePolicy('allow-failed-records', [
        {
          Effect: 'Allow',
          Action: bucketActions,
          Resource: [bucketArn(names, failed), bucketArn(names, failed, '/*')],
        },
      ]),
    },
  });
  const stream = id('AWS::KinesisFirehose::DeliveryStream');
  stack.add(of.owner, stream, {
    Type: 'AWS::KinesisFirehose::DeliveryStream',
    Properties: {
      DeliveryStreamType: 'DirectPut',
      HttpEndpointDestinationConfiguration: destination(endpointOf(of.forwarding), {
        bucket: getAtt(id('AWS::S3::Bucket'), 'Arn'),
        role: getAtt(firehoseRole, 'Arn'),
      }),
    },
  });
  const logsRole = id('AWS::IAM::Role', 'Logs');
  stack.add(of.owner, logsRole, {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trustPolicy('logs.amazonaws.com', {
        StringLike: { 'aws:SourceArn': sub('arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*') },
      }),
      Policies: inlinePolicy('allow-forwarding', [
        {
          Effect: 'Allow',
          Action: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
          Resource: [getAtt(stream, 'Arn')],
        },
      ]),
    },
  });
  stack.add(of.owner, id('AWS::Logs::SubscriptionFilter'), {
    Type: 'AWS::Logs::SubscriptionFilter',
    Properties: {
      LogGroupName: ref(of.logGroup),
      FilterPattern: '',
      DestinationArn: getAtt(stream, 'Arn'),
      RoleArn: getAtt(logsRole, 'Arn'),
    },
  });
}

/** @see https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html */
const bucketActions = [
  's3:AbortMultipartUpload',
  's3:GetBucketLocation',
  's3:GetObject',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:PutObject',
];

const destination = (endpoint: Endpoint, { bucket, role }: { bucket: Value; role: Value }): Value => ({
  EndpointConfiguration: { Url: endpoint.url, Name: endpoint.name, AccessKey: endpoint.key },
  BufferingHints: { IntervalInSeconds: 60, SizeInMBs: endpoint.megabytes },
  RequestConfiguration: {
    ContentEncoding: endpoint.gzip ? 'GZIP' : 'NONE',
    CommonAttributes:
      endpoint.attributes &&
      Object.entries(endpoint.attributes).map(([AttributeName, AttributeValue]) => ({
        AttributeName,
        AttributeValue,
      })),
  },
  RetryOptions: { DurationInSeconds: endpoint.retrySeconds },
  RoleARN: role,
  S3BackupMode: 'FailedDataOnly',
  S3Configuration: { BucketARN: bucket, RoleARN: role, CompressionFormat: 'GZIP' },
});
