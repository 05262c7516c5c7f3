import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { decodeItem, encodeItem, equalValues, type Item } from './attribute-value.ts';
import { indexPosition } from './item-key.ts';
import { itemSize } from './item-size.ts';
import { encodePosition, type Position } from './key-encoding.ts';
import { projectToIndex, type SecondaryIndex, type Table } from './table.ts';
import { inTransaction } from './transaction.ts';

/** An item and its bytes; those of an item read by way of an index are the bytes that the index holds. */
export type StoredItem = { item: Item; size: number };

/** An item was put, changed or deleted: what streams, time to live and exports have to know. */
export type Change = { table: Table; before: Item | undefined; after: Item | undefined };

/** Called within the transaction of the change, so that what it writes stays or goes with it. */
export type ChangeListener = (change: Change) => void;

/** Write capacity that a change took. */
export type WriteCost = { table: number; indexes: Map<string, number> };

/** A part of a table or index in the order of its keys. */
export type Range = {
  table: Table;
  index?: SecondaryIndex | undefined;
  /** One partition, or all from one on and before another. */
  partition: Uint8Array | { from: Uint8Array; to?: Uint8Array };
  /** Bounds of the sort key; `after` and `before` are outside. */
  sort?: { from?: Uint8Array; after?: Uint8Array; to?: Uint8Array; before?: Uint8Array };
  /** Where to go on: in an index, the position in the table too. */
  start?: { position: Position; tie: Uint8Array } | undefined;
  forward: boolean;
  /** Whole items, though the index holds only a part of them. */
  whole?: boolean;
};

type Entry = { position: Position; image: Item; size: number };

const writeUnit = 1024;
const backfillStep = 500;
const purgeStep = 2000;

