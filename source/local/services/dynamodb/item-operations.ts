import type {
  DeleteItemCommandInput,
  DeleteItemCommandOutput,
  GetItemCommandInput,
  GetItemCommandOutput,
  ItemCollectionMetrics,
  PutItemCommandInput,
  PutItemCommandOutput,
  ReturnItemCollectionMetrics,
  ReturnValue,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../backend.ts';
import type { Item } from './attribute-value.ts';
import type { Catalog } from './catalog.ts';
import { Constraints } from './constraints.ts';
import { consumedCapacity, readUnits } from './consumed-capacity.ts';
import { validationError } from './errors.ts';
import { project } from './expressions/projection.ts';
import { parseExpressions } from './expressions/request-expressions.ts';
import type { Path } from './expressions/syntax.ts';
import { checkKey, type ItemKey } from './item-key.ts';
import type { ItemStore } from './item-store.ts';
import {
  deleteRequest,
  putRequest,
  updateRequest,
  type WriteRequest,
  type WriteResult,
  write,
} from './item-write.ts';
import { pick, type Table } from './table.ts';

const allReturnValues = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'];

/** Operations on one item. */
export function itemOperations(catalog: Catalog, store: ItemStore) {
  const run = (request: WriteRequest): WriteResult & { table: Table; key: ItemKey } => {
    const table = catalog.usable(request.tableName);
    const key = request.key(table);
    return { table, key, ...store.transaction(() => write(store, table, key, request)) };
  };

  const getItem: Operation<GetItemCommandInput, GetItemCommandOutput> = (input) => {
    new Constraints().required('tableName', input.TableName).required('key', input.Key).enforce();
    const { projection } = parseExpressions(input, ['ProjectionExpression']);
    const table = catalog.usable(input.TableName);
    const stored = store.get(table, checkKey(table, input.Key).position);
    const usage = { table: readUnits(stored?.size ?? 0, input.ConsistentRead), indexes: new Map() };
    return {
      Item: stored && (projection ? project(stored.item, projection) : stored.item),
      ConsumedCapacity: consumedCapacity(input.ReturnConsumedCapacity, table, usage),
    };
  };

  const putItem: Operation<PutItemCommandInput, PutItemCommandOutput> = (input) => {
    checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD']);
    const { table, key, before, cost } = run(putRequest(input));
    return {
      Attributes: input.ReturnValues === 'ALL_OLD' ? before?.item : undefined,
      ConsumedCapacity: consumedCapacity(input.ReturnConsumedCapacity, table, cost),
      ItemCollectionMetrics: collectionMetrics(input.ReturnItemCollectionMetrics, table, key),
    };
  };

  const deleteItem: Operation<DeleteItemCommandInput, DeleteItemCommandOutput> = (input) => {
    checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD']);
    const { table, key, before, cost } = run(deleteRequest(input));
    return {
      Attributes: input.ReturnValues === 'ALL_OLD' ? before?.item : undefined,
      ConsumedCapacity: consumedCapacity(input.ReturnConsumedCapacity, table, cost),
      ItemCollectionMetrics: collectionMetrics(input.ReturnItemCollectionMetrics, table, key),
    };
  };

  const updateItem: Operation<UpdateItemCommandInput, UpdateItemCommandOutput> = (input) => {
    checkReturnValues(input.ReturnValues, allReturnValues);
    const request = updateRequest(input);
    const { table, key, before, after, cost } = run(request);
    return {
      Attributes: returned(input.ReturnValues, before?.item, after?.item, request.paths),
      ConsumedCapacity: consumedCapacity(input.ReturnConsumedCapacity, table, cost),
      ItemCollectionMetrics: collectionMetrics(input.ReturnItemCollectionMetrics, table, key),
    };
  };

  return { GetItem: getItem, PutItem: putItem, DeleteItem: deleteItem, UpdateItem: updateItem };
}

/** Only tables with local indexes have item collections. */
export function collectionMetrics(
  mode: ReturnItemCollectionMetrics | undefined,
  table: Table,
  key: ItemKey,
): ItemCollectionMetrics | undefined {
  if (mode !== 'SIZE' || !table.indexes.some(({ scope }) => scope === 'local')) return undefined;
  return { ItemCollectionKey: pick(key.attributes, [table.keys.hash]), SizeEstimateRangeGB: [0, 1] };
}

function checkReturnValues(value: ReturnValue | undefined, allowed: string[]): void {
  new Constraints().oneOf('returnValues', value, allReturnValues).enforce();
  if (value !== undefined && !allowed.includes(value)) {
    throw validationError('ReturnValues can only be ALL_OLD or NONE');
  }
}

function returned(
  mode: ReturnValue | undefined,
  before: Item | undefined,
  after: Item | undefined,
  paths: readonly Path[],
): Item | undefined {
  switch (mode) {
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return nonEmpty(before && project(before, paths));
    case 'UPDATED_NEW':
      return nonEmpty(after && project(after, paths));
    default:
      return undefined;
  }
}

function nonEmpty(item: Item | undefined): Item | undefined {
  return item && Object.keys(item).length > 0 ? item : undefined;
}
