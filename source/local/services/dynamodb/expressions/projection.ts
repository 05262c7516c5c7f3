import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../attribute-value.ts';
import { member, pathConflict } from './document-path.ts';
import { Parser } from './parser.ts';
import type { Placeholders } from './placeholders.ts';
import type { Path } from './syntax.ts';

/** The paths of a projection expression. Throws `ValidationException`. */
export function parseProjection(source: string, placeholders: Placeholders): Path[] {
  const parser = new Parser('ProjectionExpression', source, placeholders);
  const paths: Path[] = [];
  do paths.push(parser.path());
  while (parser.take(','));
  const conflict = pathConflict(paths);
  if (conflict) parser.fault('overlap', conflict);
  parser.finish();
  return paths;
}

/**
 * What an item has at the paths, each part under its own parents: `a.b` gives `{a: {b}}`, and elements of a list
 * move together in the order of their indexes.
 */
export function project(item: Item, paths: readonly Path[]): Item {
  const result: [string, AttributeValue][] = [];
  for (const [name, rests] of branches(paths)) {
    const value = typeof name === 'string' ? member(item, name) : undefined;
    const part = value && projectValue(value, rests);
    if (part !== undefined) result.push([String(name), part]);
  }
  return Object.fromEntries(result);
}

function projectValue(value: AttributeValue, paths: readonly Path[]): AttributeValue | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  if (value.M !== undefined) {
    const members = project(value.M, paths);
    return Object.keys(members).length === 0 ? undefined : { M: members };
  }
  if (value.L === undefined) return undefined;
  const list: AttributeValue[] = [];
  for (const [index, rests] of [...branches(paths)].sort(([a], [b]) => Number(a) - Number(b))) {
    const element = typeof index === 'number' ? value.L[index] : undefined;
    const part = element && projectValue(element, rests);
    if (part !== undefined) list.push(part);
  }
  return list.length === 0 ? undefined : { L: list };
}

function branches(paths: readonly Path[]): Map<string | number, Path[]> {
  const map = new Map<string | number, Path[]>();
  for (const [first, ...rest] of paths) {
    if (first === undefined) continue;
    const rests = map.get(first);
    if (rests) rests.push(rest);
    else map.set(first, [rest]);
  }
  return map;
}
