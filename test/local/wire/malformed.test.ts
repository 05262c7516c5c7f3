import { createConnection } from 'node:net';
import { DynamoDBClient, RestoreTableFromBackupCommand } from '@aws-sdk/client-dynamodb';
import { GetAccountSummaryCommand, IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient, ListCapacityProvidersCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetBucketReplicationCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';
import { type RawRequest, rawFetch, sign, signedFetch } from './signed-fetch.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
  await aws.client(S3Client).send(new CreateBucketCommand({ Bucket: 'malformed' }));
});
afterAll(() => aws.stop());

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = (target: string) => ({ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target });

describe('an operation that is not there answers 501 with its name', () => {
  test('in each protocol', async () => {
    const s3 = aws.client(S3Client);
    const dynamodb = aws.client(DynamoDBClient);
    const restore = { TargetTableName: 'table', BackupArn: 'a'.repeat(40) };
    const calls: [string, () => Promise<unknown>][] = [
      ['GetAccountSummary', () => aws.client(IAMClient).send(new GetAccountSummaryCommand())],
      ['ListCapacityProviders', () => aws.client(LambdaClient).send(new ListCapacityProvidersCommand())],
      ['GetBucketReplication', () => s3.send(new GetBucketReplicationCommand({ Bucket: 'malformed' }))],
      ['RestoreTableFromBackup', () => dynamodb.send(new RestoreTableFromBackupCommand(restore))],
    ];
    for (const [name, call] of calls) {
      await expect(call(), name).rejects.toMatchObject({
        name: 'NotImplemented',
        message: expect.stringContaining(name),
        $metadata: { httpStatusCode: 501 },
      });
    }
  });

  test('a service that is not there', async () => {
    const answer = await signedFetch(aws, {
      service: 'kinesis',
      headers: json('Kinesis_20131202.ListStreams'),
      body: '{}',
    });
    expect(answer.status).toBe(501);
    expect(JSON.parse(answer.text)).toMatchObject({
      __type: 'NotImplemented',
      message: expect.stringContaining('kinesis'),
    });
  });
});

describe('a request that cannot be read answers 400', () => {
  const requests: Record<string, [RawRequest, string]> = {
    'no action': [{ service: 'iam', headers: form, body: 'Version=2010-05-08' }, 'MissingAction'],
    'an unknown action': [{ service: 'iam', headers: form, body: 'Action=Nothing' }, 'InvalidAction'],
    'a broken form': [{ service: 'iam', headers: form, body: 'Action=%E0%A4%A' }, 'MalformedQueryString'],
    'a number that is none': [
      { service: 'iam', headers: form, body: 'Action=ListRoles&MaxItems=x' },
      'MalformedInput',
    ],
    'a missing member': [{ service: 'iam', headers: form, body: 'Action=GetRole' }, 'ValidationError'],
    'broken JSON': [
      { service: 'dynamodb', headers: json('DynamoDB_20120810.ListTables'), body: '{' },
      'SerializationException',
    ],
    'JSON that is no object': [
      { service: 'dynamodb', headers: json('DynamoDB_20120810.ListTables'), body: '[]' },
      'SerializationException',
    ],
    null: [
      { service: 'dynamodb', headers: json('DynamoDB_20120810.ListTables'), body: 'null' },
      'SerializationException',
    ],
    'an unknown target': [
      { service: 'dynamodb', headers: json('DynamoDB_20120810.Nothing'), body: '{}' },
      'UnknownOperationException',
    ],
    'a target of Object.prototype': [
      { service: 'dynamodb', headers: json('DynamoDB_20120810.toString'), body: '{}' },
      'UnknownOperationException',
    ],
    'a member of another type': [
      {
        service: 'dynamodb',
        headers: json('DynamoDB_20120810.DescribeTable'),
        body: '{"TableName":{"a":1}}',
      },
      'ValidationException',
    ],
    'a list that is none': [
      {
        service: 'dynamodb',
        headers: json('DynamoDB_20120810.CreateTable'),
        body: '{"TableName":"table","KeySchema":"x","AttributeDefinitions":7}',
      },
      'ValidationException',
    ],
    'a blob that is no base64': [
      {
        service: 'dynamodb',
        headers: json('DynamoDB_20120810.PutItem'),
        body: '{"TableName":"table","Item":{"a":{"B":"?"}}}',
      },
      'SerializationException',
    ],
    'broken XML': [
      { service: 's3', method: 'PUT', path: '/malformed', query: { versioning: '' }, body: '<Versioning' },
      'MalformedXML',
    ],
    'no route': [
      { service: 'lambda', method: 'GET', path: '/2015-03-31/nothing' },
      'UnknownOperationException',
    ],
    'broken JSON in a REST body': [
      { service: 'lambda', path: '/2015-03-31/functions', body: '{"a' },
      'SerializationException',
    ],
  };
  test.for(Object.entries(requests))('%s', async ([, [request, code]]) => {
    const answer = await signedFetch(aws, request);
    // REST services with JSON have the code in a header.
    expect(`${answer.text} ${answer.headers['x-amzn-errortype']}`).toContain(code);
    expect(answer.status).toBe(400);
  });

  test('a path with a broken escape', async () => {
    const sent = await sign(aws, { service: 's3', method: 'GET', path: '/malformed/x' });
    const answer = await rawFetch(aws.server.endpoint, { ...sent, path: '/malformed/%E0%A4%A' });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('<Code>InvalidURI</Code>') });
  });
});

