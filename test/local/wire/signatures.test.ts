import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';
import { rawFetch, sign, signedFetch } from './signed-fetch.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
  const s3 = aws.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket: 'signed' }));
  await s3.send(new PutObjectCommand({ Bucket: 'signed', Key: 'a b/+~ü', Body: 'content' }));
});
afterAll(() => aws.stop());

const identity = 'Action=GetCallerIdentity&Version=2011-06-15';
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const sts = { service: 'sts', headers: form, body: identity };
const minutes = (count: number) => new Date(Date.now() + count * 60_000);

describe('what is let in', () => {
  test('a signed request', async () => {
    const { status, text, headers } = await signedFetch(aws, sts);
    expect(status).toBe(200);
    expect(text).toContain('<Account>000000000000</Account>');
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a request that names no payload hash, whose body is signed all the same', async () => {
    expect((await signedFetch(aws, { ...sts, sendsPayloadHash: false })).status).toBe(200);
    const sent = await sign(aws, { ...sts, sendsPayloadHash: false });
    expect(sent.headers['x-amz-content-sha256']).toBeUndefined();
    expect((await rawFetch(aws.server.endpoint, { ...sent, body: `${identity}&x=1` })).text).toContain(
      '<Code>SignatureDoesNotMatch</Code>',
    );
  });

  test('a clock that is 14 minutes off', async () => {
    expect((await signedFetch(aws, { ...sts, signedAt: minutes(-14) })).status).toBe(200);
    expect((await signedFetch(aws, { ...sts, signedAt: minutes(14) })).status).toBe(200);
  });

  test('a presigned URL, until it expires', async () => {
    const read = { service: 's3', method: 'GET', path: '/signed/a%20b/%2B~%C3%BC', place: 'query' as const };
    // As the SDK's presigner has it.
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    expect(await signedFetch(aws, { ...read, headers })).toMatchObject({ status: 200, text: 'content' });
    const late = await signedFetch(aws, { ...read, headers, signedAt: minutes(-2) });
    expect(late).toMatchObject({ status: 403 });
    expect(late.text).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
  });

  test('a presigned URL of a service that is not S3', async () => {
    const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
    const answer = await signedFetch(aws, { service: 'sts', method: 'GET', query, place: 'query' });
    expect(answer.text).toContain('arn:aws:iam::000000000000:root');
  });
});

describe('what is not let in', () => {
  const wrongSecret = () => ({ accessKeyId: aws.server.accessKeyId, secretAccessKey: 'wrong' });
  const wrongKey = () => ({
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: aws.server.secretAccessKey,
  });

  test('a wrong secret and an unknown key, in the words of each service', async () => {
    const words: [
      new (config: object) => { send(command: never): Promise<unknown>; destroy(): void },
      object,
      string,
      string,
    ][] = [
      [STSClient, new GetCallerIdentityCommand(), 'SignatureDoesNotMatch', 'InvalidClientTokenId'],
      [IAMClient, new ListRolesCommand(), 'SignatureDoesNotMatch', 'InvalidClientTokenId'],
      [S3Client, new ListBucketsCommand(), 'SignatureDoesNotMatch', 'InvalidAccessKeyId'],
      [DynamoDBClient, new ListTablesCommand(), 'InvalidSignatureException', 'UnrecognizedClientException'],
      [LambdaClient, new ListFunctionsCommand(), 'InvalidSignatureException', 'UnrecognizedClientException'],
    ];
    for (const [Client, command, mismatch, unknown] of words) {
      for (const [credentials, name] of [
        [wrongSecret(), mismatch],
        [wrongKey(), unknown],
      ]) {
        const client = new Client({
          endpoint: aws.server.endpoint,
          region: 'us-east-1',
          maxAttempts: 1,
          forcePathStyle: true,
          credentials,
        });
        await expect(client.send(command as never), Client.name).rejects.toMatchObject({ name });
        client.destroy();
      }
    }
  });

  test('a request without a signature', async () => {
    const { host } = new URL(aws.server.endpoint);
    const send = (headers: Record<string, string>, body: string) =>
      rawFetch(aws.server.endpoint, { method: 'POST', path: '/', headers: { host, ...headers }, body });
    const query = await send(form, identity);
    expect(query.status).toBe(403);
    expect(query.text).toContain('<Code>MissingAuthenticationToken</Code>');
    const json = await send({ 'x-amz-target': 'DynamoDB_20120810.ListTables' }, '{}');
    expect(JSON.parse(json.text)).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  test('a clock that is more than 15 minutes off', async () => {
    for (const signedAt of [minutes(-16), minutes(16)]) {
      const answer = await signedFetch(aws, { ...sts, signedAt });
      expect(answer.status).toBe(403);
      expect(answer.text).toMatch(/Signature (expired|not yet current)/);
    }
  });

  test('a request that was changed after it was signed', async () => {
    const sent = await sign(aws, sts);
    const send = (change: Partial<typeof sent>) => rawFetch(aws.server.endpoint, { ...sent, ...change });
    expect((await send({ body: 'Action=ListRoles' })).text).toContain('XAmzContentSHA256Mismatch');
    expect((await send({ path: '/?Action=Other' })).text).toContain('SignatureDoesNotMatch');
    expect((await send({ method: 'PUT' })).text).toContain('SignatureDoesNotMatch');
    const headers = { ...sent.headers, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send({ headers })).text).toContain('SignatureDoesNotMatch');
  });

  test('an Authorization header that cannot be read', async () => {
    const sent = await sign(aws, sts);
    for (const authorization of [
      'Basic abc',
      'AWS4-HMAC-SHA256',
      'AWS4-HMAC-SHA256 Credential=a/b, Signature=c',
    ]) {
      const answer = await rawFetch(aws.server.endpoint, {
        ...sent,
        headers: { ...sent.headers, authorization },
      });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('<Code>IncompleteSignature</Code>');
    }
  });

  test('a session token that is not ours', async () => {
    const credentials = { ...aws.server.backend.credentialsForRole('arn:aws:iam::000000000000:role/r') };
    const real = await signedFetch(aws, { ...sts, credentials });
    expect(real.text).toContain('assumed-role/r/stp');
    const [payload = '', proof = ''] = credentials.sessionToken.split('.');
    const other = Buffer.from(JSON.stringify(['arn:aws:iam::000000000000:role/admin', 'x', 0])).toString(
      'base64url',
    );
    for (const sessionToken of ['x', `${other}.${proof}`, `${payload}.`, '.', 'bm8.bm8']) {
      const answer = await signedFetch(aws, { ...sts, credentials: { ...credentials, sessionToken } });
      expect(answer.text).toContain('<Code>InvalidClientTokenId</Code>');
    }
  });

  test('a session that has expired', async () => {
    const expired = aws.server.backend.credentialsForRole('arn:aws:iam::000000000000:role/r', {
      expiresAt: 1_000,
    });
    expect((await signedFetch(aws, { ...sts, credentials: expired })).text).toContain(
      '<Code>ExpiredToken</Code>',
    );
  });

  test('a host name that is not ours, signed or not', async () => {
    const sent = await sign(aws, sts);
    for (const host of ['evil.example', 'evil.example:80', `127.0.0.1:1`, 'localhost']) {
      const answer = await rawFetch(aws.server.endpoint, { ...sent, headers: { ...sent.headers, host } });
      expect(answer.status).toBe(421);
    }
    const health = { method: 'GET', path: '/_stp/health', headers: { host: 'evil.example' } };
    expect((await rawFetch(aws.server.endpoint, health)).status).toBe(421);
  });
});
