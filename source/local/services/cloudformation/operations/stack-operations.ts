import { randomUUID } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-cloudformation';
import { type Operation, ServiceError } from '../../../backend.ts';
import { beginOperation } from '../engine/begin.ts';
import { planChanges } from '../engine/changes.ts';
import { startOperation } from '../engine/drive.ts';
import { importersOf } from '../engine/exports.ts';
import { turnBack } from '../engine/rollback.ts';
import { createRun, type Environment } from '../engine/run.ts';
import { validationError } from '../errors.ts';
import { setStackStatus } from '../events.ts';
import type { StackRecord } from '../state.ts';
import { checkStackName, definitionFrom, findStack, requireStack } from './requests.ts';

/** A record for a stack that is to be; it is not written yet. */
export function newStack({ backend }: Environment, name: string): StackRecord {
  return {
    id: `arn:aws:cloudformation:${backend.region}:${backend.accountId}:stack/${name}/${randomUUID()}`,
    name,
    status: 'REVIEW_IN_PROGRESS',
    reason: undefined,
    description: undefined,
    createdAt: backend.now(),
    updatedAt: undefined,
    deletedAt: undefined,
    definition: undefined,
    outputs: [],
    imports: [],
    disableRollback: false,
    terminationProtection: false,
    timeoutInMinutes: undefined,
    changeSetId: undefined,
    operation: undefined,
    lastOperations: [],
  };
}

const updatable = new Set([
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
]);

/** @throws ServiceError `ValidationError` where the stack's state allows no update. */
export function requireUpdatable(stack: StackRecord): void {
  if (!updatable.has(stack.status)) {
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  }
}

export const createStack =
  (environment: Environment): Operation<Sdk.CreateStackCommandInput, Sdk.CreateStackCommandOutput> =>
  async (input) => {
    const { store } = environment;
    checkStackName(input.StackName);
    const refuseExisting = () => {
      if (findStack(store, input.StackName) !== undefined) {
        throw new ServiceError('AlreadyExistsException', `Stack [${input.StackName}] already exists`);
      }
    };
    refuseExisting();
    const { definition } = await definitionFrom(environment, input, undefined);
    refuseExisting();
    const stack = newStack(environment, input.StackName);
    stack.terminationProtection = input.EnableTerminationProtection ?? false;
    stack.timeoutInMinutes = input.TimeoutInMinutes;
    const OperationId = beginOperation(environment, stack, {
      type: 'create',
      definition,
      onFailure: onFailureOf(input.OnFailure, input.DisableRollback),
      clientRequestToken: input.ClientRequestToken,
    });
    return { StackId: stack.id, OperationId };
  };

export const onFailureOf = (onFailure: string | undefined, disableRollback: boolean | undefined) =>
  disableRollback || onFailure === 'DO_NOTHING' ? 'nothing' : onFailure === 'DELETE' ? 'delete' : 'rollback';

export const updateStack =
  (environment: Environment): Operation<Sdk.UpdateStackCommandInput, Sdk.UpdateStackCommandOutput> =>
  async (input) => {
    const { store } = environment;
    requireUpdatable(requireStack(store, input.StackName));
    const { definition } = await definitionFrom(environment, input, requireStack(store, input.StackName));
    const stack = requireStack(store, input.StackName);
    requireUpdatable(stack);
    if (!planChanges(environment, stack, definition).different) {
      throw validationError('No updates are to be performed.');
    }
    const OperationId = beginOperation(environment, stack, {
      type: 'update',
      definition,
      onFailure: onFailureOf(undefined, input.DisableRollback),
      clientRequestToken: input.ClientRequestToken,
    });
    return { StackId: stack.id, OperationId };
  };

const undeletable = new Set([
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
]);

