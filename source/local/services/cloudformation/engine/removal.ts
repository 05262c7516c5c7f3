import { durationsOf, startDelay } from '../durations.ts';
import { type Outcome, reversed, runInOrder } from '../graph.ts';
import type { Incarnation, ResourceRecord } from '../state.ts';
import { providerOf } from '../types/registry.ts';
import { reasonOf } from './advance.ts';
import { type Run, Stopped } from './run.ts';

type Item = ResourceRecord['garbage'][number];

/**
 * Deletes what no longer stands for anything, dependants first; a Retain policy leaves it where it is.
 * With `insist` (the clean-up of an update) a failure is tried again, then forgotten; without, it stays.
 * @returns logical ids whose deletion failed, in the order of the template.
 */
export async function removeGarbage(run: Run, insist: boolean): Promise<string[]> {
  const nodes = new Map<string, { resource: ResourceRecord; item: Item }>();
  for (const resource of run.resources.values()) {
    for (const item of resource.garbage) {
      nodes.set(item.incarnation.key, { resource, item });
    }
  }
  const dependencies = new Map<string, Set<string>>();
  for (const [key, { item }] of nodes) {
    const needs = [...nodes].filter(([, other]) =>
      item.incarnation.dependencies.includes(other.resource.logicalId),
    );
    dependencies.set(key, new Set(needs.map(([needed]) => needed)));
  }
  const outcomes = await runInOrder(reversed(dependencies), async (key) => {
    const node = nodes.get(key);
    if (node === undefined) return 'done';
    const outcome = await remove(run, node.resource, node.item, insist ? 3 : 1);
    if (outcome === 'failed' && !insist) return 'failed';
    run.note(node.resource, () => {
      node.resource.garbage = node.resource.garbage.filter((item) => item !== node.item);
    });
    return 'done';
  });
  const failed = new Set(
    [...outcomes].flatMap(([key, outcome]) =>
      outcome === 'failed' ? (nodes.get(key)?.resource.logicalId ?? []) : [],
    ),
  );
  return [...run.resources.keys()].filter((logicalId) => failed.has(logicalId));
}

async function remove(run: Run, resource: ResourceRecord, item: Item, attempts: number): Promise<Outcome> {
  const { incarnation, policy } = item;
  if (policy === 'retain') {
    run.step(resource, { status: 'DELETE_SKIPPED', of: incarnation });
    return 'done';
  }
  const provider = providerOf(incarnation.type);
  for (let attempt = 1; ; attempt++) {
    run.step(resource, { status: 'DELETE_IN_PROGRESS', of: incarnation });
    await run.wait(startDelay, false);
    try {
      await provider.delete(incarnation, run.context(resource));
      await run.wait(Math.max(0, durationsOf(incarnation.type).delete - startDelay), false);
      run.step(resource, { status: 'DELETE_COMPLETE', of: incarnation });
      return 'done';
    } catch (error) {
      if (error instanceof Stopped) throw error;
      run.step(resource, { status: 'DELETE_FAILED', reason: reasonOf(error, provider), of: incarnation });
      if (attempt === attempts) return 'failed';
    }
  }
}

/** What a deletion does with the resource behind a logical id that is no longer wanted. */
export function policyOf(incarnation: Incarnation, isNew: boolean): Item['policy'] {
  const { deletionPolicy } = incarnation;
  if (deletionPolicy === 'Retain') return 'retain';
  return deletionPolicy === 'RetainExceptOnCreate' && !isNew ? 'retain' : 'delete';
}
