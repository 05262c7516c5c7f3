import { describe, expect, test } from 'vitest';
import { type Level, type LogItem, levels } from '../../source/logs/log-entry.ts';
import { LogStore } from '../../source/logs/log-store.ts';
import { matchItems } from '../../source/logs/match-line.ts';
import { type CompiledQuery, compileQuery, isQueryError } from '../../source/logs/query.ts';
import { ManualClock } from '../ui/manual-clock.ts';

/** Numbers that are the same in every run: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const words = [
  'timeout',
  'Timeout',
  'posts',
  'tenant=acme-42',
  'größe',
  '日本',
  '🚀',
  'a.b',
  '(x)',
  'x\ny',
  'İ',
  '\u0001',
];

function generate(count: number, seed: number): LogItem[] {
  const next = numbers(seed);
  return Array.from({ length: count }, (_, index): LogItem => {
    const time = new Date(1_700_000_000_000 + index * 10).toISOString();
    if (next(50) === 0) return { type: 'gap', from: time, to: time, reason: `reading ${words[next(3)]}` };
    const level: Level | undefined = levels[next(8)];
    const message = Array.from({ length: 1 + next(30) }, () => words[next(words.length)]).join(' ');
    return {
      type: 'log',
      timestamp: time,
      function: `fn${next(4)}`,
      logGroup: 'g',
      stream: `s${next(9)}`,
      requestId: `${next(1_000)}abc`,
      message: message.replaceAll('\u0001', '.'),
      ...(level !== undefined && { level }),
      ...(next(4) === 0 && { fields: { status: 200 + next(400), note: words[next(5)] } }),
    };
  });
}

function query(text: string): CompiledQuery {
  const compiled = compileQuery(text);
  if (isQueryError(compiled)) throw new Error(compiled.message);
  return compiled;
}

/** What a look at each line gives. */
function matching(compiled: CompiledQuery, all: readonly LogItem[]): number[] {
  return matchItems(compiled, all).flatMap((matches, id) => (matches ? [id] : []));
}

function filled(items: readonly LogItem[], maxBytes?: number) {
  const clock = new ManualClock();
  const store = new LogStore({ clock, ...(maxBytes !== undefined && { maxBytes }) });
  for (const item of items) store.append(item);
  return { store, clock };
}

function hitsOf(store: LogStore): number[] {
  const hits = store.filter?.hits;
  return hits === undefined ? [] : Array.from({ length: hits.length }, (_, index) => hits.at(index) ?? -1);
}

async function searched(store: LogStore): Promise<void> {
  while (store.filter?.status === 'running') await new Promise((resolve) => setImmediate(resolve));
}

const items = generate(20_000, 7);
const queries = [
  'timeout',
  'Timeout',
  'größe',
  '日本',
  '🚀 posts',
  'a.b',
  '"(x) posts"',
  '-posts',
  'posts -timeout level>=warn',
  'fn:fn2',
  'fn:fn2 -level:info acme',
  'request:7',
  '/t.meout$/',
  '/^y/',
  '/^$/',
  '/posts\\s/',
  '/posts(?!.*posts)/',
  '/timeout.*posts/s',
  '/^[^a-z]+$/',
  '-/post/ -/a.b/',
  '-/post/ level:error',
  'status',
  'reading',
  'level:fatal',
  'nothing-has-this',
  'İ',
];