export const deleteStack =
  (environment: Environment): Operation<Sdk.DeleteStackCommandInput, Sdk.DeleteStackCommandOutput> =>
  async (input) => {
    const { store, backend, runs } = environment;
    const stack = findStack(store, input.StackName);
    if (stack === undefined || stack.deletedAt !== undefined || stack.status === 'DELETE_IN_PROGRESS')
      return {};
    if (stack.terminationProtection) {
      throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
    }
    if (undeletable.has(stack.status)) {
      throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be deleted.`);
    }
    const except = input.RetainResources ?? [];
    if (except.length > 0 && stack.status !== 'DELETE_FAILED') {
      throw validationError(
        `Invalid operation on stack [${stack.id}]. RetainResources can only be specified when the stack is in the DELETE_FAILED state.`,
      );
    }
    for (const output of stack.outputs) {
      const importers = output.ExportName === undefined ? [] : importersOf(store, output.ExportName);
      if (importers.length === 0) continue;
      const { status } = stack;
      setStackStatus(store, stack, 'DELETE_IN_PROGRESS', 'User Initiated', backend.now());
      const reason = `Delete canceled. Cannot delete export ${output.ExportName} as it is in use by ${importers.join(', ')}.`;
      setStackStatus(store, stack, status, reason, backend.now());
      return {};
    }
    const run = runs.get(stack.id);
    beginOperation(environment, stack, {
      type: 'delete',
      except,
      force: input.DeletionMode === 'FORCE_DELETE_STACK',
      clientRequestToken: input.ClientRequestToken,
    });
    for (const changeSet of store.changeSets(stack.id)) store.removeChangeSet(changeSet.id);
    if (run !== undefined) {
      run.interruption = 'delete';
      run.halt.abort();
    }
    return {};
  };

export const cancelUpdateStack =
  (
    environment: Environment,
  ): Operation<Sdk.CancelUpdateStackCommandInput, Sdk.CancelUpdateStackCommandOutput> =>
  (input) => {
    const stack = requireStack(environment.store, input.StackName);
    const run = environment.runs.get(stack.id);
    if (stack.status !== 'UPDATE_IN_PROGRESS' || run === undefined) {
      throw validationError('CancelUpdateStack cannot be called from current stack status');
    }
    run.interruption ??= 'cancel';
    run.halt.abort();
    return {};
  };

export const continueUpdateRollback =
  (
    environment: Environment,
  ): Operation<Sdk.ContinueUpdateRollbackCommandInput, Sdk.ContinueUpdateRollbackCommandOutput> =>
  (input) => {
    const { store, backend } = environment;
    const stack = requireStack(store, input.StackName);
    if (stack.status !== 'UPDATE_ROLLBACK_FAILED' || stack.operation === undefined) {
      throw validationError(
        `Stack:${stack.id} is in ${stack.status} state and can not continue rollback. Only stacks in the UPDATE_ROLLBACK_FAILED state can.`,
      );
    }
    const skip = input.ResourcesToSkip ?? [];
    const failed = store.resources(stack.id).filter((resource) => resource.status === 'UPDATE_FAILED');
    const wrong = skip.filter((id) => !failed.some((resource) => resource.logicalId === id));
    if (wrong.length > 0) {
      throw validationError(
        `Invalid ResourcesToSkip: [${wrong.join(', ')}] are not in the UPDATE_FAILED state`,
      );
    }
    stack.operation.id = randomUUID();
    stack.operation.except = skip;
    stack.operation.clientRequestToken = input.ClientRequestToken;
    stack.lastOperations = [{ type: 'CONTINUE_ROLLBACK', id: stack.operation.id }];
    setStackStatus(store, stack, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated', backend.now());
    startOperation(environment, stack.id);
    return { OperationId: stack.operation.id };
  };

export const rollbackStack =
  (environment: Environment): Operation<Sdk.RollbackStackCommandInput, Sdk.RollbackStackCommandOutput> =>
  (input) => {
    const { store } = environment;
    const stack = requireStack(store, input.StackName);
    if (!['CREATE_FAILED', 'UPDATE_FAILED'].includes(stack.status) || stack.operation === undefined) {
      throw validationError(
        `Stack [${stack.name}] is in ${stack.status} state and can not be rolled back. Rollback is only possible from CREATE_FAILED or UPDATE_FAILED.`,
      );
    }
    stack.operation.id = randomUUID();
    stack.operation.onFailure = 'rollback';
    stack.operation.clientRequestToken = input.ClientRequestToken;
    stack.lastOperations = [{ type: 'ROLLBACK', id: stack.operation.id }];
    store.putStack(stack);
    turnBack(environment, createRun(environment, stack.id), 'User Initiated');
    startOperation(environment, stack.id);
    return { StackId: stack.id, OperationId: stack.operation.id };
  };

export const updateTerminationProtection =
  ({
    store,
  }: Environment): Operation<
    Sdk.UpdateTerminationProtectionCommandInput,
    Sdk.UpdateTerminationProtectionCommandOutput
  > =>
  (input) => {
    const stack = requireStack(store, input.StackName);
    stack.terminationProtection = input.EnableTerminationProtection ?? false;
    store.putStack(stack);
    return { StackId: stack.id };
  };
