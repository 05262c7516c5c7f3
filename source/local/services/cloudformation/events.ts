import { randomUUID } from 'node:crypto';
import type { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation';
import type { StackRecord } from './state.ts';
import type { Store } from './store.ts';

export type ResourceEvent = {
  logicalId: string;
  type: string;
  physicalId: string;
  status: ResourceStatus;
  reason?: string | undefined;
  properties?: Record<string, unknown> | undefined;
};

export const stackType = 'AWS::CloudFormation::Stack';

/** Times of one stack's events strictly ascend, across restarts too: two events may come in one millisecond. */
function nextTimestamp(store: Store, stackId: string, now: number): number {
  return Math.max(now, store.lastTimestamp(stackId) + 1);
}

/** Records what happened to a resource, and gives the time it was recorded with. */
export function recordResourceEvent(
  store: Store,
  stack: StackRecord,
  event: ResourceEvent,
  now: number,
): number {
  const timestamp = nextTimestamp(store, stack.id, now);
  store.putEvent({
    eventId: `${event.logicalId}-${event.status}-${new Date(timestamp).toISOString()}`,
    stackId: stack.id,
    stackName: stack.name,
    operationId: stack.operation?.id,
    logicalId: event.logicalId,
    physicalId: event.physicalId,
    type: event.type,
    timestamp,
    status: event.status,
    reason: event.reason,
    properties: event.properties === undefined ? undefined : JSON.stringify(event.properties),
    clientRequestToken: stack.operation?.clientRequestToken,
  });
  return timestamp;
}

/** Gives the stack a status, writes both the stack and the event. `stack` itself is changed. */
export function setStackStatus(
  store: Store,
  stack: StackRecord,
  status: StackStatus,
  reason: string | undefined,
  now: number,
): void {
  stack.status = status;
  stack.reason = reason;
  store.transaction(() => {
    store.putEvent({
      eventId: randomUUID(),
      stackId: stack.id,
      stackName: stack.name,
      operationId: stack.operation?.id,
      logicalId: stack.name,
      physicalId: stack.id,
      type: stackType,
      timestamp: nextTimestamp(store, stack.id, now),
      status,
      reason,
      properties: undefined,
      clientRequestToken: stack.operation?.clientRequestToken,
    });
    store.putStack(stack);
  });
}
