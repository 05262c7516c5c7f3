import { paintRow, type Row, rowWidth, type Segment, spreadRow } from '../row.ts';
import type { Theme } from '../theme.ts';
import type { ListWindow } from './list-state.ts';

export type Pane = {
  title: string;
  /** At the right end of the title's rule. */
  meta?: Row;
  focused: boolean;
  /** Columns and rows, the title's row among them. */
  width: number;
  height: number;
  length: number;
  window: ListWindow;
  rowAt(index: number): Row;
  /** Shown instead of rows when there are none. */
  empty?: string;
};

/** A pane as painted lines: a rule with the title, then the visible part of its rows; always `height` lines. */
export function paneLines(pane: Pane, theme: Theme): string[] {
  const { width, height, window } = pane;
  const lines = [titleLine(pane, theme)];
  for (let index = window.top; index < Math.min(pane.length, window.top + height - 1); index++) {
    const selected = pane.focused && index === window.cursor;
    const marker: Segment = [selected ? `${theme.glyphs.pointer} ` : '  ', 'accent'];
    lines.push(paintRow([marker, ...pane.rowAt(index)], width, theme));
  }
  if (pane.length === 0 && pane.empty !== undefined && height > 1) {
    lines.push(paintRow([[`  ${pane.empty}`, 'dim']], width, theme));
  }
  while (lines.length < height) lines.push('');
  return lines;
}

function titleLine(pane: Pane, theme: Theme): string {
  const { rule, pointer } = theme.glyphs;
  const style = pane.focused ? 'accent' : 'bold';
  const ruleStyle = pane.focused ? 'info' : 'dim';
  const visible = pane.height - 1;
  const hidden =
    pane.length > visible && visible > 0
      ? `${pane.window.top + 1}-${Math.min(pane.length, pane.window.top + visible)} of ${pane.length}`
      : undefined;
  const right: Segment[] = [...(pane.meta ?? [])];
  if (hidden !== undefined) right.push([right.length > 0 ? `  ${hidden}` : hidden, 'dim']);
  const left: Row = [
    [pane.focused ? `${pointer} ` : `${rule} `, pane.focused ? 'accent' : ruleStyle],
    [pane.title, style],
    [' '],
  ];
  const fill = pane.width - rowWidth(left) - (right.length > 0 ? rowWidth(right) + 3 : 0);
  if (fill < 1) return paintRow(spreadRow(left, right, pane.width, theme), pane.width, theme);
  const tail: Row = right.length > 0 ? [[' '], ...right, [` ${rule}`, ruleStyle]] : [];
  return paintRow([...left, [rule.repeat(fill), ruleStyle], ...tail], pane.width, theme);
}
