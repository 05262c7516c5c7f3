import { cutText, displayWidth, sliceColumns } from './text.ts';
import type { Style, Theme } from './theme.ts';

export type Segment = readonly [text: string, style?: Style];

/** One line of the screen, before it is cut to its width and coloured. */
export type Row = readonly Segment[];

export function rowWidth(row: Row): number {
  let width = 0;
  for (const [text] of row) width += displayWidth(text);
  return width;
}

/** The row cut to so many columns and coloured, as one string; a selected row is filled to its end. */
export function paintRow(row: Row, width: number, theme: Theme, selected = false): string {
  const isCut = rowWidth(row) > width;
  let left = isCut ? width - displayWidth(theme.glyphs.ellipsis) : width;
  let line = '';
  for (const [text, style] of row) {
    if (left <= 0) break;
    const fitted = sliceColumns(text, 0, left);
    left -= displayWidth(fitted);
    line += theme.paint(fitted, style);
    // A wide character at the edge leaves a column; nothing after it may slip into that.
    if (fitted.length < text.length) break;
  }
  if (isCut && width > 0) {
    line += theme.glyphs.ellipsis;
    left = 0;
  }
  if (!selected) return line;
  return theme.paint(line + ' '.repeat(Math.max(0, left)), 'inverse');
}

/** Two rows on one line, the second at the right edge; where both do not fit, the first is cut. */
export function spreadRow(left: Row, right: Row, width: number, theme: Theme): Row {
  const rightWidth = rowWidth(right);
  const room = width - rightWidth - 1;
  if (room < 4) return left;
  const fitted: Segment[] = [];
  let used = 0;
  for (const [text, style] of left) {
    const cut = cutText(text, room - used, theme.glyphs.ellipsis);
    if (cut === '') break;
    used += displayWidth(cut);
    fitted.push(style === undefined ? [cut] : [cut, style]);
  }
  return [...fitted, [' '.repeat(width - rightWidth - used)], ...right];
}
