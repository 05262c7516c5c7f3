import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  ensureLocal,
  type LocalOptions,
  type LocalTarget,
  localStatus,
  resetLocal,
  startLocal,
  stopLocal,
} from '../../../source/local/background/background.ts';

let projectDirectory: string;
let options: LocalOptions;
beforeEach(async () => {
  projectDirectory = await mkdtemp(join(tmpdir(), 'stp-project-'));
  options = { projectDirectory, version: '1.0.0' };
});
afterEach(async () => {
  await resetLocal(options);
  await rm(projectDirectory, { recursive: true, force: true });
});

const local = (...names: string[]) => join(projectDirectory, '.stp', 'local', ...names);
const state = async () => JSON.parse(await readFile(local('server.json'), 'utf8'));

async function withS3<T>(
  { endpoint, region, credentials }: LocalTarget,
  use: (s3: S3Client) => Promise<T>,
): Promise<T> {
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  try {
    return await use(s3);
  } finally {
    s3.destroy();
  }
}

/** SDK clients note in the credentials where they came from. */
const same = ({ endpoint, region, credentials: { accessKeyId, secretAccessKey } }: LocalTarget) => ({
  endpoint,
  region,
  credentials: { accessKeyId, secretAccessKey },
});

const buckets = (target: LocalTarget) =>
  withS3(target, async (s3) => (await s3.send(new ListBucketsCommand())).Buckets?.map(({ Name }) => Name));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the life of the background process', () => {
  test('it starts once, is found again, stops, and comes back at the same port with the same state', async () => {
    expect(await localStatus(options)).toEqual({ running: false, stacks: [] });
    const target = await ensureLocal(options);
    expect(target.region).toBe('us-east-1');
    await withS3(target, (s3) => s3.send(new CreateBucketCommand({ Bucket: 'kept' })));
    const first = await state();
    expect(first).toMatchObject({
      endpoint: target.endpoint,
      version: '1.0.0',
      port: Number(new URL(target.endpoint).port),
    });
    expect(Date.parse(first.startedAt)).toBeLessThanOrEqual(Date.now());

    expect(await ensureLocal(options)).toMatchObject(same(target));
    expect(await localStatus(options)).toEqual({
      running: true,
      pid: first.pid,
      endpoint: target.endpoint,
      accessKeyId: target.credentials.accessKeyId,
      stacks: [],
    });
    expect(await stopLocal(options)).toBe(true);
    await vi.waitFor(() => expect(isAlive(first.pid)).toBe(false));
    expect(await readdir(local())).not.toContain('server.json');
    expect(await stopLocal(options)).toBe(false);

    expect(await ensureLocal(options)).toMatchObject(same(target));
    expect((await state()).pid).not.toBe(first.pid);
    expect(await buckets(target)).toEqual(['kept']);
  });

  test('many that start it at once get the same one', async () => {
    const targets = await Promise.all(Array.from({ length: 5 }, () => ensureLocal(options)));
    for (const target of targets) expect(target).toEqual(targets[0]);
    expect(await readFile(local('server.log'), 'utf8')).toMatch(/^[^\n]* listens at [^\n]*\n$/);
  });

  test('a program of another version ends the old one and starts its own', async () => {
    const target = await ensureLocal(options);
    const { pid } = await state();
    expect(await ensureLocal({ ...options, version: '2.0.0' })).toMatchObject(same(target));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
    expect((await state()).version).toBe('2.0.0');
  });

  test('a killed process is replaced', async () => {
    const target = await ensureLocal(options);
    const { pid } = await state();
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
    expect(await localStatus(options)).toEqual({ running: false, stacks: [] });
    expect(await ensureLocal(options)).toMatchObject(same(target));
  });

  test('it ends by itself when nobody asks anything', async () => {
    await startLocal({ ...options, env: { ...process.env, STP_LOCAL_IDLE_MINUTES: '0.001' } });
    await vi.waitFor(async () =>
      expect(await readFile(local('server.log'), 'utf8')).toContain('stopping: idle'),
    );
    await vi.waitFor(async () => expect(await readdir(local())).not.toContain('server.json'));
  });

  test('a reset leaves nothing', async () => {
    const target = await ensureLocal(options);
    await withS3(target, (s3) => s3.send(new CreateBucketCommand({ Bucket: 'gone' })));
    const { pid } = await state();
    await resetLocal(options);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
    expect(await readdir(join(projectDirectory, '.stp'))).toEqual([]);
    const fresh = await ensureLocal(options);
    expect(fresh.credentials).not.toEqual(target.credentials);
    expect(await buckets(fresh)).toEqual([]);
  });

  test('what it keeps is for its owner alone', async () => {
    await startLocal(options);
    for (const name of ['credentials.json', 'server.json', 'server.log']) {
      expect((await stat(local(name))).mode & 0o077, name).toBe(0);
    }
    expect((await stat(local())).mode & 0o077).toBe(0);
  });
});

describe('what stands in the way is named, and nothing is removed', () => {
  test('another program on the port', async () => {
    const { endpoint } = await ensureLocal(options);
    await stopLocal(options);
    const { port } = new URL(endpoint);
    const squatter = createServer((_request, response) => response.end('something else'));
    await new Promise<void>((resolve) => squatter.listen(Number(port), '127.0.0.1', resolve));
    await expect(ensureLocal(options)).rejects.toMatchObject({
      name: 'UserError',
      code: 'port-in-use',
      message: `port ${port} is in use by another program`,
      hint: expect.stringContaining(port),
    });
    await new Promise((resolve) => squatter.close(resolve));
    expect((await ensureLocal(options)).endpoint).toBe(endpoint);
  });

  test.for(['server.json', 'state.db', 'credentials.json'])('a damaged %s', async (name) => {
    await startLocal(options);
    await stopLocal(options);
    const damage = `{"pid": ${'x'.repeat(5_000)}`;
    await writeFile(local(name), damage);
    await expect(ensureLocal(options)).rejects.toMatchObject({
      name: 'UserError',
      code: 'local-state-unusable',
      message: expect.stringContaining(local(name)),
      hint: expect.stringContaining('stp local reset'),
    });
    expect(await readFile(local(name), 'utf8')).toBe(damage);
    await resetLocal(options);
    await ensureLocal(options);
  });

  test('a file where the folder should be', async () => {
    await writeFile(join(projectDirectory, '.stp'), 'mine');
    await expect(ensureLocal(options)).rejects.toMatchObject({
      name: 'UserError',
      code: 'local-state-unusable',
    });
    expect(await readFile(join(projectDirectory, '.stp'), 'utf8')).toBe('mine');
    await rm(join(projectDirectory, '.stp'));
  });

  test('a folder that may not be written to', async () => {
    await chmod(projectDirectory, 0o555);
    await asSomebody(async () => {
      await expect(ensureLocal(options)).rejects.toMatchObject({
        name: 'UserError',
        code: 'local-state-unusable',
        message: expect.stringContaining(projectDirectory),
        hint: expect.stringContaining('writable'),
      });
      expect(await localStatus(options)).toEqual({ running: false, stacks: [] });
    });
    expect(await readdir(projectDirectory)).toEqual([]);
    await chmod(projectDirectory, 0o755);
  });
});

/** Root may write everywhere, so as root this process is nobody for a while. */
async function asSomebody(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
