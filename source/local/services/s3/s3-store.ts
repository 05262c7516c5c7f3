import type { DatabaseSync } from 'node:sqlite';
import { deserialize, serialize } from 'node:v8';

/** An object's version, or a delete marker. Times are milliseconds since 1970. */
export type ObjectRow = {
  bucket: string;
  key: string;
  /** `null` (the word) where the bucket is not versioned. */
  versionId: string;
  latest: 0 | 1;
  deleteMarker: 0 | 1;
  size: number;
  /** With its quotes. */
  etag: string;
  /** Name of the body's file; empty for a delete marker. */
  file: string;
  modifiedAt: number;
  attributes: ObjectAttributes;
};

/** What comes back with an object as it was given. */
export type ObjectAttributes = {
  /** Headers of the answer by their names in the SDK: `ContentType`, `CacheControl` … */
  headers: Record<string, string>;
  metadata: Record<string, string>;
  tags: { Key: string; Value: string }[];
  /** `ChecksumCRC32` … in base64. */
  checksums: Record<string, string>;
  storageClass: string | undefined;
};

export type BucketRow = { name: string; createdAt: number; versioning: 'Enabled' | 'Suspended' | null };

export type UploadRow = {
  id: string;
  bucket: string;
  key: string;
  startedAt: number;
  attributes: ObjectAttributes;
};
export type PartRow = {
  upload: string;
  number: number;
  size: number;
  etag: string;
  file: string;
  modifiedAt: number;
};

export type S3Store = ReturnType<typeof createS3Store>;

