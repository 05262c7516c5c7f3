import { type Level, levelOf } from './log-entry.ts';

/** What a line says, whatever its format. */
export type ParsedLine = {
  message: string;
  /** Milliseconds since 1970, where the line has a time of its own. */
  time?: number;
  requestId?: string;
  level?: Level;
  fields?: Record<string, unknown>;
};

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const lambdaText = new RegExp(
  `^(\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z)\\t(${uuid}|undefined)\\t(?:([A-Z]+)\\t)?([\\s\\S]*)$`,
);
const pythonText = new RegExp(
  `^\\[([A-Z]+)\\]\\t(\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z)\\t(${uuid})?\\t([\\s\\S]*)$`,
);
const platform =
  /^(START|END|REPORT|INIT_START|INIT_REPORT|RESTORE_START|RESTORE_REPORT|EXTENSION|TELEMETRY)\b/;
const platformId = new RegExp(`RequestId:\\s*(${uuid})`);
const timedOut = new RegExp(`^\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z (${uuid}) (Task timed out after .*)`);
const runtimeFailure = new RegExp(`^RequestId: (${uuid}) (Error: .*)`);

/**
 * Reads a line as Lambda writes it (text of Node and Python, platform lines), as JSON, or as plain text whose
 * level is named near its start. Never fails: what is not understood is the message. Formats:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function parseLine(line: string): ParsedLine {
  const text = line.replace(/[\r\n]+$/, '');
  if (text.startsWith('{')) {
    const fields = parseObject(text);
    if (fields !== undefined) return parseJson(fields, text);
  }
  return parseLambdaText(text) ?? parsePlatform(text) ?? parsePlain(text);
}

function parseLambdaText(text: string): ParsedLine | undefined {
  const node = lambdaText.exec(text);
  const python = node === null ? pythonText.exec(text) : null;
  if (node === null && python === null) return undefined;
  const [time, requestId, word, message] = node?.slice(1) ?? [
    python?.[2],
    python?.[3],
    python?.[1],
    python?.[4],
  ];
  const known = requestId === undefined || requestId === 'undefined' ? undefined : requestId;
  const inner = message?.trimStart().startsWith('{') ? parseObject(message) : undefined;
  const json = inner === undefined ? undefined : parseJson(inner, message ?? '');
  const level = json?.level ?? levelOf(word);
  return {
    message: json?.message ?? (message ?? '').replace(/[\r\n]+$/, ''),
    time: Date.parse(time ?? ''),
    ...(known !== undefined && { requestId: known }),
    ...(level !== undefined && { level }),
    ...(json?.fields !== undefined && { fields: json.fields }),
  };
}

function parsePlatform(text: string): ParsedLine | undefined {
  const timeout = timedOut.exec(text) ?? runtimeFailure.exec(text);
  if (timeout?.[1] !== undefined) return { message: text, requestId: timeout[1], level: 'error' };
  const kind = platform.exec(text)?.[1];
  if (kind === undefined) return undefined;
  const requestId = platformId.exec(text)?.[1];
  // START and its like are words a program might begin a line with; the id is what tells.
  if (requestId === undefined && !/^(INIT_|RESTORE_|EXTENSION\t|TELEMETRY\t)/.test(text)) return undefined;
  const fields = reportFields(text);
  const failed = /\bStatus: (timeout|error|failure)\b/.test(text);
  return {
    message: text.replaceAll('\t', '  ').trimEnd(),
    ...(requestId !== undefined && { requestId }),
    ...(failed && { level: 'error' as const }),
    fields: { platform: kind, ...fields },
  };
}

const reportNames: Record<string, string> = {
  Duration: 'durationMs',
  'Billed Duration': 'billedMs',
  'Memory Size': 'memorySizeMb',
  'Max Memory Used': 'memoryUsedMb',
  'Init Duration': 'initMs',
  'Restore Duration': 'restoreMs',
};

function reportFields(text: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [, name, value, unit] of text.matchAll(/([A-Z][A-Za-z ]*?): ([\d.]+) (ms|MB)/g)) {
    const key = reportNames[name ?? ''];
    if (key !== undefined && unit !== undefined) fields[key] = Number(value);
  }
  const status = /\bStatus: (\w+)/.exec(text)?.[1];
  if (status !== undefined) fields.status = status;
  if (text.startsWith('REPORT')) fields.coldStart = fields.initMs !== undefined;
  return fields;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(fields: Record<string, unknown>, text: string): ParsedLine {
  // Lambda's own lines in JSON: {"time", "type": "platform.report", "record": {"requestId", "metrics"}}
  const record = isObject(fields.record) ? fields.record : undefined;
  const type = typeof fields.type === 'string' ? fields.type : undefined;
  const level = levelOf(fields.level ?? fields.severity ?? fields.lvl ?? fields.levelname);
  const time = timeOf(fields.timestamp ?? fields.time ?? fields['@timestamp'] ?? fields.ts);
  const requestId = firstText(
    fields.requestId,
    fields.AWSRequestId,
    fields.function_request_id,
    fields.awsRequestId,
    record?.requestId,
  );
  const message = messageOf(fields) ?? (type?.startsWith('platform.') ? type : text);
  return {
    message,
    ...(time !== undefined && { time }),
    ...(requestId !== undefined && { requestId }),
    ...(level !== undefined && { level }),
    fields,
  };
}

function messageOf(fields: Record<string, unknown>): string | undefined {
  const message = fields.message ?? fields.msg ?? fields.event ?? fields.errorMessage;
  if (typeof message === 'string') return message;
  if (message === undefined || message === null) return undefined;
  return JSON.stringify(message);
}

function firstText(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}

function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') {
    // Seconds and milliseconds are both in use; the ranges do not meet before the year 5138.
    const milliseconds = value < 100_000_000_000 ? value * 1000 : value;
    return Number.isFinite(milliseconds) ? milliseconds : undefined;
  }
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

const levelNear =
  /(?:^|[\s[(<|"'=:])(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|SEVERE|FATAL|CRITICAL|PANIC)(?=$|[\s\])>|"':,])/;
const levelPair = /\b(?:level|lvl|severity)=["']?(\w+)/i;
const failureStart =
  /^(?:Uncaught |Unhandled )?(?:[A-Z]\w*(?:Error|Exception)\b|Traceback \(most recent call last\))/;

function parsePlain(text: string): ParsedLine {
  const head = text.slice(0, 200);
  const time = /^\[?(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?)/.exec(
    head,
  )?.[1];
  const parsed = time === undefined ? undefined : timeOf(time.replace(' ', 'T').replace(',', '.'));
  const level =
    levelOf(levelNear.exec(head)?.[1] ?? levelPair.exec(head)?.[1] ?? /^(\w+):/.exec(head)?.[1]) ??
    (failureStart.test(head) ? 'error' : undefined);
  return {
    message: text,
    ...(parsed !== undefined && { time: parsed }),
    ...(level !== undefined && { level }),
  };
}
