export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof levels)[number];

/** One log event, in the shape that `stp logs --json` prints. */
export type LogEntry = {
  type: 'log';
  /** ISO 8601 UTC with milliseconds. */
  timestamp: string;
  ingestionTime?: string;
  /** The function of the config, or the log group where it belongs to none. */
  function: string;
  logGroup: string;
  stream: string;
  requestId?: string;
  level?: Level;
  /** Without the time, request id and level that Lambda puts before it. */
  message: string;
  /** Of a JSON line: everything in it. Of a REPORT line: its figures. */
  fields?: Record<string, unknown>;
  eventId?: string;
  /** It came after later ones had been shown already. */
  late?: true;
};

/** Where something is missing, and why. */
export type LogGap = {
  type: 'gap';
  from: string;
  to: string;
  function?: string;
  logGroup?: string;
  reason: string;
};

export type LogItem = LogEntry | LogGap;

/** What a viewer reads. `stop` ends the iteration soon. */
export type LogSource = { entries: AsyncIterable<LogItem>; stop(): void };

const levelWords: Record<string, Level> = {
  trace: 'trace',
  debug: 'debug',
  verbose: 'debug',
  info: 'info',
  information: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  severe: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  panic: 'fatal',
};

/** pino's numbers: https://getpino.io/#/docs/api?id=loggerlevels-object */
const pinoLevels = new Map<number, Level>([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
]);

/** The level that a word (any case) or one of pino's numbers stands for. */
export function levelOf(value: unknown): Level | undefined {
  if (typeof value === 'number') return pinoLevels.get(value);
  return typeof value === 'string' ? levelWords[value.toLowerCase()] : undefined;
}
