import { once } from 'node:events';
import type { Readable } from 'node:stream';

export type ZipEntry = { path: string; data: Uint8Array; executable?: boolean };

/**
 * A zip whose bytes depend on names and contents alone: entries sorted, one date, modes 0644 and 0755. The bytes
 * of a compressed entry also depend on the zlib in Node, which is the same on all machines with one Node version.
 */
export async function createZip(entries: readonly ZipEntry[]): Promise<Buffer> {
  // The default export is there in Node and in the bundle alike.
  const { ZipFile } = (await import('yazl')).default;
  const zip = new ZipFile();
  // The date is written in local time, so that this one gives the same bytes in every time zone.
  const mtime = new Date(1980, 0, 1);
  for (const entry of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    zip.addBuffer(Buffer.from(entry.data.buffer, entry.data.byteOffset, entry.data.byteLength), entry.path, {
      mtime,
      mode: entry.executable ? 0o100755 : 0o100644,
      forceDosTimestamp: true,
    });
  }
  zip.end();
  const chunks: Buffer[] = [];
  const output = zip.outputStream as Readable;
  output.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(output, 'end');
  return Buffer.concat(chunks);
}

/** Unzipped size of the files in a zip, in bytes. */
export async function unzippedSize(zip: Buffer): Promise<number> {
  const { fromBuffer } = (await import('yauzl')).default;
  return new Promise((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true }, (error, file) => {
      if (error) return reject(error);
      let bytes = 0;
      file.on('error', reject);
      file.on('entry', (entry: { uncompressedSize: number }) => {
        bytes += entry.uncompressedSize;
        file.readEntry();
      });
      file.on('end', () => resolve(bytes));
      file.readEntry();
    });
  });
}
