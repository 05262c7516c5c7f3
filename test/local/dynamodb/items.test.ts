import {
  DeleteItemCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTable, failure, startDynamoDb, type TestDynamoDb } from './start-dynamodb.ts';

const TableName = 'things';
let dynamo: TestDynamoDb;

beforeAll(async () => {
  dynamo = await startDynamoDb();
  await createTable(dynamo.client, TableName);
});

afterAll(async () => {
  await dynamo.aws.stop();
});

test('every type comes back as it was put', async () => {
  const item = {
    pk: { S: 'types' },
    sk: { S: 'ä😀' },
    n: { N: '-12345678901234567890.12345' },
    b: { B: Uint8Array.of(0, 255, 128) },
    ss: { SS: ['a', 'b'] },
    ns: { NS: ['1', '2.5'] },
    bs: { BS: [Uint8Array.of(1), Uint8Array.of(2)] },
    l: { L: [{ S: '' }, { NULL: true }, { B: Uint8Array.of(7) }] },
    m: { M: { inner: { BOOL: false }, bin: { B: Uint8Array.of(9) } } },
  };
  await dynamo.client.send(new PutItemCommand({ TableName, Item: item }));
  const { Item } = await dynamo.client.send(
    new GetItemCommand({ TableName, Key: { pk: item.pk, sk: item.sk }, ConsistentRead: true }),
  );
  expect(Item).toEqual(item);
});

test('the document client works as with AWS', async () => {
  const { document } = dynamo;
  await document.send(
    new PutCommand({
      TableName,
      Item: { pk: 'd', sk: '1', tags: new Set(['x']), nested: { list: [1, 'two'] } },
    }),
  );
  const { Attributes } = await document.send(
    new UpdateCommand({
      TableName,
      Key: { pk: 'd', sk: '1' },
      UpdateExpression: 'SET nested.#l[0] = nested.#l[0] + :one ADD hits :one, tags :tags',
      ExpressionAttributeNames: { '#l': 'list' },
      ExpressionAttributeValues: { ':one': 1, ':tags': new Set(['y']) },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  expect(Attributes).toEqual({ nested: { list: [2] }, hits: 1, tags: new Set(['x', 'y']) });
  const { Item } = await document.send(
    new GetCommand({ TableName, Key: { pk: 'd', sk: '1' }, ProjectionExpression: 'nested, hits' }),
  );
  expect(Item).toEqual({ nested: { list: [2, 'two'] }, hits: 1 });
});

describe('what a write returns', () => {
  const Key = { pk: { S: 'returns' }, sk: { S: '1' } };

  test('PutItem and DeleteItem give the old item', async () => {
    const put = (v: string, ReturnValues?: 'ALL_OLD') =>
      dynamo.client.send(
        new PutItemCommand({
          TableName,
          Item: { ...Key, v: { S: v } },
          ...(ReturnValues && { ReturnValues }),
        }),
      );
    expect((await put('one', 'ALL_OLD')).Attributes).toBeUndefined();
    expect((await put('two')).Attributes).toBeUndefined();
    expect((await put('three', 'ALL_OLD')).Attributes).toEqual({ ...Key, v: { S: 'two' } });
    const deleted = await dynamo.client.send(
      new DeleteItemCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }),
    );
    expect(deleted.Attributes).toEqual({ ...Key, v: { S: 'three' } });
    const { Item } = await dynamo.client.send(new GetItemCommand({ TableName, Key }));
    expect(Item).toBeUndefined();
  });

  test.each([
    ['ALL_OLD', { ...Key, a: { N: '1' }, b: { S: 'x' } }],
    ['UPDATED_OLD', { a: { N: '1' } }],
    ['ALL_NEW', { ...Key, a: { N: '2' }, b: { S: 'x' }, c: { S: 'new' } }],
    ['UPDATED_NEW', { a: { N: '2' }, c: { S: 'new' } }],
    ['NONE', undefined],
  ] as const)('UpdateItem with %s', async (ReturnValues, expected) => {
    await dynamo.client.send(
      new PutItemCommand({ TableName, Item: { ...Key, a: { N: '1' }, b: { S: 'x' } } }),
    );
    const { Attributes } = await dynamo.client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET a = a + :one, c = :new',
        ExpressionAttributeValues: { ':one': { N: '1' }, ':new': { S: 'new' } },
        ReturnValues,
      }),
    );
    expect(Attributes).toEqual(expected);
  });

  test('UpdateItem makes an item that is not there', async () => {
    const key = { pk: { S: 'made' }, sk: { S: '1' } };
    const { Attributes } = await dynamo.client.send(
      new UpdateItemCommand({ TableName, Key: key, ReturnValues: 'ALL_NEW' }),
    );
    expect(Attributes).toEqual(key);
  });

  test('capacity is that of the larger image, in units of 1 KB, and of 4 KB when read', async () => {
    const big = { ...Key, v: { S: 'x'.repeat(5000) } };
    const put = await dynamo.client.send(
      new PutItemCommand({ TableName, Item: big, ReturnConsumedCapacity: 'TOTAL' }),
    );
    expect(put.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 5 });
    const get = await dynamo.client.send(
      new GetItemCommand({ TableName, Key, ReturnConsumedCapacity: 'INDEXES', ConsistentRead: true }),
    );
    expect(get.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 2, Table: { CapacityUnits: 2 } });
    const removed = await dynamo.client.send(
      new DeleteItemCommand({ TableName, Key, ReturnConsumedCapacity: 'TOTAL' }),
    );
    expect(removed.ConsumedCapacity?.CapacityUnits).toBe(5);
  });
});

