import {
  DeleteLogStreamCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  type InputLogEvent,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  paginateDescribeLogStreams,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failure, messages, startLogs, type TestLogs } from './start-logs.ts';

let logs: TestLogs;
let clock = Date.now();
const start = clock;
const day = 86_400_000;

beforeAll(async () => {
  logs = await startLogs(() => clock);
});

afterAll(async () => {
  await logs.aws.stop();
});

const put = (logGroupName: string, logStreamName: string, logEvents: InputLogEvent[]) =>
  logs.client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));

test('the streams of a group are merged in the order of time', async () => {
  await logs.group('/merged', 'a', 'b', 'c');
  await logs.put('/merged', 'a', [start - 30, 'a1'], [start - 10, 'a2']);
  await logs.put('/merged', 'b', [start - 30, 'b1'], [start - 20, 'b2\n'], [start, 'b3']);
  await logs.put('/merged', 'c', [start - 40, 'c1']);
  const found = await logs.filter({ logGroupName: '/merged' });
  expect(messages(found)).toEqual(['c1', 'a1', 'b1', 'b2\n', 'a2', 'b3']);
  expect(found[0]).toEqual({
    logStreamName: 'c',
    timestamp: start - 40,
    message: 'c1',
    ingestionTime: start,
    eventId: expect.stringMatching(/^\d{56}$/),
  });
  const ids = found.map(({ eventId }) => eventId);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(6);
  const arn = 'arn:aws:logs:us-east-1:000000000000:log-group:/merged:*';
  expect(await logs.filter({ logGroupIdentifier: arn })).toEqual(found);
  // Both ends belong to the window.
  expect(
    messages(await logs.filter({ logGroupName: '/merged', startTime: start - 30, endTime: start - 10 })),
  ).toEqual(['a1', 'b1', 'b2\n', 'a2']);
  const from = (input: object) => logs.filter({ logGroupName: '/merged', ...input }).then(messages);
  expect(await from({ logStreamNames: ['b'] })).toEqual(['b1', 'b2\n', 'b3']);
  expect(await from({ logStreamNames: ['c', 'a'] })).toEqual(['c1', 'a1', 'a2']);
  expect(await from({ logStreamNamePrefix: 'a' })).toEqual(['a1', 'a2']);
  expect(await from({ logStreamNamePrefix: 'x' })).toEqual([]);
  expect(await failure(from({ logStreamNames: ['x'] }))).toEqual({
    name: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  });
});

test('pages neither lose nor repeat events of one millisecond, and end at a megabyte', async () => {
  await logs.group('/paged', 'a', 'b');
  const texts = Array.from({ length: 25 }, (_, index) => `n${index}`);
  for (const stream of ['a', 'b']) {
    await logs.put('/paged', stream, ...texts.map((text) => [start, stream + text] as const));
  }
  const found = await logs.filter({ logGroupName: '/paged', limit: 7, filterPattern: '-n3' });
  const expected = ['a', 'b'].flatMap((stream) =>
    texts.filter((text) => !text.includes('n3')).map((text) => stream + text),
  );
  expect(messages(found)).toEqual(expected);

  await logs.group('/large', 's');
  for (const letter of ['x', 'y', 'z']) await logs.put('/large', 's', [start, letter.repeat(600_000)]);
  const page = await logs.client.send(new FilterLogEventsCommand({ logGroupName: '/large' }));
  expect(page.events).toHaveLength(1);
  expect(messages(await logs.filter({ logGroupName: '/large' })).map((text) => text?.at(0))).toEqual([
    'x',
    'y',
    'z',
  ]);
});

test('a hundred thousand events and more are read page by page', async () => {
  await logs.group('/many', 'a', 'b');
  for (let batch = 0; batch < 11; batch += 1) {
    const stream = batch % 2 === 0 ? 'a' : 'b';
    const events = Array.from({ length: 10_000 }, (_, index) => ({
      timestamp: start + batch * 100 + Math.floor(index / 100),
      message: `line ${batch * 10_000 + index}`,
    }));
    await put('/many', stream, events);
  }
  const found = await logs.filter({ logGroupName: '/many' });
  expect(found).toHaveLength(110_000);
  expect(found.every(({ message }, index) => message === `line ${index}`)).toBe(true);
  // The first page ends without a match, the last event is on the second one.
  const rare = { logGroupName: '/many', filterPattern: '"line 109999"' };
  const first = await logs.client.send(new FilterLogEventsCommand(rare));
  expect(first.events).toEqual([]);
  expect(first.nextToken).toBeDefined();
  expect(messages(await logs.filter(rare))).toEqual(['line 109999']);
});

