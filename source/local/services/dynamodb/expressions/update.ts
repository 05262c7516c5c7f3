import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, setMembers, typeOf } from '../attribute-value.ts';
import { validationError } from '../errors.ts';
import { addNumbers, subtractNumbers } from '../number.ts';
import { member, valueAt } from './document-path.ts';
import type { Arithmetic, Operand, Path, UpdateAction } from './syntax.ts';

/** What is to be done at a path once every value has been computed from the item as it was. */
type Edit = { path: Path; value: AttributeValue | undefined };

/**
 * The item after an update; the given one stays as it is. All values are computed before the first change.
 * Throws `ValidationException` when the item does not have what the actions need.
 */
export function applyUpdate(item: Item, actions: readonly UpdateAction[]): Item {
  const edits = actions.flatMap((action) => editsOf(item, action));
  const result = structuredClone(item);
  const puts = edits.filter(({ value }) => value !== undefined);
  const removals = edits.filter(({ value }) => value === undefined);
  // Indexes mean the list as it was: new elements go to its end in the order of their indexes, and elements
  // are taken out from the end on.
  for (const edit of puts.sort(byPath)) apply(result, edit);
  for (const edit of removals.sort(byPath).reverse()) apply(result, edit);
  return result;
}

function editsOf(item: Item, action: UpdateAction): Edit[] {
  const { path } = action;
  switch (action.kind) {
    case 'set':
      return [{ path, value: computed(item, action.value) }];
    case 'remove':
      return [{ path, value: undefined }];
    case 'add':
      return [{ path, value: added(valueAt(item, path), action.value) }];
    case 'delete': {
      const present = valueAt(item, path);
      return present === undefined ? [] : [{ path, value: without(present, action.value) }];
    }
  }
}

function computed(item: Item, operand: Operand | Arithmetic): AttributeValue {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'path':
      return existing(valueAt(item, operand.path));
    case 'plus':
      return { N: addNumbers(...numbers(item, operand)) };
    case 'minus':
      return { N: subtractNumbers(...numbers(item, operand)) };
    case 'call': {
      const [first, second] = operand.operands;
      if (!first || !second) throw new Error(`${operand.function} has two operands`);
      if (operand.function === 'list_append') {
        return { L: [...list(computed(item, first)), ...list(computed(item, second))] };
      }
      const present = first.kind === 'path' ? valueAt(item, first.path) : undefined;
      return present ?? computed(item, second);
    }
  }
}

function numbers(item: Item, { left, right }: Arithmetic): [string, string] {
  const [a, b] = [computed(item, left).N, computed(item, right).N];
  if (a === undefined || b === undefined) throw wrongType();
  return [a, b];
}

function list(value: AttributeValue): AttributeValue[] {
  if (value.L === undefined) throw wrongType();
  return value.L;
}

function existing(value: AttributeValue | undefined): AttributeValue {
  if (value !== undefined) return value;
  throw validationError('The provided expression refers to an attribute that does not exist in the item');
}

function added(present: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (present === undefined) return value;
  if (present.N !== undefined && value.N !== undefined) return { N: addNumbers(present.N, value.N) };
  const members = new Set(setMembers(present));
  if (present.SS && value.SS) return { SS: [...present.SS, ...value.SS.filter((m) => !members.has(m))] };
  if (present.NS && value.NS) return { NS: [...present.NS, ...value.NS.filter((m) => !members.has(m))] };
  if (!present.BS || !value.BS) throw wrongType();
  const texts = setMembers(value) ?? [];
  const news = value.BS.filter((_, index) => !members.has(texts[index] ?? ''));
  return { BS: [...present.BS, ...news] };
}

/** The set without the members; undefined when nothing is left, for DynamoDB has no empty sets. */
function without(present: AttributeValue, value: AttributeValue): AttributeValue | undefined {
  if (typeOf(present) !== typeOf(value)) throw wrongType();
  const members = new Set(setMembers(value));
  const texts = setMembers(present) ?? [];
  const stays = (_: unknown, index: number) => !members.has(texts[index] ?? '');
  if (!texts.some(stays)) return undefined;
  if (present.SS) return { SS: present.SS.filter(stays) };
  if (present.NS) return { NS: present.NS.filter(stays) };
  return { BS: (present.BS ?? []).filter(stays) };
}

function apply(item: Item, { path, value }: Edit): void {
  const last = path.at(-1);
  if (last === undefined) throw new Error('a path has at least a name');
  const parent = path.length === 1 ? { M: item } : valueAt(item, path.slice(0, -1));
  if (typeof last === 'string') {
    if (parent?.M === undefined) throw invalidPath();
    if (value === undefined) delete parent.M[last];
    else setMember(parent.M, last, value);
    return;
  }
  if (parent?.L === undefined) throw invalidPath();
  if (value === undefined) parent.L.splice(last, 1);
  else if (last < parent.L.length) parent.L[last] = value;
  else parent.L.push(value);
}

function setMember(members: Item, name: string, value: AttributeValue): void {
  if (member(members, name) !== undefined) members[name] = value;
  else Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true });
}

function byPath(left: Edit, right: Edit): number {
  const common = Math.min(left.path.length, right.path.length);
  for (let index = 0; index < common; index += 1) {
    const [a, b] = [left.path[index], right.path[index]];
    if (typeof a === 'number' && typeof b === 'number') {
      if (a !== b) return a - b;
    } else if (a !== b) return String(a) < String(b) ? -1 : 1;
  }
  return left.path.length - right.path.length;
}

function wrongType(): Error {
  return validationError('An operand in the update expression has an incorrect data type');
}

function invalidPath(): Error {
  return validationError('The document path provided in the update expression is invalid for update');
}
