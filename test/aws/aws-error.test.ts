import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { isConnectionLost, isThrottling, toAwsError } from '../../source/aws/aws-error.ts';
import { createClients } from '../../source/aws/clients.ts';
import { AwsError } from '../../source/model/errors.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** An endpoint that answers every request so. */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => {
    response
      .writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': 'req-1', connection: 'close' })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const xmlError = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

async function failureAt(endpoint: string): Promise<unknown> {
  const clients = createClients({
    kind: 'local',
    region: 'eu-west-1',
    endpoint,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
  });
  closing.push(() => clients.destroy());
  const cloudFormation = await clients.cloudFormation();
  return cloudFormation.describeStacks({}).catch((error: unknown) => error);
}

test("keeps the service's words, the request id, and says which permission is missing", async () => {
  const words = 'User: arn:aws:iam::1:user/u is not authorized to perform: cloudformation:DescribeStacks';
  const error = toAwsError(await failureAt(await answering(403, xmlError('AccessDenied', words))));
  expect(error).toBeInstanceOf(AwsError);
  expect(error).toMatchObject({ message: words, code: 'AccessDenied', requestId: 'req-1' });
  expect((error as AwsError).hint).toContain('`cloudformation:DescribeStacks`');
});

test('says what to do about an expired session', async () => {
  const body = xmlError('ExpiredToken', 'The security token included in the request is expired');
  const error = toAwsError(await failureAt(await answering(403, body))) as AwsError;
  expect(error.hint).toContain('aws sso login');
});

test('knows a server that is not there', async () => {
  const endpoint = await answering(200, '');
  for (const close of closing.splice(0)) close();
  const failure = await failureAt(endpoint);
  expect(isConnectionLost(failure)).toBe(true);
  const error = toAwsError(failure) as AwsError;
  expect(error).toBeInstanceOf(AwsError);
  expect(error.code).toBe('ECONNREFUSED');
  expect(error.hint).toContain('stp local start');
});

test('knows throttling, which is no lost connection', async () => {
  const failure = await failureAt(await answering(400, xmlError('Throttling', 'Rate exceeded')));
  expect(isThrottling(failure)).toBe(true);
  expect(isConnectionLost(failure)).toBe(false);
});

test('leaves a bug of ours alone', () => {
  const bug = new TypeError('undefined is not a function');
  expect(toAwsError(bug)).toBe(bug);
});
