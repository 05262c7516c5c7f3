import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  type TableDescription,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  type UpdateTableCommandInput,
  UpdateTimeToLiveCommand,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTable, failure, startDynamoDb, type TestDynamoDb } from './start-dynamodb.ts';

let dynamo: TestDynamoDb;

beforeAll(async () => {
  dynamo = await startDynamoDb();
});

afterAll(async () => {
  await dynamo.aws.stop();
});

async function describeTable(TableName: string): Promise<TableDescription | undefined> {
  const { Table } = await dynamo.client.send(new DescribeTableCommand({ TableName }));
  return Table;
}

async function untilActive(TableName: string): Promise<TableDescription | undefined> {
  await vi.waitFor(async () => expect((await describeTable(TableName))?.TableStatus).toBe('ACTIVE'), 5_000);
  return describeTable(TableName);
}

async function update(input: UpdateTableCommandInput): Promise<TableDescription | undefined> {
  const { TableDescription } = await dynamo.client.send(new UpdateTableCommand(input));
  return TableDescription;
}

const definition: CreateTableCommandInput = {
  TableName: 'defined',
  AttributeDefinitions: [
    { AttributeName: 'a', AttributeType: 'S' },
    { AttributeName: 'b', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'a', KeyType: 'HASH' },
    { AttributeName: 'b', KeyType: 'RANGE' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
};

test('a table is being created, then active, and describes itself', async () => {
  const { TableDescription: created } = await dynamo.client.send(
    new CreateTableCommand({
      ...definition,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      Tags: [{ Key: 'team', Value: 'blue' }],
    }),
  );
  expect(created?.TableStatus).toBe('CREATING');
  const table = await untilActive('defined');
  expect(table).toMatchObject({
    TableName: 'defined',
    TableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/defined',
    KeySchema: definition.KeySchema,
    AttributeDefinitions: definition.AttributeDefinitions,
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    ItemCount: 0,
    TableSizeBytes: 0,
  });
  expect(table?.LatestStreamArn).toBe(`${table?.TableArn}/stream/${table?.LatestStreamLabel}`);
  expect(table?.CreationDateTime).toBeInstanceOf(Date);
  const again = await failure(dynamo.client.send(new CreateTableCommand(definition)));
  expect(again.name).toBe('ResourceInUseException');
  expect(again.message).toBe('Table already exists: defined');
});

describe('a definition is refused', () => {
  const invalid = 'One or more parameter values were invalid: ';
  const index = {
    IndexName: 'index',
    KeySchema: [{ AttributeName: 'b', KeyType: 'HASH' as const }],
    Projection: { ProjectionType: 'ALL' as const },
  };

  test.each<[string, Partial<CreateTableCommandInput>, string]>([
    [
      'short name',
      { TableName: 'ab' },
      'TableName must be at least 3 characters long and at most 255 characters long',
    ],
    [
      'bad name',
      { TableName: 'a b c' },
      "1 validation error detected: Value 'a b c' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ],
    [
      'provisioned without throughput',
      { BillingMode: undefined },
      `${invalid}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
    ],
    [
      'throughput of a table paid by request',
      { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
      `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
    ],
    [
      'undefined key',
      {
        KeySchema: [
          { AttributeName: 'a', KeyType: 'HASH' },
          { AttributeName: 'c', KeyType: 'RANGE' },
        ],
      },
      `${invalid}Some index key attributes are not defined in AttributeDefinitions. Keys: [a, c], AttributeDefinitions: [a, b]`,
    ],
    [
      'unused definition',
      { KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }] },
      `${invalid}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
    ],
    [
      'two hash keys',
      {
        KeySchema: [
          { AttributeName: 'a', KeyType: 'HASH' },
          { AttributeName: 'b', KeyType: 'HASH' },
        ],
      },
      'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
    ],
    [
      'one attribute twice',
      {
        KeySchema: [
          { AttributeName: 'a', KeyType: 'HASH' },
          { AttributeName: 'a', KeyType: 'RANGE' },
        ],
      },
      'Both the Hash Key and the Range Key element in the KeySchema have the same name',
    ],
    [
      'indexes of one name',
      { GlobalSecondaryIndexes: [index, index] },
      `${invalid}Duplicate index name: index`,
    ],
    [
      'local index of another partition',
      {
        LocalSecondaryIndexes: [
          {
            ...index,
            KeySchema: [
              { AttributeName: 'b', KeyType: 'HASH' },
              { AttributeName: 'a', KeyType: 'RANGE' },
            ],
          },
        ],
      },
      `${invalid}Index KeySchema does not have the same leading hash key as table KeySchema for index: index. index hash key: b, table hash key: a`,
    ],
    [
      'attributes for a projection of keys',
      {
        GlobalSecondaryIndexes: [
          { ...index, Projection: { ProjectionType: 'KEYS_ONLY', NonKeyAttributes: ['x'] } },
        ],
      },
      `${invalid}ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified`,
    ],
    [
      'no indexes in the list',
      { GlobalSecondaryIndexes: [] },
      `${invalid}List of GlobalSecondaryIndexes is empty`,
    ],
    [
      'several faults of members',
      { KeySchema: undefined, AttributeDefinitions: undefined },
      "2 validation errors detected: Value null at 'attributeDefinitions' failed to satisfy constraint: Member must not be null; Value null at 'keySchema' failed to satisfy constraint: Member must not be null",
    ],
  ])('%s', async (_title, change, message) => {
    const error = await failure(
      dynamo.client.send(
        new CreateTableCommand({ ...definition, TableName: 'refused', ...change } as CreateTableCommandInput),
      ),
    );
    expect(error.name).toBe('ValidationException');
    expect(error.message).toBe(message);
    expect((await failure(describeTable('refused'))).message).toBe(
      'Requested resource not found: Table: refused not found',
    );
  });
});

describe('UpdateTable', () => {
  test('changes the way of paying, and back', async () => {
    await createTable(dynamo.client, 'paid');
    const throughput = { ReadCapacityUnits: 3, WriteCapacityUnits: 4 };
    const during = await update({
      TableName: 'paid',
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: throughput,
    });
    expect(during?.TableStatus).toBe('UPDATING');
    const after = await untilActive('paid');
    expect(after?.ProvisionedThroughput).toMatchObject(throughput);
    expect(after?.BillingModeSummary?.BillingMode).toBe('PROVISIONED');
    const same = await failure(update({ TableName: 'paid', ProvisionedThroughput: throughput }));
    expect(same.message).toContain('The provisioned throughput for the table will not change.');
    await update({ TableName: 'paid', BillingMode: 'PAY_PER_REQUEST' });
    expect((await untilActive('paid'))?.ProvisionedThroughput?.ReadCapacityUnits).toBe(0);
  });

  test('adds an index that holds what was there before, and takes it away', async () => {
    await createTable(dynamo.client, 'indexed');
    for (let index = 0; index < 30; index += 1) {
      const color = index % 2 ? { color: { S: 'red' } } : {};
      await dynamo.client.send(
        new PutItemCommand({
          TableName: 'indexed',
          Item: { pk: { S: 'p' }, sk: { S: String(index) }, ...color },
        }),
      );
    }
    await update({
      TableName: 'indexed',
      AttributeDefinitions: [{ AttributeName: 'color', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'by-color',
            KeySchema: [{ AttributeName: 'color', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        },
      ],
    });
    const filled = await untilActive('indexed');
    expect(filled?.GlobalSecondaryIndexes).toMatchObject([
      { IndexName: 'by-color', IndexStatus: 'ACTIVE', ItemCount: 15 },
    ]);
    const query = new QueryCommand({
      TableName: 'indexed',
      IndexName: 'by-color',
      KeyConditionExpression: 'color = :c',
      ExpressionAttributeValues: { ':c': { S: 'red' } },
    });
    expect((await dynamo.client.send(query)).Count).toBe(15);
    await update({
      TableName: 'indexed',
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-color' } }],
    });
    const emptied = await untilActive('indexed');
    expect(emptied?.GlobalSecondaryIndexes).toBeUndefined();
    expect(emptied?.AttributeDefinitions).toHaveLength(2);
    expect((await failure(dynamo.client.send(query))).message).toBe(
      'The table does not have the specified index: by-color',
    );
  });

  test('turns a stream on and off', async () => {
    await createTable(dynamo.client, 'streamed');
    await update({
      TableName: 'streamed',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    });
    const on = await untilActive('streamed');
    expect(on?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' });
    await update({ TableName: 'streamed', StreamSpecification: { StreamEnabled: false } });
    const off = await untilActive('streamed');
    expect(off?.StreamSpecification).toBeUndefined();
    expect(off?.LatestStreamArn).toBe(on?.LatestStreamArn);
  });

  test('a request that changes nothing is refused', async () => {
    const error = await failure(update({ TableName: 'defined' }));
    expect(error.message).toContain('At least one of ProvisionedThroughput, BillingMode');
  });
});

describe('DeleteTable', () => {
  test('takes the items along: a table of the same name is empty', async () => {
    await createTable(dynamo.client, 'deleted');
    const Key = { pk: { S: 'p' }, sk: { S: '1' } };
    await dynamo.client.send(new PutItemCommand({ TableName: 'deleted', Item: Key }));
    const { TableDescription } = await dynamo.client.send(new DeleteTableCommand({ TableName: 'deleted' }));
    expect(TableDescription?.TableStatus).toBe('DELETING');
    await waitUntilTableNotExists(
      { client: dynamo.client, maxWaitTime: 20, minDelay: 0.02, maxDelay: 0.1 },
      { TableName: 'deleted' },
    );
    const error = await failure(dynamo.client.send(new DeleteTableCommand({ TableName: 'deleted' })));
    expect(error.name).toBe('ResourceNotFoundException');
    await createTable(dynamo.client, 'deleted');
    const { Item } = await dynamo.client.send(new GetItemCommand({ TableName: 'deleted', Key }));
    expect(Item).toBeUndefined();
  });

  test('a protected table stays', async () => {
    await createTable(dynamo.client, 'protected', { DeletionProtectionEnabled: true });
    const error = await failure(dynamo.client.send(new DeleteTableCommand({ TableName: 'protected' })));
    expect(error.message).toBe(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
    expect((await describeTable('protected'))?.TableStatus).toBe('ACTIVE');
  });
});

test('tables are listed by name, in pages', async () => {
  const list = dynamo;
  const names: string[] = [];
  let start: string | undefined;
  do {
    const page = await list.client.send(
      new ListTablesCommand({ Limit: 2, ...(start && { ExclusiveStartTableName: start }) }),
    );
    expect(page.TableNames?.length).toBeLessThanOrEqual(2);
    names.push(...(page.TableNames ?? []));
    start = page.LastEvaluatedTableName;
  } while (start);
  expect(names).toEqual([...names].sort());
  expect(names).toContain('defined');
});

describe('settings', () => {
  const TableName = 'settings';
  const ResourceArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`;

  beforeAll(async () => {
    await createTable(dynamo.client, TableName, { Tags: [{ Key: 'a', Value: '1' }] });
  });

  test('time to live', async () => {
    const set = (Enabled: boolean, AttributeName = 'expires') =>
      dynamo.client.send(
        new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled, AttributeName } }),
      );
    const current = async () =>
      (await dynamo.client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
    expect(await current()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await set(true);
    expect(await current()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
    expect((await failure(set(true))).message).toBe('TimeToLive is already enabled');
    expect((await failure(set(false, 'other'))).message).toBe(
      'TimeToLive is active on a different AttributeName: current AttributeName is expires',
    );
    await set(false);
    expect(await current()).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });

  test('tags', async () => {
    const tags = async () => (await dynamo.client.send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags;
    await dynamo.client.send(
      new TagResourceCommand({
        ResourceArn,
        Tags: [
          { Key: 'a', Value: '2' },
          { Key: 'b', Value: '3' },
        ],
      }),
    );
    expect(await tags()).toEqual([
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '3' },
    ]);
    await dynamo.client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));
    expect(await tags()).toEqual([{ Key: 'b', Value: '3' }]);
    const error = await failure(
      dynamo.client.send(new ListTagsOfResourceCommand({ ResourceArn: `${ResourceArn}x` })),
    );
    expect(error.name).toBe('ResourceNotFoundException');
  });

  test('point-in-time recovery', async () => {
    const recovery = async () =>
      (await dynamo.client.send(new DescribeContinuousBackupsCommand({ TableName })))
        .ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    expect(await recovery()).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' });
    await dynamo.client.send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
      }),
    );
    expect(await recovery()).toMatchObject({ PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 7 });
  });
});

test('an operation that is not there says so', async () => {
  const error = await failure(
    dynamo.client.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM defined' })),
  );
  expect(error.message).toContain('ExecuteStatement');
  expect((error.$metadata as { httpStatusCode?: number }).httpStatusCode).toBe(501);
});
