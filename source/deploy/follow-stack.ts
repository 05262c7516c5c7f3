import type { CloudFormation, StackEvent as CloudFormationEvent } from '@aws-sdk/client-cloudformation';
import { isConnectionLost, isServiceError, isThrottling, toAwsError } from '../aws/aws-error.ts';
import type { DeployEventBody, StackEvent } from './deploy-event.ts';
import { sleep } from './operation.ts';
import { isStackItself } from './resource-progress.ts';
import { findStack } from './stack-status.ts';

export type FollowOptions = {
  cloudFormation: CloudFormation;
  stackId: string;
  stackName: string;
  /** Events before it belong to earlier operations. CloudFormation's own clock, not that of this machine. */
  since: Date;
  /** Milliseconds between two looks. */
  interval: number;
  /** Stops the watching. */
  signal: AbortSignal;
  emit(body: DeployEventBody): void;
  /** The config's resource of a template resource of the operation's own stack. */
  resourceOf(logicalId: string): string | undefined;
  /** Whether the operation is over with the stack in this status. Default: nothing is in progress. */
  isEnd?(status: string): boolean;
};

export type Followed = {
  /** `undefined`: the watching stopped before the operation did. */
  status: string | undefined;
  reason?: string;
  outputs: Record<string, string>;
  /** All events of the operation, in the order in which they were emitted. */
  events: StackEvent[];
};

/** Looks at an ended stack before it is believed that the operation never shows an event. */
const looksWithoutEvents = 10;
/** Failures in a row of a kind that waiting does not mend (an expired session, a missing permission). */
const refusalsBeforeGivingUp = 8;

/**
 * Watches the operation that runs on a stack to its end, nested stacks with it. One poller per stack: a pace with
 * jitter, slower when throttled, cut off or idle. Only events of this operation, each once, oldest first. A look
 * that fails never fails the operation: `connection` events say how the watching goes.
 */
export async function followStack(options: FollowOptions): Promise<Followed> {
  const { cloudFormation, stackId, signal, emit } = options;
  const reader = new EventReader(options);
  const isEnd = options.isEnd ?? ((status) => !status.endsWith('_IN_PROGRESS'));
  const pace = new Pace(options.interval);
  let connection: 'ok' | 'throttled' | 'lost' = 'ok';
  const changeConnection = (status: typeof connection, message?: string) => {
    if (status === connection) return;
    connection = status;
    emit({ type: 'connection', status, ...(message !== undefined && { message }) });
  };
  let lastStatus: string | undefined;
  let looks = 0;
  let refusals = 0;

  while (!signal.aborted) {
    try {
      // The status first: whatever it says, the events that led to it are read after it.
      const stack = await findStack(cloudFormation, stackId, signal);
      const status = stack?.StackStatus ?? 'DELETE_COMPLETE';
      const found = await reader.read(signal);
      refusals = 0;
      looks++;
      changeConnection('ok');
      if (status !== lastStatus) {
        lastStatus = status;
        emit({
          type: 'stack-status',
          stackId,
          stackName: options.stackName,
          status,
          ...(stack?.StackStatusReason !== undefined && { reason: stack.StackStatusReason }),
        });
      }
      if (isEnd(status) && (reader.sawStack || looks >= looksWithoutEvents)) {
        // DescribeStacks can be ahead of the events; a failure of this last look changes no outcome.
        await sleep(options.interval, signal);
        await reader.read(signal).catch(() => 0);
        return {
          status,
          events: reader.events,
          outputs: Object.fromEntries(
            (stack?.Outputs ?? []).map((output) => [output.OutputKey ?? '', output.OutputValue ?? '']),
          ),
          ...(stack?.StackStatusReason !== undefined && { reason: stack.StackStatusReason }),
        };
      }
      pace.looked(found > 0);
    } catch (thrown) {
      if (signal.aborted) break;
      const error = toAwsError(thrown);
      const status = isThrottling(thrown) ? 'throttled' : 'lost';
      if (!isThrottling(thrown) && !isConnectionLost(thrown) && ++refusals >= refusalsBeforeGivingUp) {
        emit({ type: 'notice', level: 'warning', message: `The stack cannot be watched: ${error.message}` });
        break;
      }
      changeConnection(status, error.message);
      pace.failed();
    }
    await sleep(pace.next(), signal);
  }
  return { status: undefined, events: reader.events, outputs: {} };
}

/** Reads the events of a stack and of the stacks nested in it, each once. */
class EventReader {
  readonly events: StackEvent[] = [];
  /** An event of the stack about itself was read: the operation has begun to show. */
  sawStack = false;
  private readonly options: FollowOptions;
  private readonly seen = new Set<string>();
  /** Stacks to read, by id; `draining` ones ended and are read once more. */
  private readonly stacks = new Map<string, 'active' | 'draining'>();
  private refused = false;

