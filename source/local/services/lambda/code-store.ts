import { createHash, randomBytes } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backend } from '../../backend.ts';
import { invalidParameter } from './errors.ts';
import { unzip } from './unzip.ts';

export type StoredCode = {
  /** Base64 of the SHA-256 of the zip, as `CodeSha256` has it. */
  sha256: string;
  /** Bytes of the zip. */
  size: number;
};

export type CodeSource = {
  ZipFile?: Uint8Array | undefined;
  S3Bucket?: string | undefined;
  S3Key?: string | undefined;
  S3ObjectVersion?: string | undefined;
  ImageUri?: string | undefined;
};

export type CodeStore = {
  /** @throws ServiceError InvalidParameterValueException when there is no zip or it cannot be unpacked. */
  add(source: CodeSource): Promise<StoredCode>;
  /** The folder that the function runs in. */
  taskRoot(sha256: string): string;
  /** The zip itself. */
  zipFile(sha256: string): string;
  /** Removes code that no function refers to. */
  keepOnly(inUse: () => ReadonlySet<string>): Promise<void>;
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const largestUpload = 50 * 1024 * 1024;

/** Code by content, under `functions/{sha256}/`: the zip and, in `task/`, what was in it. */
export function createCodeStore(backend: Backend): CodeStore {
  const root = join(backend.directory, 'functions');
  const folderOf = (sha256: string): string => join(root, Buffer.from(sha256, 'base64').toString('hex'));
  const adding = new Set<string>();

  return {
    async add(source) {
      const zip = await readSource(backend, source);
      const sha256 = createHash('sha256').update(zip).digest('base64');
      const folder = folderOf(sha256);
      if (!existsSync(folder)) {
        // Renamed when complete, so that a killed process leaves no half of it behind.
        const name = `partial-${randomBytes(8).toString('hex')}`;
        const partial = join(root, name);
        adding.add(name);
        try {
          await mkdir(join(partial, 'task'), { recursive: true });
          await unzip(zip, join(partial, 'task'));
          await writeFile(join(partial, 'code.zip'), zip);
          // Node.js would else take the type of the function's files from a package.json of the project around.
          await writeFile(join(partial, 'package.json'), '{}\n');
          await rename(partial, folder);
        } catch (error) {
          await rm(partial, { recursive: true, force: true });
          if (!existsSync(folder)) throw error;
        } finally {
          adding.delete(name);
        }
      }
      return { sha256, size: zip.length };
    },
    taskRoot: (sha256) => join(folderOf(sha256), 'task'),
    zipFile: (sha256) => join(folderOf(sha256), 'code.zip'),
    async keepOnly(inUse) {
      const entries = await readdir(root).catch(() => []);
      for (const entry of entries) {
        const folder = join(root, entry);
        const kept = new Set([...inUse()].map(folderOf));
        const stays = entry.startsWith('partial-') ? adding.has(entry) : kept.has(folder);
        if (stays || !/^(partial-.*|removed-.*|[0-9a-f]{64})$/.test(entry)) continue;
        // Out of the way at once: the same code may be added again while this goes on.
        const away = join(root, `removed-${randomBytes(8).toString('hex')}`);
        renameSync(folder, away);
        await rm(away, { recursive: true, force: true });
      }
    },
  };
}

async function readSource(backend: Backend, source: CodeSource): Promise<Uint8Array> {
  if (source.ImageUri !== undefined)
    throw invalidParameter('Functions from container images are not available in the embedded AWS.');
  if (source.ZipFile !== undefined) {
    if (source.ZipFile.length > largestUpload)
      throw invalidParameter('Zip file must be smaller than 52428800 bytes; upload it to Amazon S3 instead.');
    return source.ZipFile;
  }
  if (source.S3Bucket === undefined || source.S3Key === undefined)
    throw invalidParameter('Please provide a source for function code.');
  const input = { Bucket: source.S3Bucket, Key: source.S3Key, VersionId: source.S3ObjectVersion };
  let body: unknown;
  try {
    body = (await backend.call<{ Body?: unknown }>('s3', 'GetObject', input)).Body;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw invalidParameter(
      `Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`,
    );
  }
  return readBody(body);
}

async function readBody(body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
