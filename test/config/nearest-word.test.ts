import { expect, test } from 'vitest';
import { editDistance, nearestWord } from '../../source/model/nearest-word.ts';

test.each([
  ['memory', 'memory', 0],
  ['memry', 'memory', 1],
  ['memroy', 'memory', 1],
  ['mmeoyr', 'memory', 2],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['completely', 'different', 4],
])('%s → %s takes %i edits', (from, to, edits) => {
  expect(editDistance(from, to, 3)).toBe(edits);
});

test('a word is suggested only when it is near for its length', () => {
  const known = ['memory', 'timeout', 'id', 'http-api-gateway'];
  expect(nearestWord('timout', known)).toBe('timeout');
  expect(nearestWord('MEMORY', known)).toBe('memory');
  expect(nearestWord('http-gateway', known)).toBeUndefined();
  expect(nearestWord('http-api-gatwy', known)).toBe('http-api-gateway');
  expect(nearestWord('xyz', known)).toBeUndefined();
  expect(nearestWord('ie', known)).toBe('id');
  expect(nearestWord('ab', known)).toBeUndefined();
});
