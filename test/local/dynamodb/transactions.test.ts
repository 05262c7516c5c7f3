import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTable, failure, startDynamoDb, type TestDynamoDb } from './start-dynamodb.ts';

const TableName = 'things';
const OtherTable = 'others';
let dynamo: TestDynamoDb;
let time = Date.now();

beforeAll(async () => {
  // Signatures are checked against this clock too, so it goes forward only a little in all.
  dynamo = await startDynamoDb(() => time);
  await createTable(dynamo.client, TableName);
  await createTable(dynamo.client, OtherTable);
});

afterAll(async () => {
  await dynamo.aws.stop();
});

const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });

async function stored(sk: string, table = TableName): Promise<string | undefined> {
  const { Item } = await dynamo.client.send(new GetItemCommand({ TableName: table, Key: key(sk) }));
  return Item && (Item.v?.N ?? '');
}

async function put(sk: string, v: number): Promise<void> {
  await dynamo.client.send(new PutItemCommand({ TableName, Item: { ...key(sk), v: { N: String(v) } } }));
}

function transact(TransactItems: TransactWriteItem[], ClientRequestToken?: string) {
  return dynamo.client.send(
    new TransactWriteItemsCommand({ TransactItems, ...(ClientRequestToken && { ClientRequestToken }) }),
  );
}

const add = (sk: string, amount: number): TransactWriteItem => ({
  Update: {
    TableName,
    Key: key(sk),
    UpdateExpression: 'ADD v :n',
    ExpressionAttributeValues: { ':n': { N: String(amount) } },
  },
});

describe('TransactWriteItems', () => {
  test('puts, updates, deletes and checks in several tables at once', async () => {
    await put('gone', 1);
    await put('checked', 1);
    await transact([
      { Put: { TableName: OtherTable, Item: { ...key('new'), v: { N: '5' } } } },
      add('counted', 3),
      { Delete: { TableName, Key: key('gone') } },
      { ConditionCheck: { TableName, Key: key('checked'), ConditionExpression: 'attribute_exists(pk)' } },
    ]);
    expect(await stored('new', OtherTable)).toBe('5');
    expect(await stored('counted')).toBe('3');
    expect(await stored('gone')).toBeUndefined();
    expect(await stored('checked')).toBe('1');
  });

  test('one failure undoes everything, and every reason is given', async () => {
    await put('first', 1);
    await put('second', 1);
    await put('text', 1);
    const error = await failure(
      transact([
        add('first', 10),
        {
          Update: {
            TableName,
            Key: key('second'),
            UpdateExpression: 'SET v = :n',
            ConditionExpression: 'v > :n',
            ExpressionAttributeValues: { ':n': { N: '5' } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        {
          Update: {
            TableName,
            Key: key('text'),
            UpdateExpression: 'ADD v :s',
            ExpressionAttributeValues: { ':s': { SS: ['x'] } },
          },
        },
      ]),
    );
    expect(error.name).toBe('TransactionCanceledException');
    expect(error.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ValidationError]',
    );
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { ...key('second'), v: { N: '1' } },
      },
      {
        Code: 'ValidationError',
        Message: 'An operand in the update expression has an incorrect data type',
      },
    ]);
    expect(await stored('first')).toBe('1');
    expect(await stored('second')).toBe('1');
  });

  test('the same token does the work once, with other parameters it is refused, and later it is new', async () => {
    const token = 'token-1';
    await transact([add('idempotent', 1)], token);
    await transact([add('idempotent', 1)], token);
    expect(await stored('idempotent')).toBe('1');
    const error = await failure(transact([add('idempotent', 2)], token));
    expect(error.name).toBe('IdempotentParameterMismatchException');
    expect(await stored('idempotent')).toBe('1');
    time += 10 * 60_000;
    await transact([add('idempotent', 2)], token);
    expect(await stored('idempotent')).toBe('3');
    time -= 10 * 60_000;
  });

  test('a cancelled transaction does not use up its token', async () => {
    const token = 'token-2';
    const create: TransactWriteItem = {
      Put: {
        TableName,
        Item: { ...key('again'), v: { N: '1' } },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    };
    await put('again', 7);
    expect((await failure(transact([create], token))).name).toBe('TransactionCanceledException');
    await dynamo.client.send(
      new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName, Key: key('again') } }] }),
    );
    await transact([create], token);
    expect(await stored('again')).toBe('1');
  });

  test.each<[string, TransactWriteItem[], string, string]>([
    [
      'two actions on one item',
      [add('same', 1), { Delete: { TableName, Key: key('same') } }],
      'ValidationException',
      'Transaction request cannot include multiple operations on one item',
    ],
    [
      'no actions',
      [],
      'ValidationException',
      "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a table that is not there',
      [{ Put: { TableName: 'nowhere', Item: key('x') } }],
      'ResourceNotFoundException',
      'Requested resource not found',
    ],
    [
      'an expression with a fault',
      [
        {
          ConditionCheck: { TableName, Key: key('x'), ConditionExpression: 'status = pk' },
        },
      ],
      'ValidationException',
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    ],
  ])('%s are refused', async (_title, items, name, message) => {
    const error = await failure(transact(items));
    expect(error.name).toBe(name);
    expect(error.message).toBe(message);
    expect(await stored('same')).toBeUndefined();
  });

  test('capacity counts twice', async () => {
    const { ConsumedCapacity } = await dynamo.client.send(
      new TransactWriteItemsCommand({
        TransactItems: [add('cost-1', 1), add('cost-2', 1)],
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 4 }]);
  });
});

