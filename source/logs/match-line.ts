import { UserError } from '../model/errors.ts';
import { testLines } from './guarded-regexp.ts';
import type { Level, LogItem } from './log-entry.ts';
import type { CompiledQuery, QueryTerm } from './query.ts';

/** Stands between a message and its fields in the text that is searched. */
export const fieldsMark = '\u0001';

/** What a query looks at. */
export type SearchedLine = {
  text: string;
  level: Level | undefined;
  function: string;
  requestId: string | undefined;
};

/** The searched text of an item: its message, then its fields as JSON; breaks inside it are `\r`, so that it is one line. */
export function searchedText(item: LogItem): string {
  if (item.type === 'gap') return oneLine(item.reason);
  const message = oneLine(item.message);
  return item.fields === undefined ? message : `${message}${fieldsMark}${JSON.stringify(item.fields)}`;
}

function oneLine(text: string): string {
  return text.includes('\n') ? text.replace(/\r?\n/g, '\r') : text;
}

/** Whether a term holds; an expression of the user's is not looked at here and counts as holding. */
export function termHolds(term: QueryTerm, line: SearchedLine): boolean {
  switch (term.kind) {
    case 'text':
      term.pattern.lastIndex = 0;
      return term.pattern.test(line.text) !== term.negated;
    case 'regexp':
      return true;
    case 'level':
      return (line.level !== undefined && term.accepted.has(line.level)) !== term.negated;
    case 'function':
      return isFunction(line.function, term.name) !== term.negated;
    case 'request':
      return (line.requestId?.toLowerCase().startsWith(term.id) ?? false) !== term.negated;
  }
}

/** A whole name, any case, or with `*` at either end. */
export function isFunction(name: string, wanted: string): boolean {
  const [a, b] = [name.toLowerCase(), wanted.toLowerCase()];
  const bare = b.replace(/^\*|\*$/g, '');
  if (b.startsWith('*') && b.endsWith('*')) return a.includes(bare);
  if (b.startsWith('*')) return a.endsWith(bare);
  return b.endsWith('*') ? a.startsWith(bare) : a === b;
}

/**
 * Which of the items match a query, for output that is not the viewer's. Many at once are cheaper: each call costs
 * a tenth of a millisecond where the user's own expressions are in it.
 * Throws a `UserError` when one of those takes longer than 100 ms.
 */
export function matchItems(query: CompiledQuery, items: readonly LogItem[]): boolean[] {
  const lines = items.map(toLine);
  const matches = lines.map((line) => query.terms.every((term) => termHolds(term, line)));
  for (const term of query.terms) {
    if (term.kind !== 'regexp') continue;
    const candidates = lines.flatMap((line, index) =>
      matches[index] === true ? [{ index, text: line.text }] : [],
    );
    const texts = candidates.map(({ text }) => text);
    const found = testLines(term.pattern, texts);
    if (found === undefined) throw slowRegexp(term.source);
    candidates.forEach(({ index }, place) => {
      matches[index] = found[place] !== term.negated;
    });
  }
  return matches;
}

/** As `matchItems`, for one. */
export function matchesItem(query: CompiledQuery, item: LogItem): boolean {
  return matchItems(query, [item])[0] === true;
}

function toLine(item: LogItem): SearchedLine {
  return {
    text: searchedText(item),
    level: item.type === 'log' ? item.level : undefined,
    function: item.function ?? '',
    requestId: item.type === 'log' ? item.requestId : undefined,
  };
}

export function slowRegexp(source: string): UserError {
  return new UserError(`${source} takes too long on these lines`, {
    code: 'slow-expression',
    hint: 'A repetition inside a repetition, as in (a+)+, has too many ways to fail. Write it without one.',
  });
}
