import type { LocalFinding } from '../model/descriptor.ts';

/** Of some properties one has to be there, and no other beside it. */
export function* exactlyOne(
  properties: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  path: readonly (string | number)[] = [],
): Iterable<LocalFinding> {
  const given = keys.filter((key) => properties[key] !== undefined);
  if (given.length === 1) return;
  const listed = keys.map((key) => `"${key}"`);
  const expected = `exactly one of ${listed.join(', ')}`;
  if (given.length === 0) {
    yield {
      code: 'missing-property',
      path,
      at: 'key',
      message: `One of ${listed.join(', ')} is missing.`,
      expected,
    };
    return;
  }
  yield* atMostOne(properties, keys, path, expected);
}

/** Of some properties there may be one. */
export function* atMostOne(
  properties: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  path: readonly (string | number)[] = [],
  expected = `at most one of ${keys.map((key) => `"${key}"`).join(', ')}`,
): Iterable<LocalFinding> {
  const [first, ...others] = keys.filter((key) => properties[key] !== undefined);
  for (const other of others) {
    yield {
      code: 'conflicting-properties',
      path: [...path, other],
      at: 'key',
      message: `"${other}" and "${first}" cannot be used together.`,
      expected,
    };
  }
}
