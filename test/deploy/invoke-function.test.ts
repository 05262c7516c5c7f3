import { expect, test } from 'vitest';
import { parseReport } from '../../source/deploy/invoke-function.ts';

const log = (init: string) =>
  `START RequestId: 1 Version: $LATEST\nhello\nEND RequestId: 1\nREPORT RequestId: 1\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t${init}\n`;

test('the REPORT line says what an invocation took', () => {
  expect(parseReport(log('Init Duration: 140.12 ms\t'))).toEqual({
    durationMs: 12.34,
    billedMs: 13,
    memoryUsedMb: 64,
    coldStart: true,
  });
  expect(parseReport(log(''))).toMatchObject({ coldStart: false });
});

test('a tail that was cut before its REPORT line says nothing', () => {
  expect(parseReport('hello')).toEqual({
    durationMs: null,
    billedMs: null,
    memoryUsedMb: null,
    coldStart: false,
  });
});
