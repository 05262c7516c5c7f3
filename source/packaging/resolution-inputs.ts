import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Stamp, Stamper } from './stamps.ts';
import { toPosix } from './stamps.ts';

/**
 * Stamps of all that decides what a bundle becomes, from the files that the bundler read:
 * - the files themselves
 * - the names in their folders, because a new file can come before one that was found (`a.tsx` before `a.ts`)
 * - `package.json` and `tsconfig.json` around them, with what the latter extends
 * - the package manager's own record of `node_modules`, which changes with every installation
 *
 * Not seen: a package put by hand, without a package manager, into a `node_modules` nearer than the one that was
 * used; a file that begins to shadow one inside a package; a new file that shadows one that a tsconfig extends.
 */
export function resolutionStamps(
  directory: string,
  inputs: readonly string[],
  tsConfigPath: string | undefined,
  stamper: Stamper,
): Stamp[] {
  const stamps = new Map<string, Stamp>();
  const folders = new Map<string, boolean>();
  const add = (kind: Stamp['kind'], file: string): Stamp => {
    const key = `${kind}:${file}`;
    const known = stamps.get(key);
    if (known !== undefined) return known;
    const stamp = stamper.take(kind, file);
    stamps.set(key, stamp);
    return stamp;
  };

  let usesPackages = false;
  for (const input of inputs) {
    add('file', input);
    const folder = path.posix.dirname(input);
    const inPackage = isInPackage(input);
    usesPackages ||= inPackage;
    folders.set(folder, inPackage);
  }
  const configs = new Set<string>(tsConfigPath === undefined ? [] : [tsConfigPath]);
  for (const [folder, inPackage] of folders) {
    if (inPackage) {
      addPackageFiles(folder, add);
      continue;
    }
    add('names', folder);
    for (const above of foldersAbove(directory, folder)) {
      add('roots', above);
      if (usesPackages) addInstallRecords(directory, above, add);
    }
    addNearest(directory, folder, ['package.json'], add);
    if (tsConfigPath === undefined) {
      const config = addNearest(directory, folder, ['tsconfig.json', 'jsconfig.json'], add);
      if (config !== undefined) configs.add(config);
    }
  }
  for (const config of configs) addExtends(directory, config, add, new Set());
  return [...stamps.values()];
}

const isInPackage = (file: string): boolean => `/${file}`.includes('/node_modules/');

/** The folder and every one above it, as the bundler walks them, relative to the project's folder. */
function* foldersAbove(directory: string, folder: string): Iterable<string> {
  let absolute = path.resolve(directory, folder);
  for (;;) {
    yield toPosix(path.relative(directory, absolute)) || '.';
    const parent = path.dirname(absolute);
    if (parent === absolute) return;
    absolute = parent;
  }
}

type Add = (kind: Stamp['kind'], file: string) => Stamp;

function addNearest(
  directory: string,
  folder: string,
  names: readonly string[],
  add: Add,
): string | undefined {
  for (const above of foldersAbove(directory, folder)) {
    const found = names
      .map((name) => path.posix.join(above, name))
      .find((file) => existsSync(path.join(directory, file)));
    if (found === undefined) continue;
    add('file', found);
    return found;
  }
  return undefined;
}

/** Every `package.json` from a folder inside a package up to the root of that package. */
function addPackageFiles(folder: string, add: Add): void {
  for (let at = folder; ; at = path.posix.dirname(at)) {
    add('file', path.posix.join(at, 'package.json'));
    const parent = path.posix.dirname(at);
    const parentName = path.posix.basename(parent);
    const isRoot = parentName === 'node_modules' || (parentName.startsWith('@') && isPackageScope(parent));
    if (isRoot || parent === at) return;
  }
}

const isPackageScope = (folder: string): boolean =>
  path.posix.basename(path.posix.dirname(folder)) === 'node_modules';

/** npm, pnpm and Yarn write one of these at each installation. */
const installRecords = ['.package-lock.json', '.modules.yaml', '.yarn-state.yml', '.yarn-integrity'];

function addInstallRecords(directory: string, folder: string, add: Add): void {
  const modules = path.posix.join(folder, 'node_modules');
  if (!existsSync(path.join(directory, modules))) return;
  for (const name of installRecords) add('file', path.posix.join(modules, name));
}

function addExtends(directory: string, config: string, add: Add, seen: Set<string>): void {
  if (seen.has(config)) return;
  seen.add(config);
  add('file', config);
  const absolute = path.join(directory, config);
  if (!existsSync(absolute)) return;
  for (const base of extendedConfigs(readFileSync(absolute, 'utf8'))) {
    const found = locateConfig(absolute, base);
    if (found !== undefined) addExtends(directory, toPosix(path.relative(directory, found)), add, seen);
  }
}

/** The values of `extends`, read by pattern because a tsconfig may hold comments and trailing commas. */
function extendedConfigs(text: string): string[] {
  const found = /"extends"\s*:\s*("(?:[^"\\]|\\.)*"|\[[^\]]*\])/.exec(text)?.[1];
  if (found === undefined) return [];
  return [...found.matchAll(/"((?:[^"\\]|\\.)*)"/g)].flatMap((match) =>
    match[1] === undefined ? [] : [match[1]],
  );
}

function locateConfig(from: string, base: string): string | undefined {
  if (base.startsWith('.') || path.isAbsolute(base)) {
    const file = path.resolve(path.dirname(from), base);
    return [file, `${file}.json`, path.join(file, 'tsconfig.json')].find((candidate) => isJson(candidate));
  }
  const require = createRequire(from);
  for (const request of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      const file = require.resolve(request);
      if (isJson(file)) return file;
    } catch {
      // The next form of the name may be the one.
    }
  }
  return undefined;
}

const isJson = (file: string): boolean => file.endsWith('.json') && existsSync(file);
