import type { Context } from './invocation-context.ts';
import { type Handler, isNode24 } from './load-handler.ts';

/**
 * Calls a handler in whichever of Lambda's styles it is written: async, with a callback, or with the old
 * `context.succeed`. Rejects with what it throws or hands to its callback.
 */
export function callHandler(handler: Handler, event: unknown, context: Context): Promise<unknown> {
  return isNode24() ? callModern(handler, event, context) : callClassic(handler, event, context);
}

/** Node.js 24 and later: what is returned counts, and there is no callback. */
function callModern(handler: Handler, event: unknown, context: Context): Promise<unknown> {
  return orEmptyLoop(async () => await handler(event, context));
}

/** A promise that never settles leaves nothing to wait for; Lambda then answers null. */
function orEmptyLoop(run: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // A turn later, so that a callback that waited for this moment comes first.
    const onEmpty = (): void => void setImmediate(() => resolve(undefined));
    process.once('beforeExit', onEmpty);
    run()
      .then(resolve, reject)
      .finally(() => process.off('beforeExit', onEmpty));
  });
}

/** Up to Node.js 22: a returned promise counts, any other returned value does not. */
function callClassic(handler: Handler, event: unknown, context: Context): Promise<unknown> {
  return orEmptyLoop(
    () =>
      new Promise((resolve, reject) => {
        let settled = false;
        const settle = (finish: () => void, waits: boolean | undefined): void => {
          if (settled) return;
          settled = true;
          if (waits === false) setImmediate(finish);
          else process.prependOnceListener('beforeExit', finish);
        };
        const done = (error?: unknown, result?: unknown): void => {
          const failed = error !== undefined && error !== null;
          settle(() => (failed ? reject(error) : resolve(result)), full.callbackWaitsForEmptyEventLoop);
        };
        const full = Object.assign(context, {
          callbackWaitsForEmptyEventLoop: true,
          succeed: (result: unknown) => settle(() => resolve(result), false),
          fail: (error: unknown) => settle(() => reject(error ?? 'handled'), false),
          done,
        });
        const returned = handler(event, full, done);
        if (isThenable(returned)) {
          returned.then(
            (result) => {
              settled = true;
              resolve(result);
            },
            (error) => {
              settled = true;
              reject(error);
            },
          );
        }
      }),
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}
