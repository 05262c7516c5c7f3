import { stackDelay } from '../durations.ts';
import type { ResourceRecord } from '../state.ts';
import { policyOf, removeGarbage } from './removal.ts';
import type { Environment, Run } from './run.ts';
import { endOperation, failedResources, pauseOperation, settle } from './transitions.ts';

/** The end of an update or of its rollback: what is no longer needed goes. */
export async function cleanUp(environment: Environment, run: Run): Promise<void> {
  deleteNeverMade(run);
  await removeGarbage(run, true);
  for (const resource of [...run.resources.values()]) {
    if (resource.current === undefined) run.forget(resource);
  }
  await run.wait(stackDelay.last, false);
  const { phase } = run.operation();
  endOperation(environment, run, phase === 'cleanup' ? 'UPDATE_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE');
}

/** Deletes all that the stack has: because that was asked for, or because its creation failed. */
export async function deleteAll(environment: Environment, run: Run): Promise<void> {
  const operation = run.operation();
  const { store } = environment;
  store.transaction(() => {
    for (const resource of run.resources.values()) {
      discard(resource, operation.except, operation.type === 'create');
      store.putResource(resource);
    }
  });
  await run.wait(stackDelay.first, false);
  deleteNeverMade(run);
  const failed = await removeGarbage(run, operation.force);
  // Asked for again: a delete may have come while the rollback of a create was underway.
  const { type, onFailure } = run.operation();
  const isRollback = type !== 'delete' && onFailure !== 'delete';
  if (failed.length > 0) {
    const status = isRollback ? 'ROLLBACK_FAILED' : 'DELETE_FAILED';
    return pauseOperation(environment, run, status, failedResources('delete', failed));
  }
  await run.wait(stackDelay.last, false);
  if (isRollback) return endOperation(environment, run, 'ROLLBACK_COMPLETE');
  endOperation(environment, run, 'DELETE_COMPLETE', (stack) => {
    stack.deletedAt = environment.backend.now();
  });
}

function discard(resource: ResourceRecord, except: readonly string[], isNew: boolean): void {
  for (const incarnation of [resource.current, resource.stable]) {
    if (incarnation === undefined) continue;
    if (resource.garbage.some((item) => item.incarnation.key === incarnation.key)) continue;
    resource.garbage.push({ incarnation, policy: policyOf(incarnation, isNew) });
  }
  if (except.includes(resource.logicalId)) {
    for (const item of resource.garbage) item.policy = 'retain';
  }
  resource.current = undefined;
  settle(resource);
}

/** A resource whose creation failed before there was anything ends as deleted, without a deletion. */
function deleteNeverMade(run: Run): void {
  for (const resource of run.resources.values()) {
    if (resource.current !== undefined || resource.garbage.length > 0 || resource.status === undefined)
      continue;
    if (!resource.status.startsWith('DELETE_')) run.step(resource, { status: 'DELETE_COMPLETE' });
  }
}
