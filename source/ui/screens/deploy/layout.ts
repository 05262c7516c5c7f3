export const paneIds = ['cause', 'resources', 'packaging', 'events', 'outputs'] as const;
export type PaneId = (typeof paneIds)[number];

export type PanePlace = { id: PaneId; width: number; height: number };

export type LayoutInput = {
  /** Columns and rows that the panes have together. */
  width: number;
  height: number;
  focus: PaneId;
  zoom: boolean;
  /** Rows that each pane would fill; a pane that is not there is not shown. */
  content: Partial<Record<PaneId, number>>;
  /** What is worth seeing beside the resources when there is room for one more. */
  interest: PaneId;
};

const minimum: Record<PaneId, number> = { cause: 5, resources: 6, packaging: 4, events: 5, outputs: 4 };
/** Rows of resources that matter more than a third pane. */
const comfortable = 14;
const twoColumnsFrom = 110;
const gap = 2;

/**
 * Which panes are seen, and where. On a small screen panes are left out, the least interesting first; the pane
 * in focus is always there. From 110 columns on there are two columns.
 */
export function layoutDeploy(input: LayoutInput): PanePlace[][] {
  const { width, height, focus, zoom } = input;
  const there = paneIds.filter((id) => input.content[id] !== undefined);
  if (zoom) return [[{ id: focus, width, height }]];
  if (width < twoColumnsFrom) return [stack(there, width, height, input)];
  const left = Math.floor((width - gap) * 0.56);
  const right = width - gap - left;
  const isLeft = (id: PaneId) => id === 'cause' || id === 'resources';
  return [
    stack(there.filter(isLeft), left, height, input),
    stack(
      there.filter((id) => !isLeft(id)),
      right,
      height,
      input,
    ),
  ];
}

function stack(there: readonly PaneId[], width: number, height: number, input: LayoutInput): PanePlace[] {
  const priority: PaneId[] = [
    input.focus,
    'cause',
    'resources',
    input.interest,
    'events',
    'outputs',
    'packaging',
  ];
  const chosen = new Set<PaneId>();
  let left = height;
  for (const id of priority) {
    if (!there.includes(id) || chosen.has(id)) continue;
    const filled = Math.max(2, (input.content[id] ?? 0) + 1);
    const need = Math.min(minimum[id], filled);
    if (chosen.size > 0 && need > left) continue;
    chosen.add(id);
    left -= need;
    // Past the one pane of interest, another is not worth it while the resources are in a slit.
    if (id === input.interest && chosen.has('resources')) {
      left -= Math.max(0, Math.min(comfortable, (input.content.resources ?? 0) + 1) - minimum.resources);
    }
  }
  const shown = there.filter((id) => chosen.has(id));
  return share(shown, width, height, input);
}

/** Short panes get what they need, up to a third of the height; resources and events share what is left. */
function share(shown: readonly PaneId[], width: number, height: number, input: LayoutInput): PanePlace[] {
  const heights = new Map<PaneId, number>();
  const isElastic = (id: PaneId) => id === 'resources' || id === 'events';
  const elastic = shown.filter(isElastic);
  const fixed = shown.filter((id) => !isElastic(id));
  const reserved = elastic.reduce((sum, id) => sum + minimum[id], 0);
  let left = height;
  for (const id of fixed) {
    const wanted = (input.content[id] ?? 0) + 1;
    const fair = Math.max(minimum[id], Math.floor(height / 3));
    const most = elastic.length > 0 ? Math.max(2, left - reserved) : left;
    const size = Math.min(wanted, fair, most);
    heights.set(id, size);
    left -= size;
  }
  elastic.forEach((id, index) => {
    const isLast = index === elastic.length - 1;
    const content = (input.content[id] ?? 0) + 1;
    const most = left - (isLast ? 0 : minimum.events);
    const size = isLast ? left : Math.min(most, Math.max(minimum[id], content));
    heights.set(id, size);
    left -= size;
  });
  const last = shown.at(-1);
  if (elastic.length === 0 && last !== undefined) heights.set(last, (heights.get(last) ?? 0) + left);
  return shown.map((id) => ({ id, width, height: heights.get(id) ?? 0 }));
}
