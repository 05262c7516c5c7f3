import type {
  CloudWatchLogs,
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';
import { type FollowOptions, followLogs } from '../../source/logs/cloudwatch-source.ts';
import type { LogItem } from '../../source/logs/log-entry.ts';

const start = Date.parse('2026-11-24T13:10:00.000Z');

type Event = {
  timestamp: number;
  ingestionTime: number;
  message: string;
  eventId: string;
  logStreamName: string;
};

/** Log groups as CloudWatch answers for them: pages of two, some empty, events only once they are taken in. */
class Groups {
  now = start;
  readonly #events = new Map<string, Event[]>();
  readonly failures: Error[] = [];
  calls = 0;
  #count = 0;

  create(group: string): void {
    this.#events.set(group, []);
  }

  put(group: string, timestamp: number, message: string, ingestionTime = timestamp): void {
    const events = this.#events.get(group) ?? [];
    this.#count += 1;
    events.push({ timestamp, message, ingestionTime, eventId: String(this.#count), logStreamName: 's' });
    this.#events.set(
      group,
      events.toSorted((a, b) => a.timestamp - b.timestamp),
    );
  }

  readonly client = {
    filterLogEvents: async (input: FilterLogEventsCommandInput): Promise<FilterLogEventsCommandOutput> => {
      this.calls += 1;
      const failure = this.failures.shift();
      if (failure !== undefined) throw failure;
      const events = this.#events.get(input.logGroupName ?? '');
      if (events === undefined) throw named('ResourceNotFoundException');
      const found = events.filter(
        ({ timestamp, ingestionTime }) =>
          ingestionTime <= this.now &&
          timestamp >= (input.startTime ?? 0) &&
          timestamp <= (input.endTime ?? Infinity),
      );
      const from = Number(input.nextToken ?? -1);
      // The first page is empty and has a token all the same.
      if (from < 0) return { $metadata: {}, events: [], ...(found.length > 0 && { nextToken: '0' }) };
      const rest = from + 2 < found.length;
      return {
        $metadata: {},
        events: found.slice(from, from + 2),
        ...(rest && { nextToken: String(from + 2) }),
      };
    },
  } as unknown as Pick<CloudWatchLogs, 'filterLogEvents'>;
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

/** Reads with a clock that only moves while the source sleeps; `onSleep` is the world meanwhile. */
function read(
  groups: Groups,
  options: Partial<FollowOptions>,
  onSleep: (round: number, abort: AbortController) => void,
) {
  const abort = new AbortController();
  const sleeps: number[] = [];
  const source = followLogs({
    client: async () => groups.client,
    groups: [
      { function: 'a', logGroup: '/a' },
      { function: 'b', logGroup: '/b' },
    ],
    since: start - 60_000,
    follow: true,
    signal: abort.signal,
    now: () => groups.now,
    sleep: async (milliseconds) => {
      sleeps.push(milliseconds);
      groups.now += milliseconds;
      onSleep(sleeps.length, abort);
    },
    ...options,
  });
  return { source, sleeps, abort };
}

async function collect(source: AsyncIterable<LogItem>): Promise<string[]> {
  const lines: string[] = [];
  for await (const item of source) {
    if (item.type === 'gap') lines.push(`gap: ${item.reason}`);
    else lines.push(`${item.function}: ${item.message}${item.late === true ? ' (late)' : ''}`);
  }
  return lines;
}

test('what is there comes in one order of time over all groups and pages', async () => {
  const groups = new Groups();
  for (let index = 0; index < 7; index++) {
    groups.put(index % 2 === 0 ? '/a' : '/b', start - 10_000 + index, `line ${index}`);
  }
  const { source } = read(groups, { follow: false }, () => {});
  expect(await collect(source)).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((n) => `${n % 2 === 0 ? 'a' : 'b'}: line ${n}`),
  );
});

test('since and until bound it, both included', async () => {
  const groups = new Groups();
  groups.create('/b');
  for (const offset of [-1, 0, 5, 10, 11]) groups.put('/a', start + offset, `at ${offset}`);
  groups.now = start + 60_000;
  const { source } = read(groups, { follow: false, since: start, until: start + 10 }, () => {});
  expect(await collect(source)).toEqual(['a: at 0', 'a: at 5', 'a: at 10']);
});

test('with a limit, the newest so many', async () => {
  const groups = new Groups();
  for (let index = 0; index < 50; index++)
    groups.put('/a', start - 3_600_000 + index * 60_000, `line ${index}`);
  groups.create('/b');
  const { source } = read(groups, { follow: false, since: start - 7_200_000, limit: 3 }, () => {});
  expect(await collect(source)).toEqual(['a: line 47', 'a: line 48', 'a: line 49']);
});

test('an entry has the shape of the JSON output', async () => {
  const groups = new Groups();
  groups.create('/b');
  const id = '8f7e3a00-1111-2222-3333-444444444444';
  groups.put('/a', start, `2026-11-24T13:10:00.000Z\t${id}\tWARN\tslow`, start + 1);
  groups.now = start + 5;
  const { source } = read(groups, { follow: false }, () => {});
  for await (const item of source) {
    expect(item).toEqual({
      type: 'log',
      timestamp: '2026-11-24T13:10:00.000Z',
      ingestionTime: '2026-11-24T13:10:00.001Z',
      function: 'a',
      logGroup: '/a',
      stream: 's',
      requestId: id,
      level: 'warn',
      message: 'slow',
      eventId: '1',
    });
  }
  expect.assertions(1);
});

test('following shows each event once, and what is taken in late with a mark', async () => {
  const groups = new Groups();
  groups.put('/a', start - 5_000, 'before');
  groups.create('/b');
  // Written now, taken in nine seconds later.
  groups.put('/b', start + 500, 'delayed', start + 9_500);
  const { source } = read(groups, {}, (round, abort) => {
    groups.put('/a', groups.now - 700, `round ${round}`);
    groups.put('/b', groups.now - 700, `same millisecond ${round}`);
    if (round === 15) abort.abort();
  });
  const lines = await collect(source);
  expect(lines[0]).toBe('a: before');
  expect(new Set(lines).size).toBe(lines.length);
  expect(lines.filter((line) => line.includes('round'))).toHaveLength(14);
  expect(lines.filter((line) => line.includes('same'))).toHaveLength(14);
  expect(lines.filter((line) => line.includes('late'))).toEqual(['b: delayed (late)']);
});

test('a group that is not there yet counts as empty while following', async () => {
  const groups = new Groups();
  groups.create('/a');
  const { source } = read(groups, {}, (round, abort) => {
    if (round === 3) groups.put('/b', groups.now - 500, 'first line');
    if (round === 5) abort.abort();
  });
  expect(await collect(source)).toEqual(['b: first line']);
});

test('not following, no group at all is an error that says so', async () => {
  const { source } = read(new Groups(), { follow: false }, () => {});
  await expect(collect(source)).rejects.toThrow('there is no log group /a, /b');
});

test('throttling and a lost connection are waited out with growing pauses; nothing is lost', async () => {
  const groups = new Groups();
  groups.create('/a');
  groups.create('/b');
  const { source, sleeps } = read(groups, { pollMilliseconds: 1_000 }, (round, abort) => {
    if (round === 1) {
      groups.failures.push(
        named('ThrottlingException'),
        Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      );
      groups.failures.push(named('ThrottlingException'));
    }
    groups.put('/a', groups.now - 500, `round ${round}`);
    if (round === 6) abort.abort();
  });
  const lines = await collect(source);
  expect(sleeps.slice(0, 5)).toEqual([1_000, 1_000, 2_000, 4_000, 1_000]);
  expect(lines.filter((line) => line.startsWith('gap'))).toEqual([
    'gap: reading fails (Error); what is written meanwhile follows when it works again',
  ]);
  for (const round of [1, 2, 3, 4, 5]) expect(lines.join('\n')).toContain(`round ${round}`);
});

test('what waiting cannot mend is thrown', async () => {
  const groups = new Groups();
  groups.failures.push(named('AccessDeniedException'));
  const { source } = read(groups, {}, () => {});
  await expect(collect(source)).rejects.toThrow('AccessDeniedException');
});

test('aborted while reading, it ends without an error', async () => {
  const groups = new Groups();
  groups.put('/a', start - 5, 'one');
  groups.put('/b', start - 4, 'two');
  const { source, abort } = read(groups, {}, () => {});
  const iterator = source[Symbol.asyncIterator]();
  await iterator.next();
  abort.abort();
  let last = await iterator.next();
  while (last.done !== true) last = await iterator.next();
  expect(last.done).toBe(true);
});
