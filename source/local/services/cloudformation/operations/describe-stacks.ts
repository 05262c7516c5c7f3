import type * as Sdk from '@aws-sdk/client-cloudformation';
import type { Operation } from '../../../backend.ts';
import { exportsOf } from '../engine/plan.ts';
import type { Environment } from '../engine/run.ts';
import type { StackDefinition, StackRecord } from '../state.ts';
import type { Store } from '../store.ts';
import { parseTemplate } from '../template/parse-template.ts';
import { page, requireStack } from './requests.ts';

/** Parameters as they may be shown: values of `NoEcho` ones as stars. */
export function shownParameters(store: Store, definition: StackDefinition): Sdk.Parameter[] {
  const entries = Object.entries(definition.parameters);
  if (entries.length === 0) return [];
  const { parameters } = parseTemplate(store.template(definition.template));
  return entries.map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: parameters.get(ParameterKey)?.noEcho ? '****' : value,
  }));
}

const date = (time: number | undefined) => (time === undefined ? undefined : new Date(time));

function shownStack(store: Store, stack: StackRecord): Sdk.Stack {
  const { definition } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: stack.description,
    Parameters: definition && shownParameters(store, definition),
    CreationTime: new Date(stack.createdAt),
    DeletionTime: date(stack.deletedAt),
    LastUpdatedTime: date(stack.updatedAt),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: definition?.notificationArns ?? [],
    TimeoutInMinutes: stack.timeoutInMinutes,
    Capabilities: definition?.capabilities ?? [],
    Outputs: stack.outputs,
    RoleARN: definition?.roleArn,
    Tags: definition?.tags ?? [],
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
    LastOperations: lastOperations(stack),
  };
}

const lastOperations = (stack: StackRecord): Sdk.OperationEntry[] =>
  stack.lastOperations.map(({ type, id }) => ({ OperationType: type, OperationId: id }));

export const describeStacks =
  ({ store }: Environment): Operation<Sdk.DescribeStacksCommandInput, Sdk.DescribeStacksCommandOutput> =>
  (input) => {
    if (input.StackName) return { Stacks: [shownStack(store, requireStack(store, input.StackName))] };
    const present = store.stacks().filter((stack) => stack.deletedAt === undefined);
    const { items, next } = page(present, input.NextToken, 100);
    return { Stacks: items.map((stack) => shownStack(store, stack)), NextToken: next };
  };

export const listStacks =
  ({ store }: Environment): Operation<Sdk.ListStacksCommandInput, Sdk.ListStacksCommandOutput> =>
  (input) => {
    const filter = input.StackStatusFilter ?? [];
    const wanted = store.stacks().filter((stack) => filter.length === 0 || filter.includes(stack.status));
    const { items, next } = page(wanted, input.NextToken, 100);
    return {
      StackSummaries: items.map((stack) => ({
        StackId: stack.id,
        StackName: stack.name,
        TemplateDescription: stack.description,
        CreationTime: new Date(stack.createdAt),
        LastUpdatedTime: date(stack.updatedAt),
        DeletionTime: date(stack.deletedAt),
        StackStatus: stack.status,
        StackStatusReason: stack.reason,
        DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
        LastOperations: lastOperations(stack),
      })),
      NextToken: next,
    };
  };

export const listExports =
  ({ store }: Environment): Operation<Sdk.ListExportsCommandInput, Sdk.ListExportsCommandOutput> =>
  (input) => {
    const { items, next } = page(exportsOf(store), input.NextToken, 100);
    return {
      Exports: items.map(({ name, value, stackId }) => ({
        Name: name,
        Value: value,
        ExportingStackId: stackId,
      })),
      NextToken: next,
    };
  };
