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
  plan: { action: 'create' | 'update' | 'delete'; changes: readonly PlannedChange[] } | undefined;
  question: Question | undefined;
  /** By stack id; the operation's own stack comes first. */
  stacks: ReadonlyMap<string, StackState>;
  /** In the order of arrival, newest last. */
  stackEvents: readonly StackEvent[];
  notices: readonly { at: string; level: 'info' | 'warning'; message: string }[];
  connection: { status: 'ok' | 'throttled' | 'lost'; message?: string };
  cancelling: boolean;
  cause: FailureCause | undefined;
  outputs: Record<string, string>;
  links: readonly Link[];
  result: { status: ResultStatus; milliseconds: number } | undefined;
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
  status: string;
  reason?: string;
  /** By logical id. Planned changes are here from the review on, as `waiting`. */
  resources: ReadonlyMap<string, ResourceState>;
};

/** What a resource is doing, in one word that a screen can show. */
export type Progress = 'waiting' | 'running' | 'done' | 'failed' | 'rolling-back' | 'rolled-back' | 'deleted';

export type ResourceState = {
  logicalId: string;
  resourceType: string;
  physicalId?: string;
  resource?: string;
  /** From the plan. */
  action?: PlannedChange['action'];
  /** CloudFormation's last word, absent while it waits. */
  status?: string;
  progress: Progress;
  /** `DELETE_FAILED` during an update's clean-up: CloudFormation goes on without it. */
  provisional: boolean;
  /** Sticky: the first reason of a failure survives the rollback. */
  reason?: string;
  startedAt?: string;
  finishedAt?: string;
};
