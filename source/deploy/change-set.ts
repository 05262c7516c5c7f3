import type {
  Change,
  CloudFormation,
  DescribeChangeSetOutput,
  Parameter,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../model/errors.ts';
import type { ChangeSetSettings } from './deployment-settings.ts';
import { hintForFailure } from './failure-hints.ts';
import { type Run, sleep, throwIfInterrupted } from './operation.ts';
import { findStack } from './stack-status.ts';

export type ChangeSet = {
  id: string;
  name: string;
  type: 'CREATE' | 'UPDATE';
  stackId: string;
  /** By CloudFormation's clock; the operation's events are not older. */
  createdAt: Date;
  /** Can be empty where there is something to execute: outputs and tags are no resources. */
  changes: Change[];
  /** Nothing would be changed by executing it, which CloudFormation refuses then. */
  unchanged: boolean;
};

const looksAtRemoval = 10;

export type ChangeSetRequest = {
  stackName: string;
  type: 'CREATE' | 'UPDATE';
  template: { TemplateBody: string } | { TemplateURL: string };
  parameters: Parameter[];
  tags: { Key: string; Value: string }[];
  settings?: ChangeSetSettings;
};

/**
 * Makes a change set and waits until it is known what it would change. Where that fails nothing is left of it.
 * @throws ChangeSetFailed
 */
export async function createChangeSet(
  run: Run,
  cloudFormation: CloudFormation,
  request: ChangeSetRequest,
): Promise<ChangeSet> {
  const name = `stp-${run.id}`;
  // Not cut off by an interruption: what it makes could not be removed then.
  const created = await cloudFormation.createChangeSet({
    StackName: request.stackName,
    ChangeSetName: name,
    ChangeSetType: request.type,
    ...request.template,
    Parameters: request.parameters,
    Tags: request.tags,
    ...request.settings,
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
  });
  const id = created.Id ?? name;
  const stackId = created.StackId ?? request.stackName;
  const { type } = request;
  try {
    const described = await whenMade(run, cloudFormation, id, request.stackName);
    const made = { id, name, type, stackId, createdAt: described.CreationTime ?? new Date(0) };
    if (described.Status === 'CREATE_COMPLETE')
      return {
        ...made,
        unchanged: false,
        changes: await allChanges(run, cloudFormation, request.stackName, described),
      };
    const reason =
      described.StatusReason ?? 'CloudFormation could not make the change set and gives no reason.';
    if (isUnchanged(reason)) return { ...made, unchanged: true, changes: [] };
    throw new ChangeSetFailed(reason, id);
  } catch (error) {
    await discardChangeSet(run, cloudFormation, { id, stackId, type });
    throw error;
  }
}

async function whenMade(
  run: Run,
  cloudFormation: CloudFormation,
  id: string,
  stackName: string,
): Promise<DescribeChangeSetOutput> {
  for (;;) {
    throwIfInterrupted(run.interrupted);
    const described = await cloudFormation.describeChangeSet(
      { ChangeSetName: id, StackName: stackName },
      { abortSignal: run.interrupted },
    );
    if (described.Status === 'CREATE_COMPLETE' || described.Status === 'FAILED') return described;
    await sleep(run.pollInterval / 2, run.interrupted);
  }
}

/** CloudFormation could not make the change set; the stack is as it was. */
export class ChangeSetFailed extends AwsError {
  readonly changeSetId: string;

  constructor(reason: string, changeSetId: string) {
    const hint = hintForFailure(reason);
    super(reason, { code: 'change-set-failed', ...(hint !== undefined && { hint }) });
    this.changeSetId = changeSetId;
  }
}

/**
 * Removes a change set that is not executed, and the empty stack that the one of a first deploy leaves in review.
 * What fails here is not worth an error: the next deploy removes it too.
 */
export async function discardChangeSet(
  run: Run,
  cloudFormation: CloudFormation,
  changeSet: Pick<ChangeSet, 'id' | 'stackId' | 'type'>,
): Promise<void> {
  try {
    await cloudFormation.deleteChangeSet({ ChangeSetName: changeSet.id, StackName: changeSet.stackId });
    if (changeSet.type !== 'CREATE') return;
    // Only the stack that has never been anything but in review: somebody else may have deployed it meanwhile.
    const stack = await findStack(cloudFormation, changeSet.stackId);
    if (stack?.StackStatus !== 'REVIEW_IN_PROGRESS') return;
    await cloudFormation.deleteStack({ StackName: changeSet.stackId });
    // It takes a moment, in which the next deploy would find the stack busy.
    for (let looks = 0; looks < looksAtRemoval && !run.abandoned.aborted; looks++) {
      const status = (await findStack(cloudFormation, changeSet.stackId))?.StackStatus ?? 'DELETE_COMPLETE';
      if (status === 'DELETE_COMPLETE') return;
      await sleep(run.pollInterval, run.abandoned);
    }
  } catch {
    // See above.
  }
}

/** The words in which CloudFormation says that there is nothing to do; it has no status for it. */
function isUnchanged(reason: string): boolean {
  return /didn't contain changes|no updates are to be performed/i.test(reason);
}

async function allChanges(
  run: Run,
  cloudFormation: CloudFormation,
  stackName: string,
  first: DescribeChangeSetOutput,
): Promise<Change[]> {
  const changes = [...(first.Changes ?? [])];
  for (let token = first.NextToken; token !== undefined; ) {
    const page = await cloudFormation.describeChangeSet(
      { ChangeSetName: first.ChangeSetId ?? '', StackName: stackName, NextToken: token },
      { abortSignal: run.interrupted },
    );
    changes.push(...(page.Changes ?? []));
    token = page.NextToken;
  }
  return changes;
}