test('TransactGetItems answers in the order of the request, with gaps', async () => {
  await put('read-1', 1);
  await put('read-2', 2);
  const { Responses } = await dynamo.client.send(
    new TransactGetItemsCommand({
      TransactItems: [
        { Get: { TableName, Key: key('read-2'), ProjectionExpression: 'v' } },
        { Get: { TableName, Key: key('read-nothing') } },
        { Get: { TableName, Key: key('read-1') } },
      ],
    }),
  );
  expect(Responses).toEqual([{ Item: { v: { N: '2' } } }, {}, { Item: { ...key('read-1'), v: { N: '1' } } }]);
});

describe('batches', () => {
  test('writes to several tables and reads from them', async () => {
    const { UnprocessedItems } = await dynamo.client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [TableName]: [
            { PutRequest: { Item: { ...key('batch-1'), v: { N: '1' } } } },
            { PutRequest: { Item: { ...key('batch-2'), v: { N: '2' } } } },
            { DeleteRequest: { Key: key('batch-nothing') } },
          ],
          [OtherTable]: [{ PutRequest: { Item: { ...key('batch-3'), v: { N: '3' } } } }],
        },
      }),
    );
    expect(UnprocessedItems).toEqual({});
    const { Responses, UnprocessedKeys } = await dynamo.client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [TableName]: {
            Keys: [key('batch-1'), key('batch-2'), key('batch-nothing')],
            ProjectionExpression: 'v',
          },
          [OtherTable]: { Keys: [key('batch-3')] },
        },
      }),
    );
    expect(Responses?.[TableName]).toEqual([{ v: { N: '1' } }, { v: { N: '2' } }]);
    expect(Responses?.[OtherTable]).toEqual([{ ...key('batch-3'), v: { N: '3' } }]);
    expect(UnprocessedKeys).toEqual({});
  });

  test('an answer holds 16 MB, and names the keys that are left', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `huge-${index}`);
    for (const sk of names) {
      await dynamo.client.send(
        new PutItemCommand({ TableName: OtherTable, Item: { ...key(sk), v: { S: 'x'.repeat(390_000) } } }),
      );
    }
    let keys = names.map(key);
    const found: (string | undefined)[] = [];
    const sizes: number[] = [];
    while (keys.length > 0) {
      const { Responses, UnprocessedKeys } = await dynamo.client.send(
        new BatchGetItemCommand({ RequestItems: { [OtherTable]: { Keys: keys } } }),
      );
      const items = Responses?.[OtherTable] ?? [];
      sizes.push(items.length);
      found.push(...items.map(({ sk }) => sk?.S));
      keys = (UnprocessedKeys?.[OtherTable]?.Keys ?? []) as typeof keys;
    }
    expect(found).toEqual(names);
    expect(sizes).toEqual([43, 17]);
  });

  test.each([
    ['too many writes', write(26), 'Too many items requested for the BatchWriteItem call'],
    ['two writes to one item', write(2, 'same'), 'Provided list of item keys contains duplicates'],
    ['too many reads', read(101), 'Too many items requested for the BatchGetItem call'],
    ['two reads of one item', read(2, 'same'), 'Provided list of item keys contains duplicates'],
  ])('%s are refused', async (_title, command, message) => {
    const error = await failure(
      command instanceof BatchWriteItemCommand ? dynamo.client.send(command) : dynamo.client.send(command),
    );
    expect(error.name).toBe('ValidationException');
    expect(error.message).toBe(message);
  });

  test('one wrong item keeps the whole batch out', async () => {
    const error = await failure(
      dynamo.client.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [TableName]: [
              { PutRequest: { Item: key('batch-good') } },
              { PutRequest: { Item: { pk: { S: 'p' } } } },
            ],
          },
        }),
      ),
    );
    expect(error.message).toBe('One or more parameter values were invalid: Missing the key sk in the item');
    expect(await stored('batch-good')).toBeUndefined();
  });
});

test('a list that other writers append to loses nothing', async () => {
  await dynamo.client.send(new PutItemCommand({ TableName, Item: { ...key('list'), v: { L: [] } } }));
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      dynamo.client.send(
        new UpdateItemCommand({
          TableName,
          Key: key('list'),
          UpdateExpression: 'SET v = list_append(v, :one)',
          ExpressionAttributeValues: { ':one': { L: [{ N: String(index) }] } },
        }),
      ),
    ),
  );
  const { Item } = await dynamo.client.send(new GetItemCommand({ TableName, Key: key('list') }));
  expect(new Set(Item?.v?.L?.map(({ N }) => N)).size).toBe(20);
});

function write(count: number, sk?: string): BatchWriteItemCommand {
  const requests = Array.from({ length: count }, (_, index) => ({
    PutRequest: { Item: key(sk ?? `many-${index}`) },
  }));
  return new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } });
}

function read(count: number, sk?: string): BatchGetItemCommand {
  const Keys = Array.from({ length: count }, (_, index) => key(sk ?? `many-${index}`));
  return new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } });
}
