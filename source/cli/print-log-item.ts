import type { LogItem } from '../logs/log-entry.ts';
import type { Context } from './context.ts';

const colors = {
  trace: 'gray',
  debug: 'gray',
  info: 'cyan',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
} as const;

/** One item as a plain line: time in UTC, function, level, message. */
export function printLogItem(item: LogItem, context: Pick<Context, 'style'>): string {
  if (item.type === 'gap') return context.style('yellow', `── ${item.from} … ${item.to}: ${item.reason}`);
  const level = item.level === undefined ? '     ' : context.style(colors[item.level], item.level.padEnd(5));
  return `${context.style('gray', item.timestamp)} ${item.function} ${level} ${item.message.trimEnd()}`;
}
