import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Command } from './measure.ts';

/**
 * `cdk synth` of the app in `bench/cdk`, with what makes CDK do the least: plain JavaScript, code that lies in a bucket
 * already, no log groups, no notices and no telemetry. Installed once under `.cache/`, since CDK has 200 MB.
 */
export async function cdkSynth(root: string): Promise<Command> {
  const folder = join(root, '.cache/bench-cdk');
  await mkdir(folder, { recursive: true });
  await cp(join(root, 'bench/cdk'), folder, { recursive: true });
  const installed = await execa('npm', ['ls', '--depth=0'], { cwd: folder, reject: false });
  if (installed.exitCode !== 0) await execa('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder });
  const cdk = join(folder, 'node_modules/aws-cdk/bin/cdk');
  return {
    argv: [process.execPath, cdk, 'synth', '--quiet', '--no-notices', '--app', `${process.execPath} app.js`],
    cwd: folder,
    env: { CDK_DISABLE_CLI_TELEMETRY: 'true' },
  };
}
