import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Backend, Operation } from '../../backend.ts';
import { checkRange, invalidParameter } from './errors.ts';
import { type EventRow, type EventStore, eventBytes, type Position } from './event-store.ts';
import { parseFilterPattern } from './filter-pattern/filter-pattern.ts';
import type { LogStore } from './log-store.ts';
import { requireGroup } from './names.ts';
import {
  backwardToken,
  eventId,
  forwardToken,
  isPosition,
  pageToken,
  readPageToken,
  readStreamToken,
} from './position.ts';
import { expiresBefore } from './retention.ts';
import { requireStream } from './streams.ts';

const mostEvents = 10_000;
const mostBytes = 1_048_576;
/** A page ends after so many events even if few of them match: others want to be answered, too. */
const mostSearched = 100_000;

/** GetLogEvents, which reads one stream to and fro, and FilterLogEvents, which reads a whole group forward. */
export function readOperations(backend: Backend, store: LogStore, events: EventStore) {
  const getLogEvents: Operation<Logs.GetLogEventsCommandInput, Logs.GetLogEventsCommandOutput> = (input) => {
    const limit = checkRange('limit', input.limit ?? mostEvents, 1, mostEvents);
    const group = requireGroup(store, input);
    const stream = requireStream(store, group.id, input.logStreamName ?? '');
    const token = input.nextToken === undefined ? undefined : readStreamToken(input.nextToken);
    const direction = token?.direction ?? (input.startFromHead === true ? 'forward' : 'backward');
    const window = {
      from: Math.max(input.startTime ?? 0, expiresBefore(group, backend.now())),
      // Unlike that of FilterLogEvents, this end is not part of the window.
      to: (input.endTime ?? Number.MAX_SAFE_INTEGER) - 1,
    };
    const rows =
      direction === 'forward'
        ? events.forward({ groupId: group.id, streamIds: [stream.id], ...window }, token?.position)
        : events.backward(stream.id, window, token?.position);
    const page = firstPage(rows, limit);
    if (direction === 'backward') page.reverse();
    return {
      events: page.map(({ timestamp, message, ingestedAt }) => ({
        timestamp,
        message,
        ingestionTime: ingestedAt,
      })),
      ...tokens(page, direction, token?.position ?? { timestamp: window.from, id: 0 }),
    };
  };

  const filterLogEvents: Operation<Logs.FilterLogEventsCommandInput, Logs.FilterLogEventsCommandOutput> = (
    input,
  ) => {
    const limit = checkRange('limit', input.limit ?? mostEvents, 1, mostEvents);
    const matches = parseFilterPattern(input.filterPattern ?? '');
    const group = requireGroup(store, input);
    const streamIds = chosenStreams(store, group.id, input);
    const after = input.nextToken === undefined ? undefined : readPageToken(input.nextToken, isPosition);
    const window = {
      groupId: group.id,
      streamIds,
      from: Math.max(input.startTime ?? 0, expiresBefore(group, backend.now())),
      to: input.endTime ?? Number.MAX_SAFE_INTEGER,
    };
    const found: Logs.FilteredLogEvent[] = [];
    let searched = 0;
    let bytes = 0;
    let last: Position | undefined;
    let nextToken: string | undefined;
    for (const row of events.forward(window, after)) {
      const isMatch = matches(row.message);
      const size = isMatch ? eventBytes(row.message) : 0;
      const isFull = found.length === limit || (found.length > 0 && bytes + size > mostBytes);
      if (last !== undefined && (searched === mostSearched || (isMatch && isFull))) {
        nextToken = pageToken(last);
        break;
      }
      last = { timestamp: row.timestamp, id: row.id };
      searched += 1;
      bytes += size;
      if (isMatch) found.push(describe(row));
    }
    return { events: found, searchedLogStreams: [], ...(nextToken === undefined ? {} : { nextToken }) };
  };

  return { GetLogEvents: getLogEvents, FilterLogEvents: filterLogEvents };
}

/** As many as fit in one answer, and one at least. */
function firstPage(rows: Iterable<EventRow>, limit: number): EventRow[] {
  const page: EventRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += eventBytes(row.message);
    if (page.length > 0 && bytes > mostBytes) break;
    page.push(row);
    if (page.length === limit) break;
  }
  return page;
}

/** At the end of a stream the token of that direction is the one that came in, by which callers know the end. */
function tokens(
  page: readonly EventRow[],
  direction: 'forward' | 'backward',
  from: Position,
): { nextForwardToken: string; nextBackwardToken: string } {
  const [first = from] = page;
  const last = page.at(-1) ?? from;
  if (page.length > 0)
    return { nextForwardToken: forwardToken(last), nextBackwardToken: backwardToken(first) };
  // The event at the place itself has been read in this direction, so that the other one begins with it.
  return direction === 'forward'
    ? { nextForwardToken: forwardToken(from), nextBackwardToken: backwardToken({ ...from, id: from.id + 1 }) }
    : {
        nextForwardToken: forwardToken({ ...from, id: Math.max(0, from.id - 1) }),
        nextBackwardToken: backwardToken(from),
      };
}

const describe = (row: EventRow): Logs.FilteredLogEvent => ({
  logStreamName: row.stream,
  timestamp: row.timestamp,
  message: row.message,
  ingestionTime: row.ingestedAt,
  eventId: eventId(row),
});

function chosenStreams(
  store: LogStore,
  groupId: number,
  { logStreamNames, logStreamNamePrefix }: Logs.FilterLogEventsCommandInput,
): number[] | undefined {
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
  }
  if (logStreamNames !== undefined) {
    return logStreamNames.map((name) => requireStream(store, groupId, name).id);
  }
  if (logStreamNamePrefix === undefined) return undefined;
  return store.streams(groupId, logStreamNamePrefix, { by: 'name', descending: false }).map(({ id }) => id);
}
