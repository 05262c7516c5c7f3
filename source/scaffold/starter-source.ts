import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { StarterInfo } from './starter.ts';

/** What `--starter` names. */
export type StarterSource =
  | { kind: 'bundled'; id: string }
  | { kind: 'folder'; folder: string }
  | { kind: 'github'; repository: string; path: string; ref: string | undefined };

/**
 * Reads `--starter`: an id, `github:owner/repo[/path][#ref]`, or a folder. An id comes before a folder of that name;
 * `./id` is the folder.
 * @throws UserError with the ids where it is none of these
 */
export function parseStarterSource(
  text: string,
  bundled: readonly StarterInfo[],
  cwd: string,
): StarterSource {
  if (text.startsWith('github:')) return parseGithub(text);
  if (bundled.some((starter) => starter.id === text)) return { kind: 'bundled', id: text };
  const folder = resolve(cwd, text);
  if (
    existsSync(join(folder, 'stacktape.yml')) ||
    existsSync(join(folder, 'stacktape.yaml')) ||
    existsSync(join(folder, 'starter.json'))
  ) {
    return { kind: 'folder', folder };
  }
  const isPath = isAbsolute(text) || /^\.{0,2}[\\/]|^\.{1,2}$/.test(text);
  throw new UserError(
    isPath
      ? `--starter: ${text} is not a folder with a stacktape.yml`
      : `--starter: there is no starter "${text}"`,
    { code: 'unknown-starter', hint: startersHint(bundled) },
  );
}

export const startersHint = (bundled: readonly StarterInfo[]): string =>
  `Starters: ${bundled.map((starter) => starter.id).join(', ')}; or a folder, or github:owner/repo[/path][#ref].`;

function parseGithub(text: string): StarterSource {
  const match = /^github:([\w.-]+)\/([\w.-]+?)(?:\.git)?((?:\/[^#/]+)*)\/?(?:#(.+))?$/.exec(text);
  const [, owner, repository, path = '', ref] = match ?? [];
  const steps = path.split('/').filter((step) => step !== '');
  // A ref that begins with a hyphen would be read by git as an option.
  if (owner === undefined || repository === undefined || steps.includes('..') || ref?.startsWith('-')) {
    throw new UserError(`--starter: ${text} is not of the form github:owner/repo[/path][#ref]`, {
      code: 'unknown-starter',
    });
  }
  return { kind: 'github', repository: `${owner}/${repository}`, path: steps.join('/'), ref };
}
