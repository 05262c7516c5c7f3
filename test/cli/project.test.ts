import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Io } from '../../source/cli/io.ts';
import { runStp } from '../../source/cli/program.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'stp-target-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cwd, { recursive: true, force: true });
});

async function stp(env: Record<string, string>, ...argv: string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await runStp(argv, { stdin, stdout, stderr, env, cwd } as unknown as Io);
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

/** What a directive gives, in an output of the template. */
async function outputOf(directive: string, env: Record<string, string>, ...flags: string[]) {
  writeFileSync(
    join(cwd, 'stacktape.yml'),
    `resources:\n  queue: { type: sqs-queue }\nstackConfig:\n  outputs: [{ name: a, value: ${JSON.stringify(directive)} }]\n`,
  );
  const { code, stdout, stderr } = await stp(env, 'synth', ...flags);
  return code === 0 ? JSON.parse(stdout).Outputs.a.Value : stderr;
}

test('the Region of the template is that of the deployment', async () => {
  const nowhere = { AWS_CONFIG_FILE: join(cwd, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(cwd, 'none') };
  expect(await outputOf('$Region()', nowhere)).toBe('us-east-1');
  expect(await outputOf('$Region()', nowhere, '--region', 'eu-west-3')).toBe('eu-west-3');
  expect(await outputOf('$Region()', { ...nowhere, AWS_DEFAULT_REGION: 'eu-west-2' })).toBe('eu-west-2');
  const both = { ...nowhere, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' };
  expect(await outputOf('$Region()', both)).toBe('eu-west-1');
  expect(await outputOf('$Region()', both, '--local')).toBe('us-east-1');
});

test('the Region and the profile of the shared config files', async () => {
  const file = join(cwd, 'config');
  writeFileSync(
    file,
    '[default]\nregion = eu-north-1\n[profile work]\nregion = eu-south-1\n[profile bare]\n',
  );
  const env = { AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: join(cwd, 'none') };
  // The SDK reads these itself.
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  expect(await outputOf('$Region()', env)).toBe('eu-north-1');
  expect(await outputOf('$Region() of $Profile()', env, '--profile', 'work')).toBe('eu-south-1 of work');
  expect(await outputOf('$Region() of $Profile()', { ...env, AWS_PROFILE: 'work' })).toBe(
    'eu-south-1 of work',
  );
  expect(await outputOf('$Region() of $Profile()', env, '--profile', 'bare')).toBe('us-east-1 of bare');
});

test('flags of the command and what stands after them', async () => {
  expect(await outputOf("$CliArgs('stage')", {}, '--stage', 'prod')).toBe('prod');
  expect(await outputOf('$CliArgs().region', {}, '--region', 'eu-west-1')).toBe('eu-west-1');
  expect(await outputOf("$CliArgs('skip-packaging')", {}, '--skip-packaging')).toBe('true');
  const own = ['--', '--color=red', '--size', '3', '--fast'];
  const all = "$CliArgs('color') $CliArgs().size $CliArgs('fast') $CliArgs('none', 'default')";
  expect(await outputOf(all, {}, ...own)).toBe('red 3 true default');
  expect(await outputOf("$CliArgs('text')", {}, '--', '--text', '$Stage()')).toBe('dev');
  expect(await outputOf("$CliArgs('color')", {})).toContain(
    "Give --color after `--`, or a default: $CliArgs('color', 'default').",
  );
});

test('a config in JavaScript or TypeScript is not read, and that is said', async () => {
  writeFileSync(join(cwd, 'stacktape.ts'), 'export default () => ({ resources: {} });\n');
  const { code, stderr } = await stp({}, 'validate');
  expect(code).toBe(2);
  expect(stderr).toBe(
    'error: stacktape.ts is a config in TypeScript, which this program does not read.\nWrite the config as stacktape.yml: `stp schema` has everything that can stand in it.\n',
  );
});
