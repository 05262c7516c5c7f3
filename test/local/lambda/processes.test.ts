import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { startLambda } from './start-lambda.ts';

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that has ended stays in the table until somebody asks for its status.
  const file = `/proc/${pid}/status`;
  return !existsSync(file) || !/^State:\s+Z/m.test(readFileSync(file, 'latin1'));
}

test('functions end with the server, and what they started ends with them', async () => {
  const lambda = await startLambda();
  await lambda.deploy(
    'parent',
    `const { spawn } = require('node:child_process');
     const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
     exports.handler = async () => [process.pid, child.pid];`,
    { Runtime: 'nodejs24.x' },
  );
  const pids = (await lambda.invoke('parent')).payload as number[];
  expect(pids.map(runs)).toEqual([true, true]);
  const temporary = readdirSync(join(lambda.aws.directory, 'functions', 'tmp'));
  expect(temporary).toHaveLength(1);
  await lambda.aws.stop();
  await vi.waitFor(() => expect(pids.map(runs)).toEqual([false, false]));
});

test('functions end when the server is killed, even in an endless loop', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stp-killed-'));
  const port = String(10_000 + 20 * Math.floor(Math.random() * 1_000) + 13);
  const program = fileURLToPath(new URL('./server-process.ts', import.meta.url));
  const server = spawn(process.execPath, [program, directory, port], { stdio: 'ignore' });
  try {
    const file = join(directory, 'pid');
    await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toMatch(/^\d+$/), {
      timeout: 20_000,
    });
    const pid = Number(readFileSync(file, 'utf8'));
    expect(runs(pid)).toBe(true);
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    await vi.waitFor(() => expect(runs(pid)).toBe(false), { timeout: 10_000 });
  } finally {
    server.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
});
