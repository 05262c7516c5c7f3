import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createAppArguments, createWorkspace, starterFiles, treeOf, writeFiles } from './workspace.ts';

const starter = ['--starter', 'lambda-api-dynamo-db'];
const quick = [...starter, '--yes', '--no-install', '--no-git'];

type Outcome = { code: number | null; stdout: string; stderr: string };

/** Runs the program in a process of its own with no terminal. */
async function run(cwd: string, argv: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const child = spawn(process.execPath, createAppArguments(argv), {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

const objects = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('makes a project named after its folder and says what to do next', async () => {
  const cwd = createWorkspace();
  const { code, stdout, stderr } = await run(cwd, ['My_App', ...quick]);
  expect([code, stderr]).toEqual([0, '']);
  expect(readFileSync(join(cwd, 'My_App/stacktape.yml'), 'utf8')).toContain('\nserviceName: My-App\n');
  expect(JSON.parse(readFileSync(join(cwd, 'My_App/package.json'), 'utf8'))).toMatchObject({
    name: 'my-app',
  });
  expect(treeOf(cwd).filter((file) => !file.startsWith('My_App/'))).toEqual([]);
  expect(stdout).toMatch(
    /Next:\n {2}cd My_App\n {2}npm install\n {2}npx -p create-stp-app@\S+ stp deploy --local\n/,
  );
});

test('the receipt is one object on stdout, and all else is not', async () => {
  const cwd = createWorkspace();
  const { code, stdout, stderr } = await run(cwd, [
    'app',
    ...starter,
    '--yes',
    '--no-install',
    '--name',
    'shop',
    '--package-manager',
    'pnpm',
    '--json',
  ]);
  expect([code, stderr]).toEqual([0, 'Created app with 10 files\n']);
  const [receipt, ...more] = objects(stdout);
  expect(more).toEqual([]);
  expect(receipt).toMatchObject({
    type: 'result',
    directory: 'app',
    starter: 'lambda-api-dynamo-db',
    name: 'shop',
    packageManager: 'pnpm',
    installed: false,
    git: true,
  });
  expect(receipt?.files).toEqual(treeOf(join(cwd, 'app')).filter((file) => !file.startsWith('.git/')));
  expect(existsSync(join(cwd, 'app/.git/HEAD'))).toBe(true);
});

test('inside of a repository no second one is made', async () => {
  const cwd = createWorkspace();
  execFileSync('git', ['init', '--quiet'], { cwd });
  const { stdout } = await run(cwd, ['app', ...starter, '--yes', '--no-install', '--json']);
  expect(objects(stdout)).toMatchObject([{ git: false }]);
  expect(existsSync(join(cwd, 'app/.git'))).toBe(false);
});

test('--list and --dry-run write nothing', async () => {
  const cwd = createWorkspace();
  const list = await run(cwd, ['--list', '--json']);
  expect(objects(list.stdout)[0]).toMatchObject({
    id: 'lambda-api-dynamo-db',
    title: 'Lambda API with DynamoDB',
    language: 'typescript',
    resources: ['function', 'http-api-gateway', 'dynamo-db-table'],
  });
  const dry = await run(cwd, ['app', ...starter, '--dry-run']);
  expect([dry.code, dry.stderr]).toEqual([0, '']);
  expect(dry.stdout.split('\n')).toEqual(
    expect.arrayContaining(['app/.gitignore', 'app/src/lambdas/save-post.ts']),
  );
  expect(treeOf(cwd)).toEqual([]);
});

test.each<[argv: string[], code: string, message: RegExp]>([
  [['app'], 'usage', /--starter <id> and --yes are needed/],
  [['app', ...starter], 'usage', /--yes is needed/],
  [['app', '--yes'], 'usage', /--starter <id> is needed/],
  [['app', '--starter', 'nothing', '--yes'], 'unknown-starter', /no starter "nothing"/],
  [['app', ...quick, '--name', '1st'], 'usage', /--name: "1st" is not a service name/],
  [['app', ...quick, '--package-manager', 'apt'], 'usage', /none of npm, pnpm, yarn, bun/],
  [['app', ...quick, '--stater', 'x'], 'usage', /Unknown option '--stater'/],
  [['app', 'bpp', ...quick], 'usage', /only one directory/],
  [['full', ...quick], 'target-not-empty', /full is not empty: it holds notes\.txt/],
])('%j is refused with exit code 2 and nothing is written', async (argv, errorCode, message) => {
  const cwd = createWorkspace({ 'full/notes.txt': '' });
  const outcome = await run(cwd, [...argv, '--json']);
  expect(outcome.code).toBe(2);
  expect(objects(outcome.stdout)).toMatchObject([
    { type: 'error', code: errorCode, message: expect.stringMatching(message) },
  ]);
  expect(treeOf(cwd)).toEqual(['full/notes.txt']);
  expect((await run(cwd, argv)).stderr).toMatch(message);
});

test('a folder that cannot be written to is told about, without a stack trace', async () => {
  const cwd = createWorkspace();
  // Permissions do not hold for root, the kernel's own folders do.
  const folder = process.getuid?.() === 0 ? '/sys' : join(cwd, 'locked');
  if (folder !== '/sys') mkdirSync(folder, { mode: 0o555 });
  const { code, stderr } = await run(cwd, [join(folder, 'app'), ...quick]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /cannot be written to .*: (?:there is no permission to write there|it is on a read-only disk)\n/,
  );
  expect(stderr).not.toContain('    at ');
  expect(treeOf(cwd).filter((file) => file !== 'locked')).toEqual([]);
});

test('a repository that was just cloned is filled in place, its files kept', async () => {
  const cwd = createWorkspace({ 'README.md': 'theirs', LICENSE: 'MIT' });
  execFileSync('git', ['init', '--quiet'], { cwd });
  const { code, stdout } = await run(cwd, ['.', ...quick, '--name', 'shop']);
  expect(code).toBe(0);
  expect(stdout).toContain('Kept as they were: README.md');
  expect(stdout).not.toContain('  cd ');
  expect(readFileSync(join(cwd, 'README.md'), 'utf8')).toBe('theirs');
  expect(treeOf(cwd)).toEqual(expect.arrayContaining(['.gitignore', 'LICENSE', 'stacktape.yml']));
});

test('packages are installed by the named package manager; its failure leaves the project and is told', async () => {
  const cwd = createWorkspace({
    // Stands for a package manager: what it is called with is what matters here.
    'bin/pnpm': `#!/bin/sh\necho "$@" > installed.txt\ntest -z "$FAIL" || { echo 'no such package' >&2; exit 1; }\n`,
  });
  chmodSync(join(cwd, 'bin/pnpm'), 0o755);
  const PATH = `${join(cwd, 'bin')}:${process.env.PATH}`;
  const argv = [...starter, '--yes', '--no-git', '--json'];
  const user = { npm_config_user_agent: 'pnpm/9.1.0 npm/? node/v24', PATH };

  const good = await run(cwd, ['good', ...argv], user);
  expect(good.code).toBe(0);
  expect(objects(good.stdout)).toMatchObject([{ packageManager: 'pnpm', installed: true }]);
  expect(readFileSync(join(cwd, 'good/installed.txt'), 'utf8')).toContain('install');

  const bad = await run(cwd, ['bad', ...argv], { ...user, FAIL: '1' });
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain('no such package');
  expect(objects(bad.stdout)).toMatchObject([
    { installed: false, next: ['cd bad', 'pnpm install', expect.any(String), expect.any(String)] },
  ]);
  expect(existsSync(join(cwd, 'bad/stacktape.yml'))).toBe(true);
});

test('an interrupt during the installation ends it and leaves the project', async () => {
  const cwd = createWorkspace({ 'bin/npm': '#!/bin/sh\necho started > started.txt\nexec sleep 60\n' });
  chmodSync(join(cwd, 'bin/npm'), 0o755);
  const child = spawn(process.execPath, createAppArguments(['app', ...starter, '--yes']), {
    cwd,
    env: { PATH: `${join(cwd, 'bin')}:${process.env.PATH}`, HOME: cwd },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = text(child.stdout);
  const closed = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
  await expect.poll(() => existsSync(join(cwd, 'app/started.txt')), { timeout: 20_000 }).toBe(true);
  child.kill('SIGINT');
  expect(await closed).toBe(130);
  expect(await output).toContain('Interrupted. The project is in app; next:\n  cd app\n  npm install\n');
  expect(existsSync(join(cwd, 'app/stacktape.yml'))).toBe(true);
});

test('a starter may be a folder, or a repository at a branch, a tag or a commit', async () => {
  const cwd = createWorkspace(starterFiles);
  const local = await run(cwd, ['local', '--starter', './starter', '--yes', '--no-install', '--no-git']);
  expect(local.code).toBe(0);
  expect(treeOf(join(cwd, 'local'))).toEqual(['.gitignore', 'package.json', 'src/a.ts', 'stacktape.yml']);

  // git itself is told to find the forge on this disk.
  const repository = join(cwd, 'forge/me/things');
  mkdirSync(repository, { recursive: true });
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
      cwd: repository,
      encoding: 'utf8',
    });
  git('init', '--quiet', '--initial-branch=main');
  writeFiles(repository, { 'starters/one/stacktape.yml': 'serviceName: one\n' });
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  const commit = git('rev-parse', 'HEAD').trim();
  git('tag', 'v1');
  writeFileSync(join(repository, 'starters/one/later.txt'), '');
  git('add', '.');
  git('commit', '--quiet', '-m', 'two');
  const env = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${join(cwd, 'forge')}/.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://github.com/',
  };
  const create = (name: string, spec: string) =>
    run(cwd, [name, '--starter', spec, '--yes', '--no-install', '--no-git'], env);
  expect(await create('head', 'github:me/things/starters/one')).toMatchObject({ code: 0 });
  expect(await create('tag', 'github:me/things/starters/one#v1')).toMatchObject({ code: 0 });
  expect(await create('commit', `github:me/things/starters/one#${commit}`)).toMatchObject({ code: 0 });
  expect(treeOf(join(cwd, 'head'))).toEqual(['later.txt', 'stacktape.yml']);
  expect(treeOf(join(cwd, 'tag'))).toEqual(['stacktape.yml']);
  expect(treeOf(join(cwd, 'commit'))).toEqual(['stacktape.yml']);
  expect(readFileSync(join(cwd, 'tag/stacktape.yml'), 'utf8')).toBe('serviceName: tag\n');

  const missing = await create('missing', 'github:me/nothing');
  expect(missing).toMatchObject({ code: 1 });
  expect(missing.stderr).toContain('https://github.com/me/nothing could not be fetched');
  expect(missing.stderr).toContain('need no network');
  expect(existsSync(join(cwd, 'missing'))).toBe(false);
});
