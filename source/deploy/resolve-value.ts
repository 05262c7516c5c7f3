import type { Clients } from '../aws/clients.ts';
import { isIntrinsic, type Value } from '../model/intrinsic.ts';

/** What is known of a deployed stack, to say what references in its config came to. */
export type DeployedFacts = {
  clients: Clients;
  stackId: string;
  stackName: string;
  /** By logical id. */
  resources: ReadonlyMap<string, { physicalId: string; resourceType: string }>;
  /** Of the template, as CloudFormation shows them: those that are secret are stars. */
  parameters?: Readonly<Record<string, string>>;
};

/**
 * The value that a reference has in a deployed stack. CloudFormation gives no attributes of a deployed resource,
 * so ARNs are put together and the rest is asked of its service; undefined where that is not known.
 */
export async function resolveValue(value: Value | undefined, facts: DeployedFacts): Promise<unknown> {
  if (value === undefined || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Promise.all(value.map((one: Value) => resolveValue(one, facts)));
  if (!isIntrinsic(value)) {
    const entries = Object.entries(value).map(async ([key, one]) => [key, await resolveValue(one, facts)]);
    return Object.fromEntries(await Promise.all(entries));
  }
  const [name = '', body] = (Object.entries(value) as [string, Value][])[0] ?? [];
  switch (name) {
    case 'Ref':
      return typeof body === 'string'
        ? (pseudoParameter(body, facts) ?? facts.resources.get(body)?.physicalId ?? parameter(body, facts))
        : undefined;
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = body as [string, string];
      return attributeOf(logicalId, attribute, facts);
    }
    case 'Fn::Join': {
      const [delimiter, values] = body as [string, Value];
      const parts = await resolveValue(values, facts);
      return Array.isArray(parts) && !parts.includes(undefined) ? parts.join(delimiter) : undefined;
    }
    case 'Fn::Select': {
      const [index, values] = body as [number | string, Value];
      const list = await resolveValue(values, facts);
      return Array.isArray(list) ? list[Number(index)] : undefined;
    }
    case 'Fn::Split': {
      const [delimiter, text] = body as [string, Value];
      const resolved = await resolveValue(text, facts);
      return typeof resolved === 'string' ? resolved.split(delimiter) : undefined;
    }
    case 'Fn::Sub':
      return substitute(body, facts);
    default:
      return undefined;
  }
}

async function substitute(body: Value | undefined, facts: DeployedFacts): Promise<string | undefined> {
  const [text, variables] = (Array.isArray(body) ? body : [body, {}]) as [string, Record<string, Value>];
  let result = '';
  let end = 0;
  for (const match of text.matchAll(/\$\{(!?)([^}]+)\}/g)) {
    result += text.slice(end, match.index);
    end = match.index + match[0].length;
    const name = match[2] ?? '';
    if (match[1] === '!') {
      result += `\${${name}}`;
      continue;
    }
    const dot = name.indexOf('.');
    const reference: Value =
      variables[name] ??
      (dot < 0 ? { Ref: name } : { 'Fn::GetAtt': [name.slice(0, dot), name.slice(dot + 1)] });
    const resolved = await resolveValue(reference, facts);
    if (resolved === undefined) return undefined;
    result += String(resolved);
  }
  return result + text.slice(end);
}

function parameter(name: string, { parameters = {} }: DeployedFacts): string | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return value === '****' ? undefined : value;
}

function pseudoParameter(name: string, facts: DeployedFacts): string | undefined {
  const [, partition, , region, accountId] = facts.stackId.split(':');
  switch (name) {
    case 'AWS::Partition':
      return partition;
    case 'AWS::Region':
      return region;
    case 'AWS::AccountId':
      return accountId;
    case 'AWS::StackName':
      return facts.stackName;
    case 'AWS::StackId':
      return facts.stackId;
    case 'AWS::URLSuffix':
      return urlSuffix(region);
    default:
      return undefined;
  }
}

const urlSuffix = (region: string | undefined): string =>
  region?.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';

