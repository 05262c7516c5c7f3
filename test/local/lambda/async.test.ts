import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startLambda, type TestLambda } from './start-lambda.ts';

let lambda: TestLambda;

beforeAll(async () => {
  lambda = await startLambda();
});

afterAll(async () => {
  await lambda.aws.stop();
});

/** Notes each attempt in a folder, and fails as often as it is told. */
const code = `
  const fs = require('node:fs');
  exports.handler = async ({ folder, failures }, { awsRequestId }) => {
    const attempt = fs.readdirSync(folder).length;
    fs.writeFileSync(folder + '/' + attempt, awsRequestId);
    if (attempt < failures) throw new Error('attempt ' + attempt);
    fs.writeFileSync(folder + '/done', '');
  }`;

const newFolder = () => mkdtempSync(join(lambda.aws.directory, 'async-'));
const waiting = () => lambda.aws.server.backend.database.prepare('SELECT id FROM lambda_async_events').all();
const empty = () => vi.waitFor(() => expect(waiting()).toEqual([]), { timeout: 10_000 });

test('an event is answered at once and run afterwards', async () => {
  await lambda.deploy('events', code);
  const folder = newFolder();
  const sent = await lambda.invoke('events', { folder, failures: 0 }, { InvocationType: 'Event' });
  expect(sent).toMatchObject({ status: 202, payload: undefined, functionError: undefined });
  await empty();
  expect(readdirSync(folder)).toEqual(['0', 'done']);
  expect(readFileSync(join(folder, '0'), 'utf8')).toBe(sent.requestId);
});

test('a failed event is tried twice more, with the same request id', async () => {
  await lambda.deploy('retried', code);
  const once = newFolder();
  const { requestId } = await lambda.invoke(
    'retried',
    { folder: once, failures: 2 },
    { InvocationType: 'Event' },
  );
  const never = newFolder();
  await lambda.invoke('retried', { folder: never, failures: 9 }, { InvocationType: 'Event' });
  await empty();
  expect(readdirSync(once)).toEqual(['0', '1', '2', 'done']);
  expect(['0', '1', '2'].map((name) => readFileSync(join(once, name), 'utf8'))).toEqual(
    Array(3).fill(requestId),
  );
  expect(readdirSync(never)).toEqual(['0', '1', '2']);
});

test('the number of attempts can be set', async () => {
  await lambda.deploy('tried-once', code);
  await lambda.client.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName: 'tried-once', MaximumRetryAttempts: 0 }),
  );
  const folder = newFolder();
  await lambda.invoke('tried-once', { folder, failures: 9 }, { InvocationType: 'Event' });
  await empty();
  expect(readdirSync(folder)).toEqual(['0']);
});

test('an event that was running when the server stopped is run at the next start', async () => {
  await lambda.deploy(
    'resumed',
    `const fs = require('node:fs');
     exports.handler = async ({ folder }) => {
       fs.writeFileSync(folder + '/started', '');
       while (!fs.existsSync(folder + '/go')) await new Promise((resolve) => setTimeout(resolve, 5));
       fs.writeFileSync(folder + '/done', '');
     }`,
    { Timeout: 30 },
  );
  const folder = newFolder();
  await lambda.invoke('resumed', { folder }, { InvocationType: 'Event' });
  await vi.waitFor(() => expect(readdirSync(folder)).toEqual(['started']), { timeout: 10_000 });
  await lambda.aws.restart();
  expect(waiting()).toHaveLength(1);
  writeFileSync(join(folder, 'go'), '');
  await empty();
  expect(readdirSync(folder)).toEqual(['done', 'go', 'started']);
});
