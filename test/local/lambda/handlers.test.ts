import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLambda, type TestLambda } from './start-lambda.ts';

let lambda: TestLambda;

beforeAll(async () => {
  lambda = await startLambda();
});

afterAll(async () => {
  await lambda.aws.stop();
});

test('an async handler gets its event and answers', async () => {
  await lambda.deploy('echo', 'exports.handler = async (event) => ({ got: event })');
  const result = await lambda.invoke('echo', { a: [1, 'ž'] });
  expect(result).toMatchObject({ status: 200, functionError: undefined, payload: { got: { a: [1, 'ž'] } } });
});

test('the context object is complete', async () => {
  await lambda.deploy(
    'context',
    `exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() })`,
    { Timeout: 7, MemorySize: 256 },
  );
  const result = await lambda.invoke('context', {}, { ClientContext: btoa('{"client":{"app_title":"x"}}') });
  expect(result.payload).toMatchObject({
    functionName: 'context',
    functionVersion: '$LATEST',
    memoryLimitInMB: '256',
    logGroupName: '/aws/lambda/context',
    logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:context',
    awsRequestId: result.requestId,
    callbackWaitsForEmptyEventLoop: true,
    clientContext: { client: { app_title: 'x' } },
  });
  const { left } = result.payload as { left: number };
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(7000);
});

test.each([
  ['a CommonJS file', { 'index.js': 'exports.handler = async () => "cjs"' }, 'index.handler', 'cjs'],
  ['an .mjs file', { 'index.mjs': 'export const handler = async () => "mjs"' }, 'index.handler', 'mjs'],
  [
    'a .js file in a folder of modules',
    { 'index.js': 'export default async () => "esm"', 'package.json': '{"type":"module"}' },
    'index.default',
    'esm',
  ],
  [
    'a file in a folder',
    { 'src/api/posts.js': 'exports.get = () => Promise.resolve(1)' },
    'src/api/posts.get',
    1,
  ],
  [
    'the default export of a bundle',
    {
      'index.js': `var x = {}; Object.defineProperty(x, 'default', { get: () => fn, enumerable: true });
        module.exports = Object.defineProperty(x, '__esModule', { value: true }); async function fn() { return 'bundled' }`,
    },
    'index.default',
    'bundled',
  ],
  [
    'a nested export',
    { 'index.js': 'exports.api = { posts: { get: async () => "deep" } }' },
    'index.api.posts.get',
    'deep',
  ],
])('loads %s', async (title, files, Handler, expected) => {
  const name = `load-${title.replaceAll(/\W+/g, '-')}`;
  await lambda.deploy(name, files, { Handler });
  expect(await lambda.invoke(name)).toMatchObject({ functionError: undefined, payload: expected });
});

test('a callback ends the invocation, after what it left behind is done', async () => {
  await lambda.deploy(
    'callback',
    `let done = false;
     exports.handler = (event, context, callback) => {
       context.callbackWaitsForEmptyEventLoop = event.waits;
       setTimeout(() => { console.log('late') }, 20);
       callback(null, 'called');
     }`,
  );
  const waited = await lambda.invoke('callback', { waits: true });
  expect(waited).toMatchObject({ payload: 'called', log: expect.stringContaining('late') });
  const left = await lambda.invoke('callback', { waits: false });
  expect(left.payload).toBe('called');
});

test('a handler that neither returns a promise nor calls back answers null', async () => {
  await lambda.deploy('silent', 'exports.handler = () => "ignored"');
  expect(await lambda.invoke('silent')).toMatchObject({ payload: null, functionError: undefined });
});

test('from Node.js 24 on a third parameter is refused', async () => {
  await lambda.deploy('modern', 'exports.handler = async (event, context, callback) => 1', {
    Runtime: 'nodejs24.x',
  });
  expect(await lambda.invoke('modern')).toMatchObject({
    functionError: 'Unhandled',
    payload: { errorType: 'Runtime.CallbackHandlerDeprecated' },
  });
});

test('the SDK that Lambda ships is found by require and by import, other packages are not', async () => {
  await lambda.deploy('sdk', {
    'index.mjs': `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      const tried = async (load) => { try { await load(); return 'found' } catch (error) { return error.code } };
      export const handler = async () => ({
        same: typeof DynamoDBClient === 'function' && typeof require('@aws-sdk/client-dynamodb').DynamoDBClient === 'function',
        imported: await tried(() => import('yaml')),
        required: await tried(() => require('yaml')),
      });`,
  });
  expect((await lambda.invoke('sdk')).payload).toEqual({
    same: true,
    imported: 'ERR_MODULE_NOT_FOUND',
    required: 'MODULE_NOT_FOUND',
  });
});

test("the SDK inside finds the embedded AWS, with the keys of the function's role", async () => {
  await lambda.deploy('identity', {
    'index.mjs': `import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
      export const handler = async () => (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn;`,
  });
  expect((await lambda.invoke('identity')).payload).toBe(
    'arn:aws:sts::000000000000:assumed-role/function-role/identity',
  );
});

test('a provided runtime runs the bootstrap of the zip', async () => {
  const bootstrap = `#!/bin/sh
exec "${process.execPath}" "$LAMBDA_TASK_ROOT/own-runtime.mjs"
`;
  const runtime = `
    const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
    for (;;) {
      const next = await fetch(base + 'next');
      const id = next.headers.get('lambda-runtime-aws-request-id');
      const event = await next.json();
      console.log('own line');
      await fetch(base + id + '/response', { method: 'POST', body: JSON.stringify({ own: event }) });
    }`;
  const { makeZip } = await import('./make-zip.ts');
  await lambda.deploy('own', '', {
    Runtime: 'provided.al2023',
    Code: { ZipFile: await makeZip({ bootstrap, 'own-runtime.mjs': runtime }, 0o100755) },
  });
  expect(await lambda.invoke('own', { b: 2 })).toMatchObject({
    payload: { own: { b: 2 } },
    log: expect.stringContaining('own line\n'),
  });
});

test('a runtime that is not here says so', async () => {
  await lambda.deploy('snake', 'x', { Runtime: 'python3.13' });
  await expect(lambda.invoke('snake')).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: 'runtime python3.13 is not available here yet',
  });
});
