import { stripVTControlCharacters } from 'node:util';

const printableAscii = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const emoji = /^\p{Emoji_Presentation}/u;
const mark = /^[\p{Mark}\p{Format}\p{Default_Ignorable_Code_Point}]+$/u;

/** East Asian Wide and Fullwidth, https://www.unicode.org/reports/tr11/ */
const wide: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** What a reader sees as one character. */
export function graphemesOf(text: string): string[] {
  if (printableAscii.test(text)) return [...text];
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

function graphemeWidth(grapheme: string): number {
  const point = grapheme.codePointAt(0) ?? 0;
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return 0;
  if (point < 0x300 && grapheme.length === 1) return 1;
  if (mark.test(grapheme)) return 0;
  if (emoji.test(grapheme) || grapheme.includes('\ufe0f')) return 2;
  return wide.some(([first, last]) => point >= first && point <= last) ? 2 : 1;
}

/** Columns that the text takes in a terminal; the text has no control characters. */
export function displayWidth(text: string): number {
  if (printableAscii.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemesOf(text)) width += graphemeWidth(grapheme);
  return width;
}

/** The part of the text from column `start` on that fits into `width` columns. */
export function sliceColumns(text: string, start: number, width: number): string {
  if (printableAscii.test(text)) return text.slice(start, start + width);
  let column = 0;
  let taken = '';
  for (const { segment } of segmenter.segment(text)) {
    const size = graphemeWidth(segment);
    if (column + size > start + width) break;
    if (column >= start) taken += segment;
    column += size;
  }
  return taken;
}

/** The text in at most `width` columns, with an ellipsis where something is missing. */
export function cutText(text: string, width: number, ellipsis = '…'): string {
  if (width <= 0) return '';
  // A line of megabytes must not be measured to show its first eighty columns.
  const bounded = text.length > width * 12 + 64 ? text.slice(0, width * 12 + 64) : text;
  if (bounded.length === text.length && displayWidth(text) <= width) return text;
  return sliceColumns(bounded, 0, width - displayWidth(ellipsis)) + ellipsis;
}

export function padText(text: string, width: number, ellipsis = '…'): string {
  const cut = cutText(text, width, ellipsis);
  return cut + ' '.repeat(Math.max(0, width - displayWidth(cut)));
}

export function padTextStart(text: string, width: number, ellipsis = '…'): string {
  const cut = cutText(text, width, ellipsis);
  return ' '.repeat(Math.max(0, width - displayWidth(cut))) + cut;
}

/** Foreign text made safe for one row: no escape sequences, no control characters, line breaks as a sign. */
export function cleanLine(text: string, newline = '↵'): string {
  if (printableAscii.test(text)) return text;
  return (
    stripVTControlCharacters(text)
      .replace(/[\r\n]+$/, '')
      .replace(/(?:\r\n|\r|\n)\s*/g, ` ${newline} `)
      .replaceAll('\t', '  ')
      // Bidirectional overrides would reorder the columns beside them.
      .replace(/[\p{Control}\u202a-\u202e\u2066-\u2069]/gu, '')
  );
}

/** The text in lines of at most `width` columns, broken at spaces where that is possible; its own breaks are kept. */
export function wrapText(text: string, width: number, maxLines = Number.POSITIVE_INFINITY): string[] {
  const lines: string[] = [];
  if (width <= 0) return lines;
  for (const paragraph of text.split(/\r\n|\r|\n/)) {
    let rest = cleanLine(paragraph);
    do {
      if (lines.length >= maxLines) return lines;
      // A wide character that does not fit would make a slice of nothing, and no progress.
      const head = sliceColumns(rest.slice(0, width * 4 + 16), 0, width) || [...rest].slice(0, 1).join('');
      const space = head.length < rest.length && rest[head.length] !== ' ' ? head.lastIndexOf(' ') : -1;
      const line = space > width / 3 ? head.slice(0, space) : head;
      lines.push(line.trimEnd());
      rest = rest.slice(line.length).replace(/^ /, '');
    } while (rest !== '');
  }
  return lines;
}
