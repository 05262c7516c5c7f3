import type { ConfigPath, SourceRange } from '../model/diagnostic.ts';

/**
 * Everything that happens during an operation on a stack, as typed, serialisable data. The screen, the plain
 * lines, the JSON lines, the record under `.stp/history/` and a replay are made from these and nothing else.
 */
export type DeployEvent = { /** ISO 8601 UTC with milliseconds. */ at: string } & DeployEventBody;

export type Operation = 'deploy' | 'delete' | 'attach' | 'cancel' | 'rollback';

export const phases = ['check', 'package', 'upload', 'review', 'execute', 'finish'] as const;
export type Phase = (typeof phases)[number];

export type DeployEventBody =
  | {
      type: 'started';
      operation: Operation;
      /** Sortable id of this run: `20261124T034315Z-1f3a`. */
      id: string;
      serviceName: string;
      stage: string;
      stackName: string;
      region: string;
      target: { kind: 'aws' | 'local' | 'endpoint'; endpoint?: string };
      programVersion: string;
      /** The functions and other resources of the config, in its order; empty where no config was read. */
      resources: { name: string; type: string }[];
    }
  | { type: 'phase'; phase: Phase; status: 'running' | 'done' | 'failed' | 'skipped'; message?: string }
  | {
      type: 'artifact';
      function: string;
      status: 'building' | 'built' | 'cached' | 'failed';
      bytes?: number;
      zippedBytes?: number;
      digest?: string;
      milliseconds?: number;
      message?: string;
    }
  | {
      type: 'upload';
      /** The function, the bucket whose folder it is, or `template` for a template too large to be sent inline. */
      name: string;
      /** `present`: the same content is in the bucket already. */
      status: 'running' | 'sent' | 'present' | 'failed';
      key: string;
      bytes: number;
      message?: string;
    }
  | {
      type: 'plan';
      action: 'create' | 'update' | 'delete';
      /** The stack that the changes belong to; it is there, in review, before a first deploy is executed. */
      stackId: string;
      stackName: string;
      changeSet?: string;
      changes: PlannedChange[];
    }
  | { type: 'question'; question: Question }
  | { type: 'answer'; answer: 'yes' | 'no' }
  | StackEvent
  | { type: 'stack-status'; stackId: string; stackName: string; status: string; reason?: string }
  /** How the watching goes; what happens to the stack is not touched by it. */
  | { type: 'connection'; status: 'ok' | 'throttled' | 'lost'; message?: string }
  | { type: 'cancel-requested'; effect: 'rollback' | 'delete' }
  | { type: 'cause'; cause: FailureCause }
  | { type: 'notice'; level: 'info' | 'warning'; message: string }
  | { type: 'outputs'; outputs: Record<string, string>; links: Link[] }
  | {
      type: 'result';
      status: ResultStatus;
      outputs: Record<string, string>;
      cause?: FailureCause;
      milliseconds: number;
      /** With `cancelled`: by Ctrl-C before anything was changed, which has an exit code of its own. */
      interrupted?: true;
    }
  /** Last event in place of a result: the operation could not start or go on, and the stack was not changed by it. */
  | { type: 'error'; code: string; message: string; hint?: string; exitCode: 1 | 2 };

export type ResultStatus = 'succeeded' | 'failed' | 'rolledBack' | 'cancelled' | 'detached' | 'unchanged';

/** One event of a CloudFormation stack, the operation's own or that of a stack nested in it. */
export type StackEvent = {
  type: 'stack-event';
  eventId: string;
  stackId: string;
  stackName: string;
  logicalId: string;
  physicalId?: string;
  resourceType: string;
  /** CloudFormation's own word, `CREATE_IN_PROGRESS`. */
  status: string;
  detailedStatus?: string;
  reason?: string;
  /** When CloudFormation says it happened; `at` is when it was seen. */
  timestamp: string;
  /** The resource of the config that it belongs to. */
  resource?: string;
};

export type PlannedChange = {
  action: 'add' | 'modify' | 'replace' | 'remove';
  /** The resource of the config; absent for what belongs to none. */
  resource?: string;
  logicalId: string;
  resourceType: string;
  physicalId?: string;
  /** Who makes it, where that is not CloudFormation. */
  provider?: string;
  /** Why it is replaced or changed: the properties that differ. */
  reason?: string;
  losesData: boolean;
  /** What permissions widen, in words. */
  permissions?: string[];
};

/** Asked before a change that removes, replaces, widens permissions or opens public access. */
export type Question = {
  kind: 'apply' | 'delete' | 'cancel';
  message: string;
  /** One line each, as they are to be shown under the message. */
  reasons: string[];
  /** Without a terminal such a question wants `--allow-data-loss` besides `--yes`, save with `--local`. */
  losesData: boolean;
};

export type FailureCause = {
  message: string;
  logicalId?: string;
  resourceType?: string;
  resource?: string;
  /** Where the resource stands in the config. */
  path?: ConfigPath;
  source?: SourceRange;
  /** What to do, where that is known. */
  hint?: string;
  /** Last log lines of the function behind it, where there is one. */
  logTail?: string[];
};

export type Link = { title: string; url: string };
