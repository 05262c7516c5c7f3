import type {
  CreateTableCommandInput,
  DescribeTableCommandOutput,
  TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { Backend } from '../../../backend.ts';
import { sameValue } from '../diff.ts';
import { generatedName } from '../names.ts';
import { isObject } from '../template/template.ts';
import { booleanOf, defined, numberOf, objectsOf, orMissing, orUnavailable, tagMap, turn } from './calls.ts';
import { indexUpdates, throughputOf } from './dynamodb-indexes.ts';
import type { Made, Properties, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
export const table: ResourceProvider = {
  type: 'AWS::DynamoDB::Table',
  service: 'DynamoDb',
  required: ['KeySchema'],
  known: [
    'AttributeDefinitions',
    'BillingMode',
    'ContributorInsightsSpecification',
    'DeletionProtectionEnabled',
    'GlobalSecondaryIndexes',
    'KeySchema',
    'KinesisStreamSpecification',
    'LocalSecondaryIndexes',
    'OnDemandThroughput',
    'PointInTimeRecoverySpecification',
    'ProvisionedThroughput',
    'ResourcePolicy',
    'SSESpecification',
    'StreamSpecification',
    'TableClass',
    'TableName',
    'Tags',
    'TimeToLiveSpecification',
    'WarmThroughput',
  ],
  attributes: ['Arn', 'StreamArn'],
  createOnly: ['KeySchema', 'LocalSecondaryIndexes', 'TableName'],
  /** The type of a key attribute cannot change on the table that has it. */
  replacedBy(before, after) {
    const types = (properties: Properties) =>
      new Map(
        objectsOf(properties.AttributeDefinitions).map((item) => [item.AttributeName, item.AttributeType]),
      );
    const old = types(before);
    const changed = [...types(after)].some(([name, type]) => old.has(name) && old.get(name) !== type);
    return changed ? ['AttributeDefinitions'] : [];
  },
  nameProperty: 'TableName',
  tags: 'list',
  name: ({ TableName }, { stackName, logicalId }) =>
    TableName === undefined ? generatedName(stackName, logicalId, 255) : String(TableName),

  async find({ name }, { backend }) {
    const found = await describeTable(backend, name);
    return found && describe(found);
  },

  async create({ properties, name, made }, { backend }) {
    const created = await backend.call<{ TableDescription?: TableDescription }>('dynamodb', 'CreateTable', {
      ...inputOf(properties),
      TableName: name,
    });
    made(describe(created.TableDescription ?? { TableName: name }));
    const active = await settled(backend, name);
    await extras(backend, name, {}, properties);
    return describe(active);
  },

  async update({ physicalId: TableName, attributes, before, after }, { backend }) {
    const wanted = inputOf(after);
    const changed = (...names: (keyof TableInput)[]) =>
      names.some((name) => !sameValue(inputOf(before)[name], wanted[name]));
    if (changed('BillingMode', 'ProvisionedThroughput')) {
      const { BillingMode, ProvisionedThroughput } = wanted;
      await updateTable(backend, TableName, defined({ BillingMode, ProvisionedThroughput }));
    }
    if (changed('DeletionProtectionEnabled', 'TableClass')) {
      const { DeletionProtectionEnabled = false, TableClass = 'STANDARD' } = wanted;
      await updateTable(backend, TableName, { DeletionProtectionEnabled, TableClass });
    }
    if (changed('StreamSpecification')) {
      // A stream has to be switched off before it can be switched on with another view.
      if (before.StreamSpecification !== undefined) {
        const now = await describeTable(backend, TableName);
        if (now?.StreamSpecification?.StreamEnabled) {
          await updateTable(backend, TableName, { StreamSpecification: { StreamEnabled: false } });
        }
      }
      const { StreamSpecification } = wanted;
      if (StreamSpecification !== undefined) await updateTable(backend, TableName, { StreamSpecification });
    }
    const present = await describeTable(backend, TableName);
    for (const update of indexUpdates(present?.GlobalSecondaryIndexes, after)) {
      await updateTable(backend, TableName, {
        AttributeDefinitions: wanted.AttributeDefinitions,
        GlobalSecondaryIndexUpdates: [update],
      });
    }
    await extras(backend, TableName, before, after, attributes.Arn);
    return describe(await settled(backend, TableName)).attributes;
  },

  async delete({ physicalId: TableName }, { backend }) {
    if ((await orMissing(backend.call('dynamodb', 'DeleteTable', { TableName }))) === undefined) return;
    while ((await describeTable(backend, TableName)) !== undefined) await backend.pace(500).then(turn);
  },
};

type TableInput = Omit<CreateTableCommandInput, 'TableName'>;

const describe = ({ TableName, TableArn, LatestStreamArn }: TableDescription): Made => ({
  physicalId: TableName ?? '',
  attributes: {
    Arn: TableArn ?? '',
    ...(LatestStreamArn !== undefined && { StreamArn: LatestStreamArn }),
  },
});

async function describeTable(backend: Backend, TableName: string): Promise<TableDescription | undefined> {
  const found = await orMissing(
    backend.call<DescribeTableCommandOutput>('dynamodb', 'DescribeTable', { TableName }),
  );
  return found?.Table;
}

/** The table once neither it nor an index of it is underway. */
async function settled(backend: Backend, TableName: string): Promise<TableDescription> {
  for (;;) {
    const found = await describeTable(backend, TableName);
    if (found === undefined) throw new Error(`The table ${TableName} has gone`);
    const states = [
      found.TableStatus,
      ...(found.GlobalSecondaryIndexes ?? []).map((index) => index.IndexStatus),
    ];
    if (states.every((state) => state === undefined || state === 'ACTIVE')) return found;
    await backend.pace(500).then(turn);
  }
}

async function updateTable(
  backend: Backend,
  TableName: string,
  input: Record<string, unknown>,
): Promise<void> {
  await backend.call('dynamodb', 'UpdateTable', { TableName, ...input });
  await settled(backend, TableName);
}

function inputOf(properties: Properties): TableInput {
  const onDemand = properties.BillingMode === 'PAY_PER_REQUEST';
  const stream = properties.StreamSpecification;
  return defined({
    AttributeDefinitions: properties.AttributeDefinitions,
    BillingMode: properties.BillingMode,
    DeletionProtectionEnabled: booleanOf(properties.DeletionProtectionEnabled),
    GlobalSecondaryIndexes:
      properties.GlobalSecondaryIndexes && indexesOf(properties.GlobalSecondaryIndexes, onDemand),
    KeySchema: properties.KeySchema,
    LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
    ProvisionedThroughput: onDemand ? undefined : throughputOf(properties.ProvisionedThroughput),
    SSESpecification: isObject(properties.SSESpecification)
      ? defined({
          Enabled: booleanOf(properties.SSESpecification.SSEEnabled),
          SSEType: properties.SSESpecification.SSEType,
          KMSMasterKeyId: properties.SSESpecification.KMSMasterKeyId,
        })
      : undefined,
    StreamSpecification: isObject(stream)
      ? { StreamEnabled: true, StreamViewType: stream.StreamViewType }
      : undefined,
    TableClass: properties.TableClass,
    Tags: properties.Tags,
  }) as TableInput;
}

const indexesOf = (indexes: unknown, onDemand: boolean) =>
  objectsOf(indexes).map(({ ContributorInsightsSpecification: _insights, ...index }) =>
    defined({
      ...index,
      ProvisionedThroughput: onDemand ? undefined : throughputOf(index.ProvisionedThroughput),
    }),
  );

/** What calls of their own set: time to live, recovery, tags. */
async function extras(
  backend: Backend,
  TableName: string,
  before: Properties,
  after: Properties,
  arn?: string,
): Promise<void> {
  if (!sameValue(before.TimeToLiveSpecification, after.TimeToLiveSpecification)) {
    const [old, now] = [before.TimeToLiveSpecification, after.TimeToLiveSpecification];
    const TimeToLiveSpecification = isObject(now)
      ? { AttributeName: now.AttributeName, Enabled: booleanOf(now.Enabled) }
      : { AttributeName: isObject(old) ? old.AttributeName : '', Enabled: false };
    await orUnavailable(backend.call('dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification }));
  }
  if (!sameValue(before.PointInTimeRecoverySpecification, after.PointInTimeRecoverySpecification)) {
    const recovery = after.PointInTimeRecoverySpecification;
    const PointInTimeRecoverySpecification = isObject(recovery)
      ? defined({
          PointInTimeRecoveryEnabled: booleanOf(recovery.PointInTimeRecoveryEnabled) ?? false,
          RecoveryPeriodInDays: numberOf(recovery.RecoveryPeriodInDays),
        })
      : { PointInTimeRecoveryEnabled: false };
    const input = { TableName, PointInTimeRecoverySpecification };
    await orUnavailable(backend.call('dynamodb', 'UpdateContinuousBackups', input));
  }
  if (arn === undefined || sameValue(before.Tags ?? [], after.Tags ?? [])) return;
  const kept = tagMap(after.Tags);
  const TagKeys = Object.keys(tagMap(before.Tags)).filter((key) => !(key in kept));
  if (TagKeys.length > 0)
    await orUnavailable(backend.call('dynamodb', 'UntagResource', { ResourceArn: arn, TagKeys }));
  const Tags = objectsOf(after.Tags);
  if (Tags.length > 0)
    await orUnavailable(backend.call('dynamodb', 'TagResource', { ResourceArn: arn, Tags }));
}
