import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checksumOf } from '../../wire/checksum.ts';

/** A body that has been written and is not yet anybody's. */
export type WrittenBody = {
  file: string;
  size: number;
  /** Hex. */
  md5: string;
  /** By the member's name in the SDK: `ChecksumCRC32`; base64. */
  checksums: Record<string, string>;
};

export type Bodies = ReturnType<typeof createBodies>;

/** The bodies of objects as files under `objects/`, each written to `incoming/` first and then renamed. */
export function createBodies(directory: string) {
  const root = join(directory, 'objects');
  const incoming = join(root, 'incoming');
  const pathOf = (file: string): string => join(root, file.slice(0, 2), file);

  async function settle(draft: string, file: string): Promise<void> {
    await mkdir(join(root, file.slice(0, 2)), { recursive: true });
    await rename(draft, pathOf(file));
  }

  return {
    /** @param algorithms Checksums to take besides MD5. */
    async write(body: unknown, algorithms: readonly string[]): Promise<WrittenBody> {
      await mkdir(incoming, { recursive: true });
      const file = randomUUID();
      const draft = join(incoming, file);
      const md5 = createHash('md5');
      const checksums = algorithms.map((algorithm) => checksumOf(algorithm));
      let size = 0;
      try {
        await pipeline(
          toReadable(body),
          async function* (chunks: AsyncIterable<Uint8Array | string>) {
            for await (const chunk of chunks) {
              const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
              size += bytes.length;
              md5.update(bytes);
              for (const checksum of checksums) checksum.update(bytes);
              yield bytes;
            }
          },
          createWriteStream(draft),
        );
        await settle(draft, file);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      return {
        file,
        size,
        md5: md5.digest('hex'),
        checksums: Object.fromEntries(checksums.map((sum) => [`Checksum${sum.algorithm}`, sum.digest()])),
      };
    },

    /** @param range First and last byte, both in it. */
    read(file: string, range?: { start: number; end: number }): Readable {
      return createReadStream(pathOf(file), range);
    },

    async copy(file: string): Promise<string> {
      const copy = randomUUID();
      await mkdir(incoming, { recursive: true });
      await copyFile(pathOf(file), join(incoming, copy));
      await settle(join(incoming, copy), copy);
      return copy;
    },

    /** One body of several, in their order. */
    async join(files: readonly string[]): Promise<string> {
      await mkdir(incoming, { recursive: true });
      const whole = randomUUID();
      const draft = join(incoming, whole);
      const target = await open(draft, 'w');
      try {
        for (const file of files) {
          for await (const chunk of createReadStream(pathOf(file))) await target.write(chunk as Buffer);
        }
      } finally {
        await target.close();
      }
      await settle(draft, whole);
      return whole;
    },

    async remove(...files: (string | undefined)[]): Promise<void> {
      await Promise.all(files.filter(Boolean).map((file) => rm(pathOf(String(file)), { force: true })));
    },

    /** Removes what a killed process has written and nobody refers to. */
    async sweep(known: ReadonlySet<string>): Promise<void> {
      await rm(incoming, { recursive: true, force: true });
      for (const shelf of await readdir(root).catch(() => [])) {
        if (!/^[0-9a-f]{2}$/.test(shelf)) continue;
        for (const file of await readdir(join(root, shelf))) {
          if (!known.has(file)) await rm(join(root, shelf, file), { force: true });
        }
      }
    },
  };
}

/** Over HTTP a body is a stream; other services may hand over text or bytes. */
function toReadable(body: unknown): Readable {
  if (body instanceof Readable) return body;
  if (body === undefined || body === null) return Readable.from([]);
  if (typeof body === 'string' || body instanceof Uint8Array)
    return Readable.from([Buffer.from(body as string)]);
  return Readable.from(body as AsyncIterable<Uint8Array>);
}
