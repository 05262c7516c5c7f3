import { randomUUID } from 'node:crypto';
import type { StackStatus } from '@aws-sdk/client-cloudformation';
import { setStackStatus } from '../events.ts';
import type { OperationRecord, StackDefinition, StackRecord } from '../state.ts';
import { parseTemplate } from '../template/parse-template.ts';
import { startOperation } from './drive.ts';
import type { Environment } from './run.ts';

export type Beginning = {
  type: 'create' | 'update' | 'delete';
  definition?: StackDefinition;
  onFailure?: OperationRecord['onFailure'];
  except?: string[];
  force?: boolean;
  clientRequestToken?: string | undefined;
  reason?: string;
  change?(stack: StackRecord): void;
};

const firstStatus: Record<Beginning['type'], StackStatus> = {
  create: 'CREATE_IN_PROGRESS',
  update: 'UPDATE_IN_PROGRESS',
  delete: 'DELETE_IN_PROGRESS',
};

/**
 * Writes down what is about to be done, in one transaction, and starts doing it.
 * @returns the operation's id.
 */
export function beginOperation(environment: Environment, stack: StackRecord, beginning: Beginning): string {
  const { store, backend, runs } = environment;
  const { type, definition, reason = 'User Initiated' } = beginning;
  const id = randomUUID();
  store.transaction(() => {
    const unfinished = stack.operation;
    stack.operation = {
      id,
      type,
      phase: type === 'delete' ? 'delete' : 'forward',
      previous: unfinished === undefined ? previousOf(stack, type) : unfinished.previous,
      onFailure: beginning.onFailure ?? 'rollback',
      except: beginning.except ?? [],
      force: beginning.force ?? false,
      clientRequestToken: beginning.clientRequestToken,
    };
    stack.lastOperations = [{ type: operationTypes[type], id }];
    if (definition !== undefined) {
      stack.definition = definition;
      stack.description = parseTemplate(store.template(definition.template)).description;
    }
    if (type === 'update') stack.updatedAt = backend.now();
    stack.disableRollback = beginning.onFailure === 'nothing';
    beginning.change?.(stack);
    if (unfinished === undefined) markStable(environment, stack, type);
    setStackStatus(store, stack, firstStatus[type], reason, backend.now());
  });
  // A delete that interrupts a create goes on in the run that is there.
  if (!runs.has(stack.id)) startOperation(environment, stack.id);
  return id;
}

const operationTypes = { create: 'CREATE_STACK', update: 'UPDATE_STACK', delete: 'DELETE_STACK' } as const;

function previousOf(stack: StackRecord, type: Beginning['type']): OperationRecord['previous'] {
  if (type !== 'update' || stack.definition === undefined) return undefined;
  return { definition: stack.definition, description: stack.description, outputs: stack.outputs };
}

/** What the resources are now is what a rollback goes back to. */
function markStable({ store }: Environment, stack: StackRecord, type: Beginning['type']): void {
  if (type !== 'update') return;
  for (const resource of store.resources(stack.id)) {
    resource.stable = resource.current;
    store.putResource(resource);
  }
}
