import { expect, test } from 'vitest';
import { findCycle } from '../../source/synth/find-cycle.ts';

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

test('circles of any length, and none where paths only meet again', () => {
  expect(findCycle(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toBeUndefined();
  expect(findCycle(graph({ a: ['a'] }))).toEqual(['a']);
  expect(findCycle(graph({ a: ['b'], b: ['c'], c: ['b'] }))).toEqual(['b', 'c']);
});

test('a chain as long as any stack', () => {
  const edges = Object.fromEntries(
    Array.from({ length: 100_000 }, (_, index) => [`n${index}`, [`n${index + 1}`]]),
  );
  expect(findCycle(graph(edges))).toBeUndefined();
  expect(findCycle(graph({ ...edges, n100000: ['n99999'] }))).toEqual(['n99999', 'n100000']);
});
