import { type AttributeValue, QueryCommand as RawQueryCommand } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTable, failure, startDynamoDb, type TestDynamoDb } from './start-dynamodb.ts';

let dynamo: TestDynamoDb;

beforeAll(async () => {
  dynamo = await startDynamoDb();
  const { client } = dynamo;
  await createTable(client, 'strings');
  await createTable(client, 'numbers', {
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'N' },
      { AttributeName: 'sk', AttributeType: 'N' },
    ],
  });
  await createTable(client, 'binaries', {
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'B' },
      { AttributeName: 'sk', AttributeType: 'B' },
    ],
  });
  await createTable(client, 'orders', {
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'owner', AttributeType: 'S' },
      { AttributeName: 'price', AttributeType: 'N' },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'by-price',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'price', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-owner',
        KeySchema: [
          { AttributeName: 'owner', KeyType: 'HASH' },
          { AttributeName: 'price', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
      },
      {
        IndexName: 'owners',
        KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
});

afterAll(async () => {
  await dynamo.aws.stop();
});

async function put(TableName: string, items: Record<string, unknown>[]): Promise<void> {
  for (let start = 0; start < items.length; start += 25) {
    const page = items.slice(start, start + 25);
    await dynamo.document.send(
      new BatchWriteCommand({
        RequestItems: { [TableName]: page.map((Item) => ({ PutRequest: { Item } })) },
      }),
    );
  }
}

function query(input: QueryCommandInput) {
  return dynamo.document.send(new QueryCommand(input));
}

/** Follows the pages to the end; gives each page's items. */
async function pages(
  read: (start: Record<string, unknown> | undefined) => Promise<{
    Items?: Record<string, unknown>[] | undefined;
    LastEvaluatedKey?: Record<string, unknown> | undefined;
  }>,
): Promise<Record<string, unknown>[][]> {
  const all: Record<string, unknown>[][] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await read(start);
    all.push(Items);
    start = LastEvaluatedKey;
  } while (start);
  return all;
}

