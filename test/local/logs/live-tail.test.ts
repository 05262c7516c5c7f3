import {
  StartLiveTailCommand,
  type StartLiveTailCommandInput,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogs } from '../../../source/local/services/logs/logs.ts';
import { failure, startLogs, type TestLogs } from './start-logs.ts';

let logs: TestLogs;

beforeEach(async () => {
  logs = await startLogs();
});

afterEach(async () => {
  await logs.aws.stop();
});

const arn = (name: string) => `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;

async function tail(input: Partial<StartLiveTailCommandInput> = {}) {
  const { responseStream } = await logs.client.send(
    new StartLiveTailCommand({ logGroupIdentifiers: [arn('/a')], ...input }),
  );
  if (responseStream === undefined) throw new Error('no stream');
  return responseStream[Symbol.asyncIterator]();
}

/** The next results that are not empty. */
async function results(stream: AsyncIterator<StartLiveTailResponseStream>) {
  for (;;) {
    const { value, done } = await stream.next();
    if (done === true) throw new Error('the session has ended');
    const found = value.sessionUpdate?.sessionResults ?? [];
    if (found.length > 0) return { found, sampled: value.sessionUpdate?.sessionMetadata?.sampled };
  }
}

test('a session begins with what was asked for and brings what is written from then on', async () => {
  await logs.group('/a', 's');
  await logs.group('/b', 't');
  await logs.group('/c', 'u');
  const now = Date.now();
  await logs.put('/a', 's', [now, 'before']);
  const stream = await tail({ logGroupIdentifiers: [arn('/a'), arn('/b')], logEventFilterPattern: '-skip' });
  expect((await stream.next()).value).toEqual({
    sessionStart: {
      requestId: expect.any(String),
      sessionId: expect.any(String),
      logGroupIdentifiers: [arn('/a'), arn('/b')],
      logStreamNames: [],
      logStreamNamePrefixes: [],
      logEventFilterPattern: '-skip',
    },
  });
  await logs.put('/c', 'u', [now, 'elsewhere']);
  await logs.put('/a', 's', [now + 1, 'one'], [now + 2, 'skip this']);
  expect(await results(stream)).toEqual({
    sampled: false,
    found: [
      {
        logStreamName: 's',
        logGroupIdentifier: '000000000000:/a',
        message: 'one',
        timestamp: now + 1,
        ingestionTime: expect.any(Number),
      },
    ],
  });
  await logs.put('/b', 't', [now, 'two']);
  expect((await results(stream)).found).toMatchObject([{ message: 'two', logStreamName: 't' }]);
  await stream.return?.();
});

test('streams are chosen by name or prefix, and of many events a sample is shown', async () => {
  await logs.group('/a', 'one', 'other');
  const named = await tail({ logStreamNames: ['other'] });
  const prefixed = await tail({ logStreamNamePrefixes: ['on'] });
  await named.next();
  await prefixed.next();
  const now = Date.now();
  await logs.put('/a', 'one', ...Array.from({ length: 1_200 }, (_, index) => [now, `${index}`] as const));
  await logs.put('/a', 'other', [now, 'other']);
  expect((await results(named)).found).toMatchObject([{ message: 'other' }]);
  const { found, sampled } = await results(prefixed);
  expect(sampled).toBe(true);
  expect(found).toHaveLength(500);
  await Promise.all([named.return?.(), prefixed.return?.()]);
});

test('the end of the server ends the session', async () => {
  await logs.group('/a');
  const stream = await tail();
  await stream.next();
  const rest = (async () => {
    while ((await stream.next()).done !== true);
  })();
  await Promise.all([rest, logs.restart()]);
});

test('the session of a client that goes away ends', async () => {
  await logs.group('/a', 's');
  const { backend } = logs.aws.server;
  const gone = new AbortController();
  const { StartLiveTail } = createLogs(backend).operations;
  const output = await StartLiveTail?.(
    { logGroupIdentifiers: [arn('/a')] },
    {
      caller: { accountId: backend.accountId, arn: '', accessKeyId: '' },
      region: backend.region,
      requestId: '',
      signal: gone.signal,
    },
  );
  const session: AsyncIterator<StartLiveTailResponseStream> =
    Object(output).responseStream[Symbol.asyncIterator]();
  expect((await session.next()).done).toBe(false);
  const next = session.next();
  gone.abort();
  expect((await next).done).toBe(true);
});

test('names in place of ARNs and groups that are not there are refused', async () => {
  await logs.group('/a');
  expect((await failure(tail({ logGroupIdentifiers: ['/a'] }))).name).toBe('InvalidParameterException');
  expect((await failure(tail({ logGroupIdentifiers: [] }))).name).toBe('InvalidParameterException');
  expect((await failure(tail({ logGroupIdentifiers: [arn('/missing')] }))).name).toBe(
    'ResourceNotFoundException',
  );
  expect((await failure(tail({ logEventFilterPattern: '{ $.a = }' }))).name).toBe(
    'InvalidParameterException',
  );
});
