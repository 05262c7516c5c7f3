import { setTimeout as wait } from 'node:timers/promises';
import { createClients } from '../aws/clients.ts';
import type { Target } from '../aws/target.ts';
import { followLogs, type LogGroup } from '../logs/cloudwatch-source.ts';
import type { LogSource } from '../logs/log-entry.ts';
import type { Config } from '../model/config.ts';
import { logGroupName } from '../resources/function/names.ts';
import { namesOf } from '../resources/names.ts';

/** The log groups of the config's functions, or of those that are named. */
export function logGroupsOf(config: Config, functions: readonly string[] = []): LogGroup[] {
  const names = namesOf(config);
  return config.resources
    .filter(({ type, name }) => type === 'function' && (functions.length === 0 || functions.includes(name)))
    .map(({ name }) => ({ function: name, logGroup: logGroupName(names, name) }));
}

/** Reads log groups of a target; `stop` closes the connections too. */
export function openLogs(
  groups: readonly LogGroup[],
  target: Target,
  options: { since: number; until?: number; follow: boolean; limit?: number },
): LogSource {
  const clients = createClients(target);
  const stopping = new AbortController();
  const entries = followLogs({
    client: () => clients.logs(),
    groups,
    ...options,
    signal: stopping.signal,
    now: Date.now,
    // Nobody else uses up the embedded AWS's quota.
    ...(target.kind === 'local' ? { pollMilliseconds: 200 } : {}),
    sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }).catch(() => undefined),
  });
  return {
    entries,
    stop: () => {
      stopping.abort();
      clients.destroy();
    },
  };
}
