import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../source/logs/log-entry.ts';
import { matchItems } from '../../source/logs/match-line.ts';
import { type CompiledQuery, compileQuery, isQueryError, refines } from '../../source/logs/query.ts';

function query(text: string): CompiledQuery {
  const compiled = compileQuery(text);
  if (isQueryError(compiled)) throw new Error(compiled.message);
  return compiled;
}

const entry: LogEntry = {
  type: 'log',
  timestamp: '2026-11-24T13:10:00.000Z',
  function: 'getPosts',
  logGroup: '/aws/lambda/blog-dev-getPosts',
  stream: 's',
  requestId: '8f7e3a00-1111-2222-3333-444444444444',
  level: 'warn',
  message: 'Slow query of posts\nsecond line (a+b)',
  fields: { table: 'posts', durationMs: 1234 },
};

test.each([
  ['', true],
  ['slow', true],
  ['SLOW', false],
  ['Slow', true],
  ['sLow', false],
  ['slow posts', true],
  ['slow users', false],
  ['"slow query"', true],
  ['"query slow"', false],
  ['-slow', false],
  ['-users', true],
  ['slow -second', false],
  ['"(a+b)"', true],
  ['durationMs', true],
  ['1234', true],
  ['/q.ery/', true],
  ['/^second/', true],
  ['/slow.*second/', false],
  ['/slow.*second/s', true],
  ['/QUERY/', false],
  ['/QUERY/i', true],
  ['-/qu/', false],
  ['level:warn', true],
  ['level:WARNING', true],
  ['level:error', false],
  ['level:error,warn', true],
  ['level>=warn', true],
  ['level>warn', false],
  ['level<=info', false],
  ['-level:info', true],
  ['fn:getPosts', true],
  ['fn:getposts', true],
  ['fn:get', false],
  ['fn:get*', true],
  ['fn:*Posts', true],
  ['-fn:savePost', true],
  ['request:8f7e3a00', true],
  ['request:1111', false],
  ['8f7e3a00', false],
  ['a-b', false],
  ['-', false],
  ['http://x', false],
])('%s: %s', (text, expected) => {
  expect(matchItems(query(text), [entry])).toEqual([expected]);
});

test.each([
  ['"open', 'the closing " is missing', 0, 5],
  ['slow /open', 'the closing / is missing', 5, 10],
  ['/(/', 'not a regular expression: Unterminated group', 0, 3],
  ['/a/x', 'unknown flag "x": i, s and u are there', 0, 4],
  ['slow level:loud', 'no level "loud": trace, debug, info, warn, error, fatal', 5, 15],
  ['level:', 'level: wants a value', 0, 6],
  ['fn>a', 'fn can only be compared with ":"', 0, 4],
  ['""', 'nothing between the quotes', 0, 2],
])('%s is wrong, and where', (text, message, start, end) => {
  expect(compileQuery(text)).toEqual({ message, start, end });
});

describe('an expression that backtracks for ever', () => {
  test('is ended, not waited for', () => {
    const slow = { ...entry, message: `${'a'.repeat(60)}!` };
    expect(() => matchItems(query('/(a+)+$/'), [entry, slow])).toThrow(
      '/(a+)+$/ takes too long on these lines',
    );
  });
});

test.each([
  ['slow', 'slowe', true],
  ['slow', 'slow query', true],
  ['slow query', 'query slow', true],
  ['slow', 'Slow', true],
  ['Slow', 'slow', false],
  ['slow', 'low', false],
  ['slow', '"very slow"', true],
  ['-slow', '-slo', true],
  ['-slo', '-slow', false],
  ['-slow', 'slow', false],
  ['level>=warn', 'level:error', true],
  ['level:error', 'level>=warn', false],
  ['-level:info', '-level<=info', true],
  ['fn:a', 'fn:a slow', true],
  ['fn:a', 'fn:ab', false],
  ['request:8f', 'request:8f7', true],
  ['/a/', '/a/ b', true],
  ['/a/', '/ab/', false],
  ['', 'slow', true],
])('%s is narrowed by %s: %s', (last, next, expected) => {
  expect(refines(query(next), query(last))).toBe(expected);
});
