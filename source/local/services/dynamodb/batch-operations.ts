import type {
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  BatchWriteItemCommandInput,
  BatchWriteItemCommandOutput,
  ConsumedCapacity,
  ItemCollectionMetrics,
  KeysAndAttributes,
  WriteRequest as WriteRequestInput,
} from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../backend.ts';
import type { Item } from './attribute-value.ts';
import type { Catalog } from './catalog.ts';
import { addUsage, consumedCapacity, readUnits, type Usage } from './consumed-capacity.ts';
import { validationError } from './errors.ts';
import { project } from './expressions/projection.ts';
import { parseExpressions } from './expressions/request-expressions.ts';
import { checkKey, type ItemKey } from './item-key.ts';
import { collectionMetrics } from './item-operations.ts';
import type { ItemStore } from './item-store.ts';
import { deleteRequest, putRequest, type WriteRequest, write } from './item-write.ts';
import { encodePosition } from './key-encoding.ts';
import type { Table } from './table.ts';

const mostReads = 100;
const mostWrites = 25;
const largestAnswer = 16 * 1024 * 1024;

/** A text that two keys share only when they are of the same item. */
export function itemIdentity(table: Table, { position }: ItemKey): string {
  return `${table.id}:${Buffer.from(encodePosition(position)).toString('base64')}`;
}

/** Operations on several items that do not belong together. */
export function batchOperations(catalog: Catalog, store: ItemStore) {
  const batchGetItem: Operation<BatchGetItemCommandInput, BatchGetItemCommandOutput> = (input) => {
    const requests = Object.entries(input.RequestItems ?? {});
    checkCount(
      'BatchGetItem',
      'RequestItems',
      requests.map(([, { Keys = [] }]) => Keys.length),
      mostReads,
    );
    const reads = requests.map(([name, request]) => readsOf(catalog, name, request));
    const responses: Record<string, Item[]> = {};
    const unprocessed: Record<string, KeysAndAttributes> = {};
    const capacities: ConsumedCapacity[] = [];
    let bytes = 0;
    for (const { name, table, keys, projection, request } of reads) {
      const items: Item[] = [];
      let usage: Usage | undefined;
      for (const [index, key] of keys.entries()) {
        const stored = bytes < largestAnswer ? store.get(table, key.position) : undefined;
        bytes += stored?.size ?? 0;
        if (bytes >= largestAnswer) {
          unprocessed[name] = { ...request, Keys: (request.Keys ?? []).slice(index) };
          break;
        }
        usage = addUsage(usage, {
          table: readUnits(stored?.size ?? 0, request.ConsistentRead),
          indexes: new Map(),
        });
        if (stored) items.push(projection ? project(stored.item, projection) : stored.item);
      }
      responses[name] = items;
      const capacity = usage && consumedCapacity(input.ReturnConsumedCapacity, table, usage);
      if (capacity) capacities.push(capacity);
    }
    return {
      Responses: responses,
      UnprocessedKeys: unprocessed,
      ConsumedCapacity: input.ReturnConsumedCapacity ? capacities : undefined,
    };
  };

  const batchWriteItem: Operation<BatchWriteItemCommandInput, BatchWriteItemCommandOutput> = (input) => {
    const requests = Object.entries(input.RequestItems ?? {});
    checkCount(
      'BatchWriteItem',
      'RequestItems',
      requests.map(([, list]) => list.length),
      mostWrites,
    );
    const writes = requests.flatMap(([name, list]) =>
      list.map((request) => ({ name, request: writeOf(name, request) })),
    );
    const planned = writes.map(({ name, request }) => {
      const table = catalog.usable(request.tableName);
      return { name, request, table, key: request.key(table) };
    });
    refuseDuplicates(planned.map(({ table, key }) => itemIdentity(table, key)));
    const usages = new Map<Table, Usage>();
    const metrics: Record<string, ItemCollectionMetrics[]> = {};
    store.transaction(() => {
      for (const { name, table, key, request } of planned) {
        usages.set(table, addUsage(usages.get(table), write(store, table, key, request).cost));
        const metric = collectionMetrics(input.ReturnItemCollectionMetrics, table, key);
        if (metric) metrics[name] = [...(metrics[name] ?? []), metric];
      }
    });
    return {
      UnprocessedItems: {},
      ItemCollectionMetrics: input.ReturnItemCollectionMetrics === 'SIZE' ? metrics : undefined,
      ConsumedCapacity: capacityList(input.ReturnConsumedCapacity, usages),
    };
  };

  return { BatchGetItem: batchGetItem, BatchWriteItem: batchWriteItem };
}

/** Consumed capacity of several tables; undefined when it was not asked for. */
export function capacityList(
  mode: BatchWriteItemCommandInput['ReturnConsumedCapacity'],
  usages: Map<Table, Usage>,
): ConsumedCapacity[] | undefined {
  if (mode !== 'TOTAL' && mode !== 'INDEXES') return undefined;
  return [...usages].flatMap(([table, usage]) => consumedCapacity(mode, table, usage) ?? []);
}

function readsOf(catalog: Catalog, name: string, request: KeysAndAttributes) {
  const { projection } = parseExpressions(request, ['ProjectionExpression']);
  const table = catalog.usable(name);
  const keys = (request.Keys ?? []).map((key) => checkKey(table, key));
  refuseDuplicates(keys.map((key) => itemIdentity(table, key)));
  return { name, table, keys, projection, request };
}

function writeOf(table: string, { PutRequest, DeleteRequest }: WriteRequestInput): WriteRequest {
  if (PutRequest && !DeleteRequest) return putRequest({ TableName: table, Item: PutRequest.Item });
  if (DeleteRequest && !PutRequest) return deleteRequest({ TableName: table, Key: DeleteRequest.Key });
  throw validationError(
    'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
  );
}

function checkCount(operation: string, member: string, counts: number[], most: number): void {
  if (counts.length === 0) {
    throw validationError(
      `The ${member[0]?.toLowerCase()}${member.slice(1)} parameter is required for ${operation}`,
    );
  }
  if (counts.includes(0)) {
    throw validationError(
      `1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to ${most}, Member must have length greater than or equal to 1]`,
    );
  }
  if (counts.reduce((sum, count) => sum + count, 0) > most) {
    throw validationError(`Too many items requested for the ${operation} call`);
  }
}

function refuseDuplicates(identities: string[]): void {
  if (new Set(identities).size < identities.length) {
    throw validationError('Provided list of item keys contains duplicates');
  }
}
