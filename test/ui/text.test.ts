import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration } from '../../source/ui/format.ts';
import { paintRow } from '../../source/ui/row.ts';
import { cleanLine, cutText, displayWidth, padText, wrapText } from '../../source/ui/text.ts';
import { createTheme } from '../../source/ui/theme.ts';

test.each([
  ['plain', 5],
  ['größe', 5],
  ['日本語', 6],
  ['한국', 4],
  ['🚀', 2],
  ['👨‍👩‍👧', 2],
  ['❤️', 2],
  ['e\u0301', 1],
  ['✔', 1],
  ['ｆｕｌｌ', 8],
])('%s takes %i columns', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['日本語', 6, '日本語'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['abc', 0, ''],
])('%s in %i columns: %s', (text, width, cut) => {
  expect(cutText(text, width)).toBe(cut);
  expect(displayWidth(padText(text, width))).toBe(width);
});

test('a line of megabytes is cut without being measured whole', () => {
  expect(cutText('é'.repeat(5_000_000), 10)).toBe(`${'é'.repeat(9)}…`);
});

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['a\tb', 'a  b'],
  ['a\r\n   b\n', 'a ↵ b'],
  ['bell\u0007\u0008\u0000', 'bell'],
  ['title\u001b]0;x\u0007after', 'titleafter'],
  ['left\u202eright', 'leftright'],
])('foreign text %j is made safe', (text, clean) => {
  expect(cleanLine(text)).toBe(clean);
});

test('text is wrapped at spaces, long words hard, nothing is lost', () => {
  expect(wrapText('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  expect(wrapText('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  expect(wrapText('a\n\nb', 4)).toEqual(['a', '', 'b']);
  expect(wrapText('日本語日本語', 5)).toEqual(['日本', '語日', '本語']);
  expect(wrapText('日', 1)).toEqual(['日']);
});

test('a row is never wider than asked for, and shows that it is cut', () => {
  const theme = createTheme({ color: false, unicode: true });
  expect(paintRow([['abc'], ['def']], 6, theme)).toBe('abcdef');
  expect(paintRow([['abc'], ['def']], 5, theme)).toBe('abcd…');
  expect(paintRow([['abc'], ['def']], 3, theme)).toBe('ab…');
  expect(paintRow([['日'], ['本語']], 4, theme)).toBe('日…');
});

test.each([
  [0, '0.0s'],
  [149, '0.1s'],
  [9_949, '9.9s'],
  [9_951, '10s'],
  [64_000, '1m04s'],
  [3_720_000, '1h02m'],
  [-5, '0.0s'],
])('%i ms is %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [312_890, '313 kB'],
  [999_600, '1.0 MB'],
  [12_345_678, '12 MB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('counts have their thousands apart', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect(formatCount(12)).toBe('12');
});
