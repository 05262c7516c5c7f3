import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { StarterSource } from './starter-source.ts';

/**
 * Fetches one commit of a repository into a temporary folder.
 * @returns the folder of the starter, and how to remove what was fetched
 * @throws UserError in git's own words; nothing is left then
 */
export async function fetchStarter(
  source: Extract<StarterSource, { kind: 'github' }>,
  options: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<{ folder: string; dispose(): void }> {
  const { execa } = await import('execa');
  const root = mkdtempSync(join(tmpdir(), 'stp-starter-'));
  const dispose = (): void => rmSync(root, { recursive: true, force: true });
  // A repository that is not there makes git ask for a name and a password.
  const env = { ...options.env, GIT_TERMINAL_PROMPT: '0' };
  const git = (...words: string[]) =>
    execa('git', words, {
      cwd: root,
      env,
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      cancelSignal: options.signal,
    });
  const url = `https://github.com/${source.repository}`;
  // Unlike a clone, a fetch takes branches, tags and commits alike.
  const steps = [
    ['init', '--quiet'],
    ['fetch', '--quiet', '--depth', '1', url, source.ref ?? 'HEAD'],
    ['checkout', '--quiet', 'FETCH_HEAD'],
  ];
  for (const words of steps) {
    const result = await git(...words);
    if (!result.failed) continue;
    dispose();
    const missing = result.code === 'ENOENT';
    throw new UserError(
      missing
        ? 'git is not installed, which fetches starters'
        : `${url} could not be fetched: ${result.stderr || result.shortMessage}`,
      {
        code: 'starter-not-fetched',
        exitCode: 1,
        hint: 'The starters that come with the program need no network: --list shows them.',
      },
    );
  }
  const folder = join(root, source.path);
  if (!existsSync(folder)) {
    dispose();
    throw new UserError(`${url} has no folder ${source.path}`, { code: 'unknown-starter' });
  }
  return { folder, dispose };
}
