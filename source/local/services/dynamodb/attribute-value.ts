import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { invalidParameters, validationError } from './errors.ts';
import { canonicalNumber, compareNumbers } from './number.ts';

export type Item = Record<string, AttributeValue>;

export const attributeTypes = ['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'NULL', 'BOOL'] as const;

export type AttributeType = (typeof attributeTypes)[number];

const deepestNesting = 32;

/** The one data type that a checked value has. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const type of attributeTypes) if (value[type] !== undefined) return type;
  throw validationError(
    'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
  );
}

/** Throws when an item's documents are nested deeper than DynamoDB allows. */
export function checkNesting(item: Item, depth = 0): void {
  if (depth > deepestNesting) throw validationError('Nesting Levels have exceeded supported limits');
  for (const value of Object.values(item)) {
    if (value.M !== undefined) checkNesting(value.M, depth + 1);
    if (value.L !== undefined) checkNesting(Object.fromEntries(value.L.entries()), depth + 1);
  }
}

/** A value as it is stored: checked, numbers in canonical form. Throws `ValidationException`. */
export function checkedValue(value: AttributeValue, depth = 0): AttributeValue {
  if (depth > deepestNesting) throw validationError('Nesting Levels have exceeded supported limits');
  const type = typeOf(value);
  if (attributeTypes.some((other) => other !== type && value[other] !== undefined)) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  if (value.N !== undefined) return { N: canonicalNumber(value.N) };
  if (value.L !== undefined) return { L: value.L.map((element) => checkedValue(element, depth + 1)) };
  if (value.M !== undefined) return { M: checkedMembers(value.M, depth + 1) };
  if (value.SS !== undefined || value.NS !== undefined || value.BS !== undefined) return checkedSet(value);
  if (value.NULL === false) {
    throw invalidParameters('Null attribute value types must have the value of true');
  }
  // A Buffer would turn itself into something else in the stored text.
  if (value.B !== undefined) return { B: new Uint8Array(value.B) };
  return value;
}

/** The attributes of an item as they are stored. Throws `ValidationException`. */
export function checkedItem(item: Item): Item {
  return checkedMembers(item, 0);
}

function checkedMembers(members: Item, depth: number): Item {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, checkedValue(value, depth)]),
  );
}

function checkedSet(value: AttributeValue): AttributeValue {
  if (value.NS !== undefined) {
    if (value.NS.length === 0) throw invalidParameters('An number set  may not be empty');
    const numbers = value.NS.map(canonicalNumber);
    if (new Set(numbers).size < numbers.length) {
      throw validationError('Input collection contains duplicates');
    }
    return { NS: numbers };
  }
  if (value.SS !== undefined) {
    if (value.SS.length === 0) throw invalidParameters('An string set  may not be empty');
    if (new Set(value.SS).size < value.SS.length) {
      throw invalidParameters(`Input collection [${value.SS.join(', ')}] contains duplicates.`);
    }
    return value;
  }
  const binaries = value.BS ?? [];
  if (binaries.length === 0) throw invalidParameters('Binary sets should not be empty');
  const texts = binaries.map(base64);
  if (new Set(texts).size < texts.length) {
    throw invalidParameters(`Input collection [${texts.join(', ')}]of type BS contains duplicates.`);
  }
  return { BS: binaries.map((member) => new Uint8Array(member)) };
}

/** Deep equality of two checked values; sets without regard to order. */
export function equalValues(left: AttributeValue, right: AttributeValue): boolean {
  const type = typeOf(left);
  if (right[type] === undefined) return false;
  if (left.B !== undefined && right.B !== undefined) return compareBytes(left.B, right.B) === 0;
  if (left.L !== undefined && right.L !== undefined) return equalLists(left.L, right.L);
  if (left.M !== undefined && right.M !== undefined) return equalMaps(left.M, right.M);
  const members = setMembers(left);
  if (!members) return left[type] === right[type];
  const others = new Set(setMembers(right));
  return members.length === others.size && members.every((member) => others.has(member));
}

function equalLists(left: AttributeValue[], right: AttributeValue[]): boolean {
  return (
    left.length === right.length &&
    left.every((element, index) => {
      const other = right[index];
      return other !== undefined && equalValues(element, other);
    })
  );
}

function equalMaps(left: Item, right: Item): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => {
      const value = left[name];
      const other = Object.hasOwn(right, name) ? right[name] : undefined;
      return value !== undefined && other !== undefined && equalValues(value, other);
    })
  );
}

/** Order of two strings, two numbers or two binaries; undefined for values that have no order between them. */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if (left.N !== undefined && right.N !== undefined) return compareNumbers(left.N, right.N);
  // Strings are ordered by their UTF-8 bytes, which differs from JavaScript's order of UTF-16 units.
  if (left.S !== undefined && right.S !== undefined) {
    return Buffer.compare(Buffer.from(left.S), Buffer.from(right.S));
  }
  if (left.B !== undefined && right.B !== undefined) return compareBytes(left.B, right.B);
  return undefined;
}

/** Members of a set as texts that are equal when the members are; undefined for what is no set. */
export function setMembers(value: AttributeValue): string[] | undefined {
  return value.SS ?? value.NS ?? value.BS?.map(base64);
}

export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right);
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * Text of an item for the store: DynamoDB's own JSON, binaries in base64.
 */
export function encodeItem(item: Item): string {
  return JSON.stringify(item, (_key, value: unknown) =>
    value instanceof Uint8Array ? base64(value) : value,
  );
}

/** The item that `encodeItem` wrote. */
export function decodeItem(text: string): Item {
  const item = JSON.parse(text) as Item;
  for (const value of Object.values(item)) restoreBinaries(value);
  return item;
}

function restoreBinaries(value: AttributeValue): void {
  if (value.B !== undefined) value.B = bytesOf(value.B);
  else if (value.BS !== undefined) value.BS = value.BS.map(bytesOf);
  else if (value.L !== undefined) for (const element of value.L) restoreBinaries(element);
  else if (value.M !== undefined) for (const member of Object.values(value.M)) restoreBinaries(member);
}

// In the stored text a binary is a string, whatever the SDK's type says.
function bytesOf(stored: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(stored), 'base64'));
}
