import { Readable } from 'node:stream';
import * as ApiGateway from '@aws-sdk/client-apigatewayv2';
import * as CloudWatchLogs from '@aws-sdk/client-cloudwatch-logs';
import * as DynamoDb from '@aws-sdk/client-dynamodb';
import * as Lambda from '@aws-sdk/client-lambda';
import { AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServiceError } from '../../../source/local/backend.ts';
import { signedFetch } from './signed-fetch.ts';
import { startWire } from './start-wire.ts';

/** Each protocol in both directions, with operations that stand in for a service's own. */
let wire: Awaited<ReturnType<typeof startWire>>;
beforeAll(async () => {
  wire = await startWire();
});
afterAll(() => wire.stop());

const everyValue: DynamoDb.AttributeValue = {
  M: {
    s: { S: 'ü "quoted" \u0000 \u{1F600}' },
    n: { N: '1e126' },
    b: { B: new Uint8Array([0, 1, 255]) },
    bs: { BS: [new Uint8Array([1]), new Uint8Array([2])] },
    l: { L: [{ NULL: true }, { BOOL: false }, { SS: ['a'] }, { NS: ['1'] }] },
    __proto__x: { S: '' },
  },
};

describe('awsJson', () => {
  test('values of every kind', async () => {
    const seen = wire.serve('dynamodb', 'GetItem', () => ({ Item: { all: everyValue } }));
    const client = wire.client(DynamoDb.DynamoDBClient);
    const input = { TableName: 'table', Key: { all: everyValue } };
    expect((await client.send(new DynamoDb.GetItemCommand(input))).Item).toEqual({ all: everyValue });
    expect(seen).toEqual([input]);
  });

  test('an error has its class and its members', async () => {
    wire.serve('dynamodb', 'TransactWriteItems', () => {
      throw new ServiceError('TransactionCanceledException', 'Transaction cancelled', 400, {
        CancellationReasons: [
          { Code: 'None' },
          { Code: 'ConditionalCheckFailed', Item: { all: everyValue } },
        ],
      });
    });
    const error = await wire
      .client(DynamoDb.DynamoDBClient)
      .send(new DynamoDb.TransactWriteItemsCommand({ TransactItems: [] }))
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DynamoDb.TransactionCanceledException);
    expect(error).toMatchObject({
      message: 'Transaction cancelled',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { all: everyValue } }],
    });
  });

  test('an error of ours is 500, and the server goes on', async () => {
    wire.serve('dynamodb', 'ListTables', () => {
      throw new TypeError('a bug');
    });
    const list = () => wire.client(DynamoDb.DynamoDBClient).send(new DynamoDb.ListTablesCommand());
    await expect(list()).rejects.toMatchObject({
      name: 'InternalFailure',
      $metadata: { httpStatusCode: 500 },
    });
    await expect(list()).rejects.toMatchObject({ message: 'a bug' });
  });
});

describe('rpcv2Cbor', () => {
  test('values, and errors with their class', async () => {
    const client = wire.client(DynamoDb.DynamoDBClient, { protocol: AwsSmithyRpcV2CborProtocol });
    const now = new Date('2026-11-24T03:43:15.000Z');
    const seen = wire.serve('dynamodb', 'DescribeTable', () => ({
      Table: { TableName: 'table', ItemCount: 3, CreationDateTime: now },
    }));
    const { Table } = await client.send(new DynamoDb.DescribeTableCommand({ TableName: 'table' }));
    expect(Table).toMatchObject({ TableName: 'table', ItemCount: 3, CreationDateTime: now });
    expect(seen).toEqual([{ TableName: 'table' }]);
    wire.serve('dynamodb', 'DescribeTable', () => {
      throw new ServiceError('ResourceNotFoundException', 'no table');
    });
    await expect(client.send(new DynamoDb.DescribeTableCommand({ TableName: 'table' }))).rejects.toThrow(
      DynamoDb.ResourceNotFoundException,
    );
  });
});

