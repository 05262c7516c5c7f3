import { afterEach, expect, test } from 'vitest';
import type { LogItem } from '../../source/logs/log-entry.ts';
import { LogsModel } from '../../source/ui/screens/logs/logs-model.ts';
import { Shell } from '../../source/ui/shell/shell.tsx';
import { ShellModel } from '../../source/ui/shell/shell-model.ts';
import { createTheme } from '../../source/ui/theme.ts';
import { ManualClock } from './manual-clock.ts';
import { renderTui, type Tui } from './render-tui.ts';

let tui: Tui | undefined;
afterEach(() => tui?.close());

const start = Date.parse('2026-11-24T13:10:00.000Z');

function line(index: number, change: Partial<Extract<LogItem, { type: 'log' }>> = {}): LogItem {
  return {
    type: 'log',
    timestamp: new Date(start + index * 1_000).toISOString(),
    function: index % 3 === 0 ? 'savePost' : 'getPosts',
    logGroup: '/aws/lambda/blog-dev-getPosts',
    stream: '2026/11/24/[$LATEST]ab',
    requestId: '8f7e3a00-1111-2222-3333-444444444444',
    level: index % 7 === 0 ? 'error' : 'info',
    message: `request ${index}`,
    ...change,
  };
}

async function open(items: LogItem[], columns = 80, rows = 24, color = true) {
  const clock = new ManualClock();
  const theme = createTheme({ color, unicode: true });
  const logs = new LogsModel({ open: () => undefined, clock, theme });
  const shell = new ShellModel([logs], clock, theme);
  for (const item of items) logs.store.append(item);
  clock.advance(1_000);
  const screen = await renderTui(<Shell model={shell} theme={theme} />, columns, rows);
  tui = screen;
  const arrive = async (more: LogItem[]) => {
    for (const item of more) logs.store.append(item);
    clock.advance(100);
    await screen.settle();
  };
  return { tui: screen, arrive, logs };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => line(index));

test('shows the newest lines and follows', async () => {
  const { tui, arrive } = await open([
    ...many(30),
    line(30, {
      level: 'warn',
      message: 'slow query',
      fields: { message: 'slow query', table: 'posts', ms: 1_234 },
    }),
    line(31, { message: '日本語のログ \u001b[31mred\u001b[0m 🚀\n  second line' }),
    line(32, { message: 'x'.repeat(100_000) }),
    {
      type: 'gap',
      from: line(33).type === 'log' ? '2026-11-24T13:10:33.000Z' : '',
      to: '',
      reason: 'reading fails (ThrottlingException)',
    },
  ]);
  expect(tui.screen()).toMatchInlineSnapshot(`
    " stp  [1 Logs]
     ● following                                                5 errors · 34 lines
      13:10:13.000 INFO  getPosts request 13
      13:10:14.000 ERROR getPosts request 14
      13:10:15.000 INFO  savePost request 15
      13:10:16.000 INFO  getPosts request 16
      13:10:17.000 INFO  getPosts request 17
      13:10:18.000 INFO  savePost request 18
      13:10:19.000 INFO  getPosts request 19
      13:10:20.000 INFO  getPosts request 20
      13:10:21.000 ERROR savePost request 21
      13:10:22.000 INFO  getPosts request 22
      13:10:23.000 INFO  getPosts request 23
      13:10:24.000 INFO  savePost request 24
      13:10:25.000 INFO  getPosts request 25
      13:10:26.000 INFO  getPosts request 26
      13:10:27.000 INFO  savePost request 27
      13:10:28.000 ERROR getPosts request 28
      13:10:29.000 INFO  getPosts request 29
      13:10:30.000 WARN  savePost slow query  table=posts  ms=1234
      13:10:31.000 INFO  getPosts 日本語のログ red 🚀 ↵ second line
      13:10:32.000 INFO  getPosts xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
      13:10:33.000 ╌╌╌ reading fails (ThrottlingException) ╌╌╌
     / filter  Enter open  f follow  e error  t time                 ? help  q quit"
  `);
  await arrive([line(40)]);
  expect(tui.screen()).toContain('13:10:40.000');
  expect(tui.screen()).toContain('35 lines');
});

