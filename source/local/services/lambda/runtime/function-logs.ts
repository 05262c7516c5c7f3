import { randomBytes } from 'node:crypto';
import type { Backend } from '../../../backend.ts';
import { ServiceError } from '../../../backend.ts';

type LogEvent = { timestamp: number; message: string };

/** CloudWatch Logs takes no longer event (262,144 bytes with 26 of its own). */
const longestEvent = 256 * 1024 - 1024;
/** How long lines wait for others before they are written; an invocation's end does not wait. */
const batchMilliseconds = 100;

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
      writing = writing
        .then(() => send(events).catch(() => send(events)))
        .catch((error: unknown) => backend.log(`${group}: ${events.length} lines are lost: ${error}`));
    }
    return writing;
  };

  return {
    group,
    stream,
    write(message) {
      for (let start = 0; start === 0 || start < message.length; start += longestEvent)
        pending.push({
          timestamp: backend.now(),
          message: `${message.slice(start, start + longestEvent)}\n`,
        });
      timer ??= setTimeout(flush, batchMilliseconds);
    },
    flush,
  };
}

async function createIfMissing(backend: Backend, operation: string, input: object): Promise<void> {
  try {
    await backend.call('logs', operation, input);
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === 'ResourceAlreadyExistsException')) throw error;
  }
}
