import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';

const fileNames = ['stacktape.yml', 'stacktape.yaml'];

/** Beside the config (spec: functions.md, decisions). */
export const globalAlarmsFileName = 'stacktape.alarms.yml';

/**
 * The nearest config in a folder or one above it, as an absolute path.
 * @throws UserError where a folder has both names, since one of them would be ignored.
 */
export function findConfig(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = fileNames.map((name) => join(folder, name)).filter((path) => kindOf(path) === 'file');
    const [first, second] = found;
    if (second !== undefined) {
      throw new UserError(`${folder} has both ${fileNames.join(' and ')}.`, {
        code: 'several-configs',
        hint: 'Remove one of them, or name the one to use with --config.',
      });
    }
    if (first !== undefined) return first;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Undefined also for what may not be looked at, or is no path at all. */
export function kindOf(path: string): 'file' | 'directory' | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile()) return 'file';
    return stats?.isDirectory() ? 'directory' : undefined;
  } catch {
    return undefined;
  }
}
