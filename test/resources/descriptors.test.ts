import { expect, test } from 'vitest';
import { eventDescriptors } from '../../source/resources/function/events/registry.ts';
import { resourceDescriptors } from '../../source/resources/registry.ts';
import { read } from '../config/read.ts';
import { type SchemaPlace, schemaPlaces, smallest } from '../config/schema-places.ts';

const descriptors = [...resourceDescriptors, ...eventDescriptors];
const places = schemaPlaces().filter(({ path }) => path.length > 0);

test.each(descriptors.map((descriptor) => [descriptor.type, descriptor] as const))(
  '%s has a title, a description and a place in the schema',
  (type, { title, description }) => {
    expect(title).toMatch(/^[A-Z]/);
    expect(description).toMatch(/^[A-Z].*\.$/);
    expect(places.some(({ name }) => name.includes(`{${type}}`))).toBe(true);
  },
);

test('every property says what it does', () => {
  const silent = places
    .filter(({ name, path, node }) => {
      const key = path.at(-1);
      // What they hold is what is told about.
      const isFrame =
        key === 'properties' ||
        (key === 'type' && 'const' in node) ||
        (path[0] === 'resources' && path.length === 2);
      return typeof key === 'string' && !isFrame && key !== 'x' && !name.endsWith('}') && !node.description;
    })
    .map(({ name }) => name);
  expect(silent).toEqual([]);
});

/** Problems at the place of a value, as `code message`. */
function problemsAt(place: SchemaPlace, value: unknown): string[] {
  const wanted = place.path.join('.');
  return read(JSON.stringify(place.configWith(value)))
    .problems.filter(({ path }) => path.join('.') === wanted)
    .map(({ code, message }) => `${code} ${message}`);
}

type Bound = { place: SchemaPlace; outside: unknown; inside: unknown; code: string; says: string };

function* boundsOf(place: SchemaPlace): Iterable<Bound> {
  const { node } = place;
  const { minimum, maximum, minItems, maxItems, minLength, maxLength, pattern, type, items = {} } = node;
  const entries = (length: number) => Array.from({ length }, () => smallest(items));
  const bound = (inside: unknown, outside: unknown, code: string, says: string): Bound => ({
    place,
    inside,
    outside,
    code,
    says,
  });
  const least = (n: number) => `has to be at least ${n}, not ${n - 1}`;
  const most = (n: number) => `has to be at most ${n}, not ${n + 1}`;
  if (minimum !== undefined) yield bound(minimum, minimum - 1, 'out-of-bounds', least(minimum));
  if (maximum !== undefined) yield bound(maximum, maximum + 1, 'out-of-bounds', most(maximum));
  if (minItems !== undefined) {
    yield bound(entries(minItems), entries(minItems - 1), 'wrong-length', `at least ${minItems}`);
  }
  if (maxItems !== undefined) {
    yield bound(entries(maxItems), entries(maxItems + 1), 'wrong-length', `at most ${maxItems}`);
  }
  if (minLength !== undefined) {
    const says = minLength === 1 ? 'is empty' : `needs ${minLength}`;
    yield bound(smallest(node), 'x'.repeat(minLength - 1), 'too-short', says);
  }
  if (maxLength !== undefined) {
    yield bound(smallest(node), 'x'.repeat(maxLength + 1), 'too-long', `may have ${maxLength}`);
  }
  if (pattern !== undefined && !new RegExp(pattern).test('~~~')) {
    yield bound(smallest(node), '~'.repeat(Math.max(3, minLength ?? 0)), 'wrong-format', 'cannot be');
  }
  if (type === 'integer') {
    yield bound(smallest(node), (minimum ?? 0) + 0.5, 'wrong-type', 'has to be an integer');
  }
  if (node.enum) yield bound(node.enum[0], 'not-one-of-them', 'wrong-value', '"not-one-of-them"');
}

const bounds = places.flatMap((place) => [...boundsOf(place)]);

test('just outside of every bound, the message names it', () => {
  const silent = bounds
    .filter(
      ({ place, outside, code, says }) =>
        !problemsAt(place, outside).some((told) => told.startsWith(code) && told.includes(says)),
    )
    .map(({ place, outside, says }) => [place.name, outside, says, problemsAt(place, outside)]);
  expect(silent).toEqual([]);
  expect(bounds.length).toBeGreaterThan(200);
});

test('at every bound, nothing is out of bounds', () => {
  const refused = bounds
    .filter(({ place, inside, code }) => problemsAt(place, inside).some((told) => told.startsWith(code)))
    .map(({ place, inside, code }) => [place.name, inside, code]);
  expect(refused).toEqual([]);
});

test('what is required is asked for by name', () => {
  const silent = places
    .filter(({ isRequired, path }) => isRequired && path.length > 3)
    .filter((place) => {
      const owner = place.path.slice(0, -1).join('.');
      const config = structuredClone(place.configWith(smallest(place.node)));
      const holder = place.path
        .slice(0, -1)
        .reduce<unknown>((value, key) => Reflect.get(Object(value), key), config);
      Reflect.deleteProperty(Object(holder), String(place.path.at(-1)));
      return !read(JSON.stringify(config)).problems.some(
        ({ code, path, message }) =>
          code === 'missing-property' &&
          path.join('.') === owner &&
          message.includes(`"${place.path.at(-1)}"`),
      );
    })
    .map(({ name }) => name);
  expect(silent).toEqual([]);
});
