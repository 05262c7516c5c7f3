import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { ChangeSetRecord, EventRecord, ResourceRecord, StackRecord } from './state.ts';

/** Everything that CloudFormation remembers, in tables of its own. */
export type Store = ReturnType<typeof createStore>;

/** Makes the tables where they are missing. */
export function createStore(database: DatabaseSync) {
  database.exec(`
    CREATE TABLE IF NOT EXISTS cloudformation_templates (key TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS cloudformation_stacks (
      position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
      deleted INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS cloudformation_stacks_by_name ON cloudformation_stacks (name, deleted);
    CREATE TABLE IF NOT EXISTS cloudformation_resources (
      stack_id TEXT NOT NULL, logical_id TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (stack_id, logical_id)) STRICT;
    CREATE TABLE IF NOT EXISTS cloudformation_events (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, stack_id TEXT NOT NULL, operation_id TEXT,
      timestamp INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS cloudformation_events_by_stack ON cloudformation_events (stack_id, sequence);
    CREATE TABLE IF NOT EXISTS cloudformation_change_sets (
      id TEXT PRIMARY KEY, stack_id TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
      body TEXT NOT NULL) STRICT;
  `);
  const sql = (text: string) => database.prepare(text);
  const statements = {
    putTemplate: sql('INSERT OR IGNORE INTO cloudformation_templates (key, text) VALUES (?, ?)'),
    template: sql('SELECT text AS body FROM cloudformation_templates WHERE key = ?'),
    putStack: sql(
      'INSERT INTO cloudformation_stacks (id, name, deleted, body) VALUES (?, ?, ?, ?) ' +
        'ON CONFLICT (id) DO UPDATE SET deleted = excluded.deleted, body = excluded.body',
    ),
    stackById: sql('SELECT body FROM cloudformation_stacks WHERE id = ?'),
    stackByName: sql('SELECT body FROM cloudformation_stacks WHERE name = ? AND deleted = 0'),
    stacks: sql('SELECT body FROM cloudformation_stacks ORDER BY position DESC'),
    putResource: sql(
      'INSERT INTO cloudformation_resources (stack_id, logical_id, body) VALUES (?, ?, ?) ' +
        'ON CONFLICT (stack_id, logical_id) DO UPDATE SET body = excluded.body',
    ),
    removeResource: sql('DELETE FROM cloudformation_resources WHERE stack_id = ? AND logical_id = ?'),
    resources: sql('SELECT body FROM cloudformation_resources WHERE stack_id = ? ORDER BY rowid'),
    putEvent: sql(
      'INSERT INTO cloudformation_events (stack_id, operation_id, timestamp, body) VALUES (?, ?, ?, ?)',
    ),
    lastTimestamp: sql(
      'SELECT timestamp AS latest FROM cloudformation_events WHERE stack_id = ? ORDER BY sequence DESC LIMIT 1',
    ),
    events: sql(
      'SELECT sequence, body FROM cloudformation_events WHERE stack_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?',
    ),
    eventsOfOperation: sql(
      'SELECT sequence, body FROM cloudformation_events WHERE operation_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?',
    ),
    putChangeSet: sql(
      'INSERT INTO cloudformation_change_sets (id, stack_id, name, created, body) VALUES (?, ?, ?, ?, ?) ' +
        'ON CONFLICT (id) DO UPDATE SET body = excluded.body',
    ),
    changeSetById: sql('SELECT body FROM cloudformation_change_sets WHERE id = ?'),
    changeSets: sql('SELECT body FROM cloudformation_change_sets WHERE stack_id = ? ORDER BY created DESC'),
    allChangeSets: sql('SELECT body FROM cloudformation_change_sets'),
    removeChangeSet: sql('DELETE FROM cloudformation_change_sets WHERE id = ?'),
  };
  const parse = <T>(row: Record<string, unknown> | undefined): T | undefined =>
    row === undefined ? undefined : (JSON.parse(String(row.body)) as T);
  const parseAll = <T>(rows: Record<string, unknown>[]): T[] =>
    rows.map((row) => JSON.parse(String(row.body)) as T);
  let depth = 0;

  return {
    /** All or nothing; `work` must not wait for anything. */
    transaction<T>(work: () => T): T {
      const name = `cloudformation_${depth++}`;
      database.exec(`SAVEPOINT ${name}`);
      try {
        const result = work();
        database.exec(`RELEASE ${name}`);
        return result;
      } catch (error) {
        database.exec(`ROLLBACK TO ${name}; RELEASE ${name}`);
        throw error;
      } finally {
        depth--;
      }
    },

    /** Keeps the text and gives its key. */
    putTemplate(text: string): string {
      const key = createHash('sha256').update(text).digest('hex');
      statements.putTemplate.run(key, text);
      return key;
    },
    template(key: string): string {
      const row = statements.template.get(key);
      if (row === undefined) throw new Error(`The template ${key} is not in the store`);
      return String(row.body);
    },

    putStack(stack: StackRecord): void {
      statements.putStack.run(
        stack.id,
        stack.name,
        stack.deletedAt === undefined ? 0 : 1,
        JSON.stringify(stack),
      );
    },
    stackById: (id: string) => parse<StackRecord>(statements.stackById.get(id)),
    stackByName: (name: string) => parse<StackRecord>(statements.stackByName.get(name)),
    /** Newest first, deleted ones too. */
    stacks: () => parseAll<StackRecord>(statements.stacks.all()),

    putResource(resource: ResourceRecord): void {
      statements.putResource.run(resource.stackId, resource.logicalId, JSON.stringify(resource));
    },
    removeResource(stackId: string, logicalId: string): void {
      statements.removeResource.run(stackId, logicalId);
    },
    resources: (stackId: string) => parseAll<ResourceRecord>(statements.resources.all(stackId)),

    putEvent(event: EventRecord): void {
      statements.putEvent.run(
        event.stackId,
        event.operationId ?? null,
        event.timestamp,
        JSON.stringify(event),
      );
    },
    lastTimestamp(stackId: string): number {
      return Number(statements.lastTimestamp.get(stackId)?.latest ?? 0);
    },
    /** Newest first, those older than the sequence number `before`. */
    events(of: { stackId: string } | { operationId: string }, before: number, count: number) {
      const rows =
        'stackId' in of
          ? statements.events.all(of.stackId, before, count)
          : statements.eventsOfOperation.all(of.operationId, before, count);
      return rows.map((row) => ({
        sequence: Number(row.sequence),
        event: JSON.parse(String(row.body)) as EventRecord,
      }));
    },

    putChangeSet(changeSet: ChangeSetRecord): void {
      const { id, stackId, name, createdAt } = changeSet;
      statements.putChangeSet.run(id, stackId, name, createdAt, JSON.stringify(changeSet));
    },
    changeSetById: (id: string) => parse<ChangeSetRecord>(statements.changeSetById.get(id)),
    changeSets: (stackId: string) => parseAll<ChangeSetRecord>(statements.changeSets.all(stackId)),
    allChangeSets: () => parseAll<ChangeSetRecord>(statements.allChangeSets.all()),
    removeChangeSet(id: string): void {
      statements.removeChangeSet.run(id);
    },
  };
}
