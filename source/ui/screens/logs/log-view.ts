import type { HitList } from '../../../logs/hit-list.ts';
import type { LogStore } from '../../../logs/log-store.ts';
import { type CompiledQuery, compileQuery, isQueryError, type QueryError } from '../../../logs/query.ts';
import { type ListWindow, windowOf } from '../../components/list-state.ts';
import { emptyInput, type TextInputState } from '../../components/text-input-state.ts';

/** What the user looks at. Places are numbers of lines, which stay when lines are dropped or hits are found. */
export type LogView = {
  follow: boolean;
  /** First visible line and the line pointed at, while it does not follow. */
  top: number;
  cursor: number;
  /** One past the newest line when following ended. */
  pausedAt: number;
  timestamps: boolean;
  /** The filter alone decides which lines are seen, or all lines are and its hits are marked. */
  onlyHits: boolean;
  editing: boolean;
  input: TextInputState;
  /** The filter that is in force: the last one typed that was right. */
  query: CompiledQuery | undefined;
  queryError: QueryError | undefined;
  detail: boolean;
  detailTop: number;
  /** What became of the source. */
  source: { status: 'waiting' | 'reading' | 'ended' | 'failed'; message?: string };
};

export const initialLogView: LogView = {
  follow: true,
  top: 0,
  cursor: 0,
  pausedAt: 0,
  timestamps: true,
  onlyHits: true,
  editing: false,
  input: emptyInput,
  query: undefined,
  queryError: undefined,
  detail: false,
  detailTop: 0,
  source: { status: 'waiting' },
};

/** The lines that can be seen, as a list: all of them, or the hits of the filter. */
export type LineList = {
  length: number;
  idAt(index: number): number;
  /** How many of the list are before the line. */
  placeOf(id: number): number;
};

export function lineList(store: LogStore, view: LogView): LineList {
  const hits = view.onlyHits ? store.filter?.hits : undefined;
  return hits === undefined ? allLines(store) : hitLines(hits);
}

function allLines(store: LogStore): LineList {
  const { first, end } = store;
  return {
    length: end - first,
    idAt: (index) => first + index,
    placeOf: (id) => Math.min(end, Math.max(first, id)) - first,
  };
}

function hitLines(hits: HitList): LineList {
  return {
    length: hits.length,
    idAt: (index) => hits.at(index) ?? 0,
    placeOf: (id) => hits.placeOf(id),
  };
}

/** What of the list is on the screen, by place. */
export function logWindow(list: LineList, view: LogView, height: number): ListWindow {
  const state = { top: list.placeOf(view.top), cursor: list.placeOf(view.cursor), follow: view.follow };
  return windowOf(state, list.length, height);
}

/** The line pointed at; undefined in an empty list. */
export function currentLine(list: LineList, view: LogView, height: number): number | undefined {
  return list.length === 0 ? undefined : list.idAt(logWindow(list, view, height).cursor);
}

/** The view with another text in the filter's line; of a wrong query, what stands before the fault is in force. */
export function withInput(view: LogView, input: TextInputState): LogView {
  if (input.text === view.input.text) return { ...view, input };
  const query = compileQuery(input.text);
  if (!isQueryError(query)) return { ...view, input, queryError: undefined, query: orNone(query) };
  const before = compileQuery(input.text.slice(0, query.start).trimEnd());
  const kept = isQueryError(before) ? view.query : orNone(before);
  // The same filter again must not begin another search.
  const isSame = kept?.text === view.query?.text;
  return { ...view, input, queryError: query, query: isSame ? view.query : kept };
}

function orNone(query: CompiledQuery): CompiledQuery | undefined {
  return query.isEmpty ? undefined : query;
}

/** The nearest line in a direction, from `cursor` on, that passes a test. */
export function findLine(
  list: LineList,
  cursor: number,
  step: 1 | -1,
  test: (id: number) => boolean,
): number | undefined {
  const place = list.placeOf(cursor);
  const isThere = list.length > place && list.idAt(place) === cursor;
  let index = step === -1 ? place - 1 : isThere ? place + 1 : place;
  for (; index >= 0 && index < list.length; index += step) {
    const id = list.idAt(index);
    if (test(id)) return id;
  }
  return undefined;
}
