import { ServiceError } from '../../backend.ts';
import { checkedItem, type Item } from './attribute-value.ts';
import { validationError } from './errors.ts';
import { member } from './expressions/document-path.ts';
import { positionIn } from './item-key.ts';
import type { Range } from './item-store.ts';
import { encodePosition } from './key-encoding.ts';
import { positionAttributes, type SecondaryIndex, type Table } from './table.ts';

/**
 * Where a page that follows `ExclusiveStartKey` begins. The item need not exist any more.
 * Throws `ValidationException` when the key is not one of this table or index.
 */
export function startPosition(
  table: Table,
  index: SecondaryIndex | undefined,
  key: Item | undefined,
): Range['start'] {
  if (!key) return undefined;
  const checked = checkedStartKey(key);
  const names = positionAttributes(table, index);
  const fits =
    Object.keys(checked).length === names.length &&
    names.every((name) => member(checked, name) !== undefined);
  if (!fits) throw validationError('The provided starting key is invalid');
  for (const name of names) {
    const type = table.attributeTypes[name];
    if (!type || member(checked, name)?.[type] === undefined) {
      throw validationError(
        'The provided starting key is invalid: The provided key element does not match the schema',
      );
    }
  }
  return {
    position: positionIn(checked, index?.keys ?? table.keys),
    tie: encodePosition(positionIn(checked, table.keys)),
  };
}

function checkedStartKey(key: Item): Item {
  try {
    return checkedItem(key);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw validationError(`The provided starting key is invalid: ${error.message}`);
  }
}
