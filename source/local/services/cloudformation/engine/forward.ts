import { ServiceError } from '../../../backend.ts';
import { stackDelay } from '../durations.ts';
import { type Outcome, runInOrder } from '../graph.ts';
import type { ResourceRecord } from '../state.ts';
import { advance } from './advance.ts';
import { refuseExportChanges } from './exports.ts';
import { evaluateOutputs, lookupIn, makePlan, type Plan, scopeOf } from './plan.ts';
import { policyOf } from './removal.ts';
import { turnBack } from './rollback.ts';
import type { Environment, Run } from './run.ts';
import { endOperation, enterPhase, failedResources, pauseOperation, settle } from './transitions.ts';

/** Makes and changes resources until the stack is what its definition says, or turns back. */
export async function goForward(environment: Environment, run: Run): Promise<void> {
  const { backend, store } = environment;
  const stack = run.stack();
  if (stack.definition === undefined) throw new Error(`${stack.id} has no definition`);
  const plan = makePlan(backend, store, stack, stack.definition);
  const imports = new Set<string>();
  const current = (logicalId: string) =>
    plan.dependencies.has(logicalId) ? run.resources.get(logicalId)?.current : undefined;
  const scope = scopeOf(
    plan,
    lookupIn(store, current, (name) => imports.add(name)),
  );

  await run.wait(stackDelay.first, true);
  const keepGoing = run.operation().onFailure === 'nothing';
  const outcomes = await runInOrder(
    plan.dependencies,
    async (logicalId): Promise<Outcome> => {
      const outcome = await advance(run, plan, scope, logicalId);
      if (outcome === 'failed' && !keepGoing) run.halt.abort();
      return outcome;
    },
    () => run.halt.signal.aborted,
  );
  if ([...outcomes.values()].includes('failed') && run.interruption === undefined) {
    return fail(environment, run, failureReason(run, outcomes));
  }
  await run.wait(stackDelay.last, true);
  // Whoever interrupted with a delete has given the stack its next phase already.
  if (run.interruption === 'delete') return;
  if (run.interruption === 'cancel') return turnBack(environment, run, 'User Initiated');

  try {
    const outputs = evaluateOutputs(plan, scope);
    refuseExportChanges(store, stack, outputs);
    if (run.operation().type === 'create') {
      endOperation(environment, run, 'CREATE_COMPLETE', (record) => {
        record.outputs = outputs;
        record.imports = [...imports];
      });
      return;
    }
    enterPhase(environment, run, 'cleanup', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', undefined, {
      stack(record) {
        record.outputs = outputs;
        record.imports = [...imports];
      },
      resource: (resource) => giveUp(resource, plan),
    });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    fail(environment, run, error.message);
  }
}

/** From here on there is no way back: what was replaced or removed is left to the clean-up. */
function giveUp(resource: ResourceRecord, plan: Plan): void {
  const { current, stable } = resource;
  if (stable !== undefined && stable.key !== current?.key) {
    const policy = stable.updateReplacePolicy === 'Retain' ? 'retain' : 'delete';
    resource.garbage.push({ incarnation: stable, policy });
  }
  if (current !== undefined && !plan.dependencies.has(resource.logicalId)) {
    resource.garbage.push({ incarnation: current, policy: policyOf(current, stable === undefined) });
    resource.current = undefined;
  }
  settle(resource);
}

/** Turns back, or stays as it is where the stack was told to. */
export function fail(environment: Environment, run: Run, reason: string): void {
  const { onFailure, previous } = run.operation();
  if (onFailure !== 'nothing') turnBack(environment, run, reason);
  else pauseOperation(environment, run, previous === undefined ? 'CREATE_FAILED' : 'UPDATE_FAILED', reason);
}

function failureReason(run: Run, outcomes: ReadonlyMap<string, Outcome>): string {
  const failed = [...run.resources.values()].filter(
    (resource) => outcomes.get(resource.logicalId) === 'failed',
  );
  const ids = (status: string) =>
    failed.filter((resource) => resource.status === status).map((resource) => resource.logicalId);
  return failedResources('create', ids('CREATE_FAILED')) + failedResources('update', ids('UPDATE_FAILED'));
}