describe('search', () => {
  const { store } = filled(items);
  expect(store.chunks.length).toBeGreaterThan(5);

  test.each(queries)('%s finds what a look at each line finds', async (text) => {
    const compiled = query(text);
    const expected = matching(compiled, items);
    store.setFilter(compiled);
    await searched(store);
    expect(store.filter?.status).toBe('done');
    expect(hitsOf(store)).toEqual(expected);
  });

  test('a query that extends the last one gives what a search from the start gives', async () => {
    const typed = 'posts timeout level>=warn -acme';
    let text = '';
    for (const character of typed) {
      text += character;
      const compiled = compileQuery(text);
      if (isQueryError(compiled)) continue;
      store.setFilter(compiled);
      await searched(store);
      const expected = matching(compiled, items);
      if (!compiled.isEmpty) expect(hitsOf(store)).toEqual(expected);
    }
  });

  test('lines that arrive during and after a search are found once, in their place', async () => {
    const { store, clock } = filled(items);
    const compiled = query('timeout');
    store.setFilter(compiled);
    const more = generate(5_000, 11);
    for (const item of more.slice(0, 2_500)) store.append(item);
    await searched(store);
    for (const item of more.slice(2_500)) store.append(item);
    clock.advance(100);
    const all = [...items, ...more];
    expect(hitsOf(store)).toEqual(matching(compiled, all));
  });

  test('another filter ends the search of the one before', async () => {
    const { store } = filled(generate(60_000, 3));
    store.setFilter(query('-x -y'));
    const first = store.filter;
    store.setFilter(query('posts'));
    await searched(store);
    while (first?.status === 'running') await new Promise((resolve) => setImmediate(resolve));
    expect(first?.status).toBe('stopped');
    expect(store.getSnapshot().filter).toMatchObject({ text: 'posts', status: 'done' });
  });

  test('an expression that never ends fails the search and says so', async () => {
    const { store } = filled([...items.slice(0, 10)]);
    store.append({ ...items[1], type: 'log', message: 'a'.repeat(60) } as LogItem);
    store.setFilter(query('/(a+)+!/'));
    await searched(store);
    expect(store.getSnapshot().filter).toMatchObject({
      status: 'failed',
      error: '/(a+)+!/ takes too long on these lines',
    });
  });

  test('newest hits come first', async () => {
    const { store } = filled(items);
    const abort = new AbortController();
    const { search, done } = store.search(query('posts'), abort.signal);
    const newest = matching(query('posts'), items).at(-1);
    expect(search.hits.at(search.hits.length - 1)).toBe(newest);
    await done;
  });
});

describe('the store', () => {
  test('gives each line back as it came', () => {
    const { store } = filled(items);
    for (const id of [0, 1, 777, 19_999]) {
      const item = items[id];
      const row = store.row(id);
      if (item?.type !== 'log') continue;
      expect(row).toMatchObject({
        id,
        kind: 'log',
        time: Date.parse(item.timestamp),
        level: item.level,
        function: item.function,
        stream: item.stream,
        requestId: item.requestId,
        message: item.message,
        fields: item.fields === undefined ? undefined : JSON.stringify(item.fields),
        late: false,
      });
    }
    expect(store.row(-1)).toBeUndefined();
    expect(store.row(20_000)).toBeUndefined();
  });

  test('past its cap it drops whole chunks from the front, from the hits too', async () => {
    const { store, clock } = filled([], 2 * 1024 * 1024);
    store.setFilter(query('posts'));
    for (const item of items) store.append(item);
    clock.advance(100);
    await searched(store);
    const { first, end, bytes, filter } = store.getSnapshot();
    expect(first).toBeGreaterThan(0);
    expect(end).toBe(items.length);
    expect(bytes).toBeLessThanOrEqual(2 * 1024 * 1024);
    expect(store.chunks[0]?.first).toBe(first);
    expect(store.row(first - 1)).toBeUndefined();
    const expected = matching(query('posts'), items).filter((id) => id >= first);
    expect(hitsOf(store)).toEqual(expected);
    expect(filter?.hits).toBe(expected.length);
  });

  test('publishes data at most every 100 ms, and the last of it always', () => {
    const { store, clock } = filled([]);
    let published = 0;
    store.subscribe(() => {
      published += 1;
    });
    for (const item of items.slice(0, 1_000)) {
      store.append(item);
      clock.advance(1);
    }
    clock.advance(100);
    expect(published).toBeGreaterThanOrEqual(10);
    expect(published).toBeLessThanOrEqual(12);
    expect(store.getSnapshot().end).toBe(1_000);
  });

  test('counts errors', () => {
    const { store, clock } = filled(items);
    clock.advance(100);
    const expected = items.filter(
      (item) => item.type === 'log' && ['error', 'fatal'].includes(item.level ?? ''),
    );
    expect(store.getSnapshot().errors).toBe(expected.length);
  });
});
