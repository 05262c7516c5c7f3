import type { Segment } from '../row.ts';
import { displayWidth, graphemesOf } from '../text.ts';
import type { TextInputState } from './text-input-state.ts';

/** The line with its cursor in at most `width` columns; the part around the cursor is what is kept in sight. */
export function textInputSegments(state: TextInputState, width: number, color: boolean): Segment[] {
  const parts = graphemesOf(state.text);
  let start = 0;
  while (displayWidth(parts.slice(start, state.cursor + 1).join('')) > width - 2) start += 1;
  const before = parts.slice(start, state.cursor).join('');
  const under = parts[state.cursor] ?? ' ';
  const after = parts.slice(state.cursor + 1).join('');
  return [[before], color ? [under, 'inverse'] : [under === ' ' ? '_' : `_${under}`], [after]];
}