describe('key conditions', () => {
  beforeAll(async () => {
    const keys = ['a', 'ab', 'abc', 'b', 'ba', 'z', 'ä', '\uffee', '😀'];
    await put('strings', [
      ...keys.map((sk) => ({ pk: 'order', sk })),
      { pk: 'other', sk: 'a' },
      { pk: 'orde', sk: 'ra' },
    ]);
    await put(
      'numbers',
      ['-1e15', -20, -3, -2.5, '-1e-100', 0, '1e-100', 0.5, 3, 3.25, 20, 100, '1e15'].map((sk) => ({
        pk: 1,
        sk: Number(sk),
      })),
    );
    await put('binaries', [
      { pk: Uint8Array.of(1), sk: Uint8Array.of(255) },
      { pk: Uint8Array.of(1), sk: Uint8Array.of(255, 255) },
      { pk: Uint8Array.of(1), sk: Uint8Array.of(127) },
      { pk: Uint8Array.of(1), sk: Uint8Array.of(128, 0) },
    ]);
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ['pk = :pk', {}, ['a', 'ab', 'abc', 'b', 'ba', 'z', 'ä', '\uffee', '😀']],
    ['pk = :pk AND sk = :a', { ':a': 'ab' }, ['ab']],
    ['pk = :pk AND sk < :a', { ':a': 'abc' }, ['a', 'ab']],
    ['pk = :pk AND sk <= :a', { ':a': 'abc' }, ['a', 'ab', 'abc']],
    ['pk = :pk AND sk > :a', { ':a': 'z' }, ['ä', '\uffee', '😀']],
    ['pk = :pk AND sk >= :a', { ':a': 'z' }, ['z', 'ä', '\uffee', '😀']],
    ['(pk = :pk) AND (sk BETWEEN :a AND :b)', { ':a': 'ab', ':b': 'b' }, ['ab', 'abc', 'b']],
    ['pk = :pk AND begins_with(sk, :a)', { ':a': 'ab' }, ['ab', 'abc']],
    [':a < sk AND pk = :pk', { ':a': 'ba' }, ['z', 'ä', '\uffee', '😀']],
  ])('%s', async (KeyConditionExpression, values, expected) => {
    const input = {
      TableName: 'strings',
      KeyConditionExpression,
      ExpressionAttributeValues: { ':pk': 'order', ...values },
    };
    const forward = await query(input);
    expect(forward.Items?.map(({ sk }) => sk)).toEqual(expected);
    expect(forward.Count).toBe(expected.length);
    expect(forward.LastEvaluatedKey).toBeUndefined();
    const backward = await query({ ...input, ScanIndexForward: false });
    expect(backward.Items?.map(({ sk }) => sk)).toEqual([...expected].reverse());
  });

  test('numbers come in the order of their values', async () => {
    const { Items } = await query({
      TableName: 'numbers',
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :low AND :high',
      ExpressionAttributeValues: { ':pk': 1, ':low': -20, ':high': 1e15 },
    });
    expect(Items?.map(({ sk }) => sk)).toEqual([
      -20, -3, -2.5, -1e-100, 0, 1e-100, 0.5, 3, 3.25, 20, 100, 1e15,
    ]);
  });

  test('binaries come in the order of their unsigned bytes, and 255 is a prefix like any other', async () => {
    const { Items } = await query({
      TableName: 'binaries',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': Uint8Array.of(1) },
    });
    expect(Items?.map(({ sk }) => [...sk])).toEqual([[127], [128, 0], [255], [255, 255]]);
    const prefixed = await query({
      TableName: 'binaries',
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :p)',
      ExpressionAttributeValues: { ':pk': Uint8Array.of(1), ':p': Uint8Array.of(255) },
    });
    expect(prefixed.Items?.map(({ sk }) => [...sk])).toEqual([[255], [255, 255]]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['sk = :a', { ':a': 'x' }, 'Query condition missed key schema element: pk'],
    ['pk > :a', { ':a': 'x' }, 'Query key condition not supported'],
    ['pk = :a AND v = :a', { ':a': 'x' }, 'Query condition missed key schema element: sk'],
    [
      'pk = :a',
      { ':a': 1 },
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    ],
    ['pk = :a OR sk = :a', { ':a': 'x' }, 'Invalid operator used in KeyConditionExpression: OR'],
    ['pk = :a AND sk <> :a', { ':a': 'x' }, 'Invalid operator used in KeyConditionExpression: <>'],
    [
      'pk = :a AND contains(sk, :a)',
      { ':a': 'x' },
      'Invalid operator used in KeyConditionExpression: contains',
    ],
    ['pk = :a AND pk = :a', { ':a': 'x' }, 'KeyConditionExpressions must only contain one condition per key'],
    [
      'pk = :a AND sk.x = :a',
      { ':a': 'x' },
      'KeyConditionExpressions cannot have conditions on nested attributes',
    ],
  ])('%s is refused', async (KeyConditionExpression, ExpressionAttributeValues, message) => {
    const error = await failure(
      query({ TableName: 'strings', KeyConditionExpression, ExpressionAttributeValues }),
    );
    expect(error.name).toBe('ValidationException');
    expect(error.message).toBe(message);
  });
});

