import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RunningServer, startServer } from '../../../source/local/server.ts';
import { createTable, failure } from './start-dynamodb.ts';

let directory: string;
let server: RunningServer | undefined;
let client: DynamoDBClient;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stp-dynamodb-'));
});

afterEach(async () => {
  await stop();
  await rm(directory, { recursive: true, force: true });
});

/** At a pace of 100 nothing that takes AWS a second is done before a test ends. */
async function start(pace: 0 | 100): Promise<void> {
  server = await startServer({ directory, pace, services: ['dynamodb'] });
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  client = new DynamoDBClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
}

async function stop(): Promise<void> {
  client?.destroy();
  await server?.close();
  server = undefined;
}

const byColor = new QueryCommand({
  TableName: 'kept',
  IndexName: 'by-color',
  KeyConditionExpression: 'color = :c',
  ExpressionAttributeValues: { ':c': { S: 'red' } },
});

const index = {
  IndexName: 'by-color',
  KeySchema: [{ AttributeName: 'color', KeyType: 'HASH' as const }],
  Projection: { ProjectionType: 'ALL' as const },
};

const color = { AttributeName: 'color', AttributeType: 'S' as const };

async function describeTable(TableName: string) {
  return (await client.send(new DescribeTableCommand({ TableName }))).Table;
}

async function put(sk: string, attributes = {}): Promise<void> {
  const Item = { pk: { S: 'p' }, sk: { S: sk }, color: { S: 'red' }, ...attributes };
  await client.send(new PutItemCommand({ TableName: 'kept', Item }));
}

test('tables, items and indexes are there again after a restart', async () => {
  await start(0);
  await createTable(client, 'kept', {
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      color,
    ],
    GlobalSecondaryIndexes: [index],
  });
  await put('1', { b: { B: Uint8Array.of(1, 2) } });
  const before = await describeTable('kept');
  await stop();
  await start(0);
  expect(await describeTable('kept')).toEqual(before);
  expect((await client.send(byColor)).Items).toEqual([
    { pk: { S: 'p' }, sk: { S: '1' }, color: { S: 'red' }, b: { B: Uint8Array.of(1, 2) } },
  ]);
});

test('what was under way when the server ended is finished by the next one', async () => {
  await start(0);
  await createTable(client, 'kept');
  await createTable(client, 'deleted');
  await put('before');
  await stop();

  await start(100);
  await client.send(
    new UpdateTableCommand({
      TableName: 'kept',
      AttributeDefinitions: [color],
      GlobalSecondaryIndexUpdates: [{ Create: index }],
    }),
  );
  await client.send(new DeleteTableCommand({ TableName: 'deleted' }));
  await client.send(
    new CreateTableCommand({
      TableName: 'created',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [color],
      KeySchema: index.KeySchema,
    }),
  );
  await put('during');
  expect(await describeTable('kept')).toMatchObject({
    TableStatus: 'UPDATING',
    GlobalSecondaryIndexes: [{ IndexStatus: 'CREATING', Backfilling: true }],
  });
  expect((await failure(client.send(byColor))).message).toBe(
    'Cannot read from backfilling global secondary index: by-color',
  );
  const early = new PutItemCommand({ TableName: 'created', Item: { color: { S: 'red' } } });
  expect((await failure(client.send(early))).name).toBe('ResourceNotFoundException');
  const busy = await failure(client.send(new DeleteTableCommand({ TableName: 'kept' })));
  expect(busy.name).toBe('ResourceInUseException');
  expect(busy.message).toBe(
    'Attempt to change a resource which is still in use: Table is being updated: kept',
  );
  await stop();

  await start(0);
  await vi.waitFor(async () => {
    expect((await describeTable('kept'))?.TableStatus).toBe('ACTIVE');
    expect((await describeTable('created'))?.TableStatus).toBe('ACTIVE');
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(TableNames).toEqual(['created', 'kept']);
  }, 5_000);
  expect((await client.send(byColor)).Count).toBe(2);
});
