import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Stamp, Stamper } from './stamps.ts';
import { contentHash } from './stamps.ts';

/** Goes up when the same input gives other zips, or when the index has another shape. */
export const cacheFormat = 3;

/** A zip in the cache and what it was made from. */
type CacheRecord = {
  digest: string;
  bytes: number;
  zippedBytes: number;
  /** Of the zip's file; where it differs, the digest is worked out again. */
  mtimeMs: number;
  stamps: Stamp[];
};

/**
 * Zips by their digest (`artifacts/<digest>.zip`) and an index from what a function asks for to its zip. Several
 * runs may use one folder at a time: files appear whole, and the index is merged with what others wrote meanwhile.
 */
export type ArtifactCache = {
  /** A record whose zip is there and whose inputs are all unchanged. */
  find(key: string, stamper: Stamper): { record: CacheRecord; path: string } | undefined;
  /** Stores a zip; its absolute path comes back. Where the folder cannot be written it goes to the system's temporary one. */
  writeZip(digest: string, zip: Uint8Array): { path: string; mtimeMs: number };
  put(key: string, record: CacheRecord): void;
  /** Writes the index when there is something new in it. */
  save(): void;
};

type IndexFile = {
  format: number;
  stamps: Stamp[];
  records: Record<string, Omit<CacheRecord, 'stamps'> & { stamps: number[] }>;
};

/** Records kept; with more, the ones longest unbuilt go. */
const maximumRecords = 2_000;
const unusedZipAge = 7 * 24 * 60 * 60 * 1000;

export function openArtifactCache(folder: string, notice: (message: string) => void): ArtifactCache {
  const indexPath = path.join(folder, 'index.json');
  const records = readIndex(indexPath, notice);
  const added = new Map<string, CacheRecord>();
  let fallback: string | undefined;
  let refreshed: Stamper | undefined;
  let warned = false;
  const warn = (error: unknown): void => {
    if (!warned)
      notice(
        `The packaging cache in ${folder} cannot be written (${reasonOf(error)}); this build is not kept.`,
      );
    warned = true;
  };
  const zipPath = (digest: string): string => path.join(folder, 'artifacts', `${digest}.zip`);

  return {
    find(key, stamper) {
      refreshed = stamper;
      const record = records.get(key);
      if (record === undefined || !record.stamps.every((stamp) => stamper.isFresh(stamp))) return undefined;
      const file = zipPath(record.digest);
      return isIntact(file, record) ? { record, path: file } : undefined;
    },

    writeZip(digest, zip) {
      const file = zipPath(digest);
      try {
        writeWhole(file, zip);
        return { path: file, mtimeMs: statSync(file).mtimeMs };
      } catch (error) {
        warn(error);
        fallback ??= mkdtempSync(path.join(tmpdir(), 'stp-package-'));
        const elsewhere = path.join(fallback, `${digest}.zip`);
        writeFileSync(elsewhere, zip);
        return { path: elsewhere, mtimeMs: 0 };
      }
    },

    put(key, record) {
      if (fallback === undefined) added.set(key, record);
    },

    save() {
      if (added.size === 0 && !refreshed?.refreshed) return;
      try {
        // Another run may have saved since this one began; its records stay.
        const current = added.size === 0 ? records : readIndex(indexPath, () => {});
        for (const [key, record] of added) {
          current.delete(key);
          current.set(key, record);
        }
        const kept = new Map([...current].slice(-maximumRecords));
        writeWhole(indexPath, formatIndex(kept));
        if (added.size > 0) removeUnused(path.join(folder, 'artifacts'), kept);
      } catch (error) {
        warn(error);
      }
    },
  };
}

function readIndex(file: string, notice: (message: string) => void): Map<string, CacheRecord> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (!isMissing(error))
      notice(`The packaging cache ${file} cannot be read (${reasonOf(error)}); everything is built again.`);
    return new Map();
  }
  try {
    const index = JSON.parse(text) as IndexFile;
    if (index.format !== cacheFormat) return new Map();
    return new Map(
      Object.entries(index.records).map(([key, record]) => [
        key,
        {
          ...record,
          stamps: record.stamps.map((at) => {
            const stamp = index.stamps[at];
            if (stamp === undefined) throw new Error('a stamp is missing');
            return stamp;
          }),
        },
      ]),
    );
  } catch {
    notice(`The packaging cache ${file} is damaged; everything is built again.`);
    return new Map();
  }
}

/** Functions share most of their inputs, so stamps are written once and referred to by their place in the list. */
function formatIndex(records: ReadonlyMap<string, CacheRecord>): string {
  const places = new Map<string, number>();
  const index: IndexFile = { format: cacheFormat, stamps: [], records: {} };
  for (const [key, record] of records) {
    const stamps = record.stamps.map((stamp) => {
      const id = `${stamp.kind}:${stamp.path}:${stamp.hash}:${stamp.ctimeMs}:${stamp.mtimeMs}`;
      const known = places.get(id);
      if (known !== undefined) return known;
      places.set(id, index.stamps.length);
      return index.stamps.push(stamp) - 1;
    });
    index.records[key] = { ...record, stamps };
  }
  return JSON.stringify(index);
}

function isIntact(file: string, record: CacheRecord): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || stats.size !== record.zippedBytes) return false;
  return stats.mtimeMs === record.mtimeMs || contentHash(readFileSync(file)) === record.digest;
}

/** Writes beside the target and renames, so that no reader sees half a file. */
function writeWhole(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(temporary, content);
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(temporary, content);
  }
  try {
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Removes zips that no record names. Young ones stay: another run may be about to upload them. */
function removeUnused(folder: string, records: ReadonlyMap<string, CacheRecord>): void {
  const used = new Set([...records.values()].map((record) => `${record.digest}.zip`));
  for (const name of readdirSync(folder)) {
    if (used.has(name)) continue;
    const file = path.join(folder, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats !== undefined && Date.now() - stats.mtimeMs > unusedZipAge) rmSync(file, { force: true });
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