/** `service:resource` of the ARNs that hold the physical id. */
const arnForms: Record<string, (physicalId: string) => string> = {
  'AWS::Lambda::Function': (id) => `lambda:{region}:{account}:function:${id}`,
  'AWS::DynamoDB::Table': (id) => `dynamodb:{region}:{account}:table/${id}`,
  'AWS::DynamoDB::GlobalTable': (id) => `dynamodb:{region}:{account}:table/${id}`,
  'AWS::Logs::LogGroup': (id) => `logs:{region}:{account}:log-group:${id}:*`,
  'AWS::S3::Bucket': (id) => `s3:::${id}`,
  'AWS::IAM::Role': (id) => `iam::{account}:role/${id}`,
  'AWS::CloudWatch::Alarm': (id) => `cloudwatch:{region}:{account}:alarm:${id}`,
  'AWS::Cognito::UserPool': (id) => `cognito-idp:{region}:{account}:userpool/${id}`,
  'AWS::Events::EventBus': (id) => `events:{region}:{account}:event-bus/${id}`,
  'AWS::Kinesis::Stream': (id) => `kinesis:{region}:{account}:stream/${id}`,
  // The physical id is the URL, which ends with the name.
  'AWS::SQS::Queue': (id) => `sqs:{region}:{account}:${lastPart(id, '/')}`,
};

/** Attributes that are the physical id, or a part of it. */
const fromPhysicalId: Record<string, (physicalId: string, region: string) => string> = {
  'AWS::Cognito::UserPool.ProviderName': (id, region) => `cognito-idp.${region}.${urlSuffix(region)}/${id}`,
  'AWS::Cognito::UserPool.ProviderURL': (id, region) =>
    `https://cognito-idp.${region}.${urlSuffix(region)}/${id}`,
  'AWS::Cognito::UserPoolClient.ClientId': (id) => id,
  'AWS::Lambda::Version.Version': (id) => lastPart(id, ':'),
  'AWS::SNS::Topic.TopicArn': (id) => id,
  'AWS::SNS::Topic.TopicName': (id) => lastPart(id, ':'),
  'AWS::SQS::Queue.QueueName': (id) => lastPart(id, '/'),
  'AWS::SQS::Queue.QueueUrl': (id) => id,
  'AWS::StepFunctions::StateMachine.Arn': (id) => id,
  'AWS::StepFunctions::StateMachine.Name': (id) => lastPart(id, ':'),
};

const lastPart = (text: string, separator: string): string => text.split(separator).at(-1) ?? text;

async function attributeOf(
  logicalId: string,
  attribute: string,
  facts: DeployedFacts,
): Promise<string | undefined> {
  const resource = facts.resources.get(logicalId);
  if (!resource) return undefined;
  const { resourceType, physicalId } = resource;
  const form = arnForms[resourceType];
  if (attribute === 'Arn' && form) {
    const [, partition = 'aws', , region = '', account = ''] = facts.stackId.split(':');
    return `arn:${partition}:${form(physicalId).replace('{region}', region).replace('{account}', account)}`;
  }
  const part = fromPhysicalId[`${resourceType}.${attribute}`];
  if (part) return part(physicalId, facts.stackId.split(':')[3] ?? '');
  if (resourceType === 'AWS::ApiGatewayV2::Api' && attribute === 'ApiEndpoint') {
    const apiGateway = await facts.clients.apiGateway();
    return (await apiGateway.getApi({ ApiId: physicalId })).ApiEndpoint;
  }
  if (resourceType === 'AWS::CloudFront::Distribution' && attribute === 'DomainName') {
    const cloudFront = await facts.clients.cloudFront();
    return (await cloudFront.getDistribution({ Id: physicalId })).Distribution?.DomainName;
  }
  if (resourceType === 'AWS::DynamoDB::Table' && attribute === 'StreamArn') {
    const dynamoDb = await facts.clients.dynamoDb();
    return (await dynamoDb.describeTable({ TableName: physicalId })).Table?.LatestStreamArn;
  }
  return undefined;
}
