import type {
  DeployEvent,
  DeployEventBody,
  PlannedChange,
  StackEvent,
} from '../../source/deploy/deploy-event.ts';
import type { DeployState, ResourceState } from '../../source/deploy/deploy-state.ts';
import { initialDeployState, reduceDeploy } from '../../source/deploy/reduce-deploy.ts';

export const rootId = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/blog-dev/1111';

let clock = Date.parse('2026-11-24T03:00:00.000Z');
/** Each event is a second after the one before it. */
const tick = () => {
  clock += 1000;
  return new Date(clock).toISOString();
};

let count = 0;

/** `Table CREATE_IN_PROGRESS` as CloudFormation would report it; `Stack …` is the stack itself. */
export function stackEvent(
  text: `${string} ${string}`,
  more: Partial<StackEvent> = {},
): DeployEvent & StackEvent {
  const [logicalId = '', status = ''] = text.split(' ');
  const at = tick();
  const self = logicalId === 'Stack';
  return {
    at,
    type: 'stack-event',
    eventId: `event-${++count}`,
    stackId: rootId,
    stackName: 'blog-dev',
    logicalId: self ? 'blog-dev' : logicalId,
    resourceType: self ? 'AWS::CloudFormation::Stack' : 'AWS::DynamoDB::Table',
    ...(self && { physicalId: more.stackId ?? rootId }),
    status,
    timestamp: at,
    ...more,
  };
}

/** `add Table`, `replace Table` … */
export function plan(
  action: 'create' | 'update' | 'delete',
  changes: `${PlannedChange['action']} ${string}`[],
): DeployEvent {
  return {
    at: tick(),
    type: 'plan',
    action,
    stackId: rootId,
    stackName: 'blog-dev',
    changes: changes.map((text) => {
      const [what = 'add', logicalId = ''] = text.split(' ');
      return {
        action: what as PlannedChange['action'],
        logicalId,
        resourceType: 'AWS::DynamoDB::Table',
        losesData: false,
      };
    }),
  };
}

export function result(status: Extract<DeployEvent, { type: 'result' }>['status']): DeployEvent {
  return { at: tick(), type: 'result', status, outputs: {}, milliseconds: 1000 };
}

export function at(body: DeployEventBody): DeployEvent {
  return { at: tick(), ...body };
}

export function reduceAll(...events: DeployEvent[]): DeployState {
  return events.reduce(reduceDeploy, initialDeployState);
}

export function resourceOf(state: DeployState, logicalId: string, stackId = rootId): ResourceState {
  const resource = state.stacks.get(stackId)?.resources.get(logicalId);
  if (!resource) throw new Error(`${logicalId} is not in the state`);
  return resource;
}
