import type {
  BillingMode,
  IndexStatus,
  ProjectionType,
  SSESpecification,
  StreamViewType,
  TableClass,
  TableStatus,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './attribute-value.ts';
import { member } from './expressions/document-path.ts';

export type KeyType = 'S' | 'N' | 'B';

/** The attributes that make up the key of a table or an index. */
export type KeyNames = { hash: string; range?: string };

export type Throughput = { read: number; write: number };

export type SecondaryIndex = {
  /** Marks the index's entries in the store. */
  id: number;
  name: string;
  scope: 'global' | 'local';
  keys: KeyNames;
  projection: { type: ProjectionType; attributes: string[] };
  status: IndexStatus;
  throughput: Throughput;
};

/** A table as it is kept; never changed in place, but replaced in the catalog. */
export type Table = {
  /** Marks the table's items in the store. */
  id: number;
  name: string;
  uniqueId: string;
  /** Milliseconds since 1970, as all times here. */
  createdAt: number;
  status: TableStatus;
  attributeTypes: Record<string, KeyType>;
  keys: KeyNames;
  indexes: SecondaryIndex[];
  billingMode: BillingMode;
  billingModeChangedAt?: number;
  throughput: Throughput;
  stream?: { viewType: StreamViewType; enabledAt: number; enabled: boolean };
  deletionProtection: boolean;
  tableClass?: TableClass;
  encryption?: SSESpecification;
  tags: Record<string, string>;
  timeToLiveAttribute?: string;
  pointInTimeRecovery?: { since: number; days: number };
};

export function keyAttributes({ hash, range }: KeyNames): string[] {
  return range === undefined ? [hash] : [hash, range];
}

/** The attributes of a position in a table or an index: those of the index first, then those of the table. */
export function positionAttributes(table: Table, index?: SecondaryIndex): string[] {
  const names = keyAttributes(table.keys);
  return index ? [...new Set([...keyAttributes(index.keys), ...names])] : names;
}

/** The attributes that an index holds of an item. */
export function projectToIndex(table: Table, index: SecondaryIndex, item: Item): Item {
  const { type, attributes } = index.projection;
  if (type === 'ALL') return item;
  return pick(item, [...positionAttributes(table, index), ...attributes]);
}

/** The attributes of these names that the item has. */
export function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = member(item, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
