import type { StackStatus } from '@aws-sdk/client-cloudformation';
import { setStackStatus } from '../events.ts';
import type { OperationRecord, ResourceRecord, StackRecord } from '../state.ts';
import type { Environment, Run } from './run.ts';

/**
 * Ends one phase and begins the next in one transaction: the status, the event, the phase, and what becomes
 * of the resources. A process killed before or after it finds one of the two, never half of it.
 */
export function enterPhase(
  environment: Environment,
  run: Run,
  phase: OperationRecord['phase'],
  status: StackStatus,
  reason: string | undefined,
  change: { stack?(stack: StackRecord): void; resource?(resource: ResourceRecord): void } = {},
): void {
  const { store, backend } = environment;
  store.transaction(() => {
    const stack = run.stack();
    if (stack.operation === undefined) throw new Error(`No operation is underway in ${run.stackId}`);
    stack.operation.phase = phase;
    change.stack?.(stack);
    if (change.resource !== undefined) {
      for (const resource of run.resources.values()) {
        change.resource(resource);
        store.putResource(resource);
      }
    }
    setStackStatus(store, stack, status, reason, backend.now());
  });
}

/** The stack has nothing underway any more. */
export function endOperation(
  environment: Environment,
  run: Run,
  status: StackStatus,
  change: (stack: StackRecord) => void = () => {},
): void {
  const { store, backend } = environment;
  store.transaction(() => {
    const stack = run.stack();
    change(stack);
    // The last event still belongs to the operation; only then is the stack free for another.
    setStackStatus(store, stack, status, undefined, backend.now());
    stack.operation = undefined;
    store.putStack(stack);
    for (const resource of run.resources.values()) {
      settle(resource);
      store.putResource(resource);
    }
  });
}

/** The operation stops in a state that waits for a decision: what it knows stays. */
export function pauseOperation(
  environment: Environment,
  run: Run,
  status: StackStatus,
  reason: string,
): void {
  setStackStatus(environment.store, run.stack(), status, reason, environment.backend.now());
}

/** What the logical id stands for now is what it stands for; there is no way back. */
export function settle(resource: ResourceRecord): void {
  resource.stable = undefined;
  resource.touched = undefined;
  resource.intent = undefined;
}

/** 'The following resource(s) failed to create: [A, B]. ', in the order of the template. */
export function failedResources(verb: 'create' | 'update' | 'delete', logicalIds: readonly string[]): string {
  return logicalIds.length === 0
    ? ''
    : `The following resource(s) failed to ${verb}: [${logicalIds.join(', ')}]. `;
}
