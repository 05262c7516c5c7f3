import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { type Backend, ServiceError } from '../../../backend.ts';
import { type EnvironmentInvocation, ExecutionEnvironment, type Outcome } from './execution-environment.ts';
import { createWatchdog } from './watchdog.ts';

/** How long a warm environment waits for work before it is ended. */
const idleMilliseconds = 5 * 60_000;
/** Environments of one function that run at once where no concurrency is reserved for it. */
const defaultConcurrency = 10;

export type PoolTarget = {
  configuration: FunctionConfiguration;
  /** Changes with code and configuration: environments of another generation are not used any more. */
  generation: string;
  taskRoot: string;
  reservedConcurrency: number | undefined;
};

export type EnvironmentPool = {
  /**
   * Runs an invocation in a warm environment, or in a new one.
   * @param options.waits Wait for a free environment instead of failing with TooManyRequestsException.
   */
  invoke(target: PoolTarget, request: EnvironmentInvocation, options?: { waits?: boolean }): Promise<Outcome>;
  /** Ends the environments of a function, the busy ones after what they are doing. Resolves when all have ended. */
  retire(functionName: string): Promise<void>;
  /** Ends every process. Resolves when their last lines are written. */
  stop(): Promise<void>;
};

type Entry = {
  environment: ExecutionEnvironment;
  version: string;
  idle: NodeJS.Timeout | undefined;
  retired: boolean;
  running: Promise<Outcome> | undefined;
};

export function createEnvironmentPool(backend: Backend): EnvironmentPool {
  const watchdog = createWatchdog();
  const functions = new Map<string, Set<Entry>>();
  const waiting = new Map<string, (() => void)[]>();

  const entriesOf = (name: string): Set<Entry> => {
    const entries = functions.get(name) ?? new Set<Entry>();
    functions.set(name, entries);
    return entries;
  };

  const wake = (name: string): void => waiting.get(name)?.shift()?.();

  const add = (target: PoolTarget, name: string): Entry => {
    const entries = entriesOf(name);
    const entry: Entry = {
      environment: new ExecutionEnvironment(backend, watchdog, {
        configuration: target.configuration,
        generation: target.generation,
        taskRoot: target.taskRoot,
        onEnd: () => {
          clearTimeout(entry.idle);
          entries.delete(entry);
        },
      }),
      version: target.configuration.Version ?? '$LATEST',
      idle: undefined,
      retired: false,
      running: undefined,
    };
    entries.add(entry);
    return entry;
  };

  const acquire = (target: PoolTarget, name: string): Entry | undefined => {
    const entries = entriesOf(name);
    const version = target.configuration.Version ?? '$LATEST';
    let busy = 0;
    let warm: Entry | undefined;
    for (const entry of entries) {
      if (entry.environment.busy) busy++;
      else if (entry.version === version && entry.environment.generation === target.generation) warm = entry;
    }
    if (busy >= (target.reservedConcurrency ?? defaultConcurrency)) return undefined;
    return warm ?? add(target, name);
  };

  const release = (entry: Entry, name: string): void => {
    if (entry.retired) entry.environment.end();
    else if (!entry.environment.ended) {
      entry.idle = setTimeout(() => entry.environment.end(), idleMilliseconds);
      entry.idle.unref();
    }
    wake(name);
  };

  return {
    async invoke(target, request, options = {}) {
      const name = target.configuration.FunctionName ?? '';
      let entry = acquire(target, name);
      while (entry === undefined) {
        if (!options.waits) throw tooManyRequests(target.reservedConcurrency !== undefined);
        await new Promise<void>((resolve) => {
          waiting.set(name, [...(waiting.get(name) ?? []), resolve]);
        });
        entry = acquire(target, name);
      }
      clearTimeout(entry.idle);
      try {
        entry.running = entry.environment.invoke(request);
        return await entry.running;
      } finally {
        entry.running = undefined;
        release(entry, name);
      }
    },
    async retire(functionName) {
      const running: Promise<unknown>[] = [];
      for (const entry of [...entriesOf(functionName)]) {
        entry.retired = true;
        if (entry.running) running.push(entry.running);
        else entry.environment.end();
      }
      await Promise.allSettled(running);
    },
    async stop() {
      const running: Promise<unknown>[] = [];
      for (const entries of functions.values()) {
        for (const entry of [...entries]) {
          if (entry.running) running.push(entry.running);
          entry.environment.end();
        }
      }
      await Promise.allSettled(running);
      watchdog.close();
    },
  };
}

function tooManyRequests(reserved: boolean): ServiceError {
  return new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429, {
    Type: 'User',
    Reason: reserved
      ? 'ReservedFunctionConcurrentInvocationLimitExceeded'
      : 'ConcurrentInvocationLimitExceeded',
  });
}