test('a stream is read from its head, from its tail, and to and fro', async () => {
  await logs.group('/stream', 's', 'empty');
  await logs.put(
    '/stream',
    's',
    [start - 4, '1'],
    [start - 3, '2'],
    [start - 3, '3'],
    [start - 2, '4'],
    [start - 1, '5'],
  );
  const get = async (input: Partial<GetLogEventsCommandInput>) => {
    const output = await logs.client.send(
      new GetLogEventsCommand({ logGroupName: '/stream', logStreamName: 's', ...input }),
    );
    return {
      texts: messages(output.events).join(''),
      forward: output.nextForwardToken ?? '',
      back: output.nextBackwardToken ?? '',
    };
  };
  const tail = await get({ limit: 2 });
  expect(tail.texts).toBe('45');
  const middle = await get({ limit: 2, nextToken: tail.back });
  expect(middle.texts).toBe('23');
  const head = await get({ nextToken: middle.back });
  expect(head.texts).toBe('1');
  const before = await get({ nextToken: head.back });
  expect(before).toMatchObject({ texts: '', back: head.back });
  expect((await get({ nextToken: before.forward })).texts).toBe('12345');
  expect((await get({ limit: 3, startFromHead: true })).texts).toBe('123');
  expect((await get({ limit: 3, nextToken: head.forward })).texts).toBe('234');

  const end = await get({ nextToken: tail.forward });
  expect(end).toMatchObject({ texts: '', forward: tail.forward });
  expect((await get({ limit: 1, nextToken: end.back })).texts).toBe('5');
  await logs.put('/stream', 's', [start, '6']);
  expect((await get({ nextToken: end.forward })).texts).toBe('6');
  // The start belongs to the window, the end does not.
  expect((await get({ startTime: start - 3, endTime: start - 1 })).texts).toBe('234');
  const none = await get({ logStreamName: 'empty' });
  expect(none.texts).toBe('');
  await logs.put('/stream', 'empty', [start, 'first']);
  expect((await get({ logStreamName: 'empty', nextToken: none.forward })).texts).toBe('first');
  expect((await failure(get({ nextToken: 'f/1/s' }))).name).toBe('InvalidParameterException');
});

