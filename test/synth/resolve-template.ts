import type { PolicyDocument } from '../../source/iam/evaluate.ts';
import type { Value } from '../../source/model/intrinsic.ts';
import type { Template, TemplateResource } from '../../source/model/template.ts';

const account = '111122223333';
const region = 'us-east-1';
const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Property with the physical name, and the ARN that AWS makes of it. */
const types: Readonly<Record<string, { name: string; arn: (name: string) => string; refIsArn?: true }>> = {
  'AWS::Cognito::UserPool': {
    name: 'UserPoolName',
    arn: (name) => `arn:aws:cognito-idp:${region}:${account}:userpool/${region}_${name}`,
  },
  'AWS::DynamoDB::Table': {
    name: 'TableName',
    arn: (name) => `arn:aws:dynamodb:${region}:${account}:table/${name}`,
  },
  'AWS::Events::EventBus': {
    name: 'Name',
    arn: (name) => `arn:aws:events:${region}:${account}:event-bus/${name}`,
  },
  'AWS::Events::Rule': { name: 'Name', arn: (name) => `arn:aws:events:${region}:${account}:rule/${name}` },
  'AWS::Lambda::Function': {
    name: 'FunctionName',
    arn: (name) => `arn:aws:lambda:${region}:${account}:function:${name}`,
  },
  'AWS::Logs::LogGroup': {
    name: 'LogGroupName',
    arn: (name) => `arn:aws:logs:${region}:${account}:log-group:${name}:*`,
  },
  'AWS::S3::Bucket': { name: 'BucketName', arn: (name) => `arn:aws:s3:::${name}` },
  'AWS::SNS::Topic': {
    name: 'TopicName',
    arn: (name) => `arn:aws:sns:${region}:${account}:${name}`,
    refIsArn: true,
  },
  'AWS::SQS::Queue': { name: 'QueueName', arn: (name) => `arn:aws:sqs:${region}:${account}:${name}` },
  'AWS::Kinesis::Stream': {
    name: 'Name',
    arn: (name) => `arn:aws:kinesis:${region}:${account}:stream/${name}`,
  },
};

/** A value of a template with physical names for its references, as CloudFormation would fill them in. */
export function resolve(template: Template, value: Value | undefined): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Value) => resolve(template, item));
  if ('Ref' in value && typeof value.Ref === 'string') return reference(template, value.Ref);
  if ('Fn::GetAtt' in value) {
    const [logicalId, attribute] = value['Fn::GetAtt'] as [string, string];
    return attributeOf(template, logicalId, attribute);
  }
  if ('Fn::Sub' in value) {
    const given = value['Fn::Sub'] as string | [string, Record<string, Value>];
    const [text, variables] = typeof given === 'string' ? [given, {}] : given;
    return text.replaceAll(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      if (Object.hasOwn(variables, name)) return String(resolve(template, variables[name]));
      const [logicalId = '', attribute] = name.split('.');
      return attribute === undefined
        ? reference(template, name)
        : attributeOf(template, logicalId, attribute);
    });
  }
  return Object.fromEntries(
    Object.entries(value as Record<string, Value>).map(([key, item]) => [key, resolve(template, item)]),
  );
}

function nameOf(template: Template, logicalId: string, resource: TemplateResource): string {
  const property = types[resource.Type]?.name;
  const named = property === undefined ? undefined : resource.Properties?.[property];
  return named === undefined ? `${logicalId}-1A2B3C` : String(resolve(template, named));
}

function reference(template: Template, logicalId: string): string {
  const known = pseudo[logicalId];
  if (known !== undefined) return known;
  const resource = template.Resources[logicalId];
  if (!resource) return logicalId;
  return types[resource.Type]?.refIsArn
    ? attributeOf(template, logicalId, 'Arn')
    : nameOf(template, logicalId, resource);
}

function attributeOf(template: Template, logicalId: string, attribute: string): string {
  const resource = template.Resources[logicalId];
  if (!resource) throw new Error(`The template has no ${logicalId}`);
  const name = nameOf(template, logicalId, resource);
  const arn = types[resource.Type]?.arn(name) ?? `arn:aws:test:${region}:${account}:${name}`;
  if (attribute === 'Arn') return arn;
  if (attribute === 'StreamArn') return `${arn}/stream/2026-01-01T00:00:00.000`;
  if (attribute === 'ConsumerARN') return `${arn}/consumer/c:1`;
  return name;
}

/** The inline policies of the role of a function, without the one for its log. */
export function rolePolicies(template: Template, roleId: string): PolicyDocument[] {
  const policies = template.Resources[roleId]?.Properties?.Policies ?? [];
  return (resolve(template, policies) as { PolicyName: string; PolicyDocument: PolicyDocument }[])
    .filter(({ PolicyName }) => PolicyName !== 'allow-cloudwatch-logging-policy')
    .map(({ PolicyDocument }) => PolicyDocument);
}