/** Buckets, objects without their bodies, uploads and the buckets' configurations in the database. */
export function createS3Store(database: DatabaseSync) {
  database.exec(`
    CREATE TABLE IF NOT EXISTS s3_buckets (name TEXT PRIMARY KEY, createdAt INTEGER NOT NULL, versioning TEXT) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS s3_bucket_configurations (
      bucket TEXT NOT NULL REFERENCES s3_buckets (name) ON DELETE CASCADE,
      kind TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (bucket, kind)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS s3_objects (
      bucket TEXT NOT NULL REFERENCES s3_buckets (name), key TEXT NOT NULL, versionId TEXT NOT NULL,
      latest INTEGER NOT NULL, deleteMarker INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
      file TEXT NOT NULL, modifiedAt INTEGER NOT NULL, attributes BLOB NOT NULL, sequence INTEGER NOT NULL,
      PRIMARY KEY (bucket, key, versionId)
    );
    CREATE INDEX IF NOT EXISTS s3_objects_latest ON s3_objects (bucket, key) WHERE latest = 1;
    CREATE TABLE IF NOT EXISTS s3_uploads (
      id TEXT PRIMARY KEY, bucket TEXT NOT NULL REFERENCES s3_buckets (name) ON DELETE CASCADE,
      key TEXT NOT NULL, startedAt INTEGER NOT NULL, attributes BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS s3_parts (
      upload TEXT NOT NULL REFERENCES s3_uploads (id) ON DELETE CASCADE, number INTEGER NOT NULL,
      size INTEGER NOT NULL, etag TEXT NOT NULL, file TEXT NOT NULL, modifiedAt INTEGER NOT NULL,
      PRIMARY KEY (upload, number)
    ) WITHOUT ROWID;
  `);
  const columns = 'bucket, key, versionId, latest, deleteMarker, size, etag, file, modifiedAt, attributes';
  const sql = {
    bucket: database.prepare('SELECT * FROM s3_buckets WHERE name = ?'),
    buckets: database.prepare('SELECT * FROM s3_buckets ORDER BY name'),
    addBucket: database.prepare('INSERT INTO s3_buckets VALUES (?, ?, NULL)'),
    removeBucket: database.prepare('DELETE FROM s3_buckets WHERE name = ?'),
    isEmpty: database.prepare('SELECT 1 FROM s3_objects WHERE bucket = ? LIMIT 1'),
    version: database.prepare('UPDATE s3_buckets SET versioning = ? WHERE name = ?'),
    configuration: database.prepare(
      'SELECT value FROM s3_bucket_configurations WHERE bucket = ? AND kind = ?',
    ),
    putConfiguration: database.prepare('INSERT OR REPLACE INTO s3_bucket_configurations VALUES (?, ?, ?)'),
    removeConfiguration: database.prepare(
      'DELETE FROM s3_bucket_configurations WHERE bucket = ? AND kind = ?',
    ),
    latest: database.prepare(`SELECT ${columns} FROM s3_objects WHERE bucket = ? AND key = ? AND latest = 1`),
    one: database.prepare(`SELECT ${columns} FROM s3_objects WHERE bucket = ? AND key = ? AND versionId = ?`),
    page: database.prepare(
      `SELECT ${columns} FROM s3_objects WHERE bucket = ? AND latest = 1 AND deleteMarker = 0 AND key >= ? ORDER BY key LIMIT ?`,
    ),
    versions: database.prepare(
      `SELECT ${columns} FROM s3_objects WHERE bucket = ? AND key >= ? ORDER BY key, sequence DESC`,
    ),
    hide: database.prepare('UPDATE s3_objects SET latest = 0 WHERE bucket = ? AND key = ?'),
    insert: database.prepare(
      `INSERT OR REPLACE INTO s3_objects (${columns}, sequence) VALUES
       (:bucket, :key, :versionId, 1, :deleteMarker, :size, :etag, :file, :modifiedAt, :attributes,
        (SELECT coalesce(max(sequence), 0) + 1 FROM s3_objects))`,
    ),
    remove: database.prepare('DELETE FROM s3_objects WHERE bucket = ? AND key = ? AND versionId = ?'),
    raise: database.prepare(
      `UPDATE s3_objects SET latest = 1 WHERE bucket = :bucket AND key = :key AND sequence =
       (SELECT max(sequence) FROM s3_objects WHERE bucket = :bucket AND key = :key)`,
    ),
    setAttributes: database.prepare(
      'UPDATE s3_objects SET attributes = ? WHERE bucket = ? AND key = ? AND versionId = ?',
    ),
    files: database.prepare('SELECT file FROM s3_objects UNION SELECT file FROM s3_parts'),
    upload: database.prepare('SELECT * FROM s3_uploads WHERE id = ? AND bucket = ? AND key = ?'),
    uploads: database.prepare('SELECT * FROM s3_uploads WHERE bucket = ? ORDER BY key, startedAt'),
    addUpload: database.prepare(
      'INSERT INTO s3_uploads VALUES (:id, :bucket, :key, :startedAt, :attributes)',
    ),
    removeUpload: database.prepare('DELETE FROM s3_uploads WHERE id = ?'),
    parts: database.prepare('SELECT * FROM s3_parts WHERE upload = ? ORDER BY number'),
    addPart: database.prepare(
      'INSERT OR REPLACE INTO s3_parts VALUES (:upload, :number, :size, :etag, :file, :modifiedAt)',
    ),
  };
  const withAttributes = <T extends { attributes: ObjectAttributes }>(row: unknown): T | undefined =>
    row === undefined
      ? undefined
      : ({
          ...(row as object),
          attributes: deserialize((row as { attributes: Uint8Array }).attributes),
        } as T);
  const manyWithAttributes = <T extends { attributes: ObjectAttributes }>(rows: unknown[]): T[] =>
    rows.map((row) => withAttributes<T>(row)).filter((row) => row !== undefined);

  return {
    bucket: (name: string) => sql.bucket.get(name) as BucketRow | undefined,
    buckets: () => sql.buckets.all() as BucketRow[],
    addBucket: (name: string, createdAt: number) => void sql.addBucket.run(name, createdAt),
    removeBucket: (name: string) => void sql.removeBucket.run(name),
    isEmpty: (bucket: string) => sql.isEmpty.get(bucket) === undefined,
    setVersioning: (bucket: string, state: string) => void sql.version.run(state, bucket),
    configuration(bucket: string, kind: string): unknown {
      const row = sql.configuration.get(bucket, kind);
      return row === undefined ? undefined : deserialize(row.value as Uint8Array);
    },
    putConfiguration: (bucket: string, kind: string, value: unknown) =>
      void sql.putConfiguration.run(bucket, kind, serialize(value)),
    removeConfiguration: (bucket: string, kind: string) => void sql.removeConfiguration.run(bucket, kind),
    object: (bucket: string, key: string, versionId?: string) =>
      withAttributes<ObjectRow>(
        versionId === undefined ? sql.latest.get(bucket, key) : sql.one.get(bucket, key, versionId),
      ),
    /** Up to `limit` objects whose keys are `from` or after it, in the order of their UTF-8 bytes. */
    page: (bucket: string, from: string, limit: number) =>
      manyWithAttributes<ObjectRow>(sql.page.all(bucket, from, limit)),
    versions: (bucket: string, from: string) => manyWithAttributes<ObjectRow>(sql.versions.all(bucket, from)),
    /** Makes an object the latest one. Returns the file of a version that it replaces. */
    putObject(row: Omit<ObjectRow, 'latest'>): string | undefined {
      const before = this.object(row.bucket, row.key, row.versionId);
      transact(database, () => {
        sql.hide.run(row.bucket, row.key);
        sql.insert.run({ ...row, attributes: serialize(row.attributes) });
      });
      return before?.file;
    },
    /** Removes a version for good; the one before it becomes the latest. */
    removeObject(bucket: string, key: string, versionId: string): void {
      transact(database, () => {
        sql.remove.run(bucket, key, versionId);
        sql.raise.run({ bucket, key });
      });
    },
    setAttributes: (row: ObjectRow, attributes: ObjectAttributes) =>
      void sql.setAttributes.run(serialize(attributes), row.bucket, row.key, row.versionId),
    files: () => new Set(sql.files.all().map(({ file }) => String(file))),
    upload: (bucket: string, key: string, id: string) =>
      withAttributes<UploadRow>(sql.upload.get(id, bucket, key)),
    uploads: (bucket: string) => manyWithAttributes<UploadRow>(sql.uploads.all(bucket)),
    addUpload: (row: UploadRow) => void sql.addUpload.run({ ...row, attributes: serialize(row.attributes) }),
    removeUpload: (id: string) => void sql.removeUpload.run(id),
    parts: (upload: string) => sql.parts.all(upload) as PartRow[],
    addPart: (row: PartRow) => void sql.addPart.run(row),
  };
}

function transact(database: DatabaseSync, work: () => void): void {
  // A savepoint, since another service may have a transaction open around this one.
  database.exec('SAVEPOINT s3');
  try {
    work();
    database.exec('RELEASE s3');
  } catch (error) {
    database.exec('ROLLBACK TO s3; RELEASE s3');
    throw error;
  }
}
