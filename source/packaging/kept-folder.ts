import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { once } from './language-build.ts';

const unusedAge = 30 * 24 * 60 * 60 * 1000;

/**
 * A folder in the cache that is filled once for a key, such as installed packages. It appears whole or not at all,
 * so that neither an interruption nor another run leaves half of one; those unused for a month are removed.
 * @param kind name of the folder that holds such folders, `python`
 * @param fill gets the absolute path of an empty folder
 */
export function keptFolder(
  cacheDirectory: string,
  kind: string,
  key: string,
  shared: Map<string, Promise<unknown>>,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const parent = path.join(cacheDirectory, kind);
  const target = path.join(parent, key);
  return once(shared, `folder:${target}`, async () => {
    if (existsSync(target)) {
      const now = new Date();
      utimesSync(target, now, now);
      return target;
    }
    mkdirSync(parent, { recursive: true });
    removeUnused(parent);
    const temporary = `${target}.${process.pid}-${randomBytes(4).toString('hex')}`;
    mkdirSync(temporary);
    try {
      await fill(temporary);
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      // Another run may have been first; what it made is the same.
      if (!existsSync(target)) throw error;
    }
    return target;
  });
}

function removeUnused(parent: string): void {
  for (const name of readdirSync(parent)) {
    const folder = path.join(parent, name);
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats !== undefined && Date.now() - stats.mtimeMs > unusedAge)
      rmSync(folder, { recursive: true, force: true });
  }
}
