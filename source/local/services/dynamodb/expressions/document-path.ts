import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../attribute-value.ts';
import { type Path, pathText } from './syntax.ts';

/** The value at a path of an item; undefined when there is none. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  const [name, ...rest] = path;
  let value = typeof name === 'string' ? member(item, name) : undefined;
  for (const part of rest) {
    if (value === undefined) return undefined;
    value = typeof part === 'number' ? value.L?.[part] : value.M && member(value.M, part);
  }
  return value;
}

/** An own property, so that an attribute may be called `constructor`. */
export function member(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

/** Says which two of the paths cannot stand in one expression, in DynamoDB's words; undefined when none. */
export function pathConflict(paths: readonly Path[]): string | undefined {
  for (const [index, second] of paths.entries()) {
    for (const first of paths.slice(0, index)) {
      const conflict = conflictBetween(first, second);
      if (conflict) return conflict;
    }
  }
  return undefined;
}

function conflictBetween(first: Path, second: Path): string | undefined {
  const both = `must remove or rewrite one of these paths; path one: ${pathText(first)}, path two: ${pathText(second)}`;
  const common = Math.min(first.length, second.length);
  for (let index = 0; index < common; index += 1) {
    if (typeof first[index] !== typeof second[index]) {
      return `Two document paths conflict with each other; ${both}`;
    }
    if (first[index] !== second[index]) return undefined;
  }
  return `Two document paths overlap with each other; ${both}`;
}
