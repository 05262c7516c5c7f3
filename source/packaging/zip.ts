import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync } from 'node:zlib';
import { Zip, ZipPassThrough } from 'fflate';

export type ZipEntry = { path: string; data: Uint8Array; executable?: boolean };

/** From here on, bytes are worth a thread: below, setting up a stream costs more than the compression. */
const largeEntry = 256 * 1024;
const unix = 3;

/**
 * A zip whose bytes depend on names and contents alone: entries sorted, one date, modes 0644 and 0755. The bytes
 * of a compressed entry also depend on the zlib in Node, which is the same on all machines with one Node version.
 */
export async function createZip(entries: readonly ZipEntry[]): Promise<Buffer> {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const deflated = await Promise.all(sorted.map(({ data }) => deflate(data)));
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(chunk);
  });
  sorted.forEach((entry, index) => {
    const file = new DeflatedEntry(entry.path, deflated[index] ?? new Uint8Array());
    file.os = unix;
    file.attrs = (entry.executable ? 0o100755 : 0o100644) << 16;
    // It is written in local time, so that this one gives the same bytes in every time zone.
    file.mtime = new Date(1980, 0, 1);
    zip.add(file);
    file.push(entry.data, true);
  });
  zip.end();
  return Buffer.concat(chunks);
}

/** Counts and sums what is pushed, and writes what was deflated of it beforehand. */
class DeflatedEntry extends ZipPassThrough {
  readonly #deflated: Uint8Array;

  constructor(path: string, deflated: Uint8Array) {
    super(path);
    this.compression = 8;
    this.#deflated = deflated;
  }

  protected override process(_chunk: Uint8Array, final: boolean): void {
    this.ondata(null, new Uint8Array(this.#deflated), final);
  }
}

async function deflate(data: Uint8Array): Promise<Uint8Array> {
  return data.length < largeEntry ? deflateRawSync(data) : promisify(deflateRaw)(data);
}

/** Paths and unzipped sizes, in bytes, of the files in a zip. */
export async function listZip(zip: Buffer): Promise<{ path: string; size: number }[]> {
  const { fromBuffer } = (await import('yauzl')).default;
  return new Promise((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true }, (error, file) => {
      if (error) return reject(error);
      const files: { path: string; size: number }[] = [];
      file.on('error', reject);
      file.on('entry', (entry: { fileName: string; uncompressedSize: number }) => {
        if (!entry.fileName.endsWith('/')) files.push({ path: entry.fileName, size: entry.uncompressedSize });
        file.readEntry();
      });
      file.on('end', () => resolve(files));
      file.readEntry();
    });
  });
}
