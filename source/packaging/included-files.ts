import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildpackProperties } from './artifact.ts';
import { isExecutable } from './file-tree.ts';
import { PackagingFailure } from './packaging-error.ts';
import type { Stamp, Stamper } from './stamps.ts';
import { formatGlobs, matchGlobs, toPosix } from './stamps.ts';
import type { ZipEntry } from './zip.ts';

/**
 * What `includeFiles` names, with the paths that they have in the project.
 * @throws PackagingFailure for a name of what is not there, and for a file that lies outside of the project, where
 * it would have no such path
 */
export function readIncludedFiles(
  functionName: string,
  properties: Pick<BuildpackProperties, 'includeFiles' | 'excludeFiles'>,
  directory: string,
  stamper: Stamper,
): { entries: ZipEntry[]; stamps: Stamp[] } {
  const include = properties.includeFiles ?? [];
  if (include.length === 0) return { entries: [], stamps: [] };
  const globs = { include, exclude: properties.excludeFiles ?? [] };
  for (const pattern of include) {
    if (isPlain(pattern) && !existsSync(path.resolve(directory, pattern))) {
      throw new PackagingFailure({
        function: functionName,
        code: 'missing-entry-file',
        message: `includeFiles names ${pattern}, which does not exist`,
        hint: 'It is relative to the folder of the config. A pattern, such as `templates/**`, may match nothing.',
      });
    }
  }
  const stamps = [stamper.take('glob', formatGlobs(globs))];
  const entries = matchGlobs(directory, globs).map((file) => {
    if (file.startsWith('../') || path.isAbsolute(file)) {
      throw new PackagingFailure({
        function: functionName,
        code: 'file-outside-project',
        message: `includeFiles names ${file}, which is not under the config's folder`,
        hint: 'Copy it into the project, or import it so that it is bundled.',
      });
    }
    stamps.push(stamper.take('file', file));
    const absolute = path.join(directory, file);
    return { path: file, data: readFileSync(absolute), executable: isExecutable(statSync(absolute)) };
  });
  return { entries, stamps };
}

const isPlain = (pattern: string): boolean => !/[*?{}[\]()!+@]/.test(pattern);

/** Writes a source map into the project and stamps it, so that it is made again when somebody removes it. */
export function writeSourceMap(target: string, directory: string, map: Uint8Array, stamper: Stamper): Stamp {
  const file = path.resolve(directory, target);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, map);
  return stamper.take('file', toPosix(path.relative(directory, file)));
}
