import type { FailureCause, StackEvent } from '../../../deploy/deploy-event.ts';
import type { ArtifactState, DeployState } from '../../../deploy/deploy-state.ts';
import { formatPath } from '../../../model/diagnostic.ts';
import { formatBytes, formatClock, formatDuration, shortType } from '../../format.ts';
import type { Row, Segment } from '../../row.ts';
import { cleanLine, displayWidth, padText, padTextStart, wrapText } from '../../text.ts';
import { type Style, spinnerFrame, type Theme } from '../../theme.ts';
import type { RowContext } from './resource-rows.ts';

/** Each function: built or cached, its size, how long it took, whether it has been sent. */
export function packagingRows(state: DeployState, context: RowContext): Row[] {
  const names = [...state.artifacts.keys()];
  const nameWidth = Math.max(
    8,
    Math.min(28, context.width - 46, ...[Math.max(8, ...names.map(displayWidth))]),
  );
  const rows = [...state.artifacts.values()].map((artifact) =>
    artifactRow(artifact, state, nameWidth, context),
  );
  for (const upload of state.uploads.values()) {
    if (state.artifacts.has(upload.name)) continue;
    rows.push([
      uploadGlyph(upload.status, context),
      [padText(upload.name, nameWidth, context.theme.glyphs.ellipsis)],
      [`  ${padText(uploadWords[upload.status], 8)}`, 'dim'],
      [padTextStart(formatBytes(upload.bytes), 8), 'dim'],
      ...(upload.message === undefined ? [] : [[`  ${cleanLine(upload.message)}`, 'bad'] as const]),
    ]);
  }
  return rows;
}

const uploadWords = { running: 'sending', sent: 'sent', present: 'there', failed: 'failed' } as const;
const artifactWords = { building: 'building', built: 'built', cached: 'cached', failed: 'failed' } as const;

function uploadGlyph(status: keyof typeof uploadWords, { theme, frame }: RowContext): Segment {
  if (status === 'running') return [`${spinnerFrame(theme, frame)} `, 'info'];
  return status === 'failed' ? [`${theme.glyphs.failed} `, 'badBold'] : [`${theme.glyphs.done} `, 'good'];
}

function artifactRow(
  artifact: ArtifactState,
  state: DeployState,
  nameWidth: number,
  context: RowContext,
): Row {
  const { theme, frame, now } = context;
  const look: Record<ArtifactState['status'], Segment> = {
    building: [`${spinnerFrame(theme, frame)} `, 'info'],
    built: [`${theme.glyphs.done} `, 'good'],
    cached: [`${theme.glyphs.done} `, 'good'],
    failed: [`${theme.glyphs.failed} `, 'badBold'],
  };
  const upload = state.uploads.get(artifact.function);
  const size = artifact.zippedBytes === undefined ? '' : formatBytes(artifact.zippedBytes);
  const time =
    artifact.status === 'building'
      ? formatDuration(now - Date.parse(artifact.startedAt), true)
      : artifact.milliseconds === undefined
        ? ''
        : `${Math.round(artifact.milliseconds)} ms`;
  const note = artifact.message ?? upload?.message;
  return [
    look[artifact.status],
    [padText(artifact.function, nameWidth, theme.glyphs.ellipsis)],
    [`  ${padText(artifactWords[artifact.status], 8)}`, artifact.status === 'failed' ? 'bad' : 'plain'],
    [padTextStart(size, 8), 'plain'],
    [padTextStart(time, 10), 'dim'],
    upload === undefined
      ? ['']
      : [
          `  ${uploadWords[upload.status]}`,
          upload.status === 'failed' ? 'bad' : upload.status === 'running' ? 'info' : 'dim',
        ],
    ...(note === undefined
      ? []
      : [[`  ${cleanLine(note)}`, artifact.status === 'failed' ? 'bad' : 'dim'] as const]),
  ];
}

export type StreamItem =
  | StackEvent
  | { type: 'notice'; at: string; level: 'info' | 'warning'; message: string };

