import { paintRow, type Row, type Segment } from '../row.ts';
import { displayWidth, wrapText } from '../text.ts';
import type { Theme } from '../theme.ts';
import type { Dialog, DialogState } from './dialog-state.ts';

export type DialogSize = {
  width: number;
  /** The most rows that it may take. */
  maxHeight: number;
};

const chromeRows = 4;

/** The body wrapped, and how many of its lines are seen at once. */
export function dialogBody(dialog: Dialog, size: DialogSize): { lines: string[]; height: number } {
  const lines = dialog.body.flatMap((text) =>
    wrapText(text, size.width - 6).map((line, index) => (index === 0 ? line : `  ${line}`)),
  );
  return { lines, height: Math.max(0, Math.min(lines.length, size.maxHeight - chromeRows)) };
}

/** A question as painted lines: title, reasons, the choices on one line. */
export function dialogLines(dialog: Dialog, state: DialogState, size: DialogSize, theme: Theme): string[] {
  const { lines, height } = dialogBody(dialog, size);
  const { rule, warning, pointer } = theme.glyphs;
  const rows: Row[] = [
    [
      [`${rule}${rule} `, 'warn'],
      [`${warning} ${dialog.title} `, 'warnBold'],
      [rule.repeat(Math.max(0, size.width - displayWidth(dialog.title) - 6)), 'warn'],
    ],
  ];
  for (const line of lines.slice(state.scroll, state.scroll + height)) rows.push([['    '], [line]]);
  const hidden = lines.length - height;
  rows.push(hidden > 0 ? [[`    ${hidden} more lines, PgDn and PgUp show them`, 'dim']] : []);
  const choices: Segment[] = [['  ']];
  dialog.choices.forEach((choice, index) => {
    const selected = index === state.selected;
    const style = choice.danger === true ? 'badBold' : 'accent';
    choices.push([selected ? ` ${pointer} ` : '   ', style]);
    choices.push([choice.key, style], [` ${choice.label}`, selected ? 'bold' : 'plain']);
  });
  rows.push(choices, []);
  return rows.map((row) => paintRow(row, size.width, theme));
}
