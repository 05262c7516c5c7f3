import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The part of a package.json that says what is installed with it. */
export type Manifest = {
  name?: string;
  version?: string;
  gypfile?: boolean;
  binary?: unknown;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
};

/** Names of packages that hold a program or a library for one platform: `@img/sharp-linux-x64`. */
const platformName = /(?:linux|darwin|win32|freebsd).*(?:x64|arm64|ia32|arm|x86_64|aarch64)/;

/** Packages that read files of their own by their place, so that a bundle would part them. */
const withFiles = new Set(['chrome-aws-lambda', '@sparticuz/chromium', 'puppeteer', 'playwright-core']);

/** Where packages keep what was built for them. */
const nativeFolders = ['', 'build/Release', 'build', 'prebuilds', 'lib', 'lib/binding', 'native', 'bin'];

/**
 * Whether a package has native code, which no bundle can hold: it is built by node-gyp, holds `.node` files, or
 * has optional packages for platforms. Some others that cannot be bundled are known by name.
 * @param folder of the installed package, absolute
 */
export function isNative(folder: string): boolean {
  const manifest = readManifest(folder);
  if (manifest === undefined) return false;
  if (manifest.gypfile || manifest.binary !== undefined || existsSync(path.join(folder, 'binding.gyp')))
    return true;
  if (platformPackages(manifest).length > 0 || withFiles.has(manifest.name ?? '')) return true;
  return nativeFolders.some((name) =>
    namesIn(path.join(folder, name)).some((file) => file.endsWith('.node')),
  );
}

export const platformPackages = (manifest: Manifest): string[] =>
  Object.keys(manifest.optionalDependencies ?? {}).filter((name) => platformName.test(name));

export function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Folder of the package that a file belongs to, `…/node_modules/@scope/name`, and its name; nothing outside of packages. */
export function packageOf(file: string): { name: string; folder: string } | undefined {
  const found = /^(.*(?:^|[/\\])node_modules[/\\])((?:@[^/\\]+[/\\])?[^/\\]+)(?:[/\\]|$)/.exec(file);
  const [, before, name] = found ?? [];
  if (before === undefined || name === undefined) return undefined;
  return { name: name.replaceAll('\\', '/'), folder: before + name };
}

/** Where Node finds a package for a file in the folder. Absolute. */
export function locatePackage(name: string, from: string): string | undefined {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', name);
    if (existsSync(path.join(folder, 'package.json'))) return folder;
    if (path.dirname(at) === at) return undefined;
  }
}
