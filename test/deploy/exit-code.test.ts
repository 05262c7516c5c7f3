import { expect, test } from 'vitest';
import { exitCodeOf, exitCodeOfState } from '../../source/deploy/exit-code.ts';
import { at, reduceAll, result } from './recorded-events.ts';

test('every outcome has its exit code', () => {
  expect(
    (['succeeded', 'unchanged', 'failed', 'rolledBack', 'cancelled', 'detached'] as const).map((status) =>
      exitCodeOf(status),
    ),
  ).toEqual([0, 0, 1, 3, 4, 5]);
  expect(exitCodeOf('cancelled', { interrupted: true })).toBe(130);
  expect(exitCodeOf('detached', { asked: true })).toBe(0);
});

test('an error event has its own, and an operation without an end is of unknown outcome', () => {
  const error = at({ type: 'error', code: 'x', message: 'x', exitCode: 2 });
  expect(exitCodeOfState(reduceAll(error))).toBe(2);
  expect(exitCodeOfState(reduceAll(result('rolledBack')))).toBe(3);
  expect(exitCodeOfState(reduceAll())).toBe(5);
});