describe('restJson', () => {
  test('labels, query, headers, body and status', async () => {
    const seen = wire.serve('lambda', 'Invoke', () => ({
      StatusCode: 202,
      FunctionError: 'Unhandled',
      LogResult: 'bG9n',
      ExecutedVersion: '7',
      Payload: Buffer.from('{"a":"ü"}'),
    }));
    const client = wire.client(Lambda.LambdaClient);
    const answer = await client.send(
      new Lambda.InvokeCommand({
        FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:f',
        Qualifier: 'live+1',
        InvocationType: 'Event',
        ClientContext: 'e30=',
        Payload: 'not json \u0000',
      }),
    );
    expect(seen).toMatchObject([
      {
        FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:f',
        Qualifier: 'live+1',
        InvocationType: 'Event',
        ClientContext: 'e30=',
        Payload: new Uint8Array(Buffer.from('not json \u0000')),
      },
    ]);
    expect(answer).toMatchObject({
      StatusCode: 202,
      FunctionError: 'Unhandled',
      LogResult: 'bG9n',
      ExecutedVersion: '7',
    });
    expect(answer.Payload?.transformToString()).toBe('{"a":"ü"}');
  });

  test('lists in the query, names of JSON of its own, times, no content', async () => {
    const seen = wire.serve('apigateway', 'UntagResource', () => ({}));
    const client = wire.client(ApiGateway.ApiGatewayV2Client);
    const untag = { ResourceArn: 'arn:aws:apigateway:us-east-1::/apis/a', TagKeys: ['a', 'b&c', 'd e'] };
    const { $metadata } = await client.send(new ApiGateway.UntagResourceCommand(untag));
    expect($metadata.httpStatusCode).toBe(204);
    expect(seen).toEqual([untag]);
    const api = { ApiId: 'a', Name: 'n', CreatedDate: new Date('2026-11-24T03:43:15Z'), Tags: { k: 'v' } };
    const created = wire.serve('apigateway', 'CreateApi', () => api);
    const input: ApiGateway.CreateApiCommandInput = {
      Name: 'n',
      ProtocolType: 'HTTP',
      CorsConfiguration: { AllowOrigins: ['*'], MaxAge: 5 },
      Tags: { k: 'v' },
    };
    expect(await client.send(new ApiGateway.CreateApiCommand(input))).toMatchObject({
      ...api,
      $metadata: { httpStatusCode: 201 },
    });
    expect(created).toEqual([input]);
  });

  test('an error has its class, status, members and headers', async () => {
    wire.serve('lambda', 'ListFunctions', () => {
      throw new ServiceError('TooManyRequestsException', 'slow down', 400, {
        Type: 'User',
        retryAfterSeconds: '3',
      });
    });
    const error = await wire
      .client(Lambda.LambdaClient)
      .send(new Lambda.ListFunctionsCommand())
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Lambda.TooManyRequestsException);
    expect(error).toMatchObject({
      message: 'slow down',
      Type: 'User',
      retryAfterSeconds: '3',
      $metadata: { httpStatusCode: 429 },
    });
  });

  test('an answer as events', async () => {
    async function* events() {
      yield { PayloadChunk: { Payload: Buffer.from('one') } };
      yield { PayloadChunk: { Payload: Buffer.from('two') } };
      yield { InvokeComplete: { ErrorCode: 'none' } };
    }
    wire.serve('lambda', 'InvokeWithResponseStream', () => ({ StatusCode: 200, EventStream: events() }));
    const { EventStream = [] } = await wire
      .client(Lambda.LambdaClient)
      .send(new Lambda.InvokeWithResponseStreamCommand({ FunctionName: 'f' }));
    const got: string[] = [];
    for await (const event of EventStream as AsyncIterable<Lambda.InvokeWithResponseStreamResponseEvent>) {
      got.push(
        event.PayloadChunk
          ? Buffer.from(event.PayloadChunk.Payload ?? []).toString()
          : String(event.InvokeComplete?.ErrorCode),
      );
    }
    expect(got).toEqual(['one', 'two', 'none']);
  });
});

test('a client that leaves ends the work on its request', async () => {
  const left = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  wire.serve('logs', 'StartLiveTail', (_input, { signal }) => {
    async function* events() {
      yield { sessionStart: { sessionId: 's' } };
      begun.resolve();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      left.resolve();
    }
    return { responseStream: events() };
  });
  const client = wire.client(CloudWatchLogs.CloudWatchLogsClient);
  const { responseStream = [] } = await client.send(
    new CloudWatchLogs.StartLiveTailCommand({
      logGroupIdentifiers: ['arn:aws:logs:us-east-1:000000000000:log-group:g'],
    }),
  );
  for await (const event of responseStream as AsyncIterable<CloudWatchLogs.StartLiveTailResponseStream>) {
    expect(event.sessionStart?.sessionId).toBe('s');
    break;
  }
  await begun.promise;
  client.destroy();
  await left.promise;
});

test('a bucket in the host name', async () => {
  const seen = wire.serve('s3', 'GetObject', () => ({
    Body: Readable.from([Buffer.from('body')]),
    ContentLength: 4,
  }));
  const { port } = new URL(wire.server.endpoint);
  const answer = await signedFetch(wire, {
    service: 's3',
    method: 'GET',
    path: '/a/b',
    headers: { host: `bucket.localhost:${port}` },
  });
  expect(answer).toMatchObject({ status: 200, text: 'body' });
  expect(seen).toEqual([{ Bucket: 'bucket', Key: 'a/b' }]);
});
