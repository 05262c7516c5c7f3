import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jsonLines, makeWorkplace } from './installed-program.ts';

let place: Awaited<ReturnType<typeof makeWorkplace>>;

beforeEach(async () => {
  place = await makeWorkplace();
});
afterEach(() => place.dispose());

async function validate(text: string) {
  await mkdir(join(place.home, 'my-app'), { recursive: true });
  await writeFile(join(place.home, 'my-app/stacktape.yml'), text);
  const [plain, json] = await Promise.all([
    place.run('stp', ['validate'], { in: 'my-app' }),
    place.run('stp', ['validate', '--json'], { in: 'my-app' }),
  ]);
  expect(plain.exitCode).toBe(2);
  expect(json.exitCode).toBe(2);
  expect(await readdir(join(place.home, 'my-app'))).toEqual(['stacktape.yml']);
  return {
    text: String(plain.stdout),
    problems: jsonLines(json.stdout).filter(({ type }) => type === 'problem'),
  };
}

const functionWith = (lines: string) => `resources:
  f:
    type: function
    properties:
      packaging:
        type: stacktape-lambda-buildpack
        properties:
          entryfilePath: f.ts
${lines}`;

test('every problem of a config at once, each with its place', async () => {
  const { text, problems } = await validate(
    functionWith('      memroy: 512\n      timeout: 1000\n      connectTo: [nothing]\n'),
  );
  expect(problems.map(({ code, line, column }) => [code, line, column])).toEqual([
    ['missing-entry-file', 8, 26],
    ['unknown-property', 9, 7],
    [expect.any(String), 10, 16],
    [expect.any(String), 11, 19],
  ]);
  expect(text).toContain('stacktape.yml:9:7');
  expect(text).toContain('memory');
  expect(text).toContain('900');
});

test.each([
  ['not YAML', 'resources: [a, b\n', 'stacktape.yml:'],
  ['a tab in the indent', 'resources:\n\tf: 1\n', 'stacktape.yml:2:1'],
  ['an unknown type', 'resources:\n  t:\n    type: dynamo-db-tabel\n', 'dynamo-db-table'],
  ['an empty file', '', 'stacktape.yml'],
])('%s', async (_name, text, expected) => {
  expect((await validate(text)).text).toContain(expected);
});

test('no config, a wrong flag and a wrong value are usage errors that say what is right', async () => {
  const none = await place.run('stp', ['validate']);
  expect([none.exitCode, none.stdout]).toEqual([2, '']);
  expect(none.stderr).toContain('No stacktape.yml here or in a folder above.');
  const flag = await place.run('stp', ['deploy', '--locl']);
  expect(flag.exitCode).toBe(2);
  expect(flag.stderr).toContain('--local');
  const value = await place.run('stp', ['validate', '--output', 'xml', '--json']);
  expect(value.exitCode).toBe(2);
  expect(jsonLines(value.stdout)).toMatchObject([{ type: 'error' }]);
});

test('a Region is wanted for AWS and for nothing else', async () => {
  await place.makeProject();
  const result = await place.run('stp', ['info'], { in: 'my-app' });
  expect(result.exitCode).toBe(2);
  expect(result.stderr).toMatch(/Region/);
});

test('a folder that is not empty is left alone', async () => {
  await mkdir(join(place.home, 'taken'));
  await writeFile(join(place.home, 'taken/mine.txt'), 'mine');
  const args = ['taken', '--starter', 'lambda-api-dynamo-db', '--yes', '--no-install', '--no-git'];
  const result = await place.run('create-stp-app', args);
  expect(result.exitCode).toBe(2);
  expect(await readdir(join(place.home, 'taken'))).toEqual(['mine.txt']);
  expect((await readdir(place.home)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a build error names file and line, and nothing is deployed', async () => {
  const project = await place.makeProject();
  await writeFile(
    join(project, 'src/lambdas/get-posts.ts'),
    'export default async () => {\n  retrun 1 +;\n};\n',
  );
  const result = await place.run('stp', ['deploy', '--local', '--json'], { in: 'my-app' });
  const last = jsonLines(result.stdout).at(-1);
  expect(last?.type).toBe('error');
  expect(String(last?.message)).toContain('src/lambdas/get-posts.ts:2');
  const status = jsonLines(
    (await place.run('stp', ['local', 'status', '--json'], { in: 'my-app' })).stdout,
  )[0];
  expect(status?.stacks).toEqual([]);
});

test('the port of the embedded AWS taken by somebody else: said, nothing lost', async () => {
  const project = await place.makeProject();
  const start = await place.run('stp', ['local', 'start', '--json'], { in: 'my-app' });
  const port = Number(new URL(String(jsonLines(start.stdout)[0]?.endpoint)).port);
  await place.run('stp', ['local', 'stop'], { in: 'my-app' });
  const other = createServer();
  await new Promise<void>((done) => other.listen(port, '127.0.0.1', done));
  try {
    const result = await place.run('stp', ['local', 'start'], { in: 'my-app' });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(String(port));
  } finally {
    await new Promise((done) => other.close(done));
  }
  expect((await place.run('stp', ['local', 'start'], { in: 'my-app' })).exitCode).toBe(0);
  expect(await readdir(join(project, '.stp/local'))).toContain('state.db');
});

test('a damaged state of the embedded AWS is named, kept, and can be reset', async () => {
  const project = await place.makeProject();
  const folder = join(project, '.stp/local');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'state.db'),
    'this is no database, but it is long enough to be looked at '.repeat(40),
  );
  const damaged = await readFile(join(folder, 'state.db'), 'utf8');
  const result = await place.run('stp', ['deploy', '--local'], { in: 'my-app' });
  expect(result.exitCode).not.toBe(0);
  expect(`${result.stdout}${result.stderr}`).toContain('state.db');
  expect(`${result.stdout}${result.stderr}`).toContain('stp local reset');
  expect(await readFile(join(folder, 'state.db'), 'utf8')).toBe(damaged);
  expect((await place.run('stp', ['local', 'reset', '--yes'], { in: 'my-app' })).exitCode).toBe(0);
  expect((await place.run('stp', ['deploy', '--local'], { in: 'my-app' })).exitCode).toBe(0);
});

test('a closed pipe ends the program quietly', async () => {
  await place.makeProject();
  const script = `set -o pipefail; "${place.program('stp')}" synth | head -n 1`;
  const result = await execa('bash', ['-c', script], {
    cwd: join(place.home, 'my-app'),
    env: place.environment,
    extendEnv: false,
  });
  expect([result.exitCode, result.stdout, result.stderr]).toEqual([0, '{', '']);
});

test('a folder that cannot be written to', async () => {
  // Root may write wherever a mode forbids it, but not into the kernel's own file system.
  const locked = process.getuid?.() === 0 ? '/sys' : join(place.home, 'locked');
  if (locked !== '/sys') await mkdir(locked, { mode: 0o555 });
  const args = [
    join(locked, 'app'),
    '--starter',
    'lambda-api-dynamo-db',
    '--yes',
    '--no-install',
    '--no-git',
  ];
  const result = await place.run('create-stp-app', args);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain(locked);
});
