import type { DatabaseSync } from 'node:sqlite';
import type { StreamRow } from './log-store.ts';

/** A log event as it is kept. Times are milliseconds since 1970. */
export type EventRow = {
  /** Rises with every event that is taken in and is never used again. */
  id: number;
  groupId: number;
  timestamp: number;
  ingestedAt: number;
  message: string;
  /** The stream's name. */
  stream: string;
};

/** A place in the order of events: by time, and those of one millisecond as they came in. */
export type Position = { timestamp: number; id: number };

/** A group's window of time, the ends included: all of its streams, or these. */
export type Window = {
  groupId: number;
  streamIds?: readonly number[] | undefined;
  from: number;
  to: number;
};

export type EventStore = ReturnType<typeof createEventStore>;

/** What CloudWatch counts for an event beside its text. */
const eventOverhead = 26;

export const eventBytes = (message: string): number => Buffer.byteLength(message) + eventOverhead;

/** Log events, found by (group, time) and (stream, time). */
export function createEventStore(database: DatabaseSync) {
  database.exec(`
    CREATE TABLE IF NOT EXISTS logs_events (
      id INTEGER PRIMARY KEY AUTOINCREMENT, groupId INTEGER NOT NULL,
      streamId INTEGER NOT NULL REFERENCES logs_streams (id) ON DELETE CASCADE,
      timestamp INTEGER NOT NULL, ingestedAt INTEGER NOT NULL, message TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS logs_events_by_group ON logs_events (groupId, timestamp, id);
    CREATE INDEX IF NOT EXISTS logs_events_by_stream ON logs_events (streamId, timestamp, id);
  `);
  const columns = `id, groupId, timestamp, ingestedAt, message,
    (SELECT name FROM logs_streams WHERE logs_streams.id = streamId) AS stream`;
  const byGroup = `SELECT ${columns} FROM logs_events INDEXED BY logs_events_by_group
    WHERE groupId = ? AND (timestamp, id) > (?, ?) AND timestamp <= ?`;
  const byStream = `SELECT ${columns} FROM logs_events INDEXED BY logs_events_by_stream WHERE streamId = ?`;
  const forward = 'ORDER BY timestamp, id';
  const prepare = (sql: string) => database.prepare(sql);
  const statements = {
    insert: prepare(
      'INSERT INTO logs_events (groupId, streamId, timestamp, ingestedAt, message) VALUES (?, ?, ?, ?, ?)',
    ),
    touch: prepare(
      `UPDATE logs_streams SET firstEventAt = min(coalesce(firstEventAt, ?2), ?2),
       lastEventAt = max(coalesce(lastEventAt, ?3), ?3), lastIngestedAt = ?4, storedBytes = storedBytes + ?5
       WHERE id = ?1`,
    ),
    group: prepare(`${byGroup} ${forward}`),
    streams: prepare(`${byGroup} AND streamId IN (SELECT value FROM json_each(?)) ${forward}`),
    stream: prepare(`${byStream} AND (timestamp, id) > (?, ?) AND timestamp <= ? ${forward}`),
    streamBack: prepare(
      `${byStream} AND (timestamp, id) < (?, ?) AND timestamp >= ? ORDER BY timestamp DESC, id DESC`,
    ),
    newest: prepare('SELECT coalesce(max(id), 0) AS id FROM logs_events'),
    since: prepare(`SELECT ${columns} FROM logs_events WHERE id > ? AND id <= ? ORDER BY id`),
    expire: prepare('DELETE FROM logs_events WHERE groupId = ? AND timestamp < ?'),
    recount: prepare(
      `UPDATE logs_streams SET storedBytes = (
         SELECT coalesce(sum(octet_length(message) + ${eventOverhead}), 0) FROM logs_events WHERE streamId = logs_streams.id
       ) WHERE groupId = ?`,
    ),
  };

  /** Savepoints nest, so that a service that calls from within a transaction does no harm. */
  function atomically(work: () => void): void {
    database.exec('SAVEPOINT logs');
    try {
      work();
    } catch (error) {
      database.exec('ROLLBACK TO logs');
      throw error;
    } finally {
      database.exec('RELEASE logs');
    }
  }

  return {
    /** All or none, in the order that they come in. */
    insert(
      stream: Pick<StreamRow, 'id' | 'groupId'>,
      events: readonly { timestamp: number; message: string }[],
      ingestedAt: number,
    ): void {
      const first = events[0]?.timestamp;
      const last = events.at(-1)?.timestamp;
      if (first === undefined || last === undefined) return;
      atomically(() => {
        let bytes = 0;
        for (const { timestamp, message } of events) {
          statements.insert.run(stream.groupId, stream.id, timestamp, ingestedAt, message);
          bytes += eventBytes(message);
        }
        statements.touch.run(stream.id, first, last, ingestedAt, bytes);
      });
    },
    /** Oldest first, after a position; read as far as it is asked for. */
    forward({ groupId, streamIds, from, to }: Window, after?: Position): Iterable<EventRow> {
      const start = later({ timestamp: from, id: 0 }, after);
      const bounds = [start.timestamp, start.id, to] as const;
      const [only] = streamIds ?? [];
      const rows =
        streamIds === undefined
          ? statements.group.iterate(groupId, ...bounds)
          : streamIds.length === 1 && only !== undefined
            ? statements.stream.iterate(only, ...bounds)
            : statements.streams.iterate(groupId, ...bounds, JSON.stringify(streamIds));
      return rows as Iterable<EventRow>;
    },
    /** Newest first, before a position. */
    backward(streamId: number, { from, to }: { from: number; to: number }, before?: Position) {
      const end = earlier({ timestamp: to, id: Number.MAX_SAFE_INTEGER }, before);
      return statements.streamBack.iterate(streamId, end.timestamp, end.id, from) as Iterable<EventRow>;
    },
    newestId: () => Number(statements.newest.get()?.id),
    /** What came in after one event and up to another, of all groups. */
    between: (after: number, upTo: number) => statements.since.iterate(after, upTo) as Iterable<EventRow>,
    /** Removes what is older than a time. */
    expire(groupId: number, before: number): void {
      atomically(() => {
        if (statements.expire.run(groupId, before).changes > 0) statements.recount.run(groupId);
      });
    },
  };
}

const isAfter = (a: Position, b: Position): boolean =>
  a.timestamp === b.timestamp ? a.id > b.id : a.timestamp > b.timestamp;

const later = (a: Position, b: Position | undefined): Position => (b !== undefined && isAfter(b, a) ? b : a);

const earlier = (a: Position, b: Position | undefined): Position =>
  b !== undefined && isAfter(a, b) ? b : a;
