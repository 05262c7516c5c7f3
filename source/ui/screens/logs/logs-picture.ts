import type { LogSnapshot, LogStore } from '../../../logs/log-store.ts';
import { paneLines } from '../../components/pane.ts';
import { textInputSegments } from '../../components/text-input.ts';
import { formatCount } from '../../format.ts';
import { paintRow, type Row, type Segment, spreadRow } from '../../row.ts';
import type { Size } from '../../shell/screen-model.ts';
import { cleanLine, displayWidth } from '../../text.ts';
import type { Theme } from '../../theme.ts';
import { detailRows, logRow } from './log-rows.ts';
import { currentLine, type LogView, lineList, logWindow } from './log-view.ts';

/** How the rows of the screen are given out. */
export type LogLayout = { list: number; filter: number; detail: number };

export function layoutLogs(view: LogView, size: Size): LogLayout {
  const filter = view.editing || view.query !== undefined ? 1 : 0;
  const room = size.rows - 1 - filter;
  const detail = view.detail ? Math.max(6, Math.floor(room * 0.5)) : 0;
  return { list: room - detail, filter, detail };
}

/** The whole screen as painted lines: the log, the open line, the filter, and last what state it is in. */
export function paintLogs(
  store: LogStore,
  snapshot: LogSnapshot,
  view: LogView,
  size: Size,
  theme: Theme,
): string[] {
  const layout = layoutLogs(view, size);
  const lines = [
    paintRow(statusRow(snapshot, view, store, size.columns, theme), size.columns, theme),
    ...listLines(store, view, layout.list, size.columns, theme),
  ];
  if (layout.detail > 0) lines.push(...detailLines(store, view, layout, size.columns, theme));
  if (layout.filter > 0)
    lines.push(paintRow(filterRow(snapshot, view, size.columns, theme), size.columns, theme));
  return lines;
}

function listLines(store: LogStore, view: LogView, height: number, width: number, theme: Theme): string[] {
  const list = lineList(store, view);
  const window = logWindow(list, view, height);
  const marksHits = !view.onlyHits && store.filter !== undefined;
  const nameWidth = nameColumn(store, width);
  const lines: string[] = [];
  for (let index = window.top; index < Math.min(list.length, window.top + height); index++) {
    const id = list.idAt(index);
    const row = store.row(id);
    if (row === undefined) continue;
    const pointed = index === window.cursor && (!view.follow || view.detail);
    const hit = marksHits && store.filter?.hits.has(id) === true;
    const mark: Segment = pointed
      ? [`${theme.glyphs.pointer} `, 'accent']
      : hit
        ? ['* ', 'warnBold']
        : ['  '];
    const content = logRow(row, { theme, width, timestamps: view.timestamps, nameWidth, query: view.query });
    lines.push(paintRow([mark, ...content], width, theme));
  }
  if (list.length === 0) lines.push(paintRow([[`  ${emptyText(store, view)}`, 'dim']], width, theme));
  while (lines.length < height) lines.push('');
  return lines;
}

function emptyText(store: LogStore, view: LogView): string {
  if (store.end > store.first) return store.filter?.status === 'running' ? 'searching' : 'no line matches';
  if (view.source.status === 'ended') return 'there are no lines in this time';
  return view.source.status === 'waiting' ? 'nothing to read logs of yet' : 'no lines yet';
}

/** A column for the function where there are several; on a narrow screen a narrow one. */
function nameColumn(store: LogStore, width: number): number {
  const names = store.functions();
  if (names.size < 2) return 0;
  const longest = Math.max(...[...names].map(displayWidth));
  return Math.min(longest, width >= 120 ? 28 : 14);
}

/** How far the open line can be scrolled. */
export function detailLength(
  store: LogStore,
  view: LogView,
  size: Size,
  theme: Theme,
): { length: number; height: number } {
  const layout = layoutLogs(view, size);
  const id = currentLine(lineList(store, view), view, layout.list);
  const row = id === undefined ? undefined : store.row(id);
  return {
    length: row === undefined ? 0 : detailRows(row, size.columns - 4, theme).length,
    height: layout.detail - 1,
  };
}

function detailLines(
  store: LogStore,
  view: LogView,
  layout: LogLayout,
  width: number,
  theme: Theme,
): string[] {
  const id = currentLine(lineList(store, view), view, layout.list);
  const row = id === undefined ? undefined : store.row(id);
  const rows = row === undefined ? [] : detailRows(row, width - 4, theme);
  const top = Math.max(0, Math.min(view.detailTop, rows.length - (layout.detail - 1)));
  return paneLines(
    {
      title: 'Line',
      focused: false,
      width,
      height: layout.detail,
      length: rows.length,
      window: { top, cursor: 0 },
      rowAt: (index) => rows[index] ?? [],
      meta: [['J K scroll  Esc close', 'dim']],
    },
    theme,
  );
}

function statusRow(snapshot: LogSnapshot, view: LogView, store: LogStore, width: number, theme: Theme): Row {
  const { dot, done, failed, warning } = theme.glyphs;
  const list = lineList(store, view);
  const left: Segment[] = [];
  const { source } = view;
  if (source.status === 'failed')
    left.push([` ${failed} reading failed: ${cleanLine(source.message ?? '')}`, 'badBold']);
  else if (view.follow && source.status === 'ended') left.push([` ${done} all read`, 'bold']);
  else if (view.follow) left.push([` ${theme.glyphs.running} following`, 'goodBold']);
  else {
    const arrived = list.length - list.placeOf(view.pausedAt);
    left.push([` ${theme.glyphs.skipped} paused`, 'warnBold']);
    if (arrived > 0) left.push([` +${formatCount(arrived)}`, 'warnBold']);
    const place = list.placeOf(view.cursor) + 1;
    left.push([`  ${formatCount(Math.min(place, list.length))} of ${formatCount(list.length)}`, 'dim']);
  }
  const right: Segment[] = [];
  if (snapshot.first > 0)
    right.push([`${warning} first ${formatCount(snapshot.first)} dropped ${dot} `, 'warn']);
  if (snapshot.errors > 0) right.push([`${plural(snapshot.errors, 'error')} ${dot} `, 'bad']);
  right.push([`${plural(snapshot.end - snapshot.first, 'line')} `, 'dim']);
  return spreadRow(left, right, width, theme);
}

function filterRow(snapshot: LogSnapshot, view: LogView, width: number, theme: Theme): Row {
  const right = filterNote(snapshot, view, theme);
  const room = Math.max(20, width - right.reduce((sum, [text]) => sum + displayWidth(text), 0) - 6);
  const text: Segment[] = view.editing
    ? textInputSegments(view.input, room, theme.color)
    : [[cleanLine(view.input.text), 'bold']];
  return spreadRow([[' / ', 'accent'], ...text], right, width, theme);
}

function filterNote(snapshot: LogSnapshot, view: LogView, theme: Theme): Segment[] {
  if (view.queryError !== undefined) return [[`${theme.glyphs.failed} ${view.queryError.message} `, 'bad']];
  const { filter } = snapshot;
  if (filter === undefined) return [['words "phrase" /regexp/ -not level:error fn:name ', 'dim']];
  if (filter.status === 'failed') return [[`${theme.glyphs.failed} ${filter.error ?? 'failed'} `, 'bad']];
  const searching = filter.status === 'running' ? ', searching' : '';
  const mode = view.onlyHits ? '' : ', marked in all lines';
  return [[`${plural(filter.hits, 'hit')}${searching}${mode} `, 'dim']];
}

function plural(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`;
}
