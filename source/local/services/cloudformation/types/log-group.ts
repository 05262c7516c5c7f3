import type { DescribeLogGroupsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { Backend } from '../../../backend.ts';
import { generatedName } from '../names.ts';
import { defined, numberOf, orMissing, orUnavailable, tagMap } from './calls.ts';
import type { Made, Properties, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html */
export const logGroup: ResourceProvider = {
  type: 'AWS::Logs::LogGroup',
  service: 'CloudWatchLogs',
  required: [],
  known: [
    'DataProtectionPolicy',
    'FieldIndexPolicies',
    'KmsKeyId',
    'LogGroupClass',
    'LogGroupName',
    'ResourcePolicyDocument',
    'RetentionInDays',
    'Tags',
  ],
  attributes: ['Arn'],
  createOnly: ['LogGroupName'],
  nameProperty: 'LogGroupName',
  tags: 'list',
  name: ({ LogGroupName }, { stackName, logicalId }) =>
    LogGroupName === undefined ? generatedName(stackName, logicalId, 512) : String(LogGroupName),

  async find({ name }, { backend }) {
    const { logGroups } = await backend.call<DescribeLogGroupsCommandOutput>('logs', 'DescribeLogGroups', {
      logGroupNamePrefix: name,
    });
    return logGroups?.some((group) => group.logGroupName === name) ? describe(backend, name) : undefined;
  },

  async create({ properties, name, made }, { backend }) {
    await backend.call(
      'logs',
      'CreateLogGroup',
      defined({
        logGroupName: name,
        kmsKeyId: properties.KmsKeyId,
        logGroupClass: properties.LogGroupClass,
        tags: properties.Tags && tagMap(properties.Tags),
      }),
    );
    made(describe(backend, name));
    if (properties.RetentionInDays !== undefined) await keepFor(backend, name, properties);
    return describe(backend, name);
  },

  async update({ physicalId, attributes, before, after }, { backend }) {
    await keepFor(backend, physicalId, after);
    await retag(backend, attributes.Arn ?? '', before, after);
    return attributes;
  },

  async delete({ physicalId }, { backend }) {
    await orMissing(backend.call('logs', 'DeleteLogGroup', { logGroupName: physicalId }));
  },
};

const describe = ({ region, accountId }: Backend, name: string): Made => ({
  physicalId: name,
  attributes: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*` },
});

async function keepFor(
  backend: Backend,
  logGroupName: string,
  { RetentionInDays }: Properties,
): Promise<void> {
  const retentionInDays = numberOf(RetentionInDays);
  if (retentionInDays !== undefined) {
    await backend.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays });
  } else {
    await orMissing(orUnavailable(backend.call('logs', 'DeleteRetentionPolicy', { logGroupName })));
  }
}

async function retag(backend: Backend, arn: string, before: Properties, after: Properties): Promise<void> {
  const old = tagMap(before.Tags);
  const tags = tagMap(after.Tags);
  const resourceArn = arn.replace(/:\*$/, '');
  const tagKeys = Object.keys(old).filter((key) => !(key in tags));
  if (tagKeys.length > 0)
    await orUnavailable(backend.call('logs', 'UntagResource', { resourceArn, tagKeys }));
  if (Object.entries(tags).some(([key, value]) => old[key] !== value)) {
    await orUnavailable(backend.call('logs', 'TagResource', { resourceArn, tags }));
  }
}
