import { hash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { listTree, type TreeFile } from './file-tree.ts';
import { listSources } from './source-tree.ts';

/**
 * What a build depended on, and what it was then:
 * - `file`: the content of a file
 * - `names`: the names in a folder that can decide what an import resolves to
 * - `roots`: which of the files that bundlers look for upwards are in a folder
 * - `glob`, `tree`: which files a pattern matches or a folder holds; `path` has the patterns or the folder
 * - `sources`: which files of a program a folder holds
 *
 * Times and size only save reading: where they are unchanged the content is taken to be, else it is compared.
 */
export type Stamp = {
  kind: 'file' | 'names' | 'roots' | 'glob' | 'tree' | 'sources';
  /** Relative to the project's folder, with `/`. */
  path: string;
  hash: string;
  size: number;
  mtimeMs: number;
  ctimeMs: number;
};

/** Takes and compares stamps. Each path is looked at once, so one is made for each look at the disk. */
export type Stamper = {
  take(kind: Stamp['kind'], path: string): Stamp;
  /** True where the disk still is as the stamp says. Brings its times up to date where only they differ. */
  isFresh(stamp: Stamp): boolean;
  /** True when a stamp's times were brought up to date. */
  readonly refreshed: boolean;
};

/** The hash of what is not there. */
const absent = '';

/** What bundlers and package managers look for in a folder and in those above it. */
const rootNames = ['package.json', 'tsconfig.json', 'jsconfig.json', 'node_modules'];
const sourceName = /\.(?:[cm]?[jt]s|[jt]sx|json|css|txt)$/;

export function createStamper(directory: string): Stamper {
  const taken = new Map<string, Stamp>();
  const fresh = new Map<string, boolean>();
  let refreshed = false;

  const take = (kind: Stamp['kind'], relativePath: string): Stamp => {
    const key = `${kind}:${relativePath}`;
    let stamp = taken.get(key);
    if (stamp === undefined) {
      stamp = takeStamp(directory, kind, relativePath);
      taken.set(key, stamp);
    }
    return stamp;
  };

  const isFresh = (stamp: Stamp): boolean => {
    const key = `${stamp.kind}:${stamp.path}:${stamp.hash}:${stamp.ctimeMs}`;
    const known = fresh.get(key);
    if (known !== undefined) return known;
    let result: boolean;
    if (stamp.kind === 'file' || stamp.kind === 'names') {
      const now = statSync(path.join(directory, stamp.path), { throwIfNoEntry: false });
      if (
        now !== undefined &&
        now.size === stamp.size &&
        now.mtimeMs === stamp.mtimeMs &&
        now.ctimeMs === stamp.ctimeMs
      ) {
        result = true;
      } else {
        const current = take(stamp.kind, stamp.path);
        result = current.hash === stamp.hash;
        if (result) {
          Object.assign(stamp, current);
          refreshed = true;
        }
      }
    } else {
      result = take(stamp.kind, stamp.path).hash === stamp.hash;
    }
    fresh.set(key, result);
    return result;
  };

  return {
    take,
    isFresh,
    get refreshed() {
      return refreshed;
    },
  };
}

function takeStamp(directory: string, kind: Stamp['kind'], relativePath: string): Stamp {
  const absolute = path.join(directory, relativePath);
  const stamp: Stamp = { kind, path: relativePath, hash: absent, size: 0, mtimeMs: 0, ctimeMs: 0 };
  switch (kind) {
    case 'file':
    case 'names': {
      // Times first: a write between the two reads then shows as a changed time, never as an unchanged file.
      const stats = statSync(absolute, { throwIfNoEntry: false });
      if (stats === undefined) return stamp;
      stamp.hash = kind === 'file' ? contentHash(readFileSync(absolute)) : namesHash(absolute);
      stamp.size = stats.size;
      stamp.mtimeMs = stats.mtimeMs;
      stamp.ctimeMs = stats.ctimeMs;
      return stamp;
    }
    case 'roots':
      stamp.hash = rootNames.map((name) => (existsSync(path.join(absolute, name)) ? '1' : '0')).join('');
      return stamp;
    case 'glob':
      stamp.hash = contentHash(matchGlobs(directory, parseGlobs(relativePath)).join('\0'));
      return stamp;
    case 'tree':
      stamp.hash = pathsHash(listTree(absolute));
      return stamp;
    case 'sources':
      stamp.hash = existsSync(absolute) ? pathsHash(listSources(absolute)) : absent;
      return stamp;
  }
}

function namesHash(directory: string): string {
  const names = readdirSync(directory).filter((name) => name === 'node_modules' || sourceName.test(name));
  return contentHash(names.sort().join('\0'));
}

const pathsHash = (files: readonly TreeFile[]): string =>
  contentHash(files.map((file) => file.path).join('\0'));

/** SHA-256, hex. */
export const contentHash = (content: string | Uint8Array): string => hash('sha256', content, 'hex');

export type Globs = { include: readonly string[]; exclude: readonly string[] };

/** The `path` of a `glob` stamp. */
export const formatGlobs = (globs: Globs): string => JSON.stringify([globs.include, globs.exclude]);

function parseGlobs(text: string): Globs {
  const [include, exclude] = JSON.parse(text) as [string[], string[]];
  return { include, exclude };
}

/** Files that the patterns name, relative to the folder, with `/`, sorted. A plain name of a folder stands for all in it. */
export function matchGlobs(directory: string, globs: Globs): string[] {
  const matches = new Set<string>();
  for (const pattern of globs.include) for (const file of expand(directory, pattern)) matches.add(file);
  for (const pattern of globs.exclude) for (const file of expand(directory, pattern)) matches.delete(file);
  return [...matches].sort();
}

function expand(directory: string, pattern: string): string[] {
  const files: string[] = [];
  for (const match of globSync(pattern, { cwd: directory })) {
    const absolute = path.resolve(directory, match);
    const relativePath = toPosix(path.relative(directory, absolute));
    const stats = statSync(absolute, { throwIfNoEntry: false });
    if (stats?.isFile()) files.push(relativePath);
    else if (stats?.isDirectory() && !/[*?{[]/.test(pattern)) {
      for (const file of listTree(absolute)) files.push(path.posix.join(relativePath, file.path));
    }
  }
  return files;
}

export const toPosix = (file: string): string => (path.sep === '/' ? file : file.replaceAll(path.sep, '/'));
