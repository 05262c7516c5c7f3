import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { CustomArtifactProperties } from './artifact.ts';
import { isExecutable, listTree } from './file-tree.ts';
import { PackagingFailure } from './packaging-error.ts';
import type { Stamp, Stamper } from './stamps.ts';
import { toPosix } from './stamps.ts';
import type { ZipEntry } from './zip.ts';

/** Either the files of a zip that is to be made, or one that is there and goes up as it is. */
export type CustomArtifact = { stamps: Stamp[] } & ({ entries: ZipEntry[] } | { zip: Buffer });

/**
 * Reads what `packagePath` names: a folder with all that is in it, one file, or a zip.
 * @throws PackagingFailure where it is not there or is larger than a function may be
 */
export function readCustomArtifact(
  functionName: string,
  properties: CustomArtifactProperties,
  directory: string,
  stamper: Stamper,
  maximumBytes: number,
): CustomArtifact {
  const source = path.resolve(directory, properties.packagePath);
  const relativePath = toPosix(path.relative(directory, source)) || '.';
  const stats = statSync(source, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new PackagingFailure({
      function: functionName,
      code: 'missing-package',
      message: `packagePath ${properties.packagePath} does not exist`,
      hint: 'It is relative to the folder of the config. What makes it has to run before the deploy.',
    });
  }
  if (stats.isFile()) {
    const stamp = stamper.take('file', relativePath);
    const data = readFileSync(source);
    if (source.endsWith('.zip')) return { stamps: [stamp], zip: data };
    return { stamps: [stamp], entries: [toEntry(path.basename(source), data, isExecutable(stats))] };
  }
  const files = listTree(source);
  // Said from the sizes alone, before anything is read into memory.
  if (files.reduce((sum, file) => sum + file.size, 0) > maximumBytes) {
    throw tooLarge(
      functionName,
      files.reduce((sum, file) => sum + file.size, 0),
    );
  }
  const stamps = [stamper.take('tree', relativePath)];
  const entries = files.map((file) => {
    stamps.push(stamper.take('file', path.posix.join(relativePath, file.path)));
    return toEntry(file.path, readFileSync(path.join(source, file.path)), file.executable);
  });
  return { stamps, entries };
}

/** Lambda starts `bootstrap` itself; file systems without an executable bit would lose it. */
const toEntry = (name: string, data: Buffer, executable: boolean): ZipEntry => ({
  path: name,
  data,
  executable: executable || name === 'bootstrap',
});

export function tooLarge(functionName: string, bytes: number): PackagingFailure {
  return new PackagingFailure({
    function: functionName,
    code: 'artifact-too-large',
    message: `the unzipped size is ${(bytes / 1024 / 1024).toFixed(1)} MB, Lambda takes 250 MB at most`,
    hint: 'Leave files out with excludeFiles, or packages with excludeDependencies and bring them in a layer.',
  });
}
