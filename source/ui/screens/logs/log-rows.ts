import type { Level } from '../../../logs/log-entry.ts';
import type { LogRow } from '../../../logs/log-store.ts';
import type { CompiledQuery } from '../../../logs/query.ts';
import { formatClock } from '../../format.ts';
import type { Row, Segment } from '../../row.ts';
import { cleanLine, displayWidth, padText, wrapText } from '../../text.ts';
import type { Style, Theme } from '../../theme.ts';

export type LogRowOptions = {
  theme: Theme;
  width: number;
  timestamps: boolean;
  /** Columns of the function's name; 0 leaves it out. */
  nameWidth: number;
  query: CompiledQuery | undefined;
};

const levelStyles: Record<Level, Style> = {
  trace: 'dim',
  debug: 'dim',
  info: 'info',
  warn: 'warn',
  error: 'bad',
  fatal: 'badBold',
};

const isPlatform = /^(START|END|REPORT|INIT_START|INIT_REPORT|RESTORE_\w+|EXTENSION|TELEMETRY)\b/;
/** Fields that have a column of their own, or are the message. */
const shownElsewhere = new Set([
  'message',
  'msg',
  'level',
  'severity',
  'timestamp',
  'time',
  'ts',
  '@timestamp',
  'requestId',
  'AWSRequestId',
  'platform',
]);

/** A line of the log as one row: time, level, function, message, then what else is in its JSON. */
export function logRow(row: LogRow, options: LogRowOptions): Row {
  const { theme, width } = options;
  const time: Segment[] = options.timestamps ? [[`${clockOf(row.time)} `, 'dim']] : [];
  if (row.kind === 'gap') {
    return [
      ...time,
      [`${theme.glyphs.gap.repeat(3)} ${cleanLine(row.message)} ${theme.glyphs.gap.repeat(3)}`, 'warn'],
    ];
  }
  const levelStyle = row.level === undefined ? 'plain' : levelStyles[row.level];
  const name: Segment[] =
    options.nameWidth === 0
      ? []
      : [[`${padText(row.function, options.nameWidth, theme.glyphs.ellipsis)} `, nameStyle(row.function)]];
  const late: Segment[] = row.late ? [[`${theme.glyphs.late} `, 'warn']] : [];
  // Only what can be seen is cleaned and measured: a line can be a megabyte.
  const message = cleanLine(row.message.slice(0, width * 4 + 64), theme.glyphs.newline);
  const style = isPlatform.test(message)
    ? 'dim'
    : row.level === 'error' || row.level === 'fatal'
      ? 'bad'
      : 'plain';
  return [
    ...time,
    [`${(row.level ?? '').toUpperCase().padEnd(5)} `, levelStyle],
    ...name,
    ...late,
    ...marked(message, style, options.query),
    ...marked(fieldsText(row, width), 'dim', options.query),
  ];
}

/** Local time with milliseconds: within a second, order is what counts. */
function clockOf(time: number): string {
  const milliseconds = String(new Date(time).getMilliseconds()).padStart(3, '0');
  return `${formatClock(time)}.${milliseconds}`;
}

const nameStyles: readonly Style[] = ['info', 'good', 'warn', 'accent', 'plain'];

/** A colour for a function, always the same one. */
function nameStyle(name: string): Style {
  let sum = 0;
  for (let index = 0; index < name.length; index++) sum = (sum * 31 + name.charCodeAt(index)) % 997;
  return nameStyles[sum % nameStyles.length] ?? 'plain';
}

function fieldsText(row: LogRow, width: number): string {
  if (row.fields === undefined || isPlatform.test(row.message)) return '';
  const fields = parseFields(row.fields);
  let text = '';
  for (const [key, value] of Object.entries(fields)) {
    if (shownElsewhere.has(key)) continue;
    text += `  ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
    if (text.length > width * 2) break;
  }
  return cleanLine(text);
}

function parseFields(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json);
  } catch {
    // It was written by `JSON.stringify`; only a line cut by hand could come here.
    return {};
  }
}

/** The text with the words of the filter marked. */
function marked(text: string, style: Style, query: CompiledQuery | undefined): Segment[] {
  if (text === '') return [];
  const spans: [start: number, end: number][] = [];
  for (const term of query?.terms ?? []) {
    if (term.kind !== 'text' || term.negated) continue;
    for (const match of text.matchAll(term.pattern)) spans.push([match.index, match.index + match[0].length]);
  }
  spans.sort((a, b) => a[0] - b[0]);
  const segments: Segment[] = [];
  let at = 0;
  for (const [start, end] of spans) {
    if (end <= at) continue;
    if (start > at) segments.push([text.slice(at, start), style]);
    segments.push([text.slice(Math.max(at, start), end), 'match']);
    at = end;
  }
  if (at < text.length) segments.push([text.slice(at), style]);
  return segments;
}

const largestMessage = 64 * 1024;
const mostLines = 2_000;

/** Everything about one line: where it comes from, the message wrapped, its JSON unfolded. */
export function detailRows(row: LogRow, width: number, theme: Theme): Row[] {
  const head = factRows(row, width);
  const cut = row.message.length > largestMessage;
  const text = wrapText(cut ? row.message.slice(0, largestMessage) : row.message, width, mostLines);
  const message = text.map(
    (line): Row => [[line, row.level === 'error' || row.level === 'fatal' ? 'bad' : 'plain']],
  );
  const note: Row[] = cut ? [[[`${theme.glyphs.ellipsis} cut after 64 KiB`, 'warn']]] : [];
  const fields = row.fields === undefined ? [] : [[], ...fieldRows(row.fields, width)];
  return [...head, [], ...message, ...note, ...fields];
}

/** As many of the facts on a line as fit. */
function factRows(row: LogRow, width: number): Row[] {
  const facts: [string, string | undefined][] = [
    ['', new Date(row.time).toISOString()],
    ['', row.level?.toUpperCase()],
    ['', row.function === '' ? undefined : row.function],
    ['request', row.requestId],
    ['stream', row.stream === '' ? undefined : row.stream],
    ['group', row.logGroup === '' || row.logGroup === row.function ? undefined : row.logGroup],
    ['', row.late ? 'came after later lines' : undefined],
  ];
  const rows: Segment[][] = [];
  let room = 0;
  for (const [name, value] of facts) {
    if (value === undefined) continue;
    const label = name === '' ? '' : `${name} `;
    const size = label.length + displayWidth(value) + 2;
    if (size > room || rows.length === 0) {
      rows.push([]);
      room = width;
    }
    rows.at(-1)?.push([label, 'dim'], [`${cleanLine(value)}  `, name === '' ? 'bold' : 'plain']);
    room -= size;
  }
  return rows;
}

function fieldRows(json: string, width: number): Row[] {
  const lines = JSON.stringify(parseFields(json), undefined, 2).slice(0, largestMessage).split('\n');
  return lines.slice(0, mostLines).flatMap((line): Row[] => {
    const parts = /^(\s*)("(?:[^"\\]|\\.)*"): (.*)$/.exec(line);
    if (parts === null) return wrapText(line, width).map((part): Row => [[part, 'plain']]);
    const [, indent = '', key = '', value = ''] = parts;
    const room = width - indent.length - key.length - 2;
    const [first = '', ...rest] = wrapText(value, Math.max(20, room));
    return [
      [[indent], [key, 'info'], [': ', 'dim'], [first]],
      ...rest.map((part): Row => [[indent], ['  '], [part]]),
    ];
  });
}
