import type { Segment } from '../row.ts';
import type { Style, Theme } from '../theme.ts';

/** A bar of `width` columns that is full only when everything is done. */
export function progressBar(
  done: number,
  total: number,
  width: number,
  theme: Theme,
  style: Style = 'info',
): Segment[] {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const full = Math.floor(share * width);
  return [
    [theme.glyphs.barFull.repeat(full), style],
    [theme.glyphs.barEmpty.repeat(Math.max(0, width - full)), 'dim'],
  ];
}
