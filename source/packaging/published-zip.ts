import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheTag } from './source-tree.ts';

const signature = 'Signature: 8a477f597d28d172789f06886806bc55\n';

/**
 * Puts a zip as `<name>.zip` into a folder, unless it is there already. A folder that is made for it is marked as one
 * that can be made again, so that the zips do not become part of a program that lies around it.
 * @returns its path
 */
export function copyZip(folder: string, name: string, zip: string): string {
  const target = path.join(folder, `${name}.zip`);
  if (mkdirSync(folder, { recursive: true }) !== undefined)
    writeFileSync(path.join(folder, cacheTag), signature);
  const there = statSync(target, { throwIfNoEntry: false });
  const source = statSync(zip);
  if (there === undefined || there.size !== source.size || !readFileSync(target).equals(readFileSync(zip))) {
    copyFileSync(zip, target);
  }
  return target;
}
