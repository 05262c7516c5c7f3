import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { ConfigPath, SourceRange } from '../model/diagnostic.ts';
import type { FailureCause, StackEvent } from './deploy-event.ts';
import { hintForFailure } from './failure-hints.ts';
import { isCancelled, isStackItself } from './resource-progress.ts';

export type CauseContext = {
  /** The config's resource of a template resource, before or after the operation. */
  ownerOf(logicalId: string): string | undefined;
  /** Where something stands in the config; absent where no config was read. */
  locate?(path: ConfigPath): SourceRange | undefined;
};

type Failure = Pick<StackEvent, 'logicalId' | 'resourceType' | 'reason' | 'timestamp'>;

/**
 * Why an operation failed: the first real failure. Resources that CloudFormation stopped because of it are none,
 * nor is a nested stack that only passes on what failed in it. Undefined where nothing says.
 */
export function causeOf(
  events: readonly StackEvent[],
  context: CauseContext,
  stackReason?: string,
): FailureCause | undefined {
  const first = firstFailure(events);
  if (first) return describeFailure(first, context, ownerId(first, events));
  const own = events.find((event) => isStackItself(event) && isFailureOfStack(event) && event.reason);
  const message = own?.reason ?? stackReason;
  return message === undefined ? undefined : withHint({ message });
}

/**
 * As `causeOf`, with what only CloudFormation's newer DescribeEvents tells: early validation and hooks. Where that
 * is missing (an emulator, a permission) the stack's events answer alone.
 */
export async function findCause(
  cloudFormation: CloudFormation,
  changeSet: string | undefined,
  events: readonly StackEvent[],
  context: CauseContext,
  stackReason?: string,
): Promise<FailureCause | undefined> {
  const known = causeOf(events, context, stackReason);
  if (known?.logicalId !== undefined || changeSet === undefined) return known;
  return (await failureOfChangeSet(cloudFormation, changeSet, context)) ?? known;
}

/** The first failed event that CloudFormation has of a change set: its making and its execution. */
export async function failureOfChangeSet(
  cloudFormation: CloudFormation,
  changeSet: string,
  context: CauseContext,
): Promise<FailureCause | undefined> {
  try {
    const { OperationEvents = [] } = await cloudFormation.describeEvents({
      ChangeSetName: changeSet,
      Filters: { FailedEvents: true },
    });
    const failures = OperationEvents.filter((event) => event.LogicalResourceId !== undefined).map(
      (event): Failure => ({
        logicalId: event.LogicalResourceId ?? '',
        resourceType: event.ResourceType ?? '',
        timestamp: (event.Timestamp ?? new Date(0)).toISOString(),
        ...reasonIn(event.ValidationStatusReason ?? event.HookStatusReason ?? event.ResourceStatusReason),
      }),
    );
    const first = failures
      .filter((failure) => !isCancelled('CREATE_FAILED', failure.reason))
      .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))[0];
    return first && describeFailure(first, context);
  } catch {
    // Not every endpoint has it and not everybody may call it; the stack's events are enough for most failures.
    return undefined;
  }
}

const reasonIn = (reason: string | undefined) => (reason === undefined ? {} : { reason });

function firstFailure(events: readonly StackEvent[]): StackEvent | undefined {
  const failures = events
    .filter((event) => event.status.endsWith('_FAILED') && !isStackItself(event))
    .filter((event) => !isCancelled(event.status, event.reason))
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
  // A deletion that fails while cleaning up is tried again; it only counts where nothing else failed.
  return (
    failures.find((event) => !isNested(event) && event.status !== 'DELETE_FAILED') ??
    failures.find((event) => !isNested(event)) ??
    failures[0]
  );
}

/** The logical id in the operation's own template: of what failed in a nested stack, that of the nested stack. */
function ownerId(failure: StackEvent, events: readonly StackEvent[]): string {
  let { logicalId, stackId } = failure;
  for (;;) {
    const parent = events.find(
      (event) => isNested(event) && event.physicalId === stackId && event.stackId !== stackId,
    );
    if (!parent) return logicalId;
    ({ logicalId, stackId } = parent);
  }
}

const isNested = (event: StackEvent) => event.resourceType === 'AWS::CloudFormation::Stack';

const isFailureOfStack = (event: StackEvent) =>
  event.status.includes('FAILED') || event.status.includes('ROLLBACK');

function describeFailure(failure: Failure, context: CauseContext, ownedBy = failure.logicalId): FailureCause {
  const resource = context.ownerOf(ownedBy);
  const place: ConfigPath =
    resource === undefined ? ['cloudformationResources', ownedBy] : ['resources', resource];
  const source = context.locate?.(place);
  const path = resource === undefined && source === undefined ? undefined : place;
  return withHint({
    message: failure.reason ?? `${failure.resourceType} ${failure.logicalId} failed without a reason.`,
    logicalId: failure.logicalId,
    resourceType: failure.resourceType,
    ...(resource !== undefined && { resource }),
    ...(path !== undefined && { path }),
    ...(source !== undefined && { source }),
  });
}

function withHint(cause: FailureCause): FailureCause {
  const hint = hintForFailure(cause.message);
  return hint === undefined ? cause : { ...cause, hint };
}
