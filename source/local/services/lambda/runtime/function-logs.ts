import { randomBytes } from 'node:crypto';
import type { Backend } from '../../../backend.ts';
import { ServiceError } from '../../../backend.ts';

type LogEvent = { timestamp: number; message: string };

/** CloudWatch Logs takes no longer event (262,144 bytes with 26 of its own). */
const longestEvent = 256 * 1024 - 1024;
/** How long lines wait for others before they are written; an invocation's end does not wait. */
const batchMilliseconds = 100;
/** What PutLogEvents takes at once; each event counts 26 bytes more than its text. */
const largestBatch = 1_048_576;
const mostEvents = 10_000;

/** The log stream of one environment. */
export type FunctionLog = {
  readonly group: string;
  readonly stream: string;
  /** A line without its break; the event ends with one, as all of Lambda's do. */
  write(message: string): void;
  /** Resolves when everything written so far can be read from CloudWatch Logs. */
  flush(): Promise<void>;
};

/** `2026/11/24/[$LATEST]` and 32 hexadecimal digits. */
export function logStreamName(version: string, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${randomBytes(16).toString('hex')}`;
}

/** Group and stream are made with the first line, as Lambda does. */
export function createFunctionLog(backend: Backend, group: string, version: string): FunctionLog {
  const stream = logStreamName(version, backend.now());
  let pending: LogEvent[] = [];
  let writing: Promise<void> = Promise.resolve();
  let exists = false;
  let timer: NodeJS.Timeout | undefined;

  const send = async (logEvents: LogEvent[]): Promise<void> => {
    if (!exists) {
      await createIfMissing(backend, 'CreateLogGroup', { logGroupName: group });
      await createIfMissing(backend, 'CreateLogStream', { logGroupName: group, logStreamName: stream });
      exists = true;
    }
    try {
      await backend.call('logs', 'PutLogEvents', { logGroupName: group, logStreamName: stream, logEvents });
    } catch (error) {
      // Somebody deleted the group: the next lines make it again.
      exists = false;
      throw error;
    }
  };

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (pending.length > 0) {
      const events = pending;
      pending = [];
      for (const batch of batches(events)) {
        writing = writing
          .then(() => send(batch).catch(() => send(batch)))
          .catch((error: unknown) => backend.log(`${group}: ${batch.length} lines are lost: ${error}`));
      }
    }
    return writing;
  };

  return {
    group,
    stream,
    write(message) {
      const timestamp = backend.now();
      for (const part of parts(message)) pending.push({ timestamp, message: `${part}\n` });
      timer ??= setTimeout(flush, batchMilliseconds);
    },
    flush,
  };
}

/** A message in parts of which none is too long in bytes; no character has more than three per unit. */
function* parts(message: string): Iterable<string> {
  if (Buffer.byteLength(message) <= longestEvent) {
    yield message;
    return;
  }
  const length = Math.floor(longestEvent / 3);
  for (let start = 0; start < message.length; start += length) yield message.slice(start, start + length);
}

function* batches(events: LogEvent[]): Iterable<LogEvent[]> {
  let batch: LogEvent[] = [];
  let size = 0;
  for (const event of events) {
    const bytes = Buffer.byteLength(event.message) + 26;
    if (batch.length === mostEvents || (batch.length > 0 && size + bytes > largestBatch)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(event);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}

async function createIfMissing(backend: Backend, operation: string, input: object): Promise<void> {
  try {
    await backend.call('logs', operation, input);
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === 'ResourceAlreadyExistsException')) throw error;
  }
}
