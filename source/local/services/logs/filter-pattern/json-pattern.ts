import { parseCondition } from './condition.ts';
import type { Matcher } from './filter-pattern.ts';
import { invalidPattern } from './invalid-pattern.ts';

/**
 * `{ $.a.b[0] = "text*" && ($.n >= 3 || $.c NOT EXISTS) }`. A message that is not JSON does not match.
 * @throws ServiceError InvalidParameterException
 */
export function parseJsonPattern(text: string): Matcher {
  if (!text.endsWith('}')) throw invalidPattern(text);
  const test = parseCondition(text.slice(1, -1), text, (token) => {
    if (token.kind !== 'selector') return undefined;
    const path = pathOf(token.text);
    return (root) => valueAt(root, path);
  });
  return (message) => {
    // Most lines are no JSON; to throw for each is slow.
    if (!/^\s*[{[]/.test(message)) return false;
    try {
      return test(JSON.parse(message));
    } catch {
      return false;
    }
  };
}

/** `$.a.b[0]['c.d']` as its steps. */
const pathOf = (selector: string): string[] =>
  [...selector.matchAll(/\.([^.[]+)|\[(?:(\d+)|'([^']*)'|"([^"]*)")\]/g)].map(
    ([, name, index, single, double]) => name ?? index ?? single ?? double ?? '',
  );

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}