test('streams are listed by name or by their last event', async () => {
  const logGroupName = '/streams';
  await logs.group(logGroupName, 'b', 'a1', 'a2', 'none');
  await logs.put(logGroupName, 'a1', [start - 50, 'x'], [start - 10, 'x']);
  await logs.put(logGroupName, 'a2', [start - 30, 'x']);
  await logs.put(logGroupName, 'b', [start - 20, 'x']);
  const names = async (input: object) => {
    const pages: (string | undefined)[] = [];
    const paging = { client: logs.client, pageSize: 2 };
    for await (const page of paginateDescribeLogStreams(paging, { logGroupName, ...input })) {
      pages.push(...(page.logStreams ?? []).map(({ logStreamName }) => logStreamName));
    }
    return pages;
  };
  expect(await names({})).toEqual(['a1', 'a2', 'b', 'none']);
  expect(await names({ descending: true })).toEqual(['none', 'b', 'a2', 'a1']);
  expect(await names({ logStreamNamePrefix: 'a' })).toEqual(['a1', 'a2']);
  expect(await names({ orderBy: 'LastEventTime', descending: true })).toEqual(['a1', 'b', 'a2', 'none']);
  expect(await names({ orderBy: 'LastEventTime' })).toEqual(['none', 'a2', 'b', 'a1']);
  expect(await failure(names({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' }))).toEqual({
    name: 'InvalidParameterException',
    message: 'Cannot order by LastEventTime with a logStreamNamePrefix.',
  });
  const { logStreams } = await logs.client.send(new DescribeLogStreamsCommand({ logGroupName, limit: 1 }));
  expect(logStreams).toEqual([
    {
      logStreamName: 'a1',
      creationTime: start,
      firstEventTimestamp: start - 50,
      lastEventTimestamp: start - 10,
      lastIngestionTime: start,
      uploadSequenceToken: expect.any(String),
      arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/streams:log-stream:a1',
      storedBytes: 0,
    },
  ]);
  await logs.client.send(new DeleteLogStreamCommand({ logGroupName, logStreamName: 'a1' }));
  expect(await names({})).toEqual(['a2', 'b', 'none']);
  expect(await logs.filter({ logGroupName })).toHaveLength(2);
});

test('a batch that AWS would refuse is refused, and nothing of it is kept', async () => {
  await logs.group('/refused', 's');
  const refuse = async (...logEvents: InputLogEvent[]) => {
    const { name, message } = await failure(put('/refused', 's', logEvents));
    expect(name).toBe('InvalidParameterException');
    return message;
  };
  const message = 'x';
  expect(await refuse({ timestamp: start, message }, { timestamp: start - 1, message })).toBe(
    'Log events in a single PutLogEvents request must be in chronological order.',
  );
  expect(await refuse({ timestamp: start - day - 1, message }, { timestamp: start, message })).toBe(
    'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
  );
  expect(await refuse({ timestamp: start, message: 'x'.repeat(1_048_551) })).toBe(
    'Upload too large: 1048577 bytes exceeds limit of 1048576',
  );
  expect(await refuse({ timestamp: start, message: '' })).toMatch(/greater than or equal to 1/);
  expect(await refuse()).toMatch(/greater than or equal to 1/);
  expect(await refuse(...Array.from({ length: 10_001 }, () => ({ timestamp: start, message })))).toMatch(
    /less than or equal to 10000/,
  );
  expect(await logs.filter({ logGroupName: '/refused' })).toEqual([]);
  expect((await failure(put('/refused', 'missing', [{ timestamp: start, message }]))).message).toBe(
    'The specified log stream does not exist.',
  );
});

test('events that are too old or too new are left out and told', async () => {
  await logs.group('/late', 's');
  const at = (timestamp: number) => ({ timestamp, message: String(timestamp - start) });
  const old = start - 14 * day;
  expect(await put('/late', 's', [at(old - 2), at(old - 1), at(old)])).toMatchObject({
    rejectedLogEventsInfo: { tooOldLogEventEndIndex: 2 },
    nextSequenceToken: expect.any(String),
  });
  const ahead = start + 7_200_000;
  const output = await put('/late', 's', [at(start), at(ahead), at(ahead + 1)]);
  expect(output.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 2 });
  expect(messages(await logs.filter({ logGroupName: '/late' }))).toEqual([String(-14 * day), '0', '7200000']);
});

test('what a retention policy has outlived is neither taken in nor read, and is gone after a start', async () => {
  const logGroupName = '/retained';
  await logs.group(logGroupName, 's');
  await logs.put(logGroupName, 's', [start - 3 * day, 'three days']);
  await logs.put(logGroupName, 's', [start - 100, 'now']);
  await logs.client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
  const late = await put(logGroupName, 's', [{ timestamp: start - 2 * day, message: 'two days' }]);
  expect(late.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
  const all = () => logs.filter({ logGroupName }).then(messages);
  expect(await all()).toEqual(['now']);
  const count = () =>
    logs.aws.server.backend.database
      .prepare('SELECT count(*) AS count FROM logs_events WHERE message IN (?, ?, ?)')
      .get('now', 'two days', 'three days')?.count;
  expect(count()).toBe(1);
  clock = start + 2 * day;
  try {
    // Not over HTTP: the signature would be of another day.
    const { backend } = logs.aws.server;
    expect(await backend.call('logs', 'FilterLogEvents', { logGroupName })).toMatchObject({ events: [] });
    expect(count()).toBe(1);
    await logs.restart();
    expect(count()).toBe(0);
  } finally {
    clock = start;
  }
});

test('groups, events, their ids and tokens are the same after a restart', async () => {
  const logGroupName = '/restarted';
  await logs.group(logGroupName, 's');
  await logs.put(logGroupName, 's', [start, 'one'], [start, 'two\0 \u{1F600}']);
  const first = await logs.client.send(new FilterLogEventsCommand({ logGroupName, limit: 1 }));
  const before = await logs.filter({ logGroupName });
  expect(messages(before)).toEqual(['one', 'two\0 \u{1F600}']);
  await logs.restart();
  expect(await logs.filter({ logGroupName })).toEqual(before);
  await logs.put(logGroupName, 's', [start, 'three']);
  const rest = await logs.client.send(
    new FilterLogEventsCommand({ logGroupName, ...(first.nextToken && { nextToken: first.nextToken }) }),
  );
  expect(messages(rest.events)).toEqual(['two\0 \u{1F600}', 'three']);
});