describe('pages', () => {
  beforeAll(async () => {
    await put(
      'strings',
      Array.from({ length: 30 }, (_, index) => ({
        pk: 'pages',
        sk: String(index).padStart(2, '0'),
        even: index % 2 === 0,
      })),
    );
    await put(
      'strings',
      Array.from({ length: 8 }, (_, index) => ({
        pk: 'large',
        sk: String(index),
        body: 'x'.repeat(300_000),
      })),
    );
  });

  const input: QueryCommandInput = {
    TableName: 'strings',
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'pages' },
  };

  test.each([true, false])('a limit cuts pages, forward %s', async (ScanIndexForward) => {
    const all = await pages((ExclusiveStartKey) =>
      query({ ...input, ScanIndexForward, Limit: 7, ...(ExclusiveStartKey && { ExclusiveStartKey }) }),
    );
    expect(all.map(({ length }) => length)).toEqual([7, 7, 7, 7, 2]);
    const keys = all.flat().map(({ sk }) => Number(sk));
    const expected = Array.from({ length: 30 }, (_, index) => index);
    expect(keys).toEqual(ScanIndexForward ? expected : expected.reverse());
  });

  test('a limit that ends with the last item still names where to go on', async () => {
    const page = await query({ ...input, Limit: 30 });
    expect(page.LastEvaluatedKey).toEqual({ pk: 'pages', sk: '29' });
    const rest = await query({ ...input, ExclusiveStartKey: page.LastEvaluatedKey });
    expect(rest).toMatchObject({ Items: [], Count: 0, ScannedCount: 0 });
    expect(rest.LastEvaluatedKey).toBeUndefined();
  });

  test('the limit counts what is looked at, not what the filter lets through', async () => {
    const page = await query({
      ...input,
      Limit: 5,
      FilterExpression: 'even = :yes',
      ExpressionAttributeValues: { ':pk': 'pages', ':yes': true },
    });
    expect(page).toMatchObject({ Count: 3, ScannedCount: 5, LastEvaluatedKey: { sk: '04' } });
  });

  test('a count has no items', async () => {
    const page = await query({ ...input, Select: 'COUNT' });
    expect(page.Items).toBeUndefined();
    expect(page.Count).toBe(30);
  });

  test('a page ends at 1 MB', async () => {
    const all = await pages((ExclusiveStartKey) =>
      query({
        TableName: 'strings',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': 'large' },
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    expect(all.map(({ length }) => length)).toEqual([3, 3, 2]);
  });

  test('pages go on where they were when items come and go in between', async () => {
    await put(
      'strings',
      ['b', 'd', 'f', 'h'].map((sk) => ({ pk: 'moving', sk })),
    );
    const moving = { ...input, ExpressionAttributeValues: { ':pk': 'moving' } };
    const first = await query({ ...moving, Limit: 2 });
    expect(first.Items?.map(({ sk }) => sk)).toEqual(['b', 'd']);
    await dynamo.document.send(new DeleteCommand({ TableName: 'strings', Key: { pk: 'moving', sk: 'd' } }));
    await put('strings', [
      { pk: 'moving', sk: 'a' },
      { pk: 'moving', sk: 'e' },
    ]);
    const second = await query({ ...moving, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(second.Items?.map(({ sk }) => sk)).toEqual(['e', 'f', 'h']);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ pk: 'pages' }, 'The provided starting key is invalid'],
    [
      { pk: 'else', sk: '1' },
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
    [
      { pk: 'pages', sk: 1 },
      'The provided starting key is invalid: The provided key element does not match the schema',
    ],
  ])('the start key %o is refused', async (ExclusiveStartKey, message) => {
    const error = await failure(query({ ...input, ExclusiveStartKey }));
    expect(error.message).toBe(message);
  });

  test('a start key outside the range of the sort key is refused', async () => {
    const error = await failure(
      query({
        ...input,
        KeyConditionExpression: 'pk = :pk AND sk > :sk',
        ExpressionAttributeValues: { ':pk': 'pages', ':sk': '10' },
        ExclusiveStartKey: { pk: 'pages', sk: '05' },
      }),
    );
    expect(error.message).toBe('The provided starting key does not match the range key predicate');
  });

  test('a filter on a key is refused', async () => {
    const error = await failure(
      query({
        ...input,
        FilterExpression: 'sk = :sk',
        ExpressionAttributeValues: { ':pk': 'pages', ':sk': '1' },
      }),
    );
    expect(error.message).toBe(
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    );
  });
});

describe('indexes', () => {
  beforeAll(async () => {
    await put('orders', [
      { pk: 'p', sk: '1', owner: 'ann', price: 30, title: 'chair', note: 'n1' },
      { pk: 'p', sk: '2', owner: 'bob', price: 10, title: 'table', note: 'n2' },
      { pk: 'p', sk: '3', owner: 'ann', price: 5, title: 'lamp', note: 'n3' },
      { pk: 'p', sk: '4', owner: 'ann', title: 'without price' },
      { pk: 'p', sk: '5', price: 7, title: 'without owner' },
      { pk: 'q', sk: '1', owner: 'ann', price: 5, title: 'lamp again', note: 'n4' },
    ]);
  });

  const byOwner: QueryCommandInput = {
    TableName: 'orders',
    IndexName: 'by-owner',
    KeyConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#owner': 'owner' },
    ExpressionAttributeValues: { ':owner': 'ann' },
  };

  test('a global index holds only items with its keys, and of them what it projects', async () => {
    const { Items } = await query(byOwner);
    expect(Items?.map(({ price }) => price)).toEqual([5, 5, 30]);
    expect(Items?.at(-1)).toEqual({ pk: 'p', sk: '1', owner: 'ann', price: 30, title: 'chair' });
    const keys = (Items ?? []).map(({ pk, sk }) => `${pk}${sk}`);
    expect(new Set(keys)).toEqual(new Set(['p3', 'q1', 'p1']));
  });

  test.each([true, false])('pages go through items with equal keys, forward %s', async (ScanIndexForward) => {
    const all = await pages((ExclusiveStartKey) =>
      query({ ...byOwner, ScanIndexForward, Limit: 1, ...(ExclusiveStartKey && { ExclusiveStartKey }) }),
    );
    const found = all.flat();
    expect(found.map(({ price }) => price)).toEqual(ScanIndexForward ? [5, 5, 30] : [30, 5, 5]);
    expect(new Set(found.map(({ pk, sk }) => `${pk}${sk}`)).size).toBe(3);
  });

  test('the key of a page in an index names the keys of the table too', async () => {
    const { LastEvaluatedKey } = await query({ ...byOwner, Limit: 3 });
    expect(LastEvaluatedKey).toEqual({ pk: 'p', sk: '1', owner: 'ann', price: 30 });
  });

  test('items move in the index when their keys change, and leave it with them', async () => {
    const item = { pk: 'move', sk: '1', owner: 'carl', price: 1 };
    const find = async () => {
      const { Items } = await query({ ...byOwner, ExpressionAttributeValues: { ':owner': 'carl' } });
      return Items?.map(({ price }) => price);
    };
    await put('orders', [item]);
    expect(await find()).toEqual([1]);
    await put('orders', [{ ...item, price: 2 }]);
    expect(await find()).toEqual([2]);
    await put('orders', [{ pk: 'move', sk: '1', owner: 'carl' }]);
    expect(await find()).toEqual([]);
    await put('orders', [item]);
    await dynamo.document.send(new DeleteCommand({ TableName: 'orders', Key: { pk: 'move', sk: '1' } }));
    expect(await find()).toEqual([]);
  });

  test('a local index orders a partition and fetches what it does not hold', async () => {
    const input: QueryCommandInput = {
      TableName: 'orders',
      IndexName: 'by-price',
      KeyConditionExpression: 'pk = :pk AND price >= :price',
      ExpressionAttributeValues: { ':pk': 'p', ':price': 7 },
      ConsistentRead: true,
    };
    const keys = await query(input);
    expect(keys.Items).toEqual([
      { pk: 'p', sk: '5', price: 7 },
      { pk: 'p', sk: '2', price: 10 },
      { pk: 'p', sk: '1', price: 30 },
    ]);
    const notes = await query({ ...input, ProjectionExpression: 'note' });
    expect(notes.Items).toEqual([{}, { note: 'n2' }, { note: 'n1' }]);
  });

  test.each<[string, Partial<QueryCommandInput>, string]>([
    [
      'consistent',
      { ConsistentRead: true },
      'Consistent reads are not supported on global secondary indexes',
    ],
    [
      'for all attributes',
      { Select: 'ALL_ATTRIBUTES' },
      'One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index by-owner because its projection type is not ALL',
    ],
    [
      'for what it does not hold',
      { ProjectionExpression: 'note' },
      'One or more parameter values were invalid: Global secondary index by-owner does not project [note]',
    ],
    ['by another name', { IndexName: 'nothing' }, 'The table does not have the specified index: nothing'],
  ])('a global index cannot be read %s', async (_title, change, message) => {
    const error = await failure(query({ ...byOwner, ...change }));
    expect(error.message).toBe(message);
  });

  test('an item whose index key has the wrong type is refused', async () => {
    const error = await failure(
      dynamo.document.send(new PutCommand({ TableName: 'orders', Item: { pk: 'p', sk: '9', owner: 1 } })),
    );
    expect(error.message).toBe(
      'One or more parameter values were invalid: Type mismatch for Index Key owner Expected: S Actual: N IndexName: by-owner',
    );
  });
});

describe('scans', () => {
  const TableName = 'scanned';
  const count = 300;

  beforeAll(async () => {
    await createTable(dynamo.client, TableName, {
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'N' },
        { AttributeName: 'color', AttributeType: 'S' },
      ],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'colors',
          KeySchema: [{ AttributeName: 'color', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
    await put(
      TableName,
      Array.from({ length: count }, (_, id) => ({
        id,
        ...(id % 3 === 0 && { color: id % 2 ? 'red' : 'blue' }),
      })),
    );
  });

  const scan = (input: Partial<ScanCommandInput>) =>
    dynamo.document.send(new ScanCommand({ TableName, ...input }));

  async function ids(input: Partial<ScanCommandInput>): Promise<number[]> {
    const all = await pages((ExclusiveStartKey) =>
      scan({ ...input, ...(ExclusiveStartKey && { ExclusiveStartKey }) }),
    );
    return all.flat().map(({ id }) => Number(id));
  }

  test('pages hold every item once', async () => {
    const found = await ids({ Limit: 41 });
    expect(found).toHaveLength(count);
    expect(new Set(found).size).toBe(count);
  });

  test('segments hold every item once between them', async () => {
    const segments = await Promise.all(
      Array.from({ length: 7 }, (_, Segment) => ids({ Segment, TotalSegments: 7, Limit: 20 })),
    );
    expect(segments.every(({ length }) => length > 0)).toBe(true);
    expect(new Set(segments.flat()).size).toBe(count);
    expect(segments.flat()).toHaveLength(count);
  });

  test('an index can be scanned, in pages and segments', async () => {
    expect(await ids({ IndexName: 'colors', Limit: 9 })).toHaveLength(100);
    const [first, second] = await Promise.all(
      [0, 1].map((Segment) => ids({ IndexName: 'colors', Segment, TotalSegments: 2 })),
    );
    expect(new Set([...(first ?? []), ...(second ?? [])]).size).toBe(100);
  });

  test('a filter and a projection', async () => {
    const page = await scan({
      FilterExpression: 'id IN (:a, :b) OR id > :c',
      ProjectionExpression: 'id',
      ExpressionAttributeValues: { ':a': 1, ':b': 3, ':c': 297 },
    });
    expect(new Set(page.Items?.map(({ id }) => id))).toEqual(new Set([1, 3, 298, 299]));
    expect(page.Items?.every((item) => Object.keys(item).length === 1)).toBe(true);
    expect(page.ScannedCount).toBe(count);
  });

  test.each<[Partial<ScanCommandInput>, string]>([
    [
      { Segment: 1 },
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    ],
    [
      { TotalSegments: 1 },
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    ],
    [
      { Segment: 4, TotalSegments: 4 },
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 4 is not less than TotalSegments: 4',
    ],
    [
      { Limit: 0 },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
  ])('%o is refused', async (input, message) => {
    expect((await failure(scan(input))).message).toBe(message);
  });
});

test('a value that only a client without types would send is refused', async () => {
  const error = await failure(
    dynamo.client.send(
      new RawQueryCommand({
        TableName: 'strings',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': {} as AttributeValue },
      }),
    ),
  );
  expect(error.message).toBe(
    'ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :pk',
  );
});
