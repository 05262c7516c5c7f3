import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { CustomArtifactProperties, FunctionToPackage } from './artifact.ts';
import { isExecutable, listTree } from './file-tree.ts';
import { PackagingFailure } from './packaging-error.ts';
import { checkSize } from './size-limit.ts';
import type { Stamp, Stamper } from './stamps.ts';
import { toPosix } from './stamps.ts';
import { listZip, type ZipEntry } from './zip.ts';

/** Either the files of a zip that is to be made, or one that is there and goes up as it is; `bytes` is unzipped. */
export type CustomArtifact = { stamps: Stamp[] } & ({ entries: ZipEntry[] } | { zip: Buffer; bytes: number });

/**
 * Reads what `packagePath` names: a folder with all that is in it, one file, or a zip.
 * @throws PackagingFailure where it is not there, is larger than a function may be, or lacks the handler's file
 */
export async function readCustomArtifact(
  fn: FunctionToPackage,
  properties: CustomArtifactProperties,
  directory: string,
  stamper: Stamper,
): Promise<CustomArtifact> {
  const source = path.resolve(directory, properties.packagePath);
  const relativePath = toPosix(path.relative(directory, source)) || '.';
  const stats = statSync(source, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new PackagingFailure({
      function: fn.name,
      code: 'missing-package',
      message: `packagePath ${properties.packagePath} does not exist`,
      hint: 'It is relative to the folder of the config. What makes it has to run before the deploy.',
    });
  }
  if (stats.isFile()) {
    const stamp = stamper.take('file', relativePath);
    const data = readFileSync(source);
    if (/\.(?:zip|jar)$/i.test(source)) {
      const files = await readList(fn, properties, data);
      checkFiles(fn, properties, files);
      return { stamps: [stamp], zip: data, bytes: checkSize(fn.name, files) };
    }
    const name = path.basename(source);
    checkFiles(fn, properties, [{ path: name }]);
    return { stamps: [stamp], entries: [toEntry(name, data, isExecutable(stats))] };
  }
  const files = listTree(source);
  // Said from the sizes alone, before anything is read into memory.
  checkSize(fn.name, files);
  checkFiles(fn, properties, files);
  const stamps = [stamper.take('tree', relativePath)];
  const entries = files.map((file) => {
    stamps.push(stamper.take('file', path.posix.join(relativePath, file.path)));
    return toEntry(file.path, readFileSync(path.join(source, file.path)), file.executable);
  });
  return { stamps, entries };
}

async function readList(fn: FunctionToPackage, { packagePath }: CustomArtifactProperties, zip: Buffer) {
  try {
    return await listZip(zip);
  } catch (cause) {
    throw new PackagingFailure({
      function: fn.name,
      code: 'missing-package',
      message: `packagePath ${packagePath} is not a zip that can be read: ${String(cause)}`,
    });
  }
}

/** Lambda starts `bootstrap` itself; file systems without an executable bit would lose it. */
const toEntry = (name: string, data: Buffer, executable: boolean): ZipEntry => ({
  path: name,
  data,
  executable: executable || name === 'bootstrap',
});

/** Endings of the files that a runtime looks for when a handler names one, by the beginning of its name. */
const handlerEndings: Readonly<Record<string, readonly string[]>> = {
  nodejs: ['.js', '.mjs', '.cjs', ''],
  python: ['.py', '.pyc', '/__init__.py'],
  ruby: ['.rb'],
};

/**
 * Lambda takes no zip without files, and the one that the handler is in has to be among them. A layer may bring
 * `bootstrap`, and Java's classes.
 */
function checkFiles(
  fn: FunctionToPackage,
  { handler, packagePath }: CustomArtifactProperties,
  files: readonly { path: string }[],
): void {
  if (files.length === 0) {
    throw new PackagingFailure({
      function: fn.name,
      code: 'missing-package',
      message: `there is no file in packagePath ${packagePath}`,
      hint: 'What makes them has to run before the deploy.',
    });
  }
  const endings = handlerEndings[/^[a-z]+/.exec(fn.runtime)?.[0] ?? ''];
  const file = handler?.replace(/:[^:]*$/, '').replace(/^\.\//, '');
  if (endings === undefined || file === undefined) return;
  const stem = file.replace(/\.[^./]+$/, '');
  const names = new Set(files.map((entry) => entry.path));
  if (endings.some((ending) => names.has(stem + ending))) return;
  const same = files.find((entry) => path.posix.basename(entry.path) === path.posix.basename(file));
  throw new PackagingFailure({
    function: fn.name,
    code: 'missing-handler',
    message: `the handler's file ${file} is not in packagePath ${packagePath}`,
    hint:
      same === undefined
        ? 'The path is the one inside the artifact: of a folder, its contents are at the root.'
        : `The path is the one inside the artifact. There is ${same.path}: write \`handler: ${same.path}${/:[^:]*$/.exec(handler ?? '')?.[0] ?? ''}\`.`,
  });
}
