import { type DeployEvent, type PlannedChange, phases, type StackEvent } from './deploy-event.ts';
import type { DeployState, PhaseState, ResourceState, StackState } from './deploy-state.ts';
import {
  isStackItself,
  plannedResource,
  reduceResource,
  type StackPhase,
  stackPhaseOf,
} from './resource-progress.ts';

export const initialDeployState: DeployState = {
  started: undefined,
  lastAt: undefined,
  phases: Object.fromEntries(phases.map((phase) => [phase, { status: 'waiting' }])) as DeployState['phases'],
  artifacts: new Map(),
  uploads: new Map(),
  plan: undefined,
  question: undefined,
  stacks: new Map(),
  stackEvents: [],
  notices: [],
  connection: { status: 'ok' },
  cancelling: false,
  cause: undefined,
  outputs: {},
  links: [],
  result: undefined,
  error: undefined,
};

/** The state after one more event. Pure: a replay of the record gives the state that the screen had. */
export function reduceDeploy(state: DeployState, event: DeployEvent): DeployState {
  return { ...reduceBody(state, event), lastAt: event.at };
}

function reduceBody(state: DeployState, event: DeployEvent): DeployState {
  switch (event.type) {
    case 'started':
      return { ...state, started: event };
    case 'phase':
      return {
        ...state,
        phases: { ...state.phases, [event.phase]: reducePhase(state.phases[event.phase], event) },
      };
    case 'artifact': {
      const { type: _type, at, ...artifact } = event;
      const startedAt = state.artifacts.get(event.function)?.startedAt ?? at;
      return { ...state, artifacts: withEntry(state.artifacts, event.function, { ...artifact, startedAt }) };
    }
    case 'upload': {
      const { type: _type, at: _at, ...upload } = event;
      return { ...state, uploads: withEntry(state.uploads, event.name, upload) };
    }
    case 'plan':
      return {
        ...state,
        plan: { action: event.action, stackId: event.stackId, changes: event.changes },
        stacks: withEntry(state.stacks, event.stackId, plannedStack(state.stacks.get(event.stackId), event)),
      };
    case 'question':
      return { ...state, question: event.question };
    case 'answer':
      return { ...state, question: undefined };
    case 'stack-event':
      return reduceStackEvent(state, event);
    case 'stack-status': {
      const stack = state.stacks.get(event.stackId) ?? newStack(state, event.stackId, event.stackName);
      return {
        ...state,
        stacks: withEntry(state.stacks, event.stackId, withStatus(stack, event.status, event.reason)),
      };
    }
    case 'connection':
      return { ...state, connection: reduceConnection(state.connection, event) };
    case 'cancel-requested':
      return { ...state, cancelling: true };
    case 'cause':
      return { ...state, cause: event.cause };
    case 'notice':
      return {
        ...state,
        notices: [...state.notices, { at: event.at, level: event.level, message: event.message }],
      };
    case 'outputs':
      return { ...state, outputs: event.outputs, links: event.links };
    case 'result':
      return {
        ...state,
        question: undefined,
        outputs: event.outputs,
        cause: event.cause ?? state.cause,
        stacks: settle(state, event.status),
        result: {
          status: event.status,
          milliseconds: event.milliseconds,
          ...(event.interrupted && { interrupted: true }),
        },
      };
    case 'error': {
      const { type: _type, at: _at, ...error } = event;
      return { ...state, question: undefined, error };
    }
  }
}

function reducePhase(before: PhaseState, event: Extract<DeployEvent, { type: 'phase' }>): PhaseState {
  const startedAt = before.startedAt ?? (event.status === 'skipped' ? undefined : event.at);
  const message = event.message ?? before.message;
  return {
    status: event.status,
    ...(startedAt !== undefined && { startedAt }),
    ...(event.status !== 'running' && { finishedAt: event.at }),
    ...(message !== undefined && { message }),
  };
}

function reduceConnection(
  before: DeployState['connection'],
  event: Extract<DeployEvent, { type: 'connection' }>,
): DeployState['connection'] {
  if (event.status === 'ok') return { status: 'ok' };
  return {
    status: event.status,
    since: before.status === event.status ? (before.since ?? event.at) : event.at,
    ...(event.message !== undefined && { message: event.message }),
  };
}

