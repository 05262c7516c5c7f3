import { expect, test } from 'vitest';
import { type ParsedLine, parseLine } from '../../source/logs/parse-line.ts';

const id = '8f7e3a00-1111-2222-3333-444444444444';
const time = Date.parse('2026-11-24T13:10:00.123Z');

const cases: [name: string, line: string, parsed: ParsedLine][] = [
  [
    'console.log of Node',
    `2026-11-24T13:10:00.123Z\t${id}\tINFO\tGET /posts\n`,
    { time, requestId: id, level: 'info', message: 'GET /posts' },
  ],
  [
    'an error with its stack',
    `2026-11-24T13:10:00.123Z\t${id}\tERROR\tInvoke Error \tTypeError: x\n    at handler\n`,
    { time, requestId: id, level: 'error', message: 'Invoke Error \tTypeError: x\n    at handler' },
  ],
  [
    'outside of an invocation',
    '2026-11-24T13:10:00.123Z\tundefined\tWARN\tat start\n',
    { time, level: 'warn', message: 'at start' },
  ],
  [
    'JSON in the message',
    `2026-11-24T13:10:00.123Z\t${id}\tINFO\t{"level":"error","msg":"no","code":7}`,
    { time, requestId: id, level: 'error', message: 'no', fields: { level: 'error', msg: 'no', code: 7 } },
  ],
  [
    'logging of Python',
    `[WARNING]\t2026-11-24T13:10:00.123Z\t${id}\tslow`,
    { time, requestId: id, level: 'warn', message: 'slow' },
  ],
  [
    'START',
    `START RequestId: ${id} Version: $LATEST\n`,
    { requestId: id, message: `START RequestId: ${id} Version: $LATEST`, fields: { platform: 'START' } },
  ],
  [
    'END',
    `END RequestId: ${id}\n`,
    { requestId: id, message: `END RequestId: ${id}`, fields: { platform: 'END' } },
  ],
  [
    'REPORT of a cold start',
    `REPORT RequestId: ${id}\tDuration: 12.34 ms\tBilled Duration: 153 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\tInit Duration: 140.12 ms\t\n`,
    {
      requestId: id,
      message: `REPORT RequestId: ${id}  Duration: 12.34 ms  Billed Duration: 153 ms  Memory Size: 128 MB  Max Memory Used: 64 MB  Init Duration: 140.12 ms`,
      fields: {
        platform: 'REPORT',
        durationMs: 12.34,
        billedMs: 153,
        memorySizeMb: 128,
        memoryUsedMb: 64,
        initMs: 140.12,
        coldStart: true,
      },
    },
  ],
  [
    'REPORT of a timeout',
    `REPORT RequestId: ${id}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\tStatus: timeout`,
    {
      requestId: id,
      level: 'error',
      message: `REPORT RequestId: ${id}  Duration: 3000.00 ms  Billed Duration: 3000 ms  Memory Size: 128 MB  Max Memory Used: 70 MB  Status: timeout`,
      fields: {
        platform: 'REPORT',
        durationMs: 3000,
        billedMs: 3000,
        memorySizeMb: 128,
        memoryUsedMb: 70,
        status: 'timeout',
        coldStart: false,
      },
    },
  ],
  [
    'INIT_START',
    'INIT_START Runtime Version: nodejs:24.v3\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:ab',
    {
      message:
        'INIT_START Runtime Version: nodejs:24.v3  Runtime Version ARN: arn:aws:lambda:us-east-1::runtime:ab',
      fields: { platform: 'INIT_START' },
    },
  ],
  [
    'the timeout itself',
    `2026-11-24T13:10:00.123Z ${id} Task timed out after 3.00 seconds\n\n`,
    {
      requestId: id,
      level: 'error',
      message: `2026-11-24T13:10:00.123Z ${id} Task timed out after 3.00 seconds`,
    },
  ],
  [
    "Lambda's own JSON",
    `{"timestamp":"2026-11-24T13:10:00.123Z","level":"WARN","requestId":"${id}","message":"slow"}`,
    {
      time,
      requestId: id,
      level: 'warn',
      message: 'slow',
      fields: { timestamp: '2026-11-24T13:10:00.123Z', level: 'WARN', requestId: id, message: 'slow' },
    },
  ],
  [
    "Lambda's platform lines in JSON",
    `{"time":"2026-11-24T13:10:00.123Z","type":"platform.start","record":{"requestId":"${id}"}}`,
    {
      time,
      requestId: id,
      message: 'platform.start',
      fields: { time: '2026-11-24T13:10:00.123Z', type: 'platform.start', record: { requestId: id } },
    },
  ],
  [
    "pino's numbers",
    `{"level":50,"time":${time},"msg":"no"}`,
    { time, level: 'error', message: 'no', fields: { level: 50, time, msg: 'no' } },
  ],
  ['JSON that is cut', '{"level":"error', { message: '{"level":"error' }],
  ['a list is not a line of fields', '[1,2]', { message: '[1,2]' }],
  [
    'plain with a level',
    '[2026-11-24T13:10:00.123Z] ERROR: no',
    { time, level: 'error', message: '[2026-11-24T13:10:00.123Z] ERROR: no' },
  ],
  ['plain with a pair', 'ts=1 level=warn msg=slow', { level: 'warn', message: 'ts=1 level=warn msg=slow' }],
  [
    'an exception',
    'TypeError: x is not a function',
    { level: 'error', message: 'TypeError: x is not a function' },
  ],
  ['a word that only looks like one', 'the ERRORS of others', { message: 'the ERRORS of others' }],
  ['a sentence that begins with START', 'START your engines', { message: 'START your engines' }],
  ['nothing', '', { message: '' }],
];

test.each(cases)('%s', (_, line, parsed) => {
  expect(parseLine(line)).toEqual(parsed);
});
