import type {
  Capability,
  Change,
  ChangeSetStatus,
  ChangeSetType,
  ExecutionStatus,
  OperationType,
  Output,
  ResourceStatus,
  StackStatus,
  Tag,
} from '@aws-sdk/client-cloudformation';
import type { Properties } from './types/provider.ts';

/** What is asked of a stack: a template and all that goes into it. Times are milliseconds since 1970. */
export type StackDefinition = {
  /** Key of the text in `Store.template`. */
  template: string;
  parameters: Record<string, string>;
  tags: Tag[];
  capabilities: Capability[];
  notificationArns: string[];
  roleArn: string | undefined;
};

export type StackRecord = {
  id: string;
  name: string;
  status: StackStatus;
  reason: string | undefined;
  description: string | undefined;
  createdAt: number;
  updatedAt: number | undefined;
  deletedAt: number | undefined;
  /** Undefined until the first change set is executed. */
  definition: StackDefinition | undefined;
  outputs: Output[];
  /** Names of other stacks' exports that its resources and outputs use. */
  imports: string[];
  disableRollback: boolean;
  terminationProtection: boolean;
  timeoutInMinutes: number | undefined;
  changeSetId: string | undefined;
  /** What is underway, or what has failed and waits for a decision (`UPDATE_FAILED`, `UPDATE_ROLLBACK_FAILED`). */
  operation: OperationRecord | undefined;
  lastOperations: { type: OperationType; id: string }[];
};

/**
 * An operation goes through phases, and which one it is in is written down before the phase begins. A phase
 * can be begun again from what the records say. `forward` alone cannot: after a kill it is failed, and rolled back.
 */
export type OperationRecord = {
  id: string;
  type: 'create' | 'update' | 'delete';
  phase: 'forward' | 'cleanup' | 'rollback' | 'rollback-cleanup' | 'delete';
  /** What a rollback goes back to; undefined for a create. */
  previous: { definition: StackDefinition; description: string | undefined; outputs: Output[] } | undefined;
  onFailure: 'rollback' | 'delete' | 'nothing';
  /** Logical ids that a delete leaves alone, or that a continued rollback skips. */
  except: string[];
  /** Delete to the end whatever cannot be deleted. */
  force: boolean;
  clientRequestToken: string | undefined;
};

/** One physical resource and what is known of it. */
export type Incarnation = {
  /** Its own for ever: physical ids of children (stages, policies) repeat under another parent. */
  key: string;
  type: string;
  physicalId: string;
  properties: Properties;
  attributes: Record<string, string>;
  deletionPolicy: 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';
  updateReplacePolicy: 'Delete' | 'Retain' | 'Snapshot';
  /** Logical ids that were needed for it, which have to outlive it. */
  dependencies: string[];
  metadata: unknown;
};

/** A resource of a stack by its logical id. */
export type ResourceRecord = {
  stackId: string;
  logicalId: string;
  type: string;
  /** Undefined before the first event. */
  status: ResourceStatus | undefined;
  reason: string | undefined;
  timestamp: number;
  /** For display: the physical id in the last event that had one. */
  physicalId: string | undefined;
  /** What the logical id stands for now. */
  current: Incarnation | undefined;
  /** During an operation: what a rollback goes back to; undefined for what was not there before. */
  stable: Incarnation | undefined;
  /** What `stable` was changed to in place, perhaps only partly: a rollback has to put its properties back. */
  touched: Properties | undefined;
  /** Written before a resource is made, so that one made by a killed process is found again. */
  intent: { incarnation: Omit<Incarnation, 'key' | 'physicalId' | 'attributes'>; name: string } | undefined;
  /** Physical resources that no longer stand for the logical id and are to be deleted or left behind. */
  garbage: { incarnation: Incarnation; policy: 'delete' | 'retain' }[];
};

export type EventRecord = {
  eventId: string;
  stackId: string;
  stackName: string;
  operationId: string | undefined;
  logicalId: string;
  physicalId: string;
  type: string;
  timestamp: number;
  status: ResourceStatus | StackStatus;
  reason: string | undefined;
  properties: string | undefined;
  clientRequestToken: string | undefined;
};

export type ChangeSetRecord = {
  id: string;
  name: string;
  stackId: string;
  stackName: string;
  type: ChangeSetType;
  description: string | undefined;
  createdAt: number;
  status: ChangeSetStatus;
  reason: string | undefined;
  executionStatus: ExecutionStatus;
  definition: StackDefinition;
  changes: Change[];
  onStackFailure: 'DELETE' | 'DO_NOTHING' | 'ROLLBACK' | undefined;
};
