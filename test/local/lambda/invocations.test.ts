import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeZip } from './make-zip.ts';
import { startLambda, type TestLambda } from './start-lambda.ts';

let lambda: TestLambda;

beforeAll(async () => {
  lambda = await startLambda();
});

afterAll(async () => {
  await lambda.aws.stop();
});

test('errors come as Lambda serializes them, without frames of the runtime', async () => {
  await lambda.deploy(
    'throws',
    `exports.handler = async (event) => {
       if (event.plain) throw 'only text';
       throw Object.assign(new TypeError('bad input'), { code: 'E_BAD' });
     }`,
  );
  const thrown = await lambda.invoke('throws');
  expect(thrown).toMatchObject({
    status: 200,
    functionError: 'Unhandled',
    payload: { errorType: 'TypeError', errorMessage: 'bad input' },
  });
  const { trace } = thrown.payload as { trace: string[] };
  expect(trace[0]).toBe('TypeError: bad input');
  expect(trace.filter((line) => line.includes('/services/lambda/runtime/'))).toEqual([]);
  expect(thrown.log).toContain(
    '\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"bad input","code":"E_BAD"',
  );
  expect((await lambda.invoke('throws', { plain: true })).payload).toEqual({
    errorType: 'string',
    errorMessage: 'only text',
    trace: [],
  });
});

test('a function that cannot be loaded says why', async () => {
  await lambda.deploy('no-file', { 'other.js': '' });
  expect((await lambda.invoke('no-file')).payload).toMatchObject({ errorType: 'Runtime.ImportModuleError' });
  await lambda.deploy('no-export', 'exports.other = 1');
  expect((await lambda.invoke('no-export')).payload).toMatchObject({
    errorType: 'Runtime.HandlerNotFound',
    errorMessage: 'index.handler is undefined or not exported',
  });
  await lambda.deploy('no-syntax', 'exports.handler = (');
  expect((await lambda.invoke('no-syntax')).payload).toMatchObject({
    errorType: 'Runtime.UserCodeSyntaxError',
  });
  await lambda.deploy('throws-early', 'throw new RangeError("at load")');
  expect(await lambda.invoke('throws-early')).toMatchObject({
    payload: { errorType: 'RangeError', errorMessage: 'at load' },
    log: expect.stringMatching(
      /INIT_REPORT Init Duration: [\d.]+ ms\tPhase: init\tStatus: error\tError Type: RangeError/,
    ),
  });
});

test('a process that ends, or a rejection that nobody handles, ends the environment', async () => {
  await lambda.deploy(
    'ends',
    `let calls = 0;
     exports.handler = async (event) => {
       calls += 1;
       if (event.exit !== undefined) process.exit(event.exit);
       if (event.reject) { Promise.reject(new Error('lost')); await new Promise((resolve) => setTimeout(resolve, 5000)); }
       return calls;
     }`,
  );
  expect((await lambda.invoke('ends')).payload).toBe(1);
  const exited = await lambda.invoke('ends', { exit: 3 });
  expect(exited).toMatchObject({
    functionError: 'Unhandled',
    payload: {
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${exited.requestId} Error: Runtime exited with error: exit status 3`,
    },
  });
  expect((await lambda.invoke('ends', { exit: 0 })).payload).toMatchObject({
    errorMessage: expect.stringMatching(/Error: Runtime exited without providing a reason$/),
  });
  expect((await lambda.invoke('ends', { reject: true })).payload).toMatchObject({
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: 'Error: lost',
  });
  expect((await lambda.invoke('ends')).payload).toBe(1);
});

test('after its timeout a function is killed, whatever it does', async () => {
  await lambda.deploy(
    'slow',
    `exports.handler = async (event) => {
       if (event.spin) for (;;);
       await new Promise((resolve) => setTimeout(resolve, event.wait));
       return process.pid;
     }`,
    { Timeout: 1 },
  );
  const first = await lambda.invoke('slow', { wait: 0 });
  for (const event of [{ spin: true }, { wait: 60_000 }]) {
    const late = await lambda.invoke('slow', event);
    expect(late).toMatchObject({
      functionError: 'Unhandled',
      payload: {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${late.requestId} Error: Task timed out after 1.00 seconds`,
      },
    });
    expect(late.log).toContain(` ${late.requestId} Task timed out after 1.00 seconds\n`);
    expect(late.log).toMatch(/Duration: 1000\.00 ms\t.*\tStatus: timeout/);
  }
  const next = await lambda.invoke('slow', { wait: 0 });
  expect(next.payload).not.toBe(first.payload);
  expect(next.log).toContain('Init Duration');
});

test('a function that takes more memory than it has is killed', async () => {
  await lambda.deploy(
    'greedy',
    `const held = [];
     exports.handler = async () => {
       for (;;) { held.push(Buffer.alloc(1 << 20, 1)); await new Promise(setImmediate); }
     }`,
    { Timeout: 30 },
  );
  const killed = await lambda.invoke('greedy');
  expect(killed.payload).toEqual({
    errorType: 'Runtime.OutOfMemory',
    errorMessage: `RequestId: ${killed.requestId} Error: Runtime exited with error: signal: killed`,
  });
  expect(killed.log).toContain('Memory Size: 128 MB\tMax Memory Used: 128 MB');
});

