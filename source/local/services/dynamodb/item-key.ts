import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { checkedValue, type Item, typeOf } from './attribute-value.ts';
import { invalidParameters, validationError } from './errors.ts';
import { member } from './expressions/document-path.ts';
import { encodeKey, encodePartition, noSortKey, type Position } from './key-encoding.ts';
import { type KeyNames, keyAttributes, type SecondaryIndex, type Table } from './table.ts';

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const longestHash = 2048;
const longestRange = 1024;

/** An item's primary key, checked, and where it lies. */
export type ItemKey = { attributes: Item; position: Position };

/** Checks a request's `Key`. Throws `ValidationException`. */
export function checkKey(table: Table, key: Item | undefined): ItemKey {
  const names = keyAttributes(table.keys);
  if (!key || Object.keys(key).length !== names.length) throw keyMismatch();
  const attributes: Item = {};
  for (const name of names) {
    const value = member(key, name);
    const type = table.attributeTypes[name];
    const checked = value && checkedValue(value);
    if (!checked || !type || checked[type] === undefined) throw keyMismatch();
    checkKeyValue(name, checked, name === table.keys.hash);
    attributes[name] = checked;
  }
  return { attributes, position: positionIn(attributes, table.keys) };
}

/** The key of an item that is to be stored; also checks its values for the keys of indexes. */
export function keyOfItem(table: Table, item: Item): ItemKey {
  const attributes: Item = {};
  for (const name of keyAttributes(table.keys)) {
    const value = member(item, name);
    if (!value) throw invalidParameters(`Missing the key ${name} in the item`);
    const type = table.attributeTypes[name] ?? 'S';
    if (value[type] === undefined) {
      throw invalidParameters(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
    }
    checkKeyValue(name, value, name === table.keys.hash);
    attributes[name] = value;
  }
  for (const index of table.indexes) checkIndexKey(table, index, item);
  return { attributes, position: positionIn(attributes, table.keys) };
}

/** Where an item lies by these keys. It has to have them, which for a table's own keys is certain. */
export function positionIn(item: Item, keys: KeyNames): Position {
  const position = indexPosition(item, keys);
  if (!position) throw new Error('an item without its key');
  return position;
}

/** Where an item lies in an index; undefined when it lacks one of the keys and so is not in it. */
export function indexPosition(item: Item, keys: KeyNames): Position | undefined {
  const hash = member(item, keys.hash);
  const range = keys.range === undefined ? undefined : member(item, keys.range);
  if (!hash || (keys.range !== undefined && !range)) return undefined;
  return { partition: encodePartition(hash), sort: range ? encodeKey(range) : noSortKey };
}

function checkKeyValue(name: string, value: AttributeValue, isHash: boolean): void {
  if (value.N !== undefined) return;
  const { length } = encodeKey(value);
  if (length === 0) {
    const kind = value.S === undefined ? 'binary' : 'string';
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
    );
  }
  if (isHash && length > longestHash) {
    throw invalidParameters('Size of hashkey has exceeded the maximum size limit of2048 bytes');
  }
  if (!isHash && length > longestRange) {
    throw invalidParameters('Aggregated size of all range keys has exceeded the size limit of 1024 bytes');
  }
}

function checkIndexKey(table: Table, index: SecondaryIndex, item: Item): void {
  for (const name of keyAttributes(index.keys)) {
    const value = member(item, name);
    const type = table.attributeTypes[name];
    if (!value || !type) continue;
    if (value[type] === undefined) {
      throw invalidParameters(
        `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
      );
    }
    if (value.N !== undefined) continue;
    const { length } = encodeKey(value);
    if (length === 0) {
      const kind = value.S === undefined ? 'binary' : 'string';
      throw validationError(
        `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${index.name}, IndexKey: ${name}`,
      );
    }
    if (length > (name === index.keys.hash ? longestHash : longestRange)) {
      throw invalidParameters(
        `Size of ${name === index.keys.hash ? 'hashkey' : 'rangekey'} has exceeded the maximum size limit. IndexName: ${index.name}, IndexKey: ${name}`,
      );
    }
  }
}

function keyMismatch(): Error {
  return validationError('The provided key element does not match the schema');
}