/** The items of all tables in one SQLite table, and beside it the entries of their indexes. */
export class ItemStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #listeners: ChangeListener[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(`
      CREATE TABLE IF NOT EXISTS dynamodb_items (
        id INTEGER PRIMARY KEY,
        table_id INTEGER NOT NULL,
        partition_key BLOB NOT NULL,
        sort_key BLOB NOT NULL,
        size INTEGER NOT NULL,
        item TEXT NOT NULL,
        UNIQUE (table_id, partition_key, sort_key)
      );
      CREATE TABLE IF NOT EXISTS dynamodb_index_entries (
        index_id INTEGER NOT NULL,
        partition_key BLOB NOT NULL,
        sort_key BLOB NOT NULL,
        tie BLOB NOT NULL,
        item_id INTEGER NOT NULL,
        size INTEGER NOT NULL,
        PRIMARY KEY (index_id, partition_key, sort_key, tie)
      ) WITHOUT ROWID;`);
  }

  /** From now on the listener hears of every change. */
  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  transaction<T>(body: () => T): T {
    return inTransaction(this.#database, body);
  }

  get(table: Table, { partition, sort }: Position): StoredItem | undefined {
    const row = this.#prepare(
      'SELECT size, item FROM dynamodb_items WHERE table_id = ? AND partition_key = ? AND sort_key = ?',
    ).get(table.id, partition, sort);
    return row && { item: decodeItem(String(row.item)), size: Number(row.size) };
  }

  /**
   * The one way in which an item comes, changes or goes. `before` is what `get` gave for the position in the
   * same transaction. Keeps the indexes and the table's counters, and tells the listeners.
   */
  change(
    table: Table,
    position: Position,
    before: StoredItem | undefined,
    after: StoredItem | undefined,
  ): WriteCost {
    const cost: WriteCost = {
      table: units(Math.max(before?.size ?? 0, after?.size ?? 0)),
      indexes: new Map(),
    };
    if (!before && !after) return cost;
    const id = this.#write(table, position, after);
    for (const index of table.indexes) {
      if (index.status === 'DELETING') continue;
      const spent = this.#changeEntry(table, index, position, id, before?.item, after?.item);
      if (spent > 0) cost.indexes.set(index.name, spent);
    }
    this.#prepare(
      'UPDATE dynamodb_tables SET item_count = item_count + ?, size_bytes = size_bytes + ? WHERE id = ?',
    ).run(Number(!!after) - Number(!!before), (after?.size ?? 0) - (before?.size ?? 0), table.id);
    for (const listener of this.#listeners) {
      listener({ table, before: before?.item, after: after?.item });
    }
    return cost;
  }

  /** Reads a range item by item; what is not asked for is not read. */
  *read(range: Range): Generator<StoredItem> {
    const { sql, parameters } = selectRange(range);
    for (const row of this.#prepare(sql).iterate(...parameters)) {
      const item = decodeItem(String(row.item));
      yield {
        item: range.index && !range.whole ? projectToIndex(range.table, range.index, item) : item,
        size: Number(row.size),
      };
    }
  }

  /** Number of entries of an index and their bytes. */
  indexCounts(index: SecondaryIndex): { items: number; bytes: number } {
    const row = this.#prepare(
      'SELECT count(*) AS items, total(size) AS bytes FROM dynamodb_index_entries WHERE index_id = ?',
    ).get(index.id);
    return { items: Number(row?.items ?? 0), bytes: Number(row?.bytes ?? 0) };
  }

  /** Makes entries for the next items after the position; gives the last one's, or undefined at the end. */
  backfill(table: Table, index: SecondaryIndex, after: Position | undefined): Position | undefined {
    const rows = this.#prepare(
      `SELECT id, partition_key, sort_key, item FROM dynamodb_items
       WHERE table_id = ? AND (partition_key, sort_key) > (?, ?)
       ORDER BY partition_key, sort_key LIMIT ${backfillStep}`,
    ).all(table.id, after?.partition ?? new Uint8Array(), after?.sort ?? new Uint8Array());
    this.transaction(() => {
      for (const row of rows) {
        const entry = entryOf(table, index, decodeItem(String(row.item)));
        if (entry) this.#insertEntry(index, entry, positionOf(row), Number(row.id));
      }
    });
    const last = rows.at(-1);
    return last && rows.length === backfillStep ? positionOf(last) : undefined;
  }

  /** Deletes some of a table's items without telling anyone; false when there were none left. */
  purgeItems(table: Table): boolean {
    const { changes } = this.#prepare(
      `DELETE FROM dynamodb_items WHERE id IN
       (SELECT id FROM dynamodb_items WHERE table_id = ? LIMIT ${purgeStep})`,
    ).run(table.id);
    return changes > 0;
  }

  purgeIndex(index: SecondaryIndex): void {
    this.#prepare('DELETE FROM dynamodb_index_entries WHERE index_id = ?').run(index.id);
  }

  #write(table: Table, { partition, sort }: Position, after: StoredItem | undefined): number {
    if (!after) {
      this.#prepare(
        'DELETE FROM dynamodb_items WHERE table_id = ? AND partition_key = ? AND sort_key = ?',
      ).run(table.id, partition, sort);
      return 0;
    }
    const row = this.#prepare(
      `INSERT INTO dynamodb_items (table_id, partition_key, sort_key, size, item) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET size = excluded.size, item = excluded.item RETURNING id`,
    ).get(table.id, partition, sort, after.size, encodeItem(after.item));
    return Number(row?.id);
  }

  #changeEntry(
    table: Table,
    index: SecondaryIndex,
    position: Position,
    id: number,
    before: Item | undefined,
    after: Item | undefined,
  ): number {
    const old = before && entryOf(table, index, before);
    const next = after && entryOf(table, index, after);
    if (old && next && samePosition(old.position, next.position)) {
      if (equalValues({ M: old.image }, { M: next.image })) return 0;
      this.#insertEntry(index, next, position, id);
      return units(Math.max(old.size, next.size));
    }
    if (old) {
      this.#prepare(
        'DELETE FROM dynamodb_index_entries WHERE index_id = ? AND partition_key = ? AND sort_key = ? AND tie = ?',
      ).run(index.id, old.position.partition, old.position.sort, encodePosition(position));
    }
    if (next) this.#insertEntry(index, next, position, id);
    return (old ? units(old.size) : 0) + (next ? units(next.size) : 0);
  }

  #insertEntry(index: SecondaryIndex, entry: Entry, position: Position, id: number): void {
    this.#prepare(
      `INSERT OR REPLACE INTO dynamodb_index_entries (index_id, partition_key, sort_key, tie, item_id, size)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ).run(index.id, entry.position.partition, entry.position.sort, encodePosition(position), id, entry.size);
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function selectRange(range: Range): { sql: string; parameters: SQLInputValue[] } {
  const { index, partition, sort = {}, start, forward } = range;
  const single = partition instanceof Uint8Array;
  const conditions = [index ? 's.index_id = ?' : 's.table_id = ?'];
  const parameters: SQLInputValue[] = [index ? index.id : range.table.id];
  const bound = (condition: string, value: Uint8Array | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters.push(value);
  };
  if (single) bound('s.partition_key = ?', partition);
  else {
    bound('s.partition_key >= ?', partition.from);
    bound('s.partition_key < ?', partition.to);
  }
  bound('s.sort_key >= ?', sort.from);
  bound('s.sort_key > ?', sort.after);
  bound('s.sort_key <= ?', sort.to);
  bound('s.sort_key < ?', sort.before);
  const order = [...(single ? [] : ['s.partition_key']), 's.sort_key', ...(index ? ['s.tie'] : [])];
  if (start) {
    conditions.push(`(${order.join(', ')}) ${forward ? '>' : '<'} (${order.map(() => '?').join(', ')})`);
    const { position, tie } = start;
    parameters.push(...(single ? [] : [position.partition]), position.sort, ...(index ? [tie] : []));
  }
  // CROSS JOIN keeps SQLite from beginning with the items.
  const from = index
    ? 'SELECT s.size, i.item FROM dynamodb_index_entries s CROSS JOIN dynamodb_items i ON i.id = s.item_id'
    : 'SELECT s.size, s.item FROM dynamodb_items s';
  const direction = forward ? '' : ' DESC';
  const sql = `${from} WHERE ${conditions.join(' AND ')} ORDER BY ${order.map((column) => column + direction).join(', ')}`;
  return { sql, parameters };
}

function entryOf(table: Table, index: SecondaryIndex, item: Item): Entry | undefined {
  const position = indexPosition(item, index.keys);
  if (!position) return undefined;
  const image = projectToIndex(table, index, item);
  return { position, image, size: itemSize(image) };
}

function positionOf(row: Record<string, unknown>): Position {
  const { partition_key: partition, sort_key: sort } = row;
  if (!(partition instanceof Uint8Array && sort instanceof Uint8Array)) throw new Error('a row without keys');
  return { partition, sort };
}

function samePosition(left: Position, right: Position): boolean {
  return Buffer.compare(left.partition, right.partition) === 0 && Buffer.compare(left.sort, right.sort) === 0;
}

function units(size: number): number {
  return Math.max(1, Math.ceil(size / writeUnit));
}
