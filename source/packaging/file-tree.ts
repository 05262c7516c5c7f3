import { readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

export type TreeFile = {
  /** Relative to the folder, with `/`. */
  path: string;
  size: number;
  executable: boolean;
};

/**
 * Every file in a folder, sorted by path. Symbolic links are followed, because a zip for Lambda has no use for
 * links that point elsewhere; a folder that contains itself through one is entered once.
 * @param leaveOut says of the name of a file or folder, and of the absolute path of its folder, that it is not looked at
 */
export function listTree(
  directory: string,
  leaveOut?: (name: string, folder: string) => boolean,
): TreeFile[] {
  const files: TreeFile[] = [];
  const visit = (folder: string, prefix: string, above: ReadonlySet<string>): void => {
    const real = realpathSync(folder);
    if (above.has(real)) return;
    const here = new Set(above).add(real);
    for (const name of readdirSync(folder)) {
      if (leaveOut?.(name, folder)) continue;
      const file = path.join(folder, name);
      const stats = statSync(file, { throwIfNoEntry: false });
      if (stats?.isDirectory()) visit(file, `${prefix}${name}/`, here);
      else if (stats?.isFile())
        files.push({ path: prefix + name, size: stats.size, executable: isExecutable(stats) });
    }
  };
  visit(directory, '', new Set());
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

export const isExecutable = (stats: { mode: number }): boolean => (stats.mode & 0o100) !== 0;