/** The stack's events and the notices in one order of time. */
export function streamItems(state: Pick<DeployState, 'stackEvents' | 'notices'>): readonly StreamItem[] {
  if (state.notices.length === 0) return state.stackEvents;
  const notices = state.notices.map((notice) => ({ type: 'notice' as const, ...notice }));
  const timeOf = (item: StreamItem) => (item.type === 'notice' ? item.at : item.timestamp);
  const merged: StreamItem[] = [];
  let next = 0;
  for (const event of state.stackEvents) {
    for (
      let notice = notices[next];
      notice !== undefined && timeOf(notice) < timeOf(event);
      notice = notices[next]
    ) {
      merged.push(notice);
      next += 1;
    }
    merged.push(event);
  }
  return [...merged, ...notices.slice(next)];
}

export function streamRow(item: StreamItem, { theme, width }: RowContext): Row {
  if (item.type === 'notice') {
    const style = item.level === 'warning' ? 'warn' : 'plain';
    const glyph = item.level === 'warning' ? theme.glyphs.warning : theme.glyphs.info;
    return [
      [`${formatClock(Date.parse(item.at))} `, 'dim'],
      [`${glyph} ${cleanLine(item.message)}`, style],
    ];
  }
  const statusWidth = width >= 70 ? 28 : 20;
  return [
    [`${formatClock(Date.parse(item.timestamp))} `, 'dim'],
    [padText(item.status, statusWidth, theme.glyphs.ellipsis), statusStyle(item.status)],
    [` ${item.logicalId}`],
    [` ${shortType(item.resourceType)}`, 'dim'],
    ...(item.reason === undefined
      ? []
      : [[`  ${cleanLine(item.reason)}`, item.status.endsWith('_FAILED') ? 'bad' : 'dim'] as const]),
  ];
}

function statusStyle(status: string): Style {
  if (status.endsWith('_FAILED')) return 'bad';
  if (status.includes('ROLLBACK')) return 'warn';
  if (status.endsWith('_COMPLETE')) return 'good';
  return 'info';
}

/** Outputs and links; a value that does not fit is wrapped, because half a URL is no use. */
export function outputRows(state: DeployState, width: number): Row[] {
  const pairs = [
    ...Object.entries(state.outputs),
    ...state.links.map(({ title, url }): [string, string] => [title, url]),
  ];
  const keyWidth = Math.min(28, Math.max(0, ...pairs.map(([key]) => displayWidth(key))));
  return pairs.flatMap(([key, value]): Row[] => {
    const room = width - keyWidth - 2;
    if (displayWidth(value) <= room)
      return [
        [
          [padText(key, keyWidth), 'bold'],
          [`  ${cleanLine(value)}`, 'info'],
        ],
      ];
    return [[[key, 'bold']], ...wrapText(value, width - 2).map((line): Row => [[`  ${line}`, 'info']])];
  });
}

/** The first thing that really failed: what, where in the config, what to do, the log behind it. */
export function causeRows(cause: FailureCause, width: number, theme: Theme): Row[] {
  const rows: Row[] = [];
  if (cause.logicalId !== undefined) {
    const type = cause.resourceType === undefined ? '' : ` (${shortType(cause.resourceType)})`;
    const owner = cause.resource === undefined ? '' : `${cause.resource} ${theme.glyphs.arrow} `;
    rows.push([
      [`${owner}${cause.logicalId}`, 'bold'],
      [type, 'dim'],
    ]);
  }
  for (const line of wrapText(cause.message, width)) rows.push([[line, 'bad']]);
  const place = sourcePlace(cause);
  if (place !== undefined)
    rows.push([
      ['at ', 'dim'],
      [place, 'info'],
    ]);
  if (cause.hint !== undefined) {
    wrapText(cause.hint, width - 3).forEach((line, index) => {
      rows.push([[index === 0 ? `${theme.glyphs.arrow} ` : '  ', 'accent'], [line]]);
    });
  }
  for (const line of cause.logTail ?? []) rows.push([['  '], [cleanLine(line), 'dim']]);
  return rows;
}

/** `stacktape.yml:12:7  resources.posts`, as much of it as is known. */
export function sourcePlace(cause: FailureCause): string | undefined {
  const { source, path } = cause;
  const place = source === undefined ? undefined : `${source.file}:${source.line}:${source.column}`;
  const name = path === undefined ? undefined : formatPath(path);
  if (place === undefined) return name;
  return name === undefined ? place : `${place}  ${name}`;
}
