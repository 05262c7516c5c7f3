import type * as Sdk from '@aws-sdk/client-cloudformation';
import type { Operation } from '../../../backend.ts';
import type { Environment } from '../engine/run.ts';
import { validationError } from '../errors.ts';
import type { EventRecord } from '../state.ts';
import { requireChangeSet } from './change-set-operations.ts';
import { requireStack } from './requests.ts';

const pageSize = 100;

/** The token is the sequence number of the last event given, so that new events do not shift the pages. */
function before(token: string | undefined): number {
  const sequence = token === undefined ? Number.MAX_SAFE_INTEGER : Number(token);
  if (!Number.isSafeInteger(sequence)) throw validationError('Invalid NextToken');
  return sequence;
}

export const describeStackEvents =
  ({
    store,
  }: Environment): Operation<Sdk.DescribeStackEventsCommandInput, Sdk.DescribeStackEventsCommandOutput> =>
  (input) => {
    const stack = requireStack(store, input.StackName);
    const rows = store.events({ stackId: stack.id }, before(input.NextToken), pageSize + 1);
    const shown = rows.slice(0, pageSize);
    return {
      StackEvents: shown.map(({ event }) => ({
        StackId: event.stackId,
        EventId: event.eventId,
        StackName: event.stackName,
        OperationId: event.operationId,
        LogicalResourceId: event.logicalId,
        PhysicalResourceId: event.physicalId,
        ResourceType: event.type,
        Timestamp: new Date(event.timestamp),
        ResourceStatus: event.status as Sdk.ResourceStatus,
        ResourceStatusReason: event.reason,
        ResourceProperties: event.properties,
        ClientRequestToken: event.clientRequestToken,
      })),
      NextToken: rows.length > pageSize ? String(shown.at(-1)?.sequence) : undefined,
    };
  };

export const describeEvents =
  ({ store }: Environment): Operation<Sdk.DescribeEventsCommandInput, Sdk.DescribeEventsCommandOutput> =>
  (input) => {
    const onlyFailed = input.Filters?.FailedEvents ?? false;
    const of = subject(store, input);
    const wanted: { sequence: number; event: EventRecord }[] = [];
    for (let from = before(input.NextToken); wanted.length <= pageSize; ) {
      const rows = store.events(of, from, pageSize + 1);
      wanted.push(...rows.filter(({ event }) => !onlyFailed || event.status.endsWith('_FAILED')));
      const last = rows.at(-1);
      if (last === undefined || rows.length <= pageSize) break;
      from = last.sequence;
    }
    const shown = wanted.slice(0, pageSize);
    return {
      OperationEvents: shown.map(({ event }) => operationEvent(event)),
      NextToken: wanted.length > pageSize ? String(shown.at(-1)?.sequence) : undefined,
    };
  };

function subject(store: Environment['store'], input: Sdk.DescribeEventsCommandInput) {
  if (input.OperationId !== undefined) return { operationId: input.OperationId };
  if (input.ChangeSetName !== undefined) {
    return { stackId: requireChangeSet(store, input.ChangeSetName, input.StackName).stackId };
  }
  return { stackId: requireStack(store, input.StackName).id };
}

function operationEvent(event: EventRecord): Sdk.OperationEvent {
  const failed = event.status.endsWith('_FAILED');
  return {
    EventId: event.eventId,
    StackId: event.stackId,
    OperationId: event.operationId,
    EventType: failed && event.logicalId !== event.stackName ? 'PROVISIONING_ERROR' : 'STACK_EVENT',
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.timestamp),
    ResourceStatus: event.status as Sdk.ResourceStatus,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
    ClientRequestToken: event.clientRequestToken,
  };
}
