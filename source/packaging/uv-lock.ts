import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildJob } from './language-build.ts';
import { foldersUpTo, stampPath } from './language-build.ts';
import { isLocal, notOfIndex, requirementLines } from './python-requirements.ts';
import type { Stamp } from './stamps.ts';
import { requireTool, runTool, toolFailure } from './tools.ts';

/**
 * The lock of the workspace of uv that a project is a member of: it lies with the root of that, maybe above the config.
 * @see https://docs.astral.sh/uv/concepts/projects/workspaces
 */
export function workspaceLock(job: BuildJob, project: string, stamps: Stamp[]): string | undefined {
  const { packageManager: manager = 'uv' } = job.properties.languageSpecificConfig ?? {};
  if (manager !== 'uv') return undefined;
  const folder = path.dirname(path.dirname(project));
  for (const above of foldersUpTo(path.parse(folder).root, folder)) {
    const [root, lock] = [path.join(above, 'pyproject.toml'), path.join(above, 'uv.lock')];
    if (!existsSync(root) || !/^\[tool\.uv\.workspace\]/m.test(readFileSync(root, 'utf8'))) continue;
    for (const file of [root, lock]) stamps.push(job.stamper.take('file', stampPath(job.directory, file)));
    return existsSync(lock) ? lock : undefined;
  }
  return undefined;
}

/**
 * What a project needs, as uv exports it from its lock or from that of its workspace: lines of a requirements file.
 * @throws PackagingFailure where uv refuses, or something is not a package of an index
 */
export async function exportLock(
  job: BuildJob,
  file: string,
  project: string,
  stamps: Stamp[],
): Promise<string[]> {
  const { fn, environment, signal, directory, stamper } = job;
  const folder = path.dirname(project);
  stamps.push(stamper.take('file', stampPath(directory, project)));
  const uv = requireTool(fn.name, 'uv', environment);
  const args = [
    'export',
    '--frozen',
    '--no-dev',
    '--no-emit-project',
    '--no-header',
    '--no-annotate',
    '--no-hashes',
  ];
  const result = await runTool(uv, args, { cwd: folder, environment, signal });
  if (!result.ok)
    throw toolFailure(fn.name, `uv export of ${stampPath(directory, file)} failed`, result.output, {
      code: 'install-failed',
    });
  const lines = requirementLines(result.stdout);
  const local = lines.find(isLocal);
  if (local !== undefined) throw notOfIndex(job, file, local);
  return lines;
}
