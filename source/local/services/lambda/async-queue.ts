import { ServiceError } from '../../backend.ts';
import { type FunctionCall, runFunction } from './invocation.ts';
import type { LambdaContext } from './lambda-context.ts';
import type { StoredInvokeConfig } from './operations/setting-operations.ts';

export type AsyncQueue = {
  add(call: FunctionCall): void;
  /** Takes up what a process before this one did not finish. */
  resume(): void;
  /** What runs is taken up again at the next start. */
  stop(): void;
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const retryMilliseconds = [60_000, 120_000];
const defaultRetries = 2;
const defaultAgeSeconds = 21_600;

type Item = { call: FunctionCall; attempts: number; receivedAt: number };

/** Asynchronous invocations: kept in the database until they have succeeded or been tried often enough. */
export function createAsyncQueue(lambda: LambdaContext): AsyncQueue {
  const { backend, functions } = lambda;
  const { database } = backend;
  database.exec(`
    CREATE TABLE IF NOT EXISTS lambda_async_events (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, qualifier TEXT, payload BLOB NOT NULL,
      attempts INTEGER NOT NULL, received_at INTEGER NOT NULL
    ) WITHOUT ROWID;
  `);
  const insert = database.prepare('INSERT OR REPLACE INTO lambda_async_events VALUES (?, ?, ?, ?, 0, ?)');
  const count = database.prepare('UPDATE lambda_async_events SET attempts = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM lambda_async_events WHERE id = ?');
  let stopped = false;

  /** Whether the event is done with. */
  async function attempt(item: Item): Promise<boolean> {
    const { name, qualifier } = item.call.reference;
    const outcome = await runFunction(lambda, item.call, { waits: true });
    if (stopped) return false;
    if (!outcome.failed) return true;
    item.attempts += 1;
    count.run(item.attempts, item.call.requestId);
    const config = functions.setting<StoredInvokeConfig>(name, 'event-invoke-config', qualifier ?? '$LATEST');
    const wait = retryMilliseconds[item.attempts - 1] ?? 0;
    const age = (backend.now() - item.receivedAt) / 1000;
    return (
      item.attempts > (config?.MaximumRetryAttempts ?? defaultRetries) ||
      age > (config?.MaximumEventAgeInSeconds ?? defaultAgeSeconds) ||
      (await backend.pace(wait).then(() => false))
    );
  }

  async function process(item: Item): Promise<void> {
    try {
      let done = false;
      while (!done && !stopped) done = await attempt(item);
    } catch (error) {
      // The function is gone; nobody waits for an answer.
      if (!(error instanceof ServiceError)) throw error;
      backend.log(`lambda: an event for ${item.call.reference.name} is dropped: ${error.message}`);
    }
    if (!stopped) remove.run(item.call.requestId);
  }

  const start = (item: Item): void => {
    process(item).catch((error: unknown) => backend.log(`lambda: ${error}`));
  };

  return {
    add(call) {
      const receivedAt = backend.now();
      const { name, qualifier } = call.reference;
      insert.run(call.requestId, name, qualifier ?? null, call.payload, receivedAt);
      start({ call, attempts: 0, receivedAt });
    },
    resume() {
      for (const row of database.prepare('SELECT * FROM lambda_async_events').all()) {
        const qualifier = row.qualifier === null ? undefined : String(row.qualifier);
        const call: FunctionCall = {
          reference: { name: String(row.name), qualifier },
          requestId: String(row.id),
          payload: row.payload as Uint8Array,
        };
        start({ call, attempts: Number(row.attempts), receivedAt: Number(row.received_at) });
      }
    },
    stop() {
      stopped = true;
    },
  };
}
