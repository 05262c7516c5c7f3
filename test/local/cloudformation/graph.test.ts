import { describe, expect, it } from 'vitest';
import {
  circular,
  inOrder,
  type Outcome,
  reversed,
  runInOrder,
} from '../../../source/local/services/cloudformation/graph.ts';
import { generatedName } from '../../../source/local/services/cloudformation/names.ts';

const graph = (edges: Record<string, string[]>) =>
  new Map(Object.entries(edges).map(([id, needs]) => [id, new Set(needs)]));

describe('dependencies', () => {
  it('name the members of a circle, not those that wait for it', () => {
    expect(circular(graph({ a: ['b'], b: ['c'], c: ['a'], d: ['a'], e: [] }))).toEqual(['a', 'b', 'c']);
    expect(circular(graph({ a: ['b'], b: [] }))).toEqual([]);
  });

  it('give an order, and the other way round one for deleting', () => {
    const edges = graph({ a: ['b', 'c'], b: ['c'], c: [] });
    expect(inOrder(edges)).toEqual(['c', 'b', 'a']);
    expect(inOrder(reversed(edges))).toEqual(['a', 'b', 'c']);
  });

  it('are worked through side by side, and nothing is begun behind a failure', async () => {
    const begun: string[] = [];
    const left = Promise.withResolvers<Outcome>();
    const outcomes = await runInOrder(graph({ left: [], right: [], last: ['left', 'right'] }), async (id) => {
      begun.push(id);
      if (id === 'left') return left.promise;
      // Were they run one after the other, `left` would never end.
      left.resolve('done');
      return 'failed';
    });
    expect(begun).toEqual(['left', 'right']);
    expect([...outcomes]).toEqual(
      expect.arrayContaining([
        ['left', 'done'],
        ['right', 'failed'],
      ]),
    );
  });

  it('that throw let the others end first', async () => {
    const ended: string[] = [];
    const work = runInOrder(graph({ bad: [], slow: [] }), async (id): Promise<Outcome> => {
      if (id === 'bad') throw new Error('no');
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(id);
      return 'done';
    });
    await expect(work).rejects.toThrow('no');
    expect(ended).toEqual(['slow']);
  });
});

it('generated names keep within their limit and keep both halves', () => {
  expect(generatedName('blog', 'Posts', 255)).toMatch(/^blog-Posts-[A-Z0-9]{12}$/);
  const long = generatedName('s'.repeat(100), 'L'.repeat(100), 64);
  expect(long).toHaveLength(64);
  expect(long).toMatch(/^s{25}-L{25}-[A-Z0-9]{12}$/);
});
