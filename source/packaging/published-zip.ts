import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Puts a zip as `<name>.zip` into a folder, unless it is there already. @returns its path */
export function copyZip(folder: string, name: string, zip: string): string {
  const target = path.join(folder, `${name}.zip`);
  mkdirSync(folder, { recursive: true });
  const there = statSync(target, { throwIfNoEntry: false });
  const source = statSync(zip);
  if (there === undefined || there.size !== source.size || !readFileSync(target).equals(readFileSync(zip))) {
    copyFileSync(zip, target);
  }
  return target;
}
