import type {
  DeployEvent,
  FailureCause,
  Link,
  Phase,
  PlannedChange,
  Question,
  ResultStatus,
  StackEvent,
} from './deploy-event.ts';

/** What a screen needs to know of an operation; `reduceDeploy` makes it from the events alone. */
export type DeployState = {
  started: Extract<DeployEvent, { type: 'started' }> | undefined;
  /** Time of the last event, ISO; a running timer is drawn from the clock of the screen. */
  lastAt: string | undefined;
  phases: Record<Phase, PhaseState>;
  artifacts: ReadonlyMap<string, ArtifactState>;
  uploads: ReadonlyMap<string, UploadState>;
  plan:
    | { action: 'create' | 'update' | 'delete'; stackId: string; changes: readonly PlannedChange[] }
    | undefined;
  question: Question | undefined;
  /** By stack id; the operation's own stack comes first. */
  stacks: ReadonlyMap<string, StackState>;
  /** In the order of arrival, newest last. */
  stackEvents: readonly StackEvent[];
  notices: readonly { at: string; level: 'info' | 'warning'; message: string }[];
  connection: { status: 'ok' | 'throttled' | 'lost'; since?: string; message?: string };
  cancelling: boolean;
  cause: FailureCause | undefined;
  outputs: Record<string, string>;
  links: readonly Link[];
  /** Exactly one of `result` and `error` is there once the operation is over. */
  result: { status: ResultStatus; milliseconds: number; interrupted?: true } | undefined;
  error: { code: string; message: string; hint?: string; exitCode: 1 | 2 } | undefined;
};

export type PhaseState = {
  status: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  startedAt?: string;
  finishedAt?: string;
  message?: string;
};

export type ArtifactState = Omit<Extract<DeployEvent, { type: 'artifact' }>, 'type' | 'at'> & {
  startedAt: string;
};

export type UploadState = Omit<Extract<DeployEvent, { type: 'upload' }>, 'type' | 'at'>;

export type StackState = {
  stackId: string;
  stackName: string;
  /** CloudFormation's word; empty until the first event. */
  status: string;
  reason?: string;
  /** Of a nested stack: where it hangs. */
  parent?: { stackId: string; logicalId: string };
  /** By logical id. Planned changes are here from the review on, as `waiting`. */
  resources: ReadonlyMap<string, ResourceState>;
};

/** What a resource is doing, in one word that a screen can show. */
export type Progress =
  | 'waiting'
  | 'running'
  | 'done'
  | 'failed'
  /** Stopped by CloudFormation because another one failed, or by the user. */
  | 'cancelled'
  | 'rolling-back'
  | 'rolled-back'
  | 'deleted';

export type ResourceState = {
  logicalId: string;
  resourceType: string;
  physicalId?: string;
  resource?: string;
  /** From the plan. */
  action?: PlannedChange['action'];
  provider?: string;
  /** CloudFormation's last word, absent while it waits. */
  status?: string;
  /** `CONFIGURATION_COMPLETE`: it stabilizes still, and what depends on it may start. */
  detailedStatus?: string;
  progress: Progress;
  /** The one that was replaced or renamed, while and after the clean-up removes it. It is not counted. */
  cleanup?: { physicalId?: string; status: string; done: boolean };
  /** `DELETE_FAILED` during an update's clean-up: CloudFormation goes on without it. */
  provisional: boolean;
  /** Sticky: the first reason of a failure survives the rollback. */
  reason?: string;
  startedAt?: string;
  finishedAt?: string;
};