describe('bodies in chunks', () => {
  const chunked = (body: string, trailer?: string): RawRequest => ({
    service: 's3',
    method: 'PUT',
    path: '/malformed/chunked',
    headers: {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      ...(trailer === undefined ? {} : { 'x-amz-trailer': trailer }),
    },
    body,
  });
  const read = async () =>
    (await signedFetch(aws, { service: 's3', method: 'GET', path: '/malformed/chunked' })).text;

  test('are put together', async () => {
    const body = '5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n';
    expect((await signedFetch(aws, chunked(body, 'x-amz-checksum-crc32'))).status).toBe(200);
    expect(await read()).toBe('hello world');
  });

  test('are refused where they are not what they say', async () => {
    await signedFetch(aws, chunked('4\r\nkept\r\n0\r\n\r\n'));
    const bad: [string, string | undefined, string][] = [
      ['5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', 'x-amz-checksum-crc32', 'BadDigest'],
      ['5\r\nhello\r\n0\r\n\r\n', 'x-amz-checksum-crc32', 'MalformedTrailerError'],
      ['5\r\nhello\r\n', undefined, 'IncompleteBody'],
      ['9\r\nhello', undefined, 'IncompleteBody'],
      ['zz\r\nhello\r\n0\r\n\r\n', undefined, 'IncompleteBody'],
      ['2\r\nhello\r\n0\r\n\r\n', undefined, 'IncompleteBody'],
    ];
    for (const [body, trailer, code] of bad) {
      const answer = await signedFetch(aws, chunked(body, trailer));
      expect(answer, body).toMatchObject({ status: 400, text: expect.stringContaining(code) });
    }
    expect(await read()).toBe('kept');
  });
});

test('noise on the port is no reason to end', async () => {
  const { port } = new URL(aws.server.endpoint);
  for (const noise of [
    '\0\0\0',
    'GET\r\n\r\n',
    `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: 5\r\n\r\n`,
  ]) {
    await new Promise<void>((resolve) => {
      const socket = createConnection(Number(port), '127.0.0.1', () => socket.end(noise));
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.resume();
    });
  }
  const answer = await signedFetch(aws, { service: 'sts', headers: form, body: 'Action=GetCallerIdentity' });
  expect(answer.status).toBe(200);
});
