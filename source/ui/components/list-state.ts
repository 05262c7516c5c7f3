/** Where a list stands: its first visible row and the row that is pointed at. While it follows, both are worked out. */
export type ListState = { top: number; cursor: number; follow: boolean };

export type ListAction = 'down' | 'up' | 'pageDown' | 'pageUp' | 'halfDown' | 'halfUp' | 'top' | 'bottom';

/** What of a list is on the screen. */
export type ListWindow = { top: number; cursor: number };

export const followingList: ListState = { top: 0, cursor: 0, follow: true };

/**
 * The visible part of a list of `length` rows in `height` rows.
 * While it follows, it keeps `target` in sight; without a target, the end.
 */
export function windowOf(state: ListState, length: number, height: number, target?: number): ListWindow {
  const lastTop = Math.max(0, length - height);
  if (state.follow) {
    const cursor = clamp(target ?? length - 1, 0, Math.max(0, length - 1));
    const top = target === undefined ? lastTop : clamp(target - Math.floor(height / 2), 0, lastTop);
    return { top, cursor };
  }
  const cursor = clamp(state.cursor, 0, Math.max(0, length - 1));
  const top = clamp(state.top, Math.max(0, cursor - height + 1), cursor);
  return { top: Math.min(top, lastTop), cursor };
}

/** The list after a key; where the keys move, following ends, and going to the end takes it up again if `sticky`. */
export function moveList(
  state: ListState,
  action: ListAction,
  size: { length: number; height: number; target?: number | undefined; sticky: boolean },
): ListState {
  const { length, height } = size;
  const now = windowOf(state, length, height, size.target);
  const page = Math.max(1, height - 1);
  const steps: Record<ListAction, number> = {
    down: 1,
    up: -1,
    pageDown: page,
    pageUp: -page,
    halfDown: Math.ceil(page / 2),
    halfUp: -Math.ceil(page / 2),
    top: Number.NEGATIVE_INFINITY,
    bottom: Number.POSITIVE_INFINITY,
  };
  const step = steps[action];
  const cursor = clamp(now.cursor + step, 0, Math.max(0, length - 1));
  const moved = Number.isFinite(step) && Math.abs(step) > 1 ? now.top + step : now.top;
  const next = windowOf({ top: Math.max(0, moved), cursor, follow: false }, length, height);
  return { ...next, follow: size.sticky && action === 'bottom' };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
