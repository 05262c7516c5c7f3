import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listTree } from './file-tree.ts';
import { isNative, locatePackage, packageOf, platformPackages, readManifest } from './native-packages.ts';

/** What native code is loaded by: the processor, as npm calls it, and the major version of Node. */
export type NativeTarget = { cpu: 'x64' | 'arm64'; node: number };

/**
 * The number that Node gives its interface for native code, by its major version. Code for Node-API goes without.
 * @see https://nodejs.org/download/release/index.json
 */
const moduleVersions: Readonly<Record<number, number>> = {
  16: 93,
  18: 108,
  20: 115,
  22: 127,
  24: 137,
  26: 147,
};

/** `isOtherNode` where there is one for the processor, but for another Node. */
export type Lacking = { name: string; version: string; isOtherNode: boolean };

/**
 * The packages with native code that have none for the target: they would fail on Lambda.
 * @param modules absolute path of a `node_modules`
 */
export function withoutBinary(modules: string, target: NativeTarget): Lacking[] {
  const binaries = listTree(modules).filter((file) => file.path.endsWith('.node'));
  const lacking: Lacking[] = [];
  const manifests = listTree(modules).filter((file) => file.path.endsWith('/package.json'));
  for (const { path: file } of manifests) {
    const found = packageOf(path.join(modules, file));
    if (found === undefined || path.join(found.folder, 'package.json') !== path.join(modules, file)) continue;
    const manifest = readManifest(found.folder);
    if (manifest === undefined || !isNative(found.folder)) continue;
    const wanted = platformPackages(manifest).filter((name) => /linux/.test(name) && !/musl/.test(name));
    if (wanted.length > 0) {
      if (!wanted.some((name) => locatePackage(name, found.folder)))
        lacking.push({ name: found.name, version: manifest.version ?? '?', isOtherNode: false });
      continue;
    }
    const own = binaries
      .map((binary) => path.join(modules, binary.path))
      .filter((binary) => binary.startsWith(found.folder + path.sep))
      .map((binary) => loads(binary, target));
    const isBuilt = manifest.gypfile || existsSync(path.join(found.folder, 'binding.gyp'));
    // A library of no Node in particular may be there as well: what is loaded with it, or is tested with.
    const isOtherNode = own.includes('other-node') && !own.includes('this-node');
    if (isOtherNode || ((own.length > 0 || isBuilt) && own.every((what) => what === 'nothing')))
      lacking.push({ name: found.name, version: manifest.version ?? '?', isOtherNode });
  }
  return lacking;
}

/** True for a library that the target can load. */
export const fits = (file: string, target: NativeTarget): boolean =>
  ['this-node', 'any-node'].includes(loads(file, target));

/**
 * Which Node of the target a library is for; nothing where it is not one of Linux with glibc for the processor. Older
 * macros for native code leave no trace of the Node that they were compiled for.
 */
function loads(
  file: string,
  { cpu, node }: NativeTarget,
): 'this-node' | 'any-node' | 'other-node' | 'nothing' {
  if (/musl/.test(file.slice(file.lastIndexOf('node_modules')))) return 'nothing';
  const data = readFileSync(file);
  if (data.length < 20 || data.subarray(0, 4).toString('latin1') !== '\x7fELF') return 'nothing';
  if (data.readUInt16LE(18) !== (cpu === 'arm64' ? 0xb7 : 0x3e)) return 'nothing';
  const at = data.indexOf(registration);
  if (at === -1 || moduleVersions[node] === undefined) return 'any-node';
  const version = data.subarray(at + registration.length, at + registration.length + 4).toString('latin1');
  return Number.parseInt(version, 10) === moduleVersions[node] ? 'this-node' : 'other-node';
}

/** What Node looks for in a library by the number of its interface. */
const registration = 'node_register_module_v';
