import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa, type Options } from 'execa';
import { inject } from 'vitest';

const bin = join(inject('prefix'), 'node_modules/.bin');

/** A bare environment: nothing of the machine's AWS, CI or colour settings, and the Node that runs the tests. */
export const bareEnvironment = (home: string): Record<string, string> => ({
  PATH: [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
  HOME: home,
  TMPDIR: home,
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  STP_LOCAL_IDLE_MINUTES: '5',
});

/** A folder of its own with the installed program on its PATH; `dispose` ends what runs in it. */
export async function makeWorkplace() {
  const home = await mkdtemp(join(tmpdir(), 'stp-work-'));
  const environment = bareEnvironment(home);

  const run = (
    program: 'stp' | 'create-stp-app',
    args: string[],
    options: Options & { in?: string } = {},
  ) => {
    const { in: folder, env, ...rest } = options;
    return execa(join(bin, program), args, {
      cwd: folder === undefined ? home : join(home, folder),
      env: { ...environment, ...(env ?? {}) },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      ...rest,
    });
  };

  return {
    home,
    environment,
    run,
    program: (name: 'stp' | 'create-stp-app') => join(bin, name),
    /** The first starter, scaffolded. */
    async makeProject(name = 'my-app'): Promise<string> {
      const flags = ['--starter', 'lambda-api-dynamo-db', '--yes', '--no-install', '--no-git'];
      const result = await run('create-stp-app', [name, ...flags]);
      if (result.exitCode !== 0) throw new Error(`create-stp-app failed: ${result.stderr}`);
      return join(home, name);
    },
    async dispose(projects: string[] = ['my-app']): Promise<void> {
      for (const project of projects)
        await run('stp', ['local', 'stop'], { in: project }).catch(() => undefined);
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** The objects of NDJSON output. A line that is not JSON fails the test. */
export const jsonLines = (text: unknown): Record<string, unknown>[] =>
  String(text)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
