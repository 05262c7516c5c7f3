import type { DatabaseSync } from 'node:sqlite';

/** A log group as it is kept. Times are milliseconds since 1970. */
export type GroupRow = {
  id: number;
  name: string;
  createdAt: number;
  retentionInDays: number | null;
  kmsKeyId: string | null;
  class: string;
  isProtected: number;
};

export type StreamRow = {
  id: number;
  groupId: number;
  name: string;
  createdAt: number;
  firstEventAt: number | null;
  lastEventAt: number | null;
  lastIngestedAt: number | null;
  /** Of its events: their bytes in UTF-8 and 26 each, as CloudWatch counts them. */
  storedBytes: number;
};

export type StreamOrder = 'name' | 'lastEvent';

/** Where a page of streams begins: after this one. */
export type StreamCursor = { name: string; lastEventAt: number };

export type LogStore = ReturnType<typeof createLogStore>;

/** Log groups with their tags, and log streams. */
export function createLogStore(database: DatabaseSync) {
  database.exec(`
    CREATE TABLE IF NOT EXISTS logs_groups (
      id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, createdAt INTEGER NOT NULL,
      retentionInDays INTEGER, kmsKeyId TEXT, class TEXT NOT NULL, isProtected INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS logs_tags (
      groupId INTEGER NOT NULL REFERENCES logs_groups (id) ON DELETE CASCADE,
      key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (groupId, key)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS logs_streams (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      groupId INTEGER NOT NULL REFERENCES logs_groups (id) ON DELETE CASCADE,
      name TEXT NOT NULL, createdAt INTEGER NOT NULL, firstEventAt INTEGER, lastEventAt INTEGER,
      lastIngestedAt INTEGER, storedBytes INTEGER NOT NULL DEFAULT 0, UNIQUE (groupId, name)
    );
  `);
  const prepare = (sql: string) => database.prepare(sql);
  // A stream without events stands before all others.
  const lastEvent = 'coalesce(lastEventAt, 0)';
  const streamsOf = 'SELECT * FROM logs_streams WHERE groupId = ? AND substr(name, 1, length(?2)) = ?2';
  const statements = {
    group: prepare('SELECT * FROM logs_groups WHERE name = ?'),
    groups: prepare('SELECT * FROM logs_groups WHERE name > ? ORDER BY name'),
    insertGroup: prepare(
      `INSERT INTO logs_groups (name, createdAt, kmsKeyId, class, isProtected)
       VALUES (:name, :createdAt, :kmsKeyId, :class, :isProtected)`,
    ),
    removeGroup: prepare('DELETE FROM logs_groups WHERE id = ?'),
    keepFor: prepare('UPDATE logs_groups SET retentionInDays = ? WHERE id = ?'),
    protect: prepare('UPDATE logs_groups SET isProtected = ? WHERE id = ?'),
    bytes: prepare('SELECT coalesce(sum(storedBytes), 0) AS bytes FROM logs_streams WHERE groupId = ?'),
    tags: prepare('SELECT key, value FROM logs_tags WHERE groupId = ? ORDER BY key'),
    putTag: prepare('INSERT OR REPLACE INTO logs_tags VALUES (?, ?, ?)'),
    removeTag: prepare('DELETE FROM logs_tags WHERE groupId = ? AND key = ?'),
    stream: prepare('SELECT * FROM logs_streams WHERE groupId = ? AND name = ?'),
    insertStream: prepare('INSERT INTO logs_streams (groupId, name, createdAt) VALUES (?, ?, ?)'),
    removeStream: prepare('DELETE FROM logs_streams WHERE id = ?'),
    name: {
      ascending: prepare(`${streamsOf} AND name > ?3 ORDER BY name LIMIT ?4`),
      descending: prepare(`${streamsOf} AND (?3 = '' OR name < ?3) ORDER BY name DESC LIMIT ?4`),
    },
    lastEvent: {
      ascending: prepare(
        `${streamsOf} AND (${lastEvent}, name) > (?5, ?3) ORDER BY ${lastEvent}, name LIMIT ?4`,
      ),
      descending: prepare(
        `${streamsOf} AND (${lastEvent}, name) < (?5, ?3) ORDER BY ${lastEvent} DESC, name DESC LIMIT ?4`,
      ),
    },
  };
  return {
    group: (name: string) => statements.group.get(name) as GroupRow | undefined,
    /** In the order of their names, after one. */
    groups: (after = '') => statements.groups.iterate(after) as Iterable<GroupRow>,
    insertGroup: (group: Omit<GroupRow, 'id' | 'retentionInDays'>) =>
      Number(statements.insertGroup.run(group).lastInsertRowid),
    /** With everything in it. */
    removeGroup: (id: number) => void statements.removeGroup.run(id),
    keepFor: (id: number, days: number | null) => void statements.keepFor.run(days, id),
    protect: (id: number, isProtected: boolean) => void statements.protect.run(isProtected ? 1 : 0, id),
    storedBytes: (id: number) => Number(statements.bytes.get(id)?.bytes),
    tags: (id: number): Record<string, string> =>
      Object.fromEntries(statements.tags.all(id).map(({ key, value }) => [String(key), String(value)])),
    putTag: (id: number, key: string, value: string) => void statements.putTag.run(id, key, value),
    removeTag: (id: number, key: string) => void statements.removeTag.run(id, key),
    stream: (groupId: number, name: string) => statements.stream.get(groupId, name) as StreamRow | undefined,
    insertStream: (groupId: number, name: string, createdAt: number) =>
      void statements.insertStream.run(groupId, name, createdAt),
    /** With its events. */
    removeStream: (id: number) => void statements.removeStream.run(id),
    /** Streams whose names begin with `prefix`; the first ones without a cursor, all of them without a limit. */
    streams(
      groupId: number,
      prefix: string,
      order: { by: StreamOrder; descending: boolean; after?: StreamCursor | undefined; limit?: number },
    ): StreamRow[] {
      const { by, descending, limit = -1 } = order;
      const statement = statements[by][descending ? 'descending' : 'ascending'];
      const name = order.after?.name ?? '';
      if (by === 'name') return statement.all(groupId, prefix, name, limit) as StreamRow[];
      const from = order.after?.lastEventAt ?? (descending ? Number.MAX_SAFE_INTEGER : -1);
      return statement.all(groupId, prefix, name, limit, from) as StreamRow[];
    },
  };
}