  constructor(options: FollowOptions) {
    this.options = options;
    this.stacks.set(options.stackId, 'active');
  }

  /** How many new events there were. */
  async read(signal: AbortSignal): Promise<number> {
    if (this.refused) return 0;
    let count = 0;
    const read = new Set<string>();
    // Events bring further stacks, whose events belong to the same look.
    for (;;) {
      const stackId = [...this.stacks.keys()].find((id) => !read.has(id));
      if (stackId === undefined) break;
      read.add(stackId);
      const draining = this.stacks.get(stackId) === 'draining';
      const fresh = await this.readStack(stackId, signal);
      if (draining && fresh.length === 0) this.stacks.delete(stackId);
      for (const event of fresh) this.take(event);
      count += fresh.length;
    }
    return count;
  }

  private async readStack(stackId: string, signal: AbortSignal): Promise<StackEvent[]> {
    const fresh: StackEvent[] = [];
    let token: string | undefined;
    // Newest first, so that it can stop at the first one that is known or too old.
    pages: do {
      const page = await this.page(stackId, token, signal);
      for (const event of page.events) {
        if (event.EventId === undefined || event.Timestamp === undefined) continue;
        if (this.seen.has(event.EventId) || event.Timestamp < this.options.since) break pages;
        // The stack in review before its first deploy is reported so, which the SDK's types do not know.
        if ((event.ResourceStatus as string) !== 'REVIEW_IN_PROGRESS') fresh.push(this.translate(event));
      }
      token = page.next;
    } while (token !== undefined);
    for (const event of fresh) this.seen.add(event.eventId);
    return fresh.reverse();
  }

  private async page(stackId: string, token: string | undefined, signal: AbortSignal) {
    try {
      const { StackEvents, NextToken } = await this.options.cloudFormation.describeStackEvents(
        { StackName: stackId, ...(token !== undefined && { NextToken: token }) },
        { abortSignal: signal },
      );
      return { events: StackEvents ?? [], next: NextToken };
    } catch (error) {
      // Somebody who may deploy but not read events still gets to know how it ends.
      if (!isServiceError(error, 'AccessDenied', 'AccessDeniedException')) throw error;
      this.refused = true;
      this.sawStack = true;
      this.options.emit({
        type: 'notice',
        level: 'warning',
        message: `The stack's events cannot be read, only how it ends: ${toAwsError(error).message}`,
      });
      return { events: [], next: undefined };
    }
  }

  private take(event: StackEvent): void {
    const { stackId } = this.options;
    this.events.push(event);
    this.options.emit(event);
    if (isStackItself(event)) {
      if (event.stackId === stackId) this.sawStack = true;
      else if (!event.status.endsWith('_IN_PROGRESS')) this.stacks.set(event.stackId, 'draining');
      return;
    }
    const nested =
      event.resourceType === 'AWS::CloudFormation::Stack' && event.physicalId?.startsWith('arn:');
    if (nested && event.physicalId && event.status.endsWith('_IN_PROGRESS'))
      this.stacks.set(event.physicalId, 'active');
  }

  private translate(event: CloudFormationEvent): StackEvent {
    const stackId = event.StackId ?? this.options.stackId;
    const logicalId = event.LogicalResourceId ?? '';
    const resource = stackId === this.options.stackId ? this.options.resourceOf(logicalId) : undefined;
    return {
      type: 'stack-event',
      eventId: event.EventId ?? '',
      stackId,
      stackName: event.StackName ?? this.options.stackName,
      logicalId,
      resourceType: event.ResourceType ?? '',
      status: event.ResourceStatus ?? '',
      timestamp: (event.Timestamp ?? new Date(0)).toISOString(),
      ...(event.PhysicalResourceId && { physicalId: event.PhysicalResourceId }),
      ...(event.DetailedStatus !== undefined && { detailedStatus: event.DetailedStatus }),
      ...(event.ResourceStatusReason !== undefined && { reason: event.ResourceStatusReason }),
      ...(resource !== undefined && { resource }),
    };
  }
}

/** The time to the next look: jitter against many pollers in step, slower after failures and when nothing happens. */
class Pace {
  private readonly interval: number;
  private factor = 1;
  private idle = 0;

  constructor(interval: number) {
    this.interval = interval;
  }

  looked(found: boolean): void {
    this.factor = 1;
    this.idle = found ? 0 : this.idle + 1;
  }

  failed(): void {
    this.factor = Math.min(this.factor * 2, 8);
  }

  next(): number {
    // Two minutes without an event at the usual pace; then there is no hurry.
    const idle = this.idle > 60 ? 2 : 1;
    return this.interval * this.factor * idle * (0.8 + Math.random() * 0.4);
  }
}
