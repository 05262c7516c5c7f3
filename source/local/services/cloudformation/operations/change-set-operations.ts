import { randomUUID } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-cloudformation';
import { type Operation, ServiceError } from '../../../backend.ts';
import { changeSetDelay } from '../durations.ts';
import { beginOperation } from '../engine/begin.ts';
import { planChanges } from '../engine/changes.ts';
import type { Environment } from '../engine/run.ts';
import { changeSetNotFound, validationError } from '../errors.ts';
import { setStackStatus } from '../events.ts';
import type { ChangeSetRecord, StackRecord } from '../state.ts';
import type { Store } from '../store.ts';
import { shownParameters } from './describe-stacks.ts';
import { checkStackName, definitionFrom, findStack, page } from './requests.ts';
import { newStack, onFailureOf, requireUpdatable } from './stack-operations.ts';

const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

export const createChangeSet =
  (environment: Environment): Operation<Sdk.CreateChangeSetCommandInput, Sdk.CreateChangeSetCommandOutput> =>
  async (input) => {
    const { store, backend } = environment;
    const { ChangeSetName: name = '', ChangeSetType: type = 'UPDATE' } = input;
    if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
      throw validationError(
        `1 validation error detected: Value '${name}' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
      );
    }
    if (type !== 'CREATE' && type !== 'UPDATE') {
      throw validationError(`Change sets of type ${type} are not available in the embedded AWS`);
    }
    checkTarget(store, input.StackName, type, name);
    const { definition } = await definitionFrom(environment, input, findStack(store, input.StackName));
    // Another request may have come while the template was fetched.
    const existing = checkTarget(store, input.StackName, type, name);
    const stack = existing ?? newStack(environment, input.StackName ?? '');
    const id = `arn:aws:cloudformation:${backend.region}:${backend.accountId}:changeSet/${name}/${randomUUID()}`;
    store.transaction(() => {
      if (existing === undefined) {
        setStackStatus(store, stack, 'REVIEW_IN_PROGRESS', 'User Initiated', backend.now());
      }
      store.putChangeSet({
        id,
        name,
        stackId: stack.id,
        stackName: stack.name,
        type,
        description: input.Description,
        createdAt: backend.now(),
        status: 'CREATE_PENDING',
        reason: undefined,
        executionStatus: 'UNAVAILABLE',
        definition,
        changes: [],
        onStackFailure: input.OnStackFailure,
      });
    });
    void computeChangeSet(environment, id);
    return { Id: id, StackId: stack.id };
  };

/** Works out in the background what a change set would do; also for those that a killed process left pending. */
export async function computeChangeSet(environment: Environment, id: string): Promise<void> {
  const { store, backend, stopping } = environment;
  const write = (change: Partial<ChangeSetRecord>): void => {
    const record = store.changeSetById(id);
    if (record !== undefined) store.putChangeSet({ ...record, ...change });
  };
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (stopping.aborted) return;
  write({ status: 'CREATE_IN_PROGRESS' });
  await backend.pace(changeSetDelay);
  if (stopping.aborted) return;
  const record = store.changeSetById(id);
  const stack = record && store.stackById(record.stackId);
  if (record === undefined || stack === undefined) return;
  try {
    const { changes, different } = planChanges(environment, stack, record.definition);
    if (record.type === 'UPDATE' && !different) write({ status: 'FAILED', reason: noChanges });
    else write({ status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE', changes });
  } catch (error) {
    write({ status: 'FAILED', reason: error instanceof Error ? error.message : String(error) });
  }
}

function checkTarget(
  store: Store,
  stackName: string | undefined,
  type: 'CREATE' | 'UPDATE',
  changeSetName: string,
): StackRecord | undefined {
  const stack = findStack(store, stackName);
  if (type === 'UPDATE') {
    if (stack === undefined || stack.deletedAt !== undefined) {
      throw validationError(`Stack [${stackName}] does not exist`);
    }
    requireUpdatable(stack);
  } else if (stack === undefined) {
    checkStackName(stackName);
  } else if (stack.status !== 'REVIEW_IN_PROGRESS') {
    throw validationError(
      `Stack [${stack.name}] already exists and cannot be created again with the changeSet [${changeSetName}].`,
    );
  }
  if (
    stack !== undefined &&
    store.changeSets(stack.id).some((changeSet) => changeSet.name === changeSetName)
  ) {
    throw new ServiceError('AlreadyExistsException', `ChangeSet ${changeSetName} already exists`);
  }
  return stack;
}

/** @throws ServiceError `ChangeSetNotFoundException`. */
export function requireChangeSet(
  store: Store,
  name: string | undefined,
  stackName: string | undefined,
): ChangeSetRecord {
  if (name?.startsWith('arn:')) {
    const byId = store.changeSetById(name);
    if (byId === undefined) throw changeSetNotFound(name);
    return byId;
  }
  if (stackName === undefined)
    throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
  const stack = findStack(store, stackName);
  if (stack === undefined) throw validationError(`Stack [${stackName}] does not exist`);
  const found = store.changeSets(stack.id).find((changeSet) => changeSet.name === name);
  if (found === undefined) throw changeSetNotFound(name ?? '');
  return found;
}

export const describeChangeSet =
  ({
    store,
  }: Environment): Operation<Sdk.DescribeChangeSetCommandInput, Sdk.DescribeChangeSetCommandOutput> =>
  (input) => {
    const record = requireChangeSet(store, input.ChangeSetName, input.StackName);
    const { items, next } = page(record.changes, input.NextToken, 100);
    return {
      ChangeSetName: record.name,
      ChangeSetId: record.id,
      StackId: record.stackId,
      StackName: record.stackName,
      Description: record.description,
      Parameters: shownParameters(store, record.definition),
      CreationTime: new Date(record.createdAt),
      ExecutionStatus: record.executionStatus,
      Status: record.status,
      StatusReason: record.reason,
      NotificationARNs: record.definition.notificationArns,
      RollbackConfiguration: {},
      Capabilities: record.definition.capabilities,
      Tags: record.definition.tags,
      Changes: items,
      NextToken: next,
      IncludeNestedStacks: false,
      OnStackFailure: record.onStackFailure,
    };
  };

export const executeChangeSet =
  (
    environment: Environment,
  ): Operation<Sdk.ExecuteChangeSetCommandInput, Sdk.ExecuteChangeSetCommandOutput> =>
  (input) => {
    const { store } = environment;
    const record = requireChangeSet(store, input.ChangeSetName, input.StackName);
    const stack = store.stackById(record.stackId);
    if (record.executionStatus !== 'AVAILABLE' || stack === undefined) {
      const status = record.status === 'CREATE_COMPLETE' ? record.executionStatus : record.status;
      throw new ServiceError(
        'InvalidChangeSetStatusException',
        `ChangeSet [${record.id}] cannot be executed in its current status of [${status}]`,
      );
    }
    if (record.type === 'UPDATE') requireUpdatable(stack);
    store.transaction(() => {
      // The others were worked out against a stack that is no more.
      for (const other of store.changeSets(stack.id)) {
        if (other.id !== record.id) store.removeChangeSet(other.id);
      }
      store.putChangeSet({ ...record, executionStatus: 'EXECUTE_IN_PROGRESS' });
      const disabled = input.DisableRollback || record.onStackFailure === 'DO_NOTHING';
      beginOperation(environment, stack, {
        type: record.type === 'CREATE' ? 'create' : 'update',
        definition: record.definition,
        onFailure: onFailureOf(record.onStackFailure, disabled),
        clientRequestToken: input.ClientRequestToken,
        change(changed) {
          changed.changeSetId = record.id;
        },
      });
    });
    return {};
  };

export const deleteChangeSet =
  ({ store }: Environment): Operation<Sdk.DeleteChangeSetCommandInput, Sdk.DeleteChangeSetCommandOutput> =>
  (input) => {
    let record: ChangeSetRecord;
    try {
      record = requireChangeSet(store, input.ChangeSetName, input.StackName);
    } catch (error) {
      // A change set that is not there is as good as deleted.
      if (error instanceof ServiceError && error.code === 'ChangeSetNotFoundException') return {};
      throw error;
    }
    if (record.executionStatus === 'EXECUTE_IN_PROGRESS') {
      throw new ServiceError(
        'InvalidChangeSetStatusException',
        `ChangeSet [${record.id}] cannot be deleted in its current status of [EXECUTE_IN_PROGRESS]`,
      );
    }
    store.removeChangeSet(record.id);
    return {};
  };

export const listChangeSets =
  ({ store }: Environment): Operation<Sdk.ListChangeSetsCommandInput, Sdk.ListChangeSetsCommandOutput> =>
  (input) => {
    const stack = findStack(store, input.StackName);
    if (stack === undefined) throw validationError(`Stack [${input.StackName}] does not exist`);
    const { items, next } = page(store.changeSets(stack.id), input.NextToken, 100);
    return {
      Summaries: items.map((record) => ({
        StackId: record.stackId,
        StackName: record.stackName,
        ChangeSetId: record.id,
        ChangeSetName: record.name,
        ExecutionStatus: record.executionStatus,
        Status: record.status,
        StatusReason: record.reason,
        CreationTime: new Date(record.createdAt),
        Description: record.description,
        IncludeNestedStacks: false,
      })),
      NextToken: next,
    };
  };
