import { existsSync } from 'node:fs';
import path from 'node:path';
import { listTree, type TreeFile } from './file-tree.ts';

const caches = new Set(['__pycache__', '__pypackages__', 'node_modules']);

/** The name of a file that says of its folder that it can be made again, as tools agree. @see https://bford.info/cachedir */
export const cacheTag = 'CACHEDIR.TAG';

/** The files of a program: hidden ones, caches and virtual environments, whatever their name, are not part of it. */
export const listSources = (folder: string): TreeFile[] => listTree(folder, isLeftOut);

const isLeftOut = (name: string, folder: string): boolean =>
  name.startsWith('.') ||
  name.endsWith('.pyc') ||
  name.endsWith('.egg-info') ||
  caches.has(name) ||
  (!name.endsWith('.py') &&
    ['pyvenv.cfg', cacheTag].some((mark) => existsSync(path.join(folder, name, mark))));
