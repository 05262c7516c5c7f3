import { expect, test } from 'vitest';
import { parseSpan, parseTime } from '../../source/logs/parse-time.ts';

// The tests run in UTC, as the configuration of the runner says.
const now = Date.parse('2026-11-24T13:10:30.500Z');

test.each([
  ['10m', '2026-11-24T13:00:30.500Z'],
  ['90s', '2026-11-24T13:09:00.500Z'],
  ['2d4h30m', '2026-11-22T08:40:30.500Z'],
  ['1w', '2026-11-17T13:10:30.500Z'],
  ['1.5h', '2026-11-24T11:40:30.500Z'],
  ['now', '2026-11-24T13:10:30.500Z'],
  ['13:10', '2026-11-24T13:10:00.000Z'],
  ['9:05', '2026-11-24T09:05:00.000Z'],
  ['13:10:05', '2026-11-24T13:10:05.000Z'],
  ['23:59', '2026-11-23T23:59:00.000Z'],
  ['2026-11-20', '2026-11-20T00:00:00.000Z'],
  ['2026-11-20T08:00:00Z', '2026-11-20T08:00:00.000Z'],
  ['2026-11-20 08:00', '2026-11-20T08:00:00.000Z'],
  ['2026-11-20T08:00:00+02:00', '2026-11-20T06:00:00.000Z'],
])('%s', (text, expected) => {
  expect(new Date(parseTime(text, now)).toISOString()).toBe(expected);
});

test.each(['', 'yesterday', '10', '10x', 'm10', '25:00', '12:75', '2026-13-40', '-10m', '10m ago'])(
  '"%s" is refused with what would be right',
  (text) => {
    expect(() => parseTime(text, now)).toThrow(`"${text}" is not a time`);
  },
);

test('a span of nothing is no span', () => {
  expect(parseSpan('')).toBeUndefined();
  expect(parseSpan('0s')).toBe(0);
});