test('scrolling up pauses, counts what arrives, and G follows again', async () => {
  const { tui, arrive } = await open(many(100));
  await tui.press('kk');
  expect(tui.screen()).toContain('– paused  98 of 100');
  await arrive([line(100), line(101)]);
  expect(tui.screen()).toContain('– paused +2  98 of 102');
  expect(tui.screen()).toMatch(/❯ 13:11:37/);
  await tui.press('G');
  expect(tui.screen()).toContain('● following');
  expect(tui.screen()).toContain('request 101');
  await tui.press('g');
  expect(tui.screen()).toMatch(/❯ 13:10:00/);
  await tui.press(' ');
  expect(tui.screen()).toContain('21 of 102');
});

test('filters as it is typed, in one read or key by key, and Esc clears', async () => {
  const { tui, arrive } = await open(many(100));
  await tui.press('/quest 4', '2');
  expect(tui.screen()).toContain('/ quest 42');
  await tui.press('\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f', '"request 9"');
  expect(tui.screen()).toContain('11 hits');
  await arrive([line(9), line(10)]);
  expect(tui.screen()).toContain('12 hits');
  await tui.press('\r');
  expect(tui.screen()).not.toContain('request 10');
  await tui.press('\u001b');
  await tui.terminal.waitFor('request 10');
});

test('says what is wrong with a filter while it is typed, and what stands before it counts', async () => {
  const { tui } = await open(many(10));
  await tui.press('/request 7 level:loud');
  expect(tui.screen()).toContain('no level "loud"');
  expect(tui.screen()).toContain('request 7');
  expect(tui.screen()).not.toContain('request 8');
});

test('an expression that never ends is stopped and said', async () => {
  const { tui } = await open([line(0, { message: `${'a'.repeat(60)}!` })]);
  await tui.press('/', '/(a+)+$/');
  await tui.terminal.waitFor('takes too long');
});

test('n and e go from hit to hit and from error to error', async () => {
  const { tui } = await open(many(100));
  await tui.press('E');
  expect(tui.screen()).toMatch(/❯ .* request 98/);
  await tui.press('E');
  expect(tui.screen()).toMatch(/❯ .* request 91/);
  await tui.press('e');
  expect(tui.screen()).toMatch(/❯ .* request 98/);
  await tui.press('/fn:savePost', '\r', 'a');
  expect(tui.screen()).toContain('34 hits, marked in all lines');
  await tui.press('N');
  expect(tui.screen()).toMatch(/❯ .* request 96/);
  await tui.press('n', 'n');
  expect(tui.screen()).toMatch(/❯ .* request 99/);
});

test('Enter opens the line with its JSON unfolded, Esc closes it', async () => {
  const fields = { level: 'warn', message: 'slow query', query: { table: 'posts', keys: ['a', 'b'] } };
  const { tui } = await open([...many(5), line(5, { level: 'warn', message: 'slow query', fields })]);
  await tui.press('\r');
  expect(tui.screen()).toMatchInlineSnapshot(`
    " stp  [1 Logs]
     – paused  6 of 6                                             1 error · 6 lines
      13:10:00.000 ERROR savePost request 0
      13:10:01.000 INFO  getPosts request 1
      13:10:02.000 INFO  getPosts request 2
      13:10:03.000 INFO  savePost request 3
      13:10:04.000 INFO  getPosts request 4
    ❯ 13:10:05.000 WARN  getPosts slow query  query={"table":"posts","keys":["a","b…





    ─ Line ────────────────────────────────────── J K scroll  Esc close  1-9 of 17 ─
      2026-11-24T13:10:05.000Z  WARN  getPosts
      request 8f7e3a00-1111-2222-3333-444444444444
      stream 2026/11/24/[$LATEST]ab  group /aws/lambda/blog-dev-getPosts

      slow query

      {
        "level": "warn",
        "message": "slow query",
     / filter  Enter open  f follow  e error  t time                 ? help  q quit"
  `);
  await tui.press('JJJJ');
  expect(tui.screen()).toContain('"keys": [');
  await tui.press('\u001b');
  await tui.terminal.waitFor((screen) => !screen.includes('Line ─'));
});

test('timestamps go away with t, and colour is not needed', async () => {
  const { tui } = await open(many(3), 120, 40, false);
  expect(tui.screen()).toContain('13:10:01.000 INFO  getPosts request 1');
  await tui.press('t');
  expect(tui.screen()).toContain('  INFO  getPosts request 1');
  expect(tui.screen()).not.toContain('13:10');
});

test('pasted text goes into the filter as one piece, and nowhere else', async () => {
  const { tui } = await open(many(20));
  await tui.press('\u001b[200~qqq\u001b[201~');
  expect(tui.screen()).toContain('following');
  await tui.press('/', '\u001b[200~"request 7"\n\u001b[201~');
  expect(tui.screen()).toContain('1 hit');
});