function reduceStackEvent(state: DeployState, event: DeployEvent & StackEvent): DeployState {
  const stack = state.stacks.get(event.stackId) ?? newStack(state, event.stackId, event.stackName);
  const next = isStackItself(event)
    ? withStatus(stack, event.status, event.reason)
    : {
        ...stack,
        resources: withEntry(
          stack.resources,
          event.logicalId,
          reduceResource(stack.resources.get(event.logicalId), event, phaseOf(state, stack)),
        ),
      };
  return {
    ...state,
    stackEvents: [...state.stackEvents, event],
    stacks: withEntry(state.stacks, event.stackId, next),
  };
}

/**
 * A first deploy that is cancelled is deleted, and a nested stack goes when its parent rolls back; what their
 * resources do then is a rollback all the same.
 */
function phaseOf(state: DeployState, stack: StackState): StackPhase {
  const phase = stackPhaseOf(stack.status);
  if (phase !== 'delete') return phase;
  const parent = stack.parent && state.stacks.get(stack.parent.stackId);
  if (parent) return phaseOf(state, parent).startsWith('rollback') ? 'rollback' : 'delete';
  return state.plan !== undefined && state.plan.action !== 'delete' ? 'rollback' : 'delete';
}

function newStack(state: DeployState, stackId: string, stackName: string): StackState {
  for (const candidate of state.stacks.values()) {
    for (const resource of candidate.resources.values()) {
      if (resource.physicalId === stackId) {
        const parent = { stackId: candidate.stackId, logicalId: resource.logicalId };
        return { stackId, stackName, status: '', parent, resources: new Map() };
      }
    }
  }
  return { stackId, stackName, status: '', resources: new Map() };
}

function plannedStack(
  before: StackState | undefined,
  event: { stackId: string; stackName: string; changes: readonly PlannedChange[] },
): StackState {
  const resources = new Map(event.changes.map((change) => [change.logicalId, plannedResource(change)]));
  // The plan of an attached operation is read after some of its events.
  for (const [logicalId, resource] of before?.resources ?? []) {
    resources.set(logicalId, { ...resources.get(logicalId), ...resource });
  }
  return {
    stackId: event.stackId,
    stackName: event.stackName,
    status: before?.status ?? '',
    ...(before?.reason !== undefined && { reason: before.reason }),
    ...(before?.parent !== undefined && { parent: before.parent }),
    resources,
  };
}

function withStatus(stack: StackState, status: string, reason: string | undefined): StackState {
  const { reason: _reason, ...kept } = stack;
  return {
    ...kept,
    status,
    ...(reason !== undefined && { reason }),
    resources: settleWaiting(stack.resources, status),
  };
}

/** What was planned and had no event by the end of a success turned out to need no change. */
function settleWaiting(resources: StackState['resources'], status: string): StackState['resources'] {
  const cleaning = status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
  if (!cleaning && !['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'DELETE_COMPLETE'].includes(status))
    return resources;
  return mapValues(resources, (resource) => {
    if (resource.progress !== 'waiting') return resource;
    // A first deploy that is cancelled ends with a deletion: what was to be added never was.
    if (resource.action !== 'remove')
      return status === 'DELETE_COMPLETE' ? resource : { ...resource, progress: 'done' };
    return cleaning ? resource : { ...resource, progress: 'deleted' };
  });
}

/** Nothing runs any more after the result, even where the last events could not be read. */
function settle(state: DeployState, status: string): DeployState['stacks'] {
  if (status !== 'succeeded' && status !== 'rolledBack' && status !== 'cancelled') return state.stacks;
  const settleResource = (resource: ResourceState): ResourceState => {
    if (resource.progress === 'rolling-back') return { ...resource, progress: 'rolled-back' };
    if (resource.provider !== undefined && resource.action === 'add' && status !== 'succeeded')
      return { ...resource, progress: 'rolled-back' };
    if (resource.progress !== 'running') return resource;
    if (status !== 'succeeded') return { ...resource, progress: 'cancelled' };
    const deleted = resource.action === 'remove' || resource.status?.startsWith('DELETE_');
    return { ...resource, progress: deleted ? 'deleted' : 'done' };
  };
  return mapValues(state.stacks, (stack) => ({
    ...stack,
    resources: mapValues(stack.resources, settleResource),
  }));
}

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function mapValues<K, V>(map: ReadonlyMap<K, V>, change: (value: V) => V): ReadonlyMap<K, V> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
