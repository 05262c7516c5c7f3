import type { ResourceStatus } from '@aws-sdk/client-cloudformation';
import type { Backend } from '../../../backend.ts';
import { recordResourceEvent } from '../events.ts';
import type { Incarnation, OperationRecord, ResourceRecord, StackRecord } from '../state.ts';
import type { Store } from '../store.ts';
import type { ResourceContext } from '../types/provider.ts';

/** What all operations share. */
export type Environment = {
  backend: Backend;
  store: Store;
  /** By stack id: what is underway in this process. */
  runs: Map<string, Run>;
  /** Aborted when the server stops; what is underway is picked up at the next start. */
  stopping: AbortSignal;
};

/** The server stops: leave everything as it is written down. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** An operation underway in this process. What has to survive it is in the store. */
export type Run = ReturnType<typeof createRun>;

/** Makes the handle of a stack's operation; `done` is set by whoever drives it. */
export function createRun(environment: Environment, stackId: string) {
  const { backend, store, stopping } = environment;
  const resources = new Map(store.resources(stackId).map((resource) => [resource.logicalId, resource]));
  const halt = new AbortController();

  const stack = (): StackRecord => {
    const found = store.stackById(stackId);
    if (found === undefined) throw new Error(`The stack ${stackId} is not in the store`);
    return found;
  };

  return {
    stackId,
    resources,
    imports: new Set<string>(),
    /** Why the operation is to end early. */
    interruption: undefined as 'cancel' | 'delete' | undefined,
    done: Promise.resolve() as Promise<void>,
    /** Aborted when what is underway has to end: a sibling failed, or somebody interrupted. */
    halt,

    /** Fresh from the store, for others write to it too. */
    stack,
    operation(): OperationRecord {
      const { operation } = stack();
      if (operation === undefined) throw new Error(`No operation is underway in ${stackId}`);
      return operation;
    },

    /** The record of a logical id; a new one is not written before its first event. */
    resource(logicalId: string, type: string): ResourceRecord {
      const known = resources.get(logicalId);
      if (known !== undefined) return known;
      const resource: ResourceRecord = {
        stackId,
        logicalId,
        type,
        status: undefined,
        reason: undefined,
        timestamp: backend.now(),
        physicalId: undefined,
        current: undefined,
        stable: undefined,
        touched: undefined,
        intent: undefined,
        garbage: [],
      };
      resources.set(logicalId, resource);
      return resource;
    },

    /** In one transaction: changes the record, gives it a status, writes both with the event. */
    step(
      resource: ResourceRecord,
      event: { status: ResourceStatus; reason?: string; physicalId?: string; of?: Incarnation | undefined },
      change: () => void = () => {},
    ): void {
      store.transaction(() => {
        change();
        const incarnation = event.of ?? resource.current;
        const physicalId = event.physicalId ?? incarnation?.physicalId ?? '';
        const timestamp = recordResourceEvent(
          store,
          stack(),
          {
            logicalId: resource.logicalId,
            type: resource.type,
            physicalId,
            status: event.status,
            reason: event.reason,
            properties: incarnation?.properties ?? resource.intent?.incarnation.properties,
          },
          backend.now(),
        );
        // The deletion of what was replaced is an event of the logical id, not its state.
        if (event.of === undefined || resource.current === undefined || event.of === resource.current) {
          resource.status = event.status;
          resource.reason = event.reason;
          resource.timestamp = timestamp;
          resource.physicalId = physicalId || resource.physicalId;
        }
        store.putResource(resource);
      });
    },

    /** Writes a change that is no event. */
    note(resource: ResourceRecord, change: () => void): void {
      change();
      store.putResource(resource);
    },

    forget(resource: ResourceRecord): void {
      resources.delete(resource.logicalId);
      store.removeResource(stackId, resource.logicalId);
    },

    context(resource: ResourceRecord): ResourceContext {
      const known = [...resources.values()]
        .flatMap(({ current, stable, garbage }) => [
          current,
          stable,
          ...garbage.map((item) => item.incarnation),
        ])
        .filter((incarnation) => incarnation?.type === resource.type)
        .flatMap((incarnation) => incarnation?.physicalId ?? []);
      return {
        backend,
        stackId,
        stackName: stack().name,
        logicalId: resource.logicalId,
        knownPhysicalIds: new Set(known),
      };
    },

    /**
     * Waits as AWS would take; sooner where the operation is halted and `haltable`.
     * @throws Stopped when the server stops.
     */
    async wait(milliseconds: number, haltable: boolean): Promise<'elapsed' | 'halted'> {
      const signals = haltable ? [stopping, halt.signal] : [stopping];
      const signal = AbortSignal.any(signals);
      if (!signal.aborted) {
        let onAbort = () => {};
        const aborted = new Promise<void>((resolve) => {
          onAbort = resolve;
          signal.addEventListener('abort', onAbort, { once: true });
        });
        await Promise.race([backend.pace(milliseconds), aborted]);
        signal.removeEventListener('abort', onAbort);
      }
      if (stopping.aborted) throw new Stopped();
      return haltable && halt.signal.aborted ? 'halted' : 'elapsed';
    },
  };
}
