import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Prefix into which the packed program is installed. */
    prefix: string;
  }
}

const root = join(import.meta.dirname, '../..');

/** Builds and packs the program and installs the tarball into an empty prefix, as a user would have it. */
export default async function packProgram(project: TestProject): Promise<() => Promise<void>> {
  const prefix = await mkdtemp(join(tmpdir(), 'stp-e2e-'));
  await execa('npm', ['run', 'build'], { cwd: root });
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', prefix], { cwd: root });
  const [packed] = Object.values(JSON.parse(stdout)) as { filename: string }[];
  if (!packed) throw new Error('npm pack made no tarball');
  await execa(
    'npm',
    [
      'install',
      '--prefix',
      prefix,
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      join(prefix, packed.filename),
    ],
    { cwd: prefix },
  );
  project.provide('prefix', prefix);
  return () => rm(prefix, { recursive: true, force: true });
}
