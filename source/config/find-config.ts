import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';

const fileNames = ['stacktape.yml', 'stacktape.yaml'];

/** What newer versions of Stacktape read besides. */
const programNames = { 'stacktape.ts': 'TypeScript', 'stacktape.js': 'JavaScript' };

/** Beside the config (spec: functions.md, decisions). */
export const globalAlarmsFileName = 'stacktape.alarms.yml';

/**
 * The nearest config in a folder or one above it, as an absolute path.
 * @throws UserError where a folder has both names, since one of them would be ignored, and where the nearest one is a
 * program.
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
    for (const [name, language] of Object.entries(programNames)) {
      if (kindOf(join(folder, name)) !== 'file') continue;
      throw new UserError(`${name} is a config in ${language}, which this program does not read.`, {
        code: 'unsupported-config',
        hint: 'Write the config as stacktape.yml: `stp schema` has everything that can stand in it.',
      });
    }
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