describe('conditions', () => {
  const Key = { pk: { S: 'conditions' }, sk: { S: '1' } };

  test('a failed condition changes nothing and shows the item when asked', async () => {
    await dynamo.client.send(new PutItemCommand({ TableName, Item: { ...Key, v: { N: '1' } } }));
    const error = await failure(
      dynamo.client.send(
        new PutItemCommand({
          TableName,
          Item: Key,
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    expect(error.name).toBe('ConditionalCheckFailedException');
    expect(error.message).toBe('The conditional request failed');
    expect(error.Item).toEqual({ ...Key, v: { N: '1' } });
    const silent = await failure(
      dynamo.client.send(
        new DeleteItemCommand({
          TableName,
          Key,
          ConditionExpression: 'v > :v',
          ExpressionAttributeValues: { ':v': { N: '1' } },
        }),
      ),
    );
    expect(silent.name).toBe('ConditionalCheckFailedException');
    expect(silent.Item).toBeUndefined();
    const { Item } = await dynamo.client.send(new GetItemCommand({ TableName, Key }));
    expect(Item).toEqual({ ...Key, v: { N: '1' } });
  });

  test('concurrent increments are all counted', async () => {
    const key = { pk: 'counter', sk: '1' };
    await Promise.all(
      Array.from({ length: 50 }, () =>
        dynamo.document.send(
          new UpdateCommand({
            TableName,
            Key: key,
            UpdateExpression: 'ADD hits :one',
            ExpressionAttributeValues: { ':one': 1 },
          }),
        ),
      ),
    );
    const { Item } = await dynamo.document.send(new GetCommand({ TableName, Key: key }));
    expect(Item?.hits).toBe(50);
  });
});

describe('refused', () => {
  const Key = { pk: { S: 'x' }, sk: { S: 'y' } };

  test.each<[string, ConstructorParameters<typeof PutItemCommand>[0]['Item'], string]>([
    [
      'no sort key',
      { pk: { S: 'x' } },
      'One or more parameter values were invalid: Missing the key sk in the item',
    ],
    [
      'a key of another type',
      { pk: { S: 'x' }, sk: { N: '1' } },
      'One or more parameter values were invalid: Type mismatch for key sk expected: S actual: N',
    ],
    [
      'an empty key',
      { pk: { S: '' }, sk: { S: '1' } },
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
    ],
    [
      'a long key',
      { pk: { S: 'ä'.repeat(1025) }, sk: { S: '1' } },
      'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    ],
    [
      'an empty set',
      { ...Key, v: { SS: [] } },
      'One or more parameter values were invalid: An string set  may not be empty',
    ],
    [
      'a set with duplicates',
      { ...Key, v: { SS: ['a', 'a'] } },
      'One or more parameter values were invalid: Input collection [a, a] contains duplicates.',
    ],
    [
      'a number that is none',
      { ...Key, v: { N: 'ten' } },
      'The parameter cannot be converted to a numeric value: ten',
    ],
    [
      'a large item',
      { ...Key, v: { S: 'x'.repeat(400 * 1024) } },
      'Item size has exceeded the maximum allowed size',
    ],
    ['a deep document', { ...Key, v: nested(33) }, 'Nesting Levels have exceeded supported limits'],
  ])('%s', async (_title, Item, message) => {
    const error = await failure(dynamo.client.send(new PutItemCommand({ TableName, Item })));
    expect(error.name).toBe('ValidationException');
    expect(error.message).toBe(message);
  });

  test('the deepest document and the largest item that are allowed', async () => {
    await dynamo.client.send(new PutItemCommand({ TableName, Item: { ...Key, v: nested(32) } }));
    const rest = 400 * 1024 - 'pkx'.length - 'sky'.length - 'v'.length;
    const Item = { ...Key, v: { S: 'x'.repeat(rest) } };
    await dynamo.client.send(new PutItemCommand({ TableName, Item }));
    const error = await failure(
      dynamo.client.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'SET w = :w',
          ExpressionAttributeValues: { ':w': { BOOL: true } },
        }),
      ),
    );
    expect(error.message).toBe('Item size to update has exceeded the maximum allowed size');
  });

  test('a table that is not there', async () => {
    const error = await failure(dynamo.client.send(new GetItemCommand({ TableName: 'nowhere', Key })));
    expect(error.name).toBe('ResourceNotFoundException');
    expect(error.message).toBe('Requested resource not found');
  });

  test('a key with too much in it', async () => {
    const error = await failure(
      dynamo.client.send(new GetItemCommand({ TableName, Key: { ...Key, more: { S: '1' } } })),
    );
    expect(error.message).toBe('The provided key element does not match the schema');
  });

  test('a change of the key', async () => {
    const error = await failure(
      dynamo.client.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'SET sk = :v',
          ExpressionAttributeValues: { ':v': { S: 'z' } },
        }),
      ),
    );
    expect(error.message).toBe(
      'One or more parameter values were invalid: Cannot update attribute sk. This attribute is part of the key',
    );
  });

  test('the parameters from before there were expressions', async () => {
    const error = await failure(
      dynamo.client.send(
        new UpdateItemCommand({
          TableName,
          Key,
          AttributeUpdates: { v: { Action: 'PUT', Value: { S: '1' } } },
        }),
      ),
    );
    expect(error.name).toBe('ValidationException');
    expect(error.message).toContain('AttributeUpdates');
  });

  test('return values that a put does not have', async () => {
    const error = await failure(
      dynamo.client.send(new PutItemCommand({ TableName, Item: Key, ReturnValues: 'ALL_NEW' })),
    );
    expect(error.message).toBe('ReturnValues can only be ALL_OLD or NONE');
  });
});

test('counts and bytes of a table are exact', async () => {
  await createTable(dynamo.client, 'counted');
  const put = (sk: string, v: string) =>
    dynamo.client.send(
      new PutItemCommand({ TableName: 'counted', Item: { pk: { S: 'p' }, sk: { S: sk }, v: { S: v } } }),
    );
  await put('1', 'a');
  await put('2', 'bb');
  await put('2', 'bbbb');
  await put('3', 'c');
  await dynamo.client.send(
    new DeleteItemCommand({ TableName: 'counted', Key: { pk: { S: 'p' }, sk: { S: '3' } } }),
  );
  const { Table } = await dynamo.client.send(new DescribeTableCommand({ TableName: 'counted' }));
  expect(Table?.ItemCount).toBe(2);
  expect(Table?.TableSizeBytes).toBe('pkpsk1va'.length + 'pkpsk2vbbbb'.length);
});

function nested(levels: number): { S: string } | { M: Record<string, never> } {
  let value: unknown = { S: 'x' };
  for (let level = 0; level < levels; level += 1) value = { M: { m: value } };
  return value as { S: string };
}
