import type { Backend } from '../../backend.ts';
import { Constraints } from './constraints.ts';
import { tableNotFound } from './errors.ts';
import type { Table } from './table.ts';

/** All tables, in memory and in the database. */
export class Catalog {
  readonly #backend: Backend;
  readonly #tables = new Map<string, Table>();

  constructor(backend: Backend) {
    this.#backend = backend;
    backend.database.exec(`
      CREATE TABLE IF NOT EXISTS dynamodb_tables (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        definition TEXT NOT NULL,
        item_count INTEGER NOT NULL DEFAULT 0,
        size_bytes INTEGER NOT NULL DEFAULT 0
      )`);
    for (const row of backend.database.prepare('SELECT id, definition FROM dynamodb_tables').all()) {
      const table = { ...(JSON.parse(String(row.definition)) as Omit<Table, 'id'>), id: Number(row.id) };
      this.#tables.set(table.name, table);
    }
  }

  /** All tables in the order of their names. */
  all(): Table[] {
    return [...this.#tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): Table | undefined {
    return this.#tables.get(name);
  }

  /** The table of a request's `TableName`, a name or an ARN, in whatever state. Throws when there is none. */
  named(nameOrArn: string | undefined): Table {
    const name = this.#checkedName(nameOrArn);
    const table = this.#tables.get(name);
    if (!table) throw tableNotFound(name);
    return table;
  }

  /** The table of a request for items: it has to be there for reading and writing. */
  usable(nameOrArn: string | undefined): Table {
    const table = this.#tables.get(this.#checkedName(nameOrArn));
    if (!table || table.status === 'CREATING' || table.status === 'DELETING') throw tableNotFound();
    return table;
  }

  add(table: Omit<Table, 'id'>): Table {
    const { lastInsertRowid } = this.#backend.database
      .prepare('INSERT INTO dynamodb_tables (name, definition) VALUES (?, ?)')
      .run(table.name, JSON.stringify(table));
    const added = { ...table, id: Number(lastInsertRowid) };
    this.#tables.set(added.name, added);
    return added;
  }

  /** Puts the table in the place of the one with its id. */
  replace(table: Table): Table {
    const { id, ...definition } = table;
    this.#backend.database
      .prepare('UPDATE dynamodb_tables SET definition = ? WHERE id = ?')
      .run(JSON.stringify(definition), id);
    this.#tables.set(table.name, table);
    return table;
  }

  /** The table as it is now; undefined when it has gone, even if another has its name. */
  current({ id, name }: Table): Table | undefined {
    const table = this.#tables.get(name);
    return table?.id === id ? table : undefined;
  }

  remove(table: Table): void {
    this.#backend.database.prepare('DELETE FROM dynamodb_tables WHERE id = ?').run(table.id);
    this.#tables.delete(table.name);
  }

  /** An id for a new index. Entries of a deleted index are gone before its id is free again. */
  nextIndexId(): number {
    const ids = [...this.#tables.values()].flatMap(({ indexes }) => indexes.map(({ id }) => id));
    return Math.max(0, ...ids) + 1;
  }

  arn(table: Table): string {
    return `arn:aws:dynamodb:${this.#backend.region}:${this.#backend.accountId}:table/${table.name}`;
  }

  /** Number of items and their bytes, exact at any time, unlike AWS's, which are counted every six hours. */
  counts(table: Table): { items: number; bytes: number } {
    const row = this.#backend.database
      .prepare('SELECT item_count, size_bytes FROM dynamodb_tables WHERE id = ?')
      .get(table.id);
    return { items: Number(row?.item_count ?? 0), bytes: Number(row?.size_bytes ?? 0) };
  }

  #checkedName(nameOrArn: string | undefined): string {
    const name = nameOrArn?.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
    new Constraints()
      .required('tableName', name)
      .name('tableName', name)
      .length('tableName', name, 1, 1024)
      .enforce();
    return name ?? '';
  }
}
