import { writeSync } from 'node:fs';
import { format } from 'node:util';

const levels = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const;

let requestId: string | undefined;

/** The invocation that lines belong to from now on. */
export function setRequestId(id: string | undefined): void {
  requestId = id;
}

/** `console` writes as it does on Lambda: time, request id, level and message with tabs between, one line each. */
export function patchConsole(): void {
  for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const)
    console[method] = (...values: unknown[]) => writeLine(levels[method], format(...values));
  console.trace = (...values: unknown[]) => {
    const trace = { name: 'Trace', message: format(...values), stack: '' };
    Error.captureStackTrace(trace, console.trace);
    writeLine(levels.trace, trace.stack);
  };
}

/**
 * `process.stdout` and `process.stderr` write at once, as `console` does here, so that no line gets into the
 * middle of another. They are made when a function first uses them, which most never do.
 */
export function makeStreamsSynchronous(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const { get } = Object.getOwnPropertyDescriptor(process, name) ?? {};
    if (!get) continue;
    let made: StreamWithHandle | undefined;
    const getOnce = (): StreamWithHandle => {
      if (made) return made;
      const stream = get.call(process) as StreamWithHandle;
      stream._handle?.setBlocking?.(true);
      made = stream;
      return stream;
    };
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: getOnce });
  }
}

type StreamWithHandle = NodeJS.WriteStream & { _handle?: { setBlocking?(blocking: boolean): void } };

/** One log event: line breaks become carriage returns, as Lambda does where events are lines. */
export function writeLine(level: string, message: string): void {
  const line = `${new Date().toISOString()}\t${requestId}\t${level}\t${message}`;
  writeAll(Buffer.from(`${line.replaceAll(/\r?\n/g, '\r')}\n`));
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Synchronous, so that no line is lost when the process ends and none comes after the answer. */
function writeAll(bytes: Buffer): void {
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(1, bytes, offset);
    } catch (error) {
      // The pipe is full and `process.stdout` has made it non-blocking.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
