import { dirname } from 'node:path';
import type { LogItem, LogSource } from '../../logs/log-entry.ts';
import { matchesItem } from '../../logs/match-line.ts';
import { parseTime } from '../../logs/parse-time.ts';
import { compileQuery, isQueryError } from '../../logs/query.ts';
import { UserError } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { logGroupsOf, openLogs } from '../function-logs.ts';
import { openStack } from '../open-stack.ts';
import { printLogItem } from '../print-log-item.ts';
import { configFile, resolveTarget } from '../project.ts';
import { requireFunctions } from './package.ts';

type Flags = {
  since: string;
  until?: string;
  follow?: boolean;
  filter?: string;
  limit?: string;
  logGroup?: string[];
};

/** `stp logs`: many functions merged in time order; on a terminal, the viewer. */
export async function logs(context: Context, functions: string[], flags: Flags): Promise<number> {
  const now = Date.now();
  const since = parseTime(flags.since, now);
  const until = flags.until === undefined ? undefined : parseTime(flags.until, now);
  const limit = flags.limit === undefined ? undefined : positiveInteger(flags.limit, '--limit');
  const query = compileQuery(flags.filter ?? '');
  if (isQueryError(query)) {
    throw new UserError(`--filter: ${query.message}`, {
      code: 'invalid-filter',
      hint: `${flags.filter}\n${' '.repeat(query.start)}${'^'.repeat(Math.max(1, query.end - query.start))}`,
    });
  }
  const { groups, target } = await sourcesOf(context, functions, flags);
  const interactive = context.mode === 'tty';
  const source = openLogs(groups, await target(), {
    since,
    ...(until === undefined ? {} : { until }),
    follow: flags.follow === true || (interactive && until === undefined),
    // A limit is one of lines that match, so with a filter it cannot be left to CloudWatch.
    ...(limit === undefined || flags.filter !== undefined ? {} : { limit }),
  });
  if (interactive) {
    const { runLogsApp } = await import('../../ui/app.tsx');
    const { stdin, stdout, stderr } = context.io;
    const end = await runLogsApp({
      source,
      ...(flags.filter === undefined ? {} : { filter: flags.filter }),
      now: Date.now,
      stdin,
      stdout,
      stderr,
      color: context.color,
    });
    return end.signal === undefined ? 0 : 130;
  }
  const interrupt = () => source.stop();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const count = await printItems(
    context,
    source,
    (item) => matchesItem(query, item),
    flags.filter !== undefined && flags.follow !== true ? limit : undefined,
  );
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  context.emit({ type: 'result', entries: count });
  return 0;
}

async function sourcesOf(context: Context, functions: string[], flags: Flags) {
  if (flags.logGroup !== undefined && functions.length === 0) {
    const groups = flags.logGroup.map((logGroup) => ({ function: logGroup, logGroup }));
    return { groups, target: () => resolveTarget(context, dirname(configFile(context))) };
  }
  const { config, target } = await openStack(context);
  requireFunctions(
    functions,
    config.resources.filter(({ type }) => type === 'function').map(({ name }) => name),
  );
  const named = (flags.logGroup ?? []).map((logGroup) => ({ function: logGroup, logGroup }));
  return { groups: [...logGroupsOf(config, functions), ...named], target };
}

async function printItems(
  context: Context,
  source: LogSource,
  matches: (item: LogItem) => boolean,
  newest: number | undefined,
): Promise<number> {
  const held: LogItem[] = [];
  let count = 0;
  const show = (item: LogItem) => {
    count++;
    context.emit(item);
    context.print(printLogItem(item, context));
  };
  for await (const item of source.entries) {
    if (item.type === 'log' && !matches(item)) continue;
    if (newest === undefined) show(item);
    else if (held.push(item) > newest) held.shift();
  }
  for (const item of held) show(item);
  source.stop();
  return count;
}

function positiveInteger(text: string, flag: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UserError(`${flag} ${text} is no whole number above 0.`, { code: 'invalid-flag' });
}
