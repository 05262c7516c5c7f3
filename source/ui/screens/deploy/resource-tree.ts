import type { DeployState, Progress, ResourceState, StackState } from '../../../deploy/deploy-state.ts';

/** A resource of the config with what it becomes, or a nested stack with what is in it. */
export type TreeGroup = {
  key: string;
  name: string;
  type: string;
  progress: Progress;
  done: number;
  total: number;
  startedAt?: string;
  finishedAt?: string;
  children: readonly ResourceState[];
};

export type TreeItem =
  | { kind: 'group'; key: string; group: TreeGroup; folded: boolean }
  | { kind: 'resource'; key: string; resource: ResourceState; last: boolean; open: boolean }
  /** A line below a resource: why it failed, or what is known of it. */
  | { kind: 'note'; key: string; label: string; text: string; bad: boolean };

/** What belongs to no resource of the config: roles and log groups that several share. */
const sharedName = 'shared';

/** The groups in the order of the config, then what belongs to none of it, then the nested stacks. */
export function groupResources(state: DeployState): TreeGroup[] {
  const groups = new Map<string, { type: string; children: ResourceState[] }>();
  for (const { name, type } of state.started?.resources ?? []) groups.set(name, { type, children: [] });
  const nested: TreeGroup[] = [];
  for (const stack of state.stacks.values()) {
    if (stack.parent !== undefined) {
      nested.push(groupOf(stack.stackId, nestedName(stack), 'nested stack', [...stack.resources.values()]));
      continue;
    }
    for (const resource of stack.resources.values()) {
      const name = resource.resource ?? sharedName;
      const group = groups.get(name);
      if (group !== undefined) group.children.push(resource);
      else groups.set(name, { type: resource.resource === undefined ? '' : 'removed', children: [resource] });
    }
  }
  const own = [...groups]
    // Nothing of it changes, so there is nothing to watch.
    .filter(([, group]) => group.children.length > 0 || state.plan === undefined)
    .map(([name, group]) => groupOf(name, name, group.type, group.children));
  return [...own, ...nested];
}

function nestedName(stack: StackState): string {
  return stack.parent?.logicalId ?? stack.stackName;
}

function groupOf(key: string, name: string, type: string, children: ResourceState[]): TreeGroup {
  const started = children.flatMap(({ startedAt }) => startedAt ?? []).sort()[0];
  const progress = progressOfAll(children);
  const settled = progress !== 'running' && progress !== 'rolling-back';
  const finished = settled
    ? children
        .flatMap(({ finishedAt }) => finishedAt ?? [])
        .sort()
        .at(-1)
    : undefined;
  return {
    key,
    name,
    type,
    progress,
    done: children.filter(isDone).length,
    total: children.length,
    ...(started !== undefined && { startedAt: started }),
    ...(finished !== undefined && { finishedAt: finished }),
    children,
  };
}

function isDone(resource: ResourceState): boolean {
  return resource.progress === 'done' || resource.progress === 'deleted';
}

/** The word for several resources together: the worst of them, and done only when all are. */
function progressOfAll(children: readonly ResourceState[]): Progress {
  const has = (progress: Progress) => children.some((child) => child.progress === progress);
  if (children.length === 0) return 'waiting';
  if (children.some((child) => child.progress === 'failed' && !child.provisional)) return 'failed';
  for (const progress of ['rolling-back', 'rolled-back', 'running', 'cancelled'] as const) {
    if (has(progress)) return progress;
  }
  if (has('waiting')) return has('done') || has('deleted') ? 'running' : 'waiting';
  return has('done') || has('failed') ? 'done' : 'deleted';
}

/** The tree as rows. `folded` holds keys of groups, `open` those of resources whose details are shown. */
export function treeItems(
  groups: readonly TreeGroup[],
  view: { folded: ReadonlySet<string>; open: ReadonlySet<string> },
  wrap: (text: string) => string[],
): TreeItem[] {
  const items: TreeItem[] = [];
  for (const group of groups) {
    const folded = view.folded.has(group.key);
    items.push({ kind: 'group', key: group.key, group, folded });
    if (folded) continue;
    group.children.forEach((resource, index) => {
      const key = `${group.key}/${resource.logicalId}`;
      const open = view.open.has(key);
      items.push({ kind: 'resource', key, resource, last: index === group.children.length - 1, open });
      if (open) items.push(...detailItems(key, resource, wrap));
      else if (resource.reason !== undefined && resource.progress !== 'done') {
        items.push({ kind: 'note', key: `${key}#why`, label: '', text: resource.reason, bad: true });
      }
    });
  }
  return items;
}

function detailItems(key: string, resource: ResourceState, wrap: (text: string) => string[]): TreeItem[] {
  const status = [resource.status, resource.detailedStatus].filter((word) => word !== undefined).join(' · ');
  const facts: [string, string | undefined][] = [
    ['status', status === '' ? undefined : status],
    ['physical id', resource.physicalId],
    [
      'clean-up',
      resource.cleanup && `${resource.cleanup.physicalId ?? 'the old one'} ${resource.cleanup.status}`,
    ],
  ];
  const items = facts.flatMap(([label, text]): TreeItem[] =>
    text === undefined ? [] : [{ kind: 'note', key: `${key}#${label}`, label, text, bad: false }],
  );
  const reason = resource.reason === undefined ? [] : wrap(resource.reason);
  reason.forEach((text, index) => {
    items.push({
      kind: 'note',
      key: `${key}#why${index}`,
      label: index === 0 ? 'reason' : '',
      text,
      bad: true,
    });
  });
  return items;
}

/** The row to keep in sight: the first that runs, else where the work has come to. */
export function activeItem(items: readonly TreeItem[]): number | undefined {
  const running = (item: TreeItem) =>
    item.kind === 'resource' &&
    (item.resource.progress === 'running' || item.resource.progress === 'rolling-back');
  const failed = (item: TreeItem) => item.kind === 'resource' && item.resource.progress === 'failed';
  const waiting = (item: TreeItem) => item.kind === 'resource' && item.resource.progress === 'waiting';
  for (const test of [running, failed, waiting]) {
    const index = items.findIndex(test);
    if (index >= 0) return index;
  }
  return items.length === 0 ? undefined : 0;
}
