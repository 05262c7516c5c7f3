import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../source/local/server.ts';
import { startTestAws, type TestAws } from './start-test-aws.ts';
import { rawFetch } from './wire/signed-fetch.ts';

describe('the host', () => {
  let aws: TestAws;
  beforeAll(async () => {
    aws = await startTestAws({ services: ['sts'] });
  });
  afterAll(() => aws.stop());

  test('keys are random, kept over a restart and readable by their owner alone', async () => {
    const { accessKeyId, secretAccessKey, endpoint } = aws.server;
    expect(accessKeyId).toMatch(/^AKIASTPLOCAL[A-Z2-7]{8}$/);
    expect((await stat(join(aws.directory, 'credentials.json'))).mode & 0o777).toBe(0o600);
    await aws.restart();
    expect(aws.server).toMatchObject({ accessKeyId, secretAccessKey, endpoint });
    const other = await startTestAws({ services: [] });
    expect(other.server.secretAccessKey).not.toBe(secretAccessKey);
    await other.stop();
  });

  test('a listener keeps its port over a restart and answers to its own host names alone', async () => {
    const open = () =>
      aws.server.backend.listen('api-1', (request, response) => response.end(`for ${request.headers.host}`));
    const { port } = await open();
    const second = await aws.server.backend.listen('api-2', (_request, response) => response.end());
    expect(second.port).not.toBe(port);
    await aws.restart();
    expect((await open()).port).toBe(port);
    const ask = (host: string) =>
      rawFetch(`http://127.0.0.1:${port}`, { method: 'GET', path: '/', headers: { host } });
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `api.localhost:${port}`]) {
      expect(await ask(host)).toMatchObject({ status: 200, text: `for ${host}` });
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost',
      `localhost.evil.example:${port}`,
    ]) {
      expect((await ask(host)).status).toBe(421);
    }
  });

  test('a kept port that another program has is a clear error', async () => {
    const listener = await aws.server.backend.listen('api-3', (_request, response) => response.end());
    await listener.close();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(listener.port, '127.0.0.1', resolve));
    await expect(aws.server.backend.listen('api-3', () => {})).rejects.toMatchObject({
      name: 'UserError',
      code: 'port-in-use',
      message: `port ${listener.port}, which api-3 had before, is in use by another program`,
    });
    await new Promise((resolve) => squatter.close(resolve));
  });

  test('calls between services have the account as their caller, or who is named', async () => {
    const { backend } = aws.server;
    const call = (caller?: { accountId: string; arn: string; accessKeyId: string }) =>
      backend.call<{ Arn: string }>('sts', 'GetCallerIdentity', {}, caller);
    expect((await call()).Arn).toBe('arn:aws:iam::000000000000:root');
    const role = { accountId: '1', arn: 'arn:aws:sts::1:assumed-role/r/s', accessKeyId: 'A', roleName: 'r' };
    expect((await call(role)).Arn).toBe('arn:aws:sts::1:assumed-role/r/s');
    await expect(backend.call('sts', 'toString', {})).rejects.toMatchObject({ statusCode: 501 });
    await expect(backend.call('s3', 'ListBuckets', {})).rejects.toMatchObject({ statusCode: 501 });
  });

  test('a second server on the same directory is refused', async () => {
    await expect(startServer({ directory: aws.directory })).rejects.toMatchObject({
      name: 'UserError',
      code: 'local-in-use',
    });
  });

  test('its own requests: health for everybody, stacks for those who have the key', async () => {
    const { host } = new URL(aws.server.endpoint);
    const get = (path: string, headers = {}) =>
      rawFetch(aws.server.endpoint, { method: 'GET', path, headers: { host, ...headers } });
    expect(JSON.parse((await get('/_stp/health')).text)).toEqual({
      pid: process.pid,
      directory: aws.directory,
    });
    expect((await get('/_stp/status')).status).toBe(403);
    expect((await get('/_stp/status', { 'x-stp-secret': 'guess' })).status).toBe(403);
    const known = await get('/_stp/status', { 'x-stp-secret': aws.server.secretAccessKey });
    expect(JSON.parse(known.text)).toEqual({ stacks: [] });
  });
});

describe('state that cannot be used', () => {
  test.for(['state.db', 'credentials.json'])('a damaged %s is named and left alone', async (name) => {
    const directory = await mkdtemp(join(tmpdir(), 'stp-damaged-'));
    const file = join(directory, name);
    const damage = `not what it was${'?'.repeat(5_000)}`;
    await writeFile(file, damage);
    await expect(startServer({ directory, services: [] })).rejects.toMatchObject({
      name: 'UserError',
      code: 'local-state-unusable',
      message: expect.stringContaining(file),
      hint: expect.stringContaining('stp local reset'),
      exitCode: 1,
    });
    expect(await readFile(file, 'utf8')).toBe(damage);
    await rm(directory, { recursive: true });
  });

  test('a database that was cut off in its middle', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'stp-damaged-'));
    const first = await startServer({ directory, services: ['logs'] });
    await first.backend.call('logs', 'CreateLogGroup', { logGroupName: 'g' });
    await first.close();
    const file = join(directory, 'state.db');
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, 6_000));
    await expect(startServer({ directory, services: ['logs'] })).rejects.toMatchObject({
      code: 'local-state-unusable',
    });
    await rm(directory, { recursive: true });
  });

  test('a file where the folder should be', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'stp-damaged-'));
    await writeFile(join(directory, 'local'), '');
    await expect(startServer({ directory: join(directory, 'local') })).rejects.toMatchObject({
      code: 'local-state-unusable',
      hint: expect.stringContaining('writable'),
    });
    await rm(directory, { recursive: true });
  });
});

test('a killed process loses nothing that was answered', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stp-killed-'));
  const script = `
    import { startServer } from ${JSON.stringify(new URL('../../source/local/server.ts', import.meta.url).href)};
    const { backend } = await startServer({ directory: ${JSON.stringify(directory)}, services: ['s3'] });
    await backend.call('s3', 'CreateBucket', { Bucket: 'kept' });
    await backend.call('s3', 'PutObject', { Bucket: 'kept', Key: 'k', Body: 'body' });
    process.kill(process.pid, 'SIGKILL');
  `;
  const run = promisify(execFile)(process.execPath, ['--no-warnings', '--input-type=module', '-e', script]);
  await expect(run).rejects.toMatchObject({ signal: 'SIGKILL' });
  const server = await startServer({ directory, services: ['s3'] });
  const { Body } = await server.backend.call<{ Body: AsyncIterable<Buffer> }>('s3', 'GetObject', {
    Bucket: 'kept',
    Key: 'k',
  });
  const chunks: Buffer[] = [];
  for await (const chunk of Body) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('body');
  await server.close();
  await rm(directory, { recursive: true });
});
