import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './attribute-value.ts';
import { numberParts } from './number.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html: 400 KB with names. */
export const largestItem = 400 * 1024;

/** Bytes of an item, names included. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const [name, value] of Object.entries(item)) size += Buffer.byteLength(name) + valueSize(value);
  return size;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.SS !== undefined) return total(value.SS, (member) => Buffer.byteLength(member));
  if (value.NS !== undefined) return total(value.NS, numberSize);
  if (value.BS !== undefined) return total(value.BS, (member) => member.byteLength);
  if (value.L !== undefined) return 3 + total(value.L, (element) => 1 + valueSize(element));
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemSize(value.M);
  return 1;
}

function numberSize(text: string): number {
  const { sign, digits } = numberParts(text);
  return Math.ceil(digits.length / 2) + 1 + (sign < 0 ? 1 : 0);
}

function total<T>(members: T[], size: (member: T) => number): number {
  return members.reduce((sum, member) => sum + size(member), 0);
}
