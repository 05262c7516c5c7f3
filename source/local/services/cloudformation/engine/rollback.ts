import { durationsOf, stackDelay, startDelay } from '../durations.ts';
import { type Outcome, runInOrder } from '../graph.ts';
import type { Incarnation, ResourceRecord } from '../state.ts';
import { providerOf } from '../types/registry.ts';
import { reasonOf } from './advance.ts';
import { policyOf } from './removal.ts';
import type { Environment, Run } from './run.ts';
import { enterPhase, failedResources, pauseOperation, settle } from './transitions.ts';

/** From forward to back: a new stack deletes what it has made, an old one returns to its former definition. */
export function turnBack(environment: Environment, run: Run, reason: string): void {
  const { previous, onFailure } = run.operation();
  if (previous !== undefined) {
    enterPhase(environment, run, 'rollback', 'UPDATE_ROLLBACK_IN_PROGRESS', reason, {
      stack(stack) {
        stack.definition = previous.definition;
        stack.description = previous.description;
      },
    });
  } else if (onFailure === 'delete') {
    enterPhase(environment, run, 'delete', 'DELETE_IN_PROGRESS', reason);
  } else {
    const words = `${reason.trimEnd()}${/[.!?]\s*$/.test(reason) ? '' : '.'} Rollback requested by user.`;
    enterPhase(environment, run, 'delete', 'ROLLBACK_IN_PROGRESS', words);
  }
}

/**
 * Gives every logical id back what it stood for. Nothing is deleted here: what was replaced is still there,
 * what replaced it goes in the clean-up.
 */
export async function rollBack(environment: Environment, run: Run): Promise<void> {
  const { except } = run.operation();
  const changed = [...run.resources.values()].filter(isChanged);
  const ids = new Set(changed.map((resource) => resource.logicalId));
  const dependencies = new Map(
    changed.map((resource) => [
      resource.logicalId,
      new Set(resource.stable?.dependencies.filter((id) => ids.has(id))),
    ]),
  );
  await run.wait(stackDelay.first, false);
  const outcomes = await runInOrder(dependencies, async (logicalId) => {
    const resource = run.resources.get(logicalId);
    if (resource?.stable === undefined) return 'done';
    return revert(run, resource, resource.stable, except.includes(logicalId));
  });
  const failed = [...ids].filter((logicalId) => outcomes.get(logicalId) === 'failed');
  if (failed.length > 0) {
    return pauseOperation(environment, run, 'UPDATE_ROLLBACK_FAILED', failedResources('update', failed));
  }
  enterPhase(
    environment,
    run,
    'rollback-cleanup',
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    undefined,
    {
      resource(resource) {
        const { current, stable } = resource;
        if (current !== undefined && stable === undefined) {
          resource.garbage.push({ incarnation: current, policy: policyOf(current, true) });
          resource.current = undefined;
        }
        settle(resource);
      },
    },
  );
}

const isChanged = (resource: ResourceRecord): boolean =>
  resource.stable !== undefined &&
  (resource.touched !== undefined ||
    resource.current?.key !== resource.stable.key ||
    resource.status === 'UPDATE_FAILED' ||
    resource.status === 'UPDATE_IN_PROGRESS');

async function revert(
  run: Run,
  resource: ResourceRecord,
  stable: Incarnation,
  skipped: boolean,
): Promise<Outcome> {
  const provider = providerOf(stable.type);
  const superseded = resource.current;
  run.step(resource, { status: 'UPDATE_IN_PROGRESS', physicalId: stable.physicalId });
  let attributes = stable.attributes;
  if (resource.touched !== undefined && !skipped) {
    await run.wait(startDelay, false);
    try {
      const change = {
        physicalId: stable.physicalId,
        attributes,
        before: resource.touched,
        after: stable.properties,
      };
      attributes = (await provider.update?.(change, run.context(resource))) ?? attributes;
    } catch (error) {
      run.step(resource, {
        status: 'UPDATE_FAILED',
        reason: reasonOf(error, provider),
        physicalId: stable.physicalId,
      });
      return 'failed';
    }
    await run.wait(Math.max(0, durationsOf(stable.type).update - startDelay), false);
  }
  run.step(resource, { status: 'UPDATE_COMPLETE', physicalId: stable.physicalId }, () => {
    if (superseded !== undefined && superseded.key !== stable.key) {
      resource.garbage.push({ incarnation: superseded, policy: 'delete' });
    }
    resource.current = { ...stable, attributes };
    resource.stable = resource.current;
    resource.touched = undefined;
  });
  return 'done';
}
