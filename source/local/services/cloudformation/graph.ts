import { referencesIn } from './template/references.ts';
import type { ParsedTemplate } from './template/template.ts';

/** Logical id → logical ids that must be there first. */
export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>;

/** What each of `logicalIds` waits for in a template: its references and its `DependsOn`, within the same set. */
export function dependenciesOf(
  template: ParsedTemplate,
  logicalIds: Iterable<string>,
): Map<string, Set<string>> {
  const present = new Set(logicalIds);
  const dependencies = new Map<string, Set<string>>();
  for (const logicalId of present) {
    const resource = template.resources.get(logicalId);
    const names = new Set(resource?.dependsOn);
    for (const reference of referencesIn(resource?.properties)) names.add(reference.name);
    dependencies.set(logicalId, new Set([...names].filter((name) => present.has(name))));
  }
  return dependencies;
}

/** The other way round, for deletions: what must be gone before each. */
export function reversed(dependencies: Dependencies): Map<string, Set<string>> {
  const result = new Map([...dependencies.keys()].map((id) => [id, new Set<string>()]));
  for (const [id, needs] of dependencies) {
    for (const need of needs) result.get(need)?.add(id);
  }
  return result;
}

/** Logical ids that wait for each other or stand between such, in the order of the template; empty where all is well. */
export function circular(dependencies: Dependencies): string[] {
  const left = new Map(dependencies);
  let before = -1;
  while (left.size !== before) {
    before = left.size;
    for (const [id, needs] of left) {
      if (![...needs].some((need) => left.has(need))) left.delete(id);
    }
  }
  // What merely waits for a circle is not part of it.
  let all = -1;
  while (left.size !== all) {
    all = left.size;
    for (const id of left.keys()) {
      if (![...left.values()].some((needs) => needs.has(id))) left.delete(id);
    }
  }
  return [...left.keys()];
}

/** Ids so that each comes after what it waits for; ties keep their order. */
export function inOrder(dependencies: Dependencies): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const need of dependencies.get(id) ?? []) visit(need);
    order.push(id);
  };
  for (const id of dependencies.keys()) visit(id);
  return order;
}

/** What waits for a failed one is not started; the rest goes on unless `stop` says otherwise. */
export type Outcome = 'done' | 'failed';

/**
 * Runs `work` for every id as soon as what it waits for is done, all at once where the graph allows.
 * @returns outcome by id; an id that was never started is not in it.
 * @throws what `work` throws, once everything underway has ended.
 */
export async function runInOrder(
  dependencies: Dependencies,
  work: (id: string) => Promise<Outcome>,
  stop: (outcomes: ReadonlyMap<string, Outcome>) => boolean = () => false,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const started = new Set<string>();
  const underway = new Map<string, Promise<void>>();
  const thrown: unknown[] = [];
  const ready = (id: string): boolean =>
    !started.has(id) && [...(dependencies.get(id) ?? [])].every((need) => outcomes.get(need) === 'done');

  for (;;) {
    if (thrown.length === 0 && !stop(outcomes)) {
      for (const id of dependencies.keys()) {
        if (!ready(id)) continue;
        const running = work(id)
          .then((outcome) => void outcomes.set(id, outcome))
          .catch((error: unknown) => void thrown.push(error))
          .finally(() => underway.delete(id));
        started.add(id);
        underway.set(id, running);
      }
    }
    if (underway.size === 0) break;
    await Promise.race(underway.values());
  }
  if (thrown.length > 0) throw thrown[0];
  return outcomes;
}
