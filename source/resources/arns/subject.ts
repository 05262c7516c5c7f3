import type { ConfigResource } from '../../model/config.ts';
import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import { isKnownLater, type Value } from '../../model/intrinsic.ts';
import { perConfig } from '../../model/per-config.ts';
import { namesOf } from '../names.ts';

/** What the value of a property that takes an ARN stands for, as far as the config says it. */
export type ArnSubject = {
  /** The same for each of the ways in which a resource can be named. */
  key: string;
  /** As it can be named in a message: `queue orders`, `the queue`. */
  name: string;
  /** CloudFormation type whose ARN it is; anything else that is known stands here in its own words. */
  type: string;
  /** A resource of the config; absent where its properties have errors. */
  resource?: ConfigResource;
  /** Properties of one of `cloudformationResources`. */
  raw?: Readonly<Record<string, Value | undefined>>;
  /** The value where it is written out. */
  literal?: string;
  /** Where it stands in the config. */
  path?: readonly string[];
};

/** `resource` fits what stands in the ARN after the account. */
type Kind = { noun: string; service: string; resource: RegExp };

/** What ARNs can be of that properties of a config take. */
const kinds: Readonly<Record<string, Kind>> = {
  'AWS::SQS::Queue': { noun: 'queue', service: 'sqs', resource: /^/ },
  'AWS::SNS::Topic': { noun: 'topic', service: 'sns', resource: /^/ },
  'AWS::Lambda::Function': { noun: 'function', service: 'lambda', resource: /^function:/ },
  'AWS::Events::EventBus': { noun: 'event bus', service: 'events', resource: /^event-bus\// },
  'AWS::Kinesis::StreamConsumer': {
    noun: 'consumer',
    service: 'kinesis',
    resource: /^stream\/[^/]+\/consumer\//,
  },
  'AWS::Kinesis::Stream': { noun: 'stream', service: 'kinesis', resource: /^stream\// },
  'AWS::DynamoDB::Stream': {
    noun: 'table stream',
    service: 'dynamodb',
    resource: /^table\/[^/]+\/stream\//,
  },
  'AWS::DynamoDB::Table': { noun: 'table', service: 'dynamodb', resource: /^table\// },
  'AWS::Logs::LogGroup': { noun: 'log group', service: 'logs', resource: /^log-group:/ },
  'AWS::S3::Bucket': { noun: 'bucket', service: 's3', resource: /^[^/*]+$/ },
  'AWS::SecretsManager::Secret': { noun: 'secret', service: 'secretsmanager', resource: /^secret:/ },
};

/** Params of resources of the config that are ARNs, by what they are ARNs of. */
const params: Readonly<Record<string, string>> = {
  'sqs-queue.arn': 'AWS::SQS::Queue',
  'sns-topic.arn': 'AWS::SNS::Topic',
  'function.arn': 'AWS::Lambda::Function',
  'function.logGroupArn': 'AWS::Logs::LogGroup',
  'batch-job.logGroupArn': 'AWS::Logs::LogGroup',
  'event-bus.arn': 'AWS::Events::EventBus',
  'dynamo-db-table.arn': 'AWS::DynamoDB::Table',
  'dynamo-db-table.streamArn': 'AWS::DynamoDB::Stream',
  'bucket.arn': 'AWS::S3::Bucket',
};

/** What a value stands for; undefined where only the deployment knows. */
export function subjectOf(value: unknown, context: CheckContext): ArnSubject | undefined {
  if (typeof value === 'string') return isKnownLater(value) ? undefined : written(value);
  const named = context.paramOf(value);
  if (named) return ofParam(named.resource, named.param, context);
  const attribute = context.attributeOf(value);
  return attribute && ofAttribute(attribute.logicalId, attribute.attribute, context);
}

/** What one of two properties stands for: the name of a resource of the config, or else an ARN. */
export const subjectNamed = (
  name: string | undefined,
  arn: unknown,
  context: CheckContext,
): ArnSubject | undefined => (name === undefined ? subjectOf(arn, context) : ofParam(name, 'arn', context));

function written(text: string): ArnSubject {
  const [arn, , service, , , ...rest] = text.split(':');
  const resource = rest.join(':');
  const found =
    arn === 'arn' &&
    Object.entries(kinds).find(([, kind]) => kind.service === service && kind.resource.test(resource));
  if (!found) return { key: text, name: `"${text}"`, type: `"${text}"`, literal: text };
  return { key: text, name: `the ${found[1].noun}`, type: found[0], literal: text };
}

function ofParam(name: string, param: string, context: CheckContext): ArnSubject | undefined {
  const resource = indexOf(context.config).byName.get(name);
  if (!resource) return undefined;
  const sound = context.resource<ConfigResource['properties']>(name, resource.type);
  const type = params[`${resource.type}.${param}`] ?? `$ResourceParam('${name}', '${param}')`;
  return {
    key: `${name} ${type}`,
    name: `${kinds[type]?.noun ?? 'resource'} ${name}`,
    type,
    ...(sound ? { resource: sound } : {}),
    path: ['resources', name],
  };
}

function ofAttribute(logicalId: string, attribute: string, context: CheckContext): ArnSubject | undefined {
  const raw = context.config.cloudformationResources[logicalId];
  const made = raw ? undefined : indexOf(context.config).made.get(logicalId);
  if (made && attribute === 'StreamArn') return ofParam(made.name, 'streamArn', context);
  if (made) return attribute === 'Arn' ? ofParam(made.name, made.param, context) : undefined;
  const { Type, Properties } = raw ?? {};
  if (typeof Type !== 'string' || !Object.hasOwn(kinds, Type)) return undefined;
  const stream = Type === 'AWS::DynamoDB::Table' && attribute === 'StreamArn';
  const isArn = /A(rn|RN)$/.test(attribute) && (attribute !== 'StreamARN' || Type === 'AWS::Kinesis::Stream');
  const type = stream
    ? 'AWS::DynamoDB::Stream'
    : isArn
      ? Type
      : `$CfResourceParam('${logicalId}', '${attribute}')`;
  return {
    key: `${logicalId} ${type}`,
    name: `${kinds[type]?.noun ?? 'resource'} ${logicalId}`,
    type,
    raw: (Properties ?? {}) as NonNullable<ArnSubject['raw']>,
    path: ['cloudformationResources', logicalId],
  };
}

type Index = {
  byName: Map<string, ConfigResource>;
  /** By the logical ids that resources of the config get, which `$CfResourceParam` may name too. */
  made: Map<string, { name: string; param: string }>;
};

const indexOf = perConfig((config): Index => {
  const index: Index = { byName: new Map(), made: new Map() };
  const names = namesOf(config);
  const paramsOf = Map.groupBy(Object.entries(params), ([key]) => key.slice(0, key.indexOf('.')));
  for (const resource of config.resources) {
    const { name, type } = resource;
    index.byName.set(name, resource);
    for (const [key, cfType] of paramsOf.get(type) ?? []) {
      // A stream is a part of its table.
      if (cfType === 'AWS::DynamoDB::Stream') continue;
      index.made.set(names.logicalId(name, cfType), { name, param: key.slice(type.length + 1) });
    }
  }
  return index;
});

type Wanted = { path: readonly (string | number)[]; types: readonly string[] };

/** That a value is the ARN of one of some types, where the config tells what it is. */
export function* checkArn(
  value: unknown,
  { path, types }: Wanted,
  context: CheckContext,
): Iterable<LocalFinding> {
  const subject = value === undefined ? undefined : subjectOf(value, context);
  if (!subject || types.includes(subject.type)) return;
  const nouns = types.flatMap((type) => kinds[type]?.noun ?? []).map((noun) => `${articleOf(noun)} ${noun}`);
  const wanted = nouns.length > 1 ? `${nouns.slice(0, -1).join(', ')} or ${nouns.at(-1)}` : nouns.join();
  const noun = kinds[subject.type]?.noun;
  yield {
    code: 'wrong-arn',
    path,
    message:
      noun === undefined
        ? `${subject.type} is not the ARN of ${wanted}.`
        : `${subject.literal === undefined ? `This is the ARN of ${subject.name}` : `"${subject.literal}" is the ARN of ${articleOf(noun)} ${noun}`}, and not of ${wanted}.`,
    ...(exampleFor(types[0]) ?? {}),
  };
}

const articleOf = (noun: string): string => (/^[aeiou]/.test(noun) ? 'an' : 'a');

function exampleFor(type: string | undefined): { expected: string } | undefined {
  const found = Object.entries(params).find(([, of]) => of === type);
  if (!found) return undefined;
  const [owner, param] = found[0].split('.');
  return { expected: `for example $ResourceParam('<${owner}>', '${param}')` };
}

/** Whether a queue or a topic is first in, first out, as far as the config says it. */
export const isFifo = ({ resource, raw, literal }: ArnSubject): boolean =>
  resource?.properties.fifoEnabled === true ||
  raw?.FifoQueue === true ||
  raw?.FifoTopic === true ||
  literal?.endsWith('.fifo') === true;
