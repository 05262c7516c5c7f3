import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../model/errors.ts';

/** Writes a file whole or not at all: beside its place first, then moved. Folders on the way are made. */
export async function writeWhole(file: string, contents: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, contents);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UserError(`${file} cannot be written: ${error instanceof Error ? error.message : error}`, {
      code: 'cannot-write',
      exitCode: 1,
      cause: error,
    });
  }
}
