import { existsSync } from 'node:fs';
import { join } from 'node:path';

export type GitResult =
  /** A repository was made; nothing is committed. */
  | { status: 'created' }
  /** The project lies in one already. */
  | { status: 'present' }
  | { status: 'failed'; message: string };

/** Makes a repository, unless the folder is in the work tree of one: a nested one would hide the project from it. */
export async function createRepository(directory: string, env: NodeJS.ProcessEnv): Promise<GitResult> {
  if (existsSync(join(directory, '.git'))) return { status: 'present' };
  const { execa } = await import('execa');
  const git = (...words: string[]) =>
    execa('git', words, { cwd: directory, env, extendEnv: false, stdin: 'ignore', reject: false });
  const inside = await git('rev-parse', '--is-inside-work-tree');
  if (inside.stdout === 'true') return { status: 'present' };
  const result = await git('init', '--quiet');
  if (!result.failed) return { status: 'created' };
  return {
    status: 'failed',
    message: result.code === 'ENOENT' ? 'git is not installed' : result.stderr || String(result.shortMessage),
  };
}
