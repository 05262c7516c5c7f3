import { expect, test } from 'vitest';
import { parseFilterPattern } from '../../../source/local/services/logs/filter-pattern/filter-pattern.ts';

const lines = [
  '[ERROR 400] BAD REQUEST',
  '[ERROR 401] UNAUTHORIZED REQUEST',
  '[WARN] slow answer',
  '[INFO] said "hello" to all',
  'plain { not json',
];

const matching = (pattern: string, among: readonly string[] = lines): string[] =>
  among.filter(parseFilterPattern(pattern));

test.each([
  ['', [0, 1, 2, 3, 4]],
  ['ERROR', [0, 1]],
  ['error', []],
  ['ERROR REQUEST 401', [1]],
  ['"BAD REQUEST"', [0]],
  ['"said \\"hello\\""', [3]],
  ['?WARN ?INFO', [2, 3]],
  ['?"BAD REQUEST" ?"slow answer"', [0, 2]],
  ['ERROR -UNAUTHORIZED', [0]],
  ['-ERROR -"slow answer"', [3, 4]],
  ['%40[01]%', [0, 1]],
  ['%^plain|answer$%', [2, 4]],
  ['?WARN ERROR', [0, 1]],
])('terms: %s', (pattern, expected) => {
  expect(matching(pattern)).toEqual(expected.map((index) => lines[index]));
});

const records = [
  { level: 'error', n: 3, user: { name: 'ada', tags: ['x', 'y'] }, ok: true },
  { level: 'info', n: 4.5, user: { name: 'adele', tags: [] }, ok: false, 'a.b': 1 },
  { level: 'warn', n: '7', gone: null, user: { name: 'bob (2)' } },
].map((record) => JSON.stringify(record));

test.each([
  ['{ $.level = "error" }', [0]],
  ['{$.level=error}', [0]],
  ['{ $.level != "error" }', [1, 2]],
  ['{ $.missing != "x" }', []],
  ['{ $.user.name = "ad*" && $.n > 3 }', [1]],
  ['{ $.user.name = "bob (2)" }', [2]],
  ['{ $.user.tags[1] = "y" }', [0]],
  ['{ $.n >= 3 }', [0, 1]],
  ['{ $.n < 4.5 || $.n = 7 }', [0, 2]],
  ['{ $.n = 45e-1 }', [1]],
  ['{ ($.level = "error" || $.level = "info") && $.ok IS TRUE }', [0]],
  ['{ $.level = "error" || $.level = "info" && $.ok IS TRUE }', [0]],
  ['{ $.gone IS NULL }', [2]],
  ['{ $.gone NOT EXISTS }', [0, 1]],
  ['{ $.ok IS FALSE }', [1]],
  ["{ $['a.b'] = 1 }", [1]],
  ['{ $.level = %^(?:warn|info)% }', [1, 2]],
])('JSON: %s', (pattern, expected) => {
  expect(matching(pattern, [...records, ...lines])).toEqual(expected.map((index) => records[index]));
});

const requests = [
  '127.0.0.1 - ada [10/Oct/2026:13:25:15 -0700] "GET /index.html HTTP/1.0" 200 1534',
  '127.0.0.1 - bob [10/Oct/2026:13:35:22 -0700] "GET /missing, HTTP/1.0" 404 5324',
  '10.0.0.1 - bob [10/Oct/2026:13:50:35 -0700] "PUT /form HTTP/1.0" 500 98',
  'short line',
];

test.each([
  ['[ip, id, user, time, request, status, bytes]', [0, 1, 2]],
  ['[ip, id, user, time, request, status = 4*, bytes]', [1]],
  ['[ip = 127.*, ..., status >= 200 && status < 500, bytes > 2000]', [1]],
  ['[..., request = "*missing, *" || request = "PUT*", status, bytes]', [1, 2]],
  ['[ip, id, user != ada, ...]', [1, 2]],
  ['[..., bytes = %^\\d\\d$%]', [2]],
  ['[a, b]', [3]],
])('fields: %s', (pattern, expected) => {
  expect(matching(pattern, requests)).toEqual(expected.map((index) => requests[index]));
});

test.each([
  '"open',
  '%[%',
  '{ }',
  '{ $.a }',
  '{ $.a = "b"',
  '{ $.a = "b" && }',
  '{ a = 1 }',
  '{ ($.a = 1 }',
  '{ $.a = 1 2 }',
  '{ $.a IS WHAT }',
  '[]',
  '[a, , b]',
  '[..., a, ...]',
  '[a = ]',
  '[a',
])('no pattern: %s', (pattern) => {
  expect(() => parseFilterPattern(pattern)).toThrow(
    expect.objectContaining({ code: 'InvalidParameterException' }),
  );
});
