import type { ConsumedCapacity, ReturnConsumedCapacity } from '@aws-sdk/client-dynamodb';
import type { Table } from './table.ts';

/** Capacity units that a request took of a table and, by name, of its indexes. */
export type Usage = { table: number; indexes: Map<string, number> };

const readUnit = 4096;

/** Read capacity for so many bytes; half for reads that need not be consistent. */
export function readUnits(bytes: number, consistent: boolean | undefined): number {
  return Math.max(1, Math.ceil(bytes / readUnit)) * (consistent ? 1 : 0.5);
}

/** Sum of two usages; transactions cost twice as much. */
export function addUsage(left: Usage | undefined, right: Usage, factor = 1): Usage {
  const indexes = new Map(left?.indexes);
  for (const [name, units] of right.indexes) indexes.set(name, (indexes.get(name) ?? 0) + units * factor);
  return { table: (left?.table ?? 0) + right.table * factor, indexes };
}

/** The answer to `ReturnConsumedCapacity`; undefined when it was not asked for. */
export function consumedCapacity(
  mode: ReturnConsumedCapacity | undefined,
  table: Table,
  usage: Usage,
): ConsumedCapacity | undefined {
  if (mode !== 'TOTAL' && mode !== 'INDEXES') return undefined;
  const total = [...usage.indexes.values()].reduce((sum, units) => sum + units, usage.table);
  const capacity: ConsumedCapacity = { TableName: table.name, CapacityUnits: total };
  if (mode === 'TOTAL') return capacity;
  capacity.Table = { CapacityUnits: usage.table };
  for (const [name, units] of usage.indexes) {
    const scope = table.indexes.find((index) => index.name === name)?.scope;
    const member = scope === 'local' ? 'LocalSecondaryIndexes' : 'GlobalSecondaryIndexes';
    capacity[member] = { ...capacity[member], [name]: { CapacityUnits: units } };
  }
  return capacity;
}
