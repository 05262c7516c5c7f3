import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import type { Item } from '../../../source/local/services/dynamodb/attribute-value.ts';
import { keyOfItem } from '../../../source/local/services/dynamodb/item-key.ts';
import { itemSize } from '../../../source/local/services/dynamodb/item-size.ts';
import { type Change, ItemStore } from '../../../source/local/services/dynamodb/item-store.ts';
import type { Table } from '../../../source/local/services/dynamodb/table.ts';

const table: Table = {
  id: 1,
  name: 'things',
  uniqueId: 'unique',
  createdAt: 0,
  status: 'ACTIVE',
  attributeTypes: { id: 'S' },
  keys: { hash: 'id' },
  indexes: [],
  billingMode: 'PAY_PER_REQUEST',
  throughput: { read: 0, write: 0 },
  deletionProtection: false,
  tags: {},
};

let database: DatabaseSync;
let store: ItemStore;

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  // Of the catalog's table the store needs the counters.
  database.exec('CREATE TABLE dynamodb_tables (id INTEGER, item_count INTEGER, size_bytes INTEGER)');
  database.exec('CREATE TABLE heard (text TEXT)');
  store = new ItemStore(database);
});

function change(item: Item, kind: 'put' | 'delete'): void {
  const { position } = keyOfItem(table, item);
  const after = kind === 'put' ? { item, size: itemSize(item) } : undefined;
  store.change(table, position, store.get(table, position), after);
}

test('a listener sees each change with the item before and after it', () => {
  const changes: Omit<Change, 'table'>[] = [];
  store.onChange(({ before, after }) => changes.push({ before, after }));
  const first = { id: { S: '1' }, v: { N: '1' } };
  const second = { id: { S: '1' }, v: { N: '2' } };
  change(first, 'put');
  change(second, 'put');
  change(second, 'delete');
  change(second, 'delete');
  expect(changes).toEqual([
    { before: undefined, after: first },
    { before: first, after: second },
    { before: second, after: undefined },
  ]);
});

test('what a listener writes stays or goes with the change', () => {
  store.onChange(({ after }) => {
    database.prepare('INSERT INTO heard VALUES (?)').run(JSON.stringify(after));
  });
  const item = { id: { S: '1' } };
  expect(() =>
    store.transaction(() => {
      change(item, 'put');
      throw new Error('cancelled');
    }),
  ).toThrow('cancelled');
  expect(database.prepare('SELECT * FROM heard').all()).toEqual([]);
  expect(store.get(table, keyOfItem(table, item).position)).toBeUndefined();
  store.transaction(() => change(item, 'put'));
  expect(database.prepare('SELECT * FROM heard').all()).toHaveLength(1);
});
