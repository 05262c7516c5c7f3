import type { AttributeValue, ReturnValuesOnConditionCheckFailure } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../../backend.ts';
import { checkedItem, checkNesting, type Item } from './attribute-value.ts';
import { Constraints } from './constraints.ts';
import { invalidParameters, validationError } from './errors.ts';
import { member } from './expressions/document-path.ts';
import { holds } from './expressions/evaluate.ts';
import { type ExpressionInput, parseExpressions } from './expressions/request-expressions.ts';
import type { Condition, Path, UpdateAction } from './expressions/syntax.ts';
import { applyUpdate } from './expressions/update.ts';
import { checkKey, type ItemKey, keyOfItem } from './item-key.ts';
import { itemSize, largestItem } from './item-size.ts';
import type { ItemStore, StoredItem, WriteCost } from './item-store.ts';
import { keyAttributes, type Table } from './table.ts';

/** A write of one item, alone or in a transaction, checked as far as that is possible without its table. */
export type WriteRequest = {
  tableName: string | undefined;
  condition: Condition | undefined;
  returnOnFailure: boolean;
  /** What an update touches. */
  paths: readonly Path[];
  /** Throws `ValidationException` when the request does not fit the table. */
  key(table: Table): ItemKey;
  /** The item after the write; undefined when it is then gone. */
  after(table: Table, key: ItemKey, before: Item | undefined): Item | undefined;
};

export type WriteResult = { before: StoredItem | undefined; after: StoredItem | undefined; cost: WriteCost };

type WriteInput = ExpressionInput & {
  TableName: string | undefined;
  ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure | undefined;
};

type KeyInput = WriteInput & { Key: Record<string, AttributeValue> | undefined };

export function putRequest(
  input: WriteInput & { Item: Record<string, AttributeValue> | undefined },
): WriteRequest {
  new Constraints().required('tableName', input.TableName).required('item', input.Item).enforce();
  const item = checkedItem(input.Item ?? {});
  const { condition } = parseExpressions(input, ['ConditionExpression']);
  if (itemSize(item) > largestItem) throw validationError('Item size has exceeded the maximum allowed size');
  return {
    ...common(input, condition),
    paths: [],
    key: (table) => keyOfItem(table, item),
    after: () => item,
  };
}

export function deleteRequest(input: KeyInput): WriteRequest {
  requireKey(input);
  const { condition } = parseExpressions(input, ['ConditionExpression']);
  return { ...common(input, condition), paths: [], key: keyFrom(input), after: () => undefined };
}

/** A condition on an item that is not to be changed. */
export function checkRequest(input: KeyInput): WriteRequest {
  requireKey(input);
  new Constraints().required('conditionExpression', input.ConditionExpression).enforce();
  const { condition } = parseExpressions(input, ['ConditionExpression']);
  return {
    ...common(input, condition),
    paths: [],
    key: keyFrom(input),
    after: (_table, _key, before) => before,
  };
}

export function updateRequest(input: KeyInput): WriteRequest {
  requireKey(input);
  const { update = [], condition } = parseExpressions(input, ['UpdateExpression', 'ConditionExpression']);
  return {
    ...common(input, condition),
    paths: update.map(({ path }) => path),
    key: (table) => {
      refuseKeyUpdates(table, update);
      return checkKey(table, input.Key);
    },
    after: (table, key, before) => {
      const item = applyUpdate(before ?? key.attributes, update);
      checkNesting(item);
      refuseIndexKeyTypes(table, item);
      keyOfItem(table, item);
      if (itemSize(item) > largestItem) {
        throw validationError('Item size to update has exceeded the maximum allowed size');
      }
      return item;
    },
  };
}

/**
 * Reads, tests and writes; to be called in a transaction. Throws `ConditionalCheckFailedException`, with the
 * item when the request wants it.
 */
export function write(store: ItemStore, table: Table, key: ItemKey, request: WriteRequest): WriteResult {
  const before = store.get(table, key.position);
  if (request.condition && !holds(request.condition, before?.item ?? {})) {
    const members = request.returnOnFailure && before ? { Item: before.item } : {};
    throw new ServiceError('ConditionalCheckFailedException', 'The conditional request failed', 400, members);
  }
  const item = request.after(table, key, before?.item);
  if (item !== undefined && item === before?.item) {
    return { before, after: before, cost: { table: 1, indexes: new Map() } };
  }
  const after = item && { item, size: itemSize(item) };
  return { before, after, cost: store.change(table, key.position, before, after) };
}

function common(input: WriteInput, condition: Condition | undefined) {
  new Constraints()
    .oneOf('returnValuesOnConditionCheckFailure', input.ReturnValuesOnConditionCheckFailure, [
      'ALL_OLD',
      'NONE',
    ])
    .enforce();
  return {
    tableName: input.TableName,
    condition,
    returnOnFailure: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  };
}

function requireKey(input: KeyInput): void {
  new Constraints().required('tableName', input.TableName).required('key', input.Key).enforce();
}

function keyFrom(input: KeyInput): (table: Table) => ItemKey {
  return (table) => checkKey(table, input.Key);
}

function refuseKeyUpdates(table: Table, actions: readonly UpdateAction[]): void {
  const names: unknown[] = keyAttributes(table.keys);
  const touched = actions.find(({ path }) => names.includes(path[0]));
  if (!touched) return;
  throw invalidParameters(`Cannot update attribute ${touched.path[0]}. This attribute is part of the key`);
}

function refuseIndexKeyTypes(table: Table, item: Item): void {
  for (const name of table.indexes.flatMap(({ keys }) => keyAttributes(keys))) {
    const type = table.attributeTypes[name];
    const value = member(item, name);
    if (value && type && value[type] === undefined) {
      throw validationError(
        'The update expression attempted to update the secondary index key to unsupported type',
      );
    }
  }
}
