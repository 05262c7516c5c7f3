import type { CloudWatchLogs, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { UserError } from '../model/errors.ts';
import type { LogEntry, LogItem } from './log-entry.ts';
import { parseLine } from './parse-line.ts';

export type LogGroup = {
  /** Of the config, or the log group's own name. */
  function: string;
  logGroup: string;
};

export type FollowOptions = {
  client: () => Promise<Pick<CloudWatchLogs, 'filterLogEvents'>>;
  groups: readonly LogGroup[];
  /** Milliseconds since 1970, as `until`. */
  since: number;
  until?: number;
  /** Goes on with what is written from now on, until `signal` aborts or `until` is past. */
  follow: boolean;
  /** Only the newest so many of what is there already. */
  limit?: number;
  signal: AbortSignal;
  now(): number;
  /** Between two reads of all groups. Default 1 s, more for many groups: the quota of some Regions is 5 calls a second. */
  pollMilliseconds?: number;
  /** Ends early when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
};

const second = 1_000;
/** Reading this far back again finds what CloudWatch took in late; it grows with what has been seen. */
const smallestLag = 15 * second;
const largestLag = 300 * second;
/** Events of one round wait this long for older ones of other streams. */
const settleMilliseconds = 400;
const largestBackOff = 30 * second;
const perGroupMilliseconds = 220;

/**
 * The events of several log groups in the order of time. What turns up after later events were given out comes
 * with `late`; the same event never comes twice. While following, failures of the connection and throttling are
 * waited out and told with a `gap`, and a group that is not there yet counts as empty. Everything else throws.
 */
export async function* followLogs(options: FollowOptions): AsyncGenerator<LogItem> {
  const { signal, follow, now } = options;
  const readers = options.groups.map((group) => new GroupReader(group, options));
  const end = options.until ?? now();
  const order = new Order();
  let failures = 0;
  try {
    if (options.limit !== undefined) {
      for (const entry of await newest(readers, options.since, end, options.limit)) yield order.pass(entry);
    } else {
      for await (const entry of merged(readers, options.since, end)) yield order.pass(entry);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (!follow || !isPassing(error)) throw error;
    failures = 1;
  }
  if (!follow) {
    if (readers.length > 0 && readers.every(({ missing }) => missing)) throw noLogGroup(options.groups);
    return;
  }
  const pace = Math.max(options.pollMilliseconds ?? second, readers.length * perGroupMilliseconds);
  while (!signal.aborted) {
    await options.sleep(failures === 0 ? pace : backOff(failures), signal);
    if (signal.aborted) break;
    const startedAt = now();
    try {
      for (const reader of readers) order.hold(await reader.poll(startedAt), startedAt);
      failures = 0;
    } catch (error) {
      if (signal.aborted) break;
      if (!isPassing(error)) throw error;
      failures += 1;
      // One failure is everyday; of two in a row the reader should know.
      if (failures === 2) yield interruption(startedAt, now(), error);
    }
    for (const entry of order.settled(startedAt - settleMilliseconds)) yield entry;
    if (options.until !== undefined && startedAt > options.until + largestLag) break;
  }
  for (const entry of order.settled(Number.POSITIVE_INFINITY)) yield entry;
}

/** One log group: what of it has been read, and which events of the overlap are known. */
class GroupReader {
  missing = false;
  readonly #group: LogGroup;
  readonly #options: FollowOptions;
  /** Ids of the events that the next read can bring again, with their times. */
  readonly #seen = new Map<string, number>();
  #lag = smallestLag;
  #readTo: number;

  constructor(group: LogGroup, options: FollowOptions) {
    this.#group = group;
    this.#options = options;
    this.#readTo = options.since;
  }

  /** What is between two times, both of them included; sorted as far as CloudWatch sorts it, page by page. */
  async *read(from: number, to: number): AsyncGenerator<LogEntry> {
    const client = await this.#options.client();
    let nextToken: string | undefined;
    do {
      this.#options.signal.throwIfAborted();
      const page = await client
        .filterLogEvents(
          {
            logGroupName: this.#group.logGroup,
            startTime: Math.max(0, Math.floor(from)),
            endTime: Math.ceil(to),
            ...(nextToken !== undefined && { nextToken }),
          },
          { abortSignal: this.#options.signal },
        )
        .catch((error: unknown) => {
          if (!isMissing(error)) throw error;
          return undefined;
        });
      this.missing = page === undefined;
      // A page may be empty and others follow it all the same.
      for (const event of (page?.events ?? []).toSorted((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0))) {
        const entry = this.#fresh(event);
        if (entry !== undefined) yield entry;
      }
      nextToken = page?.nextToken;
    } while (nextToken !== undefined);
    this.#readTo = Math.max(this.#readTo, to);
  }

  /** What is new, with the time before the last read looked through again for what came late. */
  async poll(now: number): Promise<LogEntry[]> {
    const { since, until } = this.#options;
    const from = Math.max(since, this.#readTo - this.#lag);
    const found: LogEntry[] = [];
    // A clock that is behind must not hide what AWS's clock has written already.
    const to = until ?? now + 60 * second;
    for await (const entry of this.read(from, to)) found.push(entry);
    this.#readTo = Math.min(now, until ?? now);
    for (const [id, time] of this.#seen) if (time < this.#readTo - largestLag) this.#seen.delete(id);
    return found;
  }

  #fresh(event: FilteredLogEvent): LogEntry | undefined {
    const { eventId, timestamp = 0, ingestionTime } = event;
    if (eventId !== undefined) {
      if (this.#seen.has(eventId)) return undefined;
      this.#seen.set(eventId, timestamp);
    }
    if (ingestionTime !== undefined) {
      const wanted = (ingestionTime - timestamp) * 1.5 + 2 * second;
      this.#lag = Math.min(largestLag, Math.max(this.#lag, wanted));
    }
    return toEntry(event, this.#group);
  }
}

function toEntry(event: FilteredLogEvent, group: LogGroup): LogEntry {
  const { message, requestId, level, fields } = parseLine(event.message ?? '');
  return {
    type: 'log',
    timestamp: new Date(event.timestamp ?? 0).toISOString(),
    ...(event.ingestionTime !== undefined && { ingestionTime: new Date(event.ingestionTime).toISOString() }),
    function: group.function,
    logGroup: group.logGroup,
    stream: event.logStreamName ?? '',
    ...(requestId !== undefined && { requestId }),
    ...(level !== undefined && { level }),
    message,
    ...(fields !== undefined && { fields }),
    ...(event.eventId !== undefined && { eventId: event.eventId }),
  };
}

/** Keeps the order of time over several reads, and marks what is too late for it. */
class Order {
  #last = '';
  #held: { entry: LogEntry; seenAt: number }[] = [];

  pass(entry: LogEntry): LogEntry {
    if (entry.timestamp < this.#last) return { ...entry, late: true };
    this.#last = entry.timestamp;
    return entry;
  }

  hold(entries: readonly LogEntry[], seenAt: number): void {
    for (const entry of entries) this.#held.push({ entry, seenAt });
  }

  /** What nothing older is expected before: written before a time, or waiting since before it. */
  *settled(before: number): Generator<LogEntry> {
    // The sort is stable: events of one millisecond stay in the order of their stream.
    this.#held.sort((a, b) =>
      a.entry.timestamp < b.entry.timestamp ? -1 : a.entry.timestamp > b.entry.timestamp ? 1 : 0,
    );
    const ready = this.#held.findLastIndex(
      ({ entry, seenAt }) => Date.parse(entry.timestamp) <= before || seenAt <= before,
    );
    for (const { entry } of this.#held.splice(0, ready + 1)) yield this.pass(entry);
  }
}

/** The readers' events in one order of time; each reader is read no further than needed. */
async function* merged(readers: readonly GroupReader[], from: number, to: number): AsyncGenerator<LogEntry> {
  const sources = readers.map((reader) => reader.read(from, to));
  const heads = await Promise.all(sources.map((source) => source.next()));
  while (true) {
    let first = -1;
    for (const [index, head] of heads.entries()) {
      if (head.done) continue;
      const best = heads[first];
      if (best === undefined || best.done || head.value.timestamp < best.value.timestamp) first = index;
    }
    const head = heads[first];
    const source = sources[first];
    if (head === undefined || head.done || source === undefined) return;
    yield head.value;
    heads[first] = await source.next();
  }
}

/** The newest so many: CloudWatch only reads forward, so ever longer windows are read from the end back. */
async function newest(
  readers: readonly GroupReader[],
  since: number,
  until: number,
  limit: number,
): Promise<LogEntry[]> {
  let found: LogEntry[] = [];
  let to = until;
  let span = 60 * second;
  while (found.length < limit && to >= since) {
    const from = Math.max(since, to - span);
    const wanted = limit - found.length;
    let part: LogEntry[] = [];
    for await (const entry of merged(readers, from, to)) {
      part.push(entry);
      if (part.length >= wanted * 2 + 1_000) part = part.slice(-wanted);
    }
    found = [...part.slice(-wanted), ...found];
    to = from - 1;
    span *= 4;
  }
  return found;
}

function backOff(failures: number): number {
  return Math.min(largestBackOff, second * 2 ** (failures - 1));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

function isMissing(error: unknown): boolean {
  return nameOf(error) === 'ResourceNotFoundException';
}

const passingNames = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'LimitExceededException',
  'ServiceUnavailableException',
  'InternalFailure',
  'InternalServerError',
  'TimeoutError',
  'RequestTimeout',
]);
const passingCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/** Whether it is worth trying again: throttling, a server's failure, the network. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (passingNames.has(error.name)) return true;
  if ('code' in error && typeof error.code === 'string' && passingCodes.has(error.code)) return true;
  if ('$fault' in error && error.$fault === 'server') return true;
  return error.cause !== undefined && isPassing(error.cause);
}

function interruption(from: number, to: number, error: unknown): LogItem {
  return {
    type: 'gap',
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    reason: `reading fails (${nameOf(error)}); what is written meanwhile follows when it works again`,
  };
}

function noLogGroup(groups: readonly LogGroup[]): UserError {
  const names = groups.map(({ logGroup }) => logGroup).join(', ');
  return new UserError(`there is no log group ${names}`, {
    code: 'log-group-not-found',
    hint: 'A function has one after its first line, or when it was deployed with one.',
    exitCode: 1,
  });
}
