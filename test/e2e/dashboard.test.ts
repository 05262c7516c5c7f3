import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkplace } from './installed-program.ts';
import { openTerminal } from './terminal.ts';

let place: Awaited<ReturnType<typeof makeWorkplace>>;
let project: string;

beforeEach(async () => {
  place = await makeWorkplace();
  project = await place.makeProject();
});
afterEach(() => place.dispose());

const open = (
  args: string[],
  options: { columns?: number; rows?: number; env?: Record<string, string> } = {},
) =>
  openTerminal(place.program('stp'), args, {
    cwd: project,
    ...options,
    env: { ...place.environment, ...options.env },
  });

/** A deploy that takes seconds once it executes; the artifact bucket is there already. */
async function openSlowDeploy(pace: string) {
  await place.run('stp', ['deploy', '--local', '--stage', 'other'], { in: 'my-app' });
  await place.run('stp', ['local', 'stop'], { in: 'my-app' });
  const terminal = open(['deploy', '--local'], { env: { STP_LOCAL_PACE: pace } });
  await terminal.waitFor(/execute \d/);
  return terminal;
}

test('a deploy is watched, the logs are opened from it, and a summary stays behind', async () => {
  const terminal = open(['deploy', '--local'], { columns: 80, rows: 24 });
  await terminal.waitFor('succeeded');
  expect(terminal.alternate()).toBe(true);
  const done = terminal.screen();
  expect(done).toContain('my-app-dev');
  expect(done).toMatch(/16 of 16/);

  terminal.resize(120, 40);
  await terminal.waitFor((screen) => screen.split('\n').some((line) => line.trimEnd().length > 100));
  terminal.type('?');
  await terminal.waitFor(/[Hh]elp/);
  terminal.type('\u001b');
  terminal.resize(80, 24);
  await terminal.waitFor(/16 of 16/);

  const { stdout } = await place.run('stp', ['invoke', 'getPosts', '--local', '--json'], { in: 'my-app' });
  expect(stdout).toContain('"statusCode":200');
  terminal.type('2');
  await terminal.waitFor('REPORT');
  terminal.type('/savePost-has-not-run');
  await terminal.waitFor((screen) => !screen.includes('REPORT'));
  terminal.type('\u001b');
  await terminal.waitFor('REPORT');
  terminal.type('q');
  expect(await terminal.exited).toBe(0);
  expect(terminal.alternate()).toBe(false);
  expect(terminal.scrollback()).toContain('MainApiGatewayUrl');
  expect(terminal.scrollback()).toContain('http://127.0.0.1:');
});

test('a failing deploy is watched through its rollback and tells its first cause: exit 3', async () => {
  await appendFile(
    join(project, 'stacktape.yml'),
    `
cloudformationResources:
  brokenBucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: Not_A_Bucket_Name
`,
  );
  const terminal = open(['deploy', '--local']);
  await terminal.waitFor('Why it failed');
  const screen = await terminal.waitFor(/rolled back \d/);
  expect(screen).toContain('brokenBucket');
  terminal.type('q');
  expect(await terminal.exited).toBe(3);
  expect(terminal.scrollback()).toContain('brokenBucket');
});

test('Ctrl-C asks, cancelling rolls back: exit 4', async () => {
  const terminal = await openSlowDeploy('0.3');
  terminal.type('\u0003');
  await terminal.waitFor('is being worked on');
  terminal.type('c');
  await terminal.waitFor(/cancelled.* \d/i, 60_000);
  terminal.type('q');
  expect(await terminal.exited).toBe(4);
  expect(terminal.alternate()).toBe(false);
});

test('Ctrl-C twice detaches, and attach finds the deploy again', async () => {
  const terminal = await openSlowDeploy('0.1');
  terminal.type('\u0003');
  await terminal.waitFor('is being worked on');
  terminal.type('\u0003');
  expect(await terminal.exited).toBe(5);
  expect(terminal.scrollback()).toContain('attach');
  const attached = await place.run('stp', ['attach', '--local'], { in: 'my-app' });
  expect(attached.exitCode).toBe(0);
});

test('SIGTERM gives the terminal back, detached', async () => {
  const terminal = await openSlowDeploy('0.3');
  terminal.kill('SIGTERM');
  expect(await terminal.exited).toBe(5);
  expect(terminal.alternate()).toBe(false);
  expect(terminal.scrollback()).toContain('attach');
});

test('the demo: deployed, called, its logs one key away, until q', async () => {
  const terminal = open(['demo'], { columns: 80, rows: 24, env: { STP_LOCAL_PACE: '0' } });
  await terminal.waitFor('succeeded');
  terminal.type('2');
  await terminal.waitFor('posts read');
  terminal.type('q');
  expect(await terminal.exited).toBe(0);
  const left = terminal.scrollback();
  expect(left).toContain('MainApiGatewayUrl');
  expect(left).toMatch(/POST \S+\/posts → 201/);
  expect(left).toMatch(/GET \S+\/posts → 200/);
  expect((await readdir(place.home)).filter((name) => name.startsWith('stp-demo'))).toEqual([]);
});

test('the demo without a terminal ends by itself', async () => {
  const { exitCode, stdout } = await place.run('stp', ['demo']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/→ 201 in/);
  expect(stdout).toMatch(/getPosts\s+info\s+posts read/);
});