test('a warm environment is used again', async () => {
  await lambda.deploy(
    'counter',
    'let calls = 0; exports.handler = async () => ({ pid: process.pid, calls: (calls += 1) })',
  );
  const results = [];
  for (let index = 1; index <= 4; index++) results.push((await lambda.invoke('counter')).payload);
  const { pid } = results[0] as { pid: number };
  expect(results).toEqual([1, 2, 3, 4].map((calls) => ({ pid, calls })));
});

/** Answers its process id as soon as `wanted` invocations have come to the folder. */
const meeting = `
  const fs = require('node:fs');
  exports.handler = async ({ folder, wanted }, { awsRequestId }) => {
    fs.writeFileSync(folder + '/' + awsRequestId, '');
    while (fs.readdirSync(folder).length < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
    return process.pid;
  }`;

test('invocations at the same time run in environments of their own', async () => {
  await lambda.deploy('meeting', meeting, { Timeout: 20 });
  const folder = mkdtempSync(join(lambda.aws.directory, 'meeting-'));
  const together = await Promise.all([1, 2, 3].map(() => lambda.invoke('meeting', { folder, wanted: 3 })));
  expect(new Set(together.map((one) => one.payload)).size).toBe(3);
});

test('reserved concurrency is a limit', async () => {
  await lambda.deploy('limited', meeting, { Timeout: 20 });
  await lambda.client.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'limited', ReservedConcurrentExecutions: 1 }),
  );
  const folder = mkdtempSync(join(lambda.aws.directory, 'limited-'));
  const first = lambda.invoke('limited', { folder, wanted: 2 });
  await vi.waitFor(() => expect(readdirSync(folder)).toHaveLength(1), { timeout: 10_000 });
  await expect(lambda.invoke('limited', { folder, wanted: 2 })).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    $metadata: { httpStatusCode: 429 },
  });
  writeFileSync(join(folder, 'second'), '');
  expect(await first).toMatchObject({ functionError: undefined });
});

test('the environment is that of Lambda, and nothing of the host is in it', async () => {
  process.env.STP_TEST_LEAK = 'secret';
  await lambda.deploy(
    'env',
    'exports.handler = async () => ({ env: process.env, cwd: process.cwd(), argv: process.execArgv })',
    {
      Environment: { Variables: { GREETING: 'hallo', NODE_OPTIONS: '--enable-source-maps' } },
      MemorySize: 200,
    },
  );
  const { env, cwd, argv } = (await lambda.invoke('env')).payload as {
    env: Record<string, string>;
    cwd: string;
    argv: string[];
  };
  expect(env).toMatchObject({
    GREETING: 'hallo',
    AWS_LAMBDA_FUNCTION_NAME: 'env',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '200',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/env',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    AWS_ENDPOINT_URL: lambda.aws.server.endpoint,
    LAMBDA_TASK_ROOT: cwd,
    _HANDLER: 'index.handler',
    TZ: 'UTC',
  });
  expect(env.AWS_SESSION_TOKEN).toBeTruthy();
  expect(env.TMPDIR?.startsWith(lambda.aws.directory)).toBe(true);
  expect(env).not.toHaveProperty('STP_TEST_LEAK');
  expect(env).not.toHaveProperty('HOME');
  expect(env).not.toHaveProperty('NODE_COMPILE_CACHE');
  expect(argv).toEqual(['--max-old-space-size=180']);
});

test('new code is used by the next invocation', async () => {
  await lambda.deploy('changing', 'exports.handler = async () => 1');
  expect((await lambda.invoke('changing')).payload).toBe(1);
  const ZipFile = await makeZip({ 'index.js': 'exports.handler = async () => 2' });
  await lambda.client.send(new UpdateFunctionCodeCommand({ FunctionName: 'changing', ZipFile }));
  await vi.waitFor(async () => expect((await lambda.invoke('changing')).payload).toBe(2));
});

test('payloads have limits', async () => {
  await lambda.deploy('large', 'exports.handler = async (event) => "x".repeat(event.length)');
  const send = (Payload: Buffer) => lambda.client.send(new InvokeCommand({ FunctionName: 'large', Payload }));
  await expect(send(Buffer.alloc(6_291_457, '1'))).rejects.toMatchObject({
    name: 'RequestTooLargeException',
  });
  await expect(send(Buffer.from('{'))).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  expect((await lambda.invoke('large', { length: 5_000_000 })).payload).toHaveLength(5_000_000);
  expect((await lambda.invoke('large', { length: 6_300_000 })).payload).toMatchObject({
    errorType: 'Function.ResponseSizeTooLarge',
  });
  expect((await lambda.invoke('large', { length: 1 })).payload).toBe('x');
});

test('a dry run runs nothing', async () => {
  await lambda.deploy('dry', 'process.exit(1)');
  expect(await lambda.invoke('dry', {}, { InvocationType: 'DryRun' })).toMatchObject({
    status: 204,
    functionError: undefined,
  });
});
