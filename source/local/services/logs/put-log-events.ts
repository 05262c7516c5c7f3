import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Backend, Operation } from '../../backend.ts';
import { constraintBroken, invalidParameter } from './errors.ts';
import { type EventStore, eventBytes } from './event-store.ts';
import type { GroupRow, LogStore } from './log-store.ts';
import { requireGroup } from './names.ts';
import { day, expiresBefore } from './retention.ts';
import { requireStream, sequenceToken } from './streams.ts';

type LogEvent = { timestamp: number; message: string };

const mostEvents = 10_000;
const mostBytes = 1_048_576;
const oldestEvent = 14 * day;
const newestEvent = 2 * 3_600_000;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export function putLogEventsOperation(backend: Backend, store: LogStore, events: EventStore) {
  const putLogEvents: Operation<Logs.PutLogEventsCommandInput, Logs.PutLogEventsCommandOutput> = (input) => {
    const batch = checkBatch(input.logEvents ?? []);
    const group = requireGroup(store, { logGroupName: input.logGroupName });
    const stream = requireStream(store, group.id, input.logStreamName ?? '');
    const now = backend.now();
    const { from, to, rejected } = acceptable(batch, group, now);
    events.insert(stream, batch.slice(from, to), now);
    return {
      nextSequenceToken: sequenceToken(stream),
      ...(rejected === undefined ? {} : { rejectedLogEventsInfo: rejected }),
    };
  };
  return { PutLogEvents: putLogEvents };
}

function checkBatch(input: readonly Logs.InputLogEvent[]): LogEvent[] {
  if (input.length === 0) throw constraintBroken('logEvents', '[]', 'have length greater than or equal to 1');
  if (input.length > mostEvents) {
    throw constraintBroken('logEvents', '[...]', `have length less than or equal to ${mostEvents}`);
  }
  const batch = input.map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
  let bytes = 0;
  let last = 0;
  for (const [index, { timestamp, message }] of batch.entries()) {
    const at = `logEvents.${index + 1}.member`;
    if (timestamp < 0)
      throw constraintBroken(`${at}.timestamp`, timestamp, 'have value greater than or equal to 0');
    if (message === '') throw constraintBroken(`${at}.message`, '', 'have length greater than or equal to 1');
    if (timestamp < last) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    }
    last = timestamp;
    bytes += eventBytes(message);
  }
  if (bytes > mostBytes) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${mostBytes}`);
  }
  if (last - (batch[0]?.timestamp ?? 0) > day) {
    throw invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
  return batch;
}

/** Which part of a batch is neither too old nor too new; the batch is in the order of time. */
function acceptable(
  batch: readonly LogEvent[],
  group: GroupRow,
  now: number,
): { from: number; to: number; rejected?: Logs.RejectedLogEventsInfo } {
  const firstFrom = (time: number): number => {
    const index = batch.findIndex(({ timestamp }) => timestamp >= time);
    return index === -1 ? batch.length : index;
  };
  const tooOld = firstFrom(now - oldestEvent);
  const expired = firstFrom(expiresBefore(group, now));
  const tooNew = firstFrom(now + newestEvent + 1);
  const rejected: Logs.RejectedLogEventsInfo = {
    ...(tooNew < batch.length ? { tooNewLogEventStartIndex: tooNew } : {}),
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
  };
  const range = { from: Math.max(tooOld, expired), to: tooNew };
  return Object.keys(rejected).length === 0 ? range : { ...range, rejected };
}
