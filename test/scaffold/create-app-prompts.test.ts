import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterEach, expect, test } from 'vitest';
import { createAppArguments, createWorkspace, treeOf } from './workspace.ts';

const open: { kill(): void }[] = [];
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.kill();
});

/** The program in a pseudo-terminal. `answer` waits for a text that is not yet used up, then types. */
function start(cwd: string, argv: string[]) {
  const terminal = spawn(process.execPath, createAppArguments(argv), {
    cwd,
    cols: 100,
    rows: 30,
    env: { PATH: process.env.PATH, HOME: cwd, TERM: 'xterm-256color', NO_COLOR: '1' },
  });
  let output = '';
  let used = 0;
  let exitCode: number | undefined;
  terminal.onData((data) => {
    output += data;
  });
  terminal.onExit((event) => {
    exitCode = event.exitCode;
  });
  open.push({ kill: () => (exitCode === undefined ? terminal.kill() : undefined) });
  const seen = async (text: string): Promise<void> => {
    await expect
      .poll(() => output.indexOf(text, used), { timeout: 20_000, message: text })
      .toBeGreaterThanOrEqual(0);
    used = output.indexOf(text, used) + text.length;
  };
  return {
    seen,
    answer: async (question: string, keys: string): Promise<void> => {
      await seen(question);
      terminal.write(keys);
    },
    exit: async (): Promise<number | undefined> => {
      await expect.poll(() => exitCode, { timeout: 20_000 }).toBeDefined();
      return exitCode;
    },
  };
}

test('asks for everything, shows the plan, and goes on to the local deploy', async () => {
  const cwd = createWorkspace();
  const app = start(cwd, []);
  await app.answer('Directory', 'shop\r');
  await app.answer('Builds: function', 'dynamo typescript');
  await app.seen('dynamo typescript');
  await app.answer('Builds: function, http-api-gateway, dynamo-db-table', '\r');
  await app.answer('Name of the service (shop)', '\r');
  await app.answer('Install packages with', '\x1b[A\r');
  await app.answer('Make a git repository?', 'n\r');
  await app.seen('Service shop from lambda-api-dynamo-db');
  await app.answer('Create it?', '\r');
  await app.seen('Created shop with 10 files');
  await app.seen('cd shop');
  await app.answer('Deploy it now', '\r');
  await app.seen(`continues in ${join(cwd, 'shop')}`);
  expect(await app.exit()).toBe(0);
  expect(readFileSync(join(cwd, 'shop/stacktape.yml'), 'utf8')).toContain('serviceName: shop');
  expect(existsSync(join(cwd, 'shop/.git'))).toBe(false);
});

test.each([
  ['at the first question', []],
  [
    'at the last question',
    ['app', '--starter', 'lambda-api-dynamo-db', '--name', 'app', '--no-install', '--no-git'],
  ],
])('Ctrl-C %s leaves nothing', async (_where, argv) => {
  const cwd = createWorkspace();
  const app = start(cwd, argv);
  await app.answer(argv.length === 0 ? 'Directory' : 'Create it?', '\x03');
  expect(await app.exit()).toBe(130);
  expect(treeOf(cwd)).toEqual([]);
});

test('a folder that is not empty is refused before any question', async () => {
  const cwd = createWorkspace({ 'full/notes.txt': '' });
  const app = start(cwd, ['full']);
  await app.seen('full is not empty');
  expect(await app.exit()).toBe(2);
});
