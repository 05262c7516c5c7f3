import type { SourceRange } from '../model/diagnostic.ts';

/** Lines before and after the one in question. */
const around = 2;

/** Wider lines are cut, so that a minified or encoded line does not fill the screen. */
const widest = 160;

/**
 * The lines around a range with their numbers and a caret under it, as rustc and tsc draw them:
 *
 *      8 |     type: function
 *   >  9 |     propertees:
 *        |     ^^^^^^^^^^
 */
export function codeFrame(lines: readonly string[], range: SourceRange): string {
  const first = Math.max(1, range.line - around);
  // What follows the last line end is no line, unless it is what the frame is about.
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  const last = Math.max(range.line, Math.min(count, range.line + around));
  const width = String(last).length;
  const rows: string[] = [];
  for (let number = first; number <= last; number++) {
    const line = lines[number - 1] ?? '';
    const shown = line.length > widest ? `${line.slice(0, widest)}…` : line;
    const marker = number === range.line ? '>' : ' ';
    rows.push(`${marker} ${String(number).padStart(width)} | ${shown}`.trimEnd());
    if (number === range.line) rows.push(`  ${' '.repeat(width)} | ${caretLine(line, range)}`);
  }
  return rows.join('\n');
}

function caretLine(line: string, range: SourceRange): string {
  const start = Math.min(range.column - 1, widest);
  const lineEnd = Math.min(line.trimEnd().length, widest);
  const end = range.endLine > range.line ? lineEnd : Math.min(range.endColumn - 1, lineEnd);
  // Tabs stay tabs, so that the caret stands under its character whatever their width is.
  return line.slice(0, start).replaceAll(/[^\t]/g, ' ').padEnd(start) + '^'.repeat(Math.max(1, end - start));
}

/** The lines of a text without their ends. */
export const splitLines = (text: string): string[] => text.split(/\r\n|\n|\r/);
