import { UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startLambda, type TestLambda } from './start-lambda.ts';

let lambda: TestLambda;

beforeAll(async () => {
  lambda = await startLambda();
});

afterAll(async () => {
  await lambda.aws.stop();
});

test('the lines of an invocation are there when it has answered, in their order', async () => {
  await lambda.deploy(
    'lines',
    `const { execFileSync } = require('node:child_process');
     console.log('loading');
     exports.handler = async () => {
       console.log('first %s', 'line', { a: 1 });
       console.error('two\\nlines');
       process.stdout.write('raw out\\n\\n');
       process.stderr.write('raw err\\n');
       execFileSync('/bin/sh', ['-c', 'echo from a child'], { stdio: 'inherit' });
       console.warn('warned'); console.debug('debugged'); console.info('informed');
       process.stdout.write('no line break');
     }`,
  );
  const { requestId, log } = await lambda.invoke('lines');
  const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';
  const line = (level: string, text: string) =>
    expect.stringMatching(new RegExp(`^${time}\\t${requestId}\\t${level}\\t${text}\\n$`));
  const messages = await lambda.messages('lines');
  expect(messages).toEqual([
    expect.stringMatching(
      /^INIT_START Runtime Version: nodejs:22 .*\tRuntime Version ARN: arn:aws:lambda:.*\n$/,
    ),
    expect.stringMatching(new RegExp(`^${time}\\tundefined\\tINFO\\tloading\\n$`)),
    `START RequestId: ${requestId} Version: $LATEST\n`,
    line('INFO', 'first line \\{ a: 1 \\}'),
    line('ERROR', 'two\\rlines'),
    'raw out\n',
    '\n',
    'raw err\n',
    'from a child\n',
    line('WARN', 'warned'),
    line('DEBUG', 'debugged'),
    line('INFO', 'informed'),
    'no line break\n',
    `END RequestId: ${requestId}\n`,
    expect.stringMatching(
      new RegExp(
        `^REPORT RequestId: ${requestId}\\tDuration: \\d+\\.\\d\\d ms\\tBilled Duration: \\d+ ms\\tMemory Size: 128 MB\\tMax Memory Used: \\d+ MB\\tInit Duration: \\d+\\.\\d\\d ms\\t\\n$`,
      ),
    ),
  ]);
  expect(messages.join('').replaceAll('\r', '')).toContain(
    log.slice(log.indexOf('START'), log.indexOf('two')),
  );

  const warm = await lambda.invoke('lines');
  expect(warm.log).toMatch(/^START RequestId/);
  expect(warm.log).not.toContain('Init Duration');
});

test('every environment has a stream of its own', async () => {
  await lambda.deploy('streams', 'exports.handler = async () => 1');
  await lambda.invoke('streams');
  await lambda.invoke('streams');
  expect(await lambda.streams('streams')).toEqual([
    expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
  ]);
  await lambda.client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: 'streams', MemorySize: 256 }),
  );
  await vi.waitFor(async () => {
    await lambda.invoke('streams');
    expect(await lambda.streams('streams')).toHaveLength(2);
  });
});

test('what an invocation leaves behind is logged by and by', async () => {
  await lambda.deploy(
    'later',
    `exports.handler = async () => { setTimeout(() => console.log('after the answer'), 50) }`,
  );
  await lambda.invoke('later');
  await vi.waitFor(
    async () =>
      expect(await lambda.messages('later')).toContainEqual(expect.stringContaining('after the answer')),
    { timeout: 10_000 },
  );
});

test('a line that is too long for one event becomes several', async () => {
  await lambda.deploy(
    'long',
    `exports.handler = async () => { process.stdout.write('ž'.repeat(300_000) + '\\n'); console.log('between') }`,
  );
  await lambda.invoke('long');
  const long = (await lambda.messages('long')).filter((message) => message.startsWith('ž'));
  expect(long.length).toBeGreaterThan(1);
  expect(long.map((message) => message.slice(0, -1)).join('')).toBe('ž'.repeat(300_000));
});

test('many lines are neither lost nor mixed up', async () => {
  await lambda.deploy(
    'many',
    `exports.handler = async () => { for (let i = 0; i < 3000; i++) console.log('line ' + i + ' ' + 'x'.repeat(200)) }`,
  );
  await lambda.invoke('many');
  const numbers: number[] = [];
  const { backend } = lambda.aws.server;
  let nextToken: string | undefined;
  do {
    const page = await backend.call<{ events?: { message?: string }[]; nextToken?: string }>(
      'logs',
      'FilterLogEvents',
      { logGroupName: '/aws/lambda/many', ...(nextToken ? { nextToken } : {}) },
    );
    for (const { message = '' } of page.events ?? []) {
      const number = /\tline (\d+) x{200}\n$/.exec(message)?.[1];
      if (number !== undefined) numbers.push(Number(number));
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(numbers).toEqual(Array.from({ length: 3000 }, (_, index) => index));
});
