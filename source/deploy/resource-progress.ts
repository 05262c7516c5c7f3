import type { PlannedChange, StackEvent } from './deploy-event.ts';
import type { Progress, ResourceState } from './deploy-state.ts';

/** What the stack as a whole is doing, which decides what an event of one of its resources means. */
export type StackPhase = 'forward' | 'cleanup' | 'rollback' | 'rollback-cleanup' | 'delete';

/** From CloudFormation's word for the stack. An ended stack counts to what it did last, for events that come late. */
export function stackPhaseOf(status: string): StackPhase {
  if (status.includes('ROLLBACK_COMPLETE_CLEANUP')) return 'rollback-cleanup';
  if (status === 'UPDATE_ROLLBACK_COMPLETE') return 'rollback-cleanup';
  if (status.includes('ROLLBACK')) return 'rollback';
  if (status.startsWith('DELETE_')) return 'delete';
  if (status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' || status === 'UPDATE_COMPLETE') return 'cleanup';
  return 'forward';
}

/** CloudFormation's way of saying that it stopped a resource because another one failed or the user cancelled. */
export function isCancelled(status: string, reason: string | undefined): boolean {
  return (
    status.endsWith('_FAILED') && /^Resource (creation|update|deletion|import) cancell?ed/i.test(reason ?? '')
  );
}

/** The event of the stack about itself; it is neither a resource nor counted. */
export function isStackItself(event: StackEvent): boolean {
  return (
    event.resourceType === 'AWS::CloudFormation::Stack' &&
    (event.physicalId === event.stackId ||
      (event.physicalId === undefined && event.logicalId === event.stackName))
  );
}

/**
 * A resource that the plan names and that nothing has happened to yet; save at a provider, where it is made before and
 * goes after the stack.
 */
export function plannedResource(change: PlannedChange): ResourceState {
  return {
    logicalId: change.logicalId,
    resourceType: change.resourceType,
    action: change.action,
    progress: change.provider !== undefined && change.action !== 'remove' ? 'done' : 'waiting',
    provisional: false,
    ...(change.provider !== undefined && { provider: change.provider }),
    ...(change.physicalId !== undefined && { physicalId: change.physicalId }),
    ...(change.resource !== undefined && { resource: change.resource }),
  };
}

/**
 * The state of one resource after one of its events.
 *
 * - A second `CREATE_IN_PROGRESS` (it brings the physical id; nested stacks send it twice) does not restart the timer.
 * - What a replacement leaves behind is deleted under the same logical id: that is kept apart in `cleanup`.
 * - `DELETE_FAILED` while a stack cleans up is provisional: CloudFormation tries again and then goes on without it.
 * - An event older than the one that finished the resource, which a late read can bring, changes nothing.
 */
export function reduceResource(
  before: ResourceState | undefined,
  event: StackEvent,
  phase: StackPhase,
): ResourceState {
  const current: ResourceState = before ?? {
    logicalId: event.logicalId,
    resourceType: event.resourceType,
    progress: 'waiting',
    provisional: false,
    ...(event.resource !== undefined && { resource: event.resource }),
  };
  if (current.finishedAt !== undefined && event.timestamp < current.finishedAt) {
    return event.physicalId !== undefined && current.physicalId === undefined
      ? { ...current, physicalId: event.physicalId }
      : current;
  }
  const isDelete = event.status.startsWith('DELETE_');
  if (isDelete && isLeftOver(current, event, phase)) return reduceCleanup(current, event);

  const progress = progressOfEvent(event, phase);
  const ended = !event.status.endsWith('_IN_PROGRESS');
  const restarted = !ended && (current.startedAt === undefined || current.finishedAt !== undefined);
  const { finishedAt, detailedStatus: _detailedStatus, reason: firstReason, startedAt, ...kept } = current;
  const provisional = event.status === 'DELETE_FAILED' && phase !== 'delete' && phase !== 'rollback';
  // A deletion that succeeds in the end was no failure; a resource that failed and was rolled back was one.
  const healed = event.status === 'DELETE_COMPLETE' && !phase.startsWith('rollback');
  const reason = healed ? undefined : (firstReason ?? failureReason(event));
  return {
    ...kept,
    status: event.status,
    progress,
    provisional,
    ...(event.physicalId !== undefined && event.physicalId !== '' && { physicalId: event.physicalId }),
    ...(event.detailedStatus !== undefined && { detailedStatus: event.detailedStatus }),
    ...(reason !== undefined && { reason }),
    ...(restarted && { startedAt: event.timestamp }),
    // An end that follows an end, without a beginning that was read, has no duration.
    ...(!restarted && startedAt !== undefined && !(ended && finishedAt !== undefined) && { startedAt }),
    ...(ended && { finishedAt: event.timestamp }),
  };
}

/** Whether a deletion is of what a replacement left behind, and not of the resource that the template names. */
function isLeftOver(current: ResourceState, event: StackEvent, phase: StackPhase): boolean {
  if (phase === 'delete' || phase === 'rollback') return false;
  if (current.action === 'remove') return false;
  if (phase === 'rollback-cleanup') return current.action !== 'add' && !current.status?.startsWith('CREATE_');
  if (current.action === 'replace') return true;
  if (current.status === undefined || current.status.startsWith('DELETE_')) return false;
  return event.physicalId === undefined || current.physicalId !== event.physicalId;
}

function reduceCleanup(current: ResourceState, event: StackEvent): ResourceState {
  const failed = event.status === 'DELETE_FAILED';
  return {
    ...current,
    provisional: failed,
    cleanup: {
      status: event.status,
      done: event.status === 'DELETE_COMPLETE' || event.status === 'DELETE_SKIPPED',
      ...(event.physicalId !== undefined && { physicalId: event.physicalId }),
    },
  };
}

function progressOfEvent(event: StackEvent, phase: StackPhase): Progress {
  const back = phase === 'rollback' || phase === 'rollback-cleanup';
  if (isCancelled(event.status, event.reason)) return 'cancelled';
  // CREATE_FAILED and UPDATE_FAILED of the way there can be read after the stack has turned round.
  if (event.status.endsWith('_FAILED')) return 'failed';
  // A nested stack that rolls back says so in its own words, whatever its parent does.
  if (event.status.includes('ROLLBACK'))
    return event.status.includes('IN_PROGRESS') ? 'rolling-back' : 'rolled-back';
  if (event.status.endsWith('_IN_PROGRESS')) return back ? 'rolling-back' : 'running';
  if (back) return 'rolled-back';
  return event.status.startsWith('DELETE_') ? 'deleted' : 'done';
}

function failureReason(event: StackEvent): string | undefined {
  return event.status.endsWith('_FAILED') && !isCancelled(event.status, event.reason)
    ? event.reason
    : undefined;
}
