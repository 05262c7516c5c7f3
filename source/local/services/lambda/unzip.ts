import { createWriteStream } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { invalidParameter } from './errors.ts';

const largestUnzipped = 262_144_000;

const fileType = 0o170000;
const symbolicLink = 0o120000;

/**
 * Unpacks a function's zip below `folder`, with the files' permissions. Nothing is ever written outside of it.
 * @throws ServiceError InvalidParameterValueException
 */
export async function unzip(zip: Uint8Array, folder: string): Promise<void> {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  try {
    const file = await fromBufferPromise(bytes, { lazyEntries: true });
    await extract(file, folder);
  } catch (error) {
    if (error instanceof Error && error.name === 'ServiceError') throw error;
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw invalidParameter(
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    );
  }
}

async function extract(file: ZipFile, folder: string): Promise<void> {
  const links: { path: string; target: string }[] = [];
  const folders = new Set<string>();
  let size = 0;
  const makeFolder = async (path: string): Promise<void> => {
    if (folders.has(path)) return;
    await mkdir(path, { recursive: true });
    folders.add(path);
  };
  for await (const entry of file.eachEntry()) {
    const path = inside(folder, join(folder, entry.fileName));
    size += entry.uncompressedSize;
    if (size > largestUnzipped)
      throw invalidParameter(`Unzipped size must be smaller than ${largestUnzipped} bytes`);
    if (entry.fileName.endsWith('/')) {
      await makeFolder(path);
      continue;
    }
    await makeFolder(dirname(path));
    const mode = entry.externalFileAttributes >>> 16;
    const content = await file.openReadStreamPromise(entry);
    if ((mode & fileType) === symbolicLink) {
      const target = (await buffer(content)).toString();
      if (isAbsolute(target)) throw invalidParameter(`The link ${entry.fileName} points out of the zip.`);
      inside(folder, resolve(dirname(path), target));
      links.push({ path, target });
    } else {
      await pipeline(content, createWriteStream(path, { mode: permissionsOf(entry, mode) }));
    }
  }
  // After all files, so that none is written through a link.
  for (const { path, target } of links) await symlink(target, path);
}

/** A zip made on Windows holds no permissions. The owner can always read, so that the folder can be removed again. */
const permissionsOf = (_entry: Entry, mode: number): number => (mode === 0 ? 0o644 : (mode & 0o777) | 0o600);

function inside(folder: string, path: string): string {
  const way = relative(folder, path);
  if (way.startsWith('..') || isAbsolute(way))
    throw invalidParameter('Could not unzip uploaded file: it holds a path that leads out of the zip.');
  return path;
}
