import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import { stackNameOf } from '../model/config.ts';
import { cancelOnRequest } from './cancel-operation.ts';
import { discardChangeSet } from './change-set.ts';
import { deployLinks } from './console-links.ts';
import type { DeployInput } from './deploy-stack.ts';
import { noticeUnprotected, settleTerminationProtection } from './deployment-settings.ts';
import { noticeFolders, uploadFolders } from './folders/upload-folders.ts';
import { type Followed, followStack } from './follow-stack.ts';
import { invalidateCdns, noticeNotInvalidated } from './invalidate-cdns.ts';
import type { Outcome, Run } from './operation.ts';
import type { DeployPlan } from './plan-deploy.ts';
import { findCause } from './root-cause.ts';
import { resultOf } from './stack-status.ts';

/** execute → finish of a deploy that has been agreed to. */
export async function carryOut(run: Run, plan: DeployPlan): Promise<Outcome> {
  const { input, stack, changeSet } = plan;
  const outcome = changeSet.unchanged ? await leaveStack(run, plan) : await changeStack(run, plan);
  // The first deploy has nothing that could be old.
  if (stack && outcome.status === 'succeeded') await invalidateCdns(run, input.template, changeSet.stackId);
  if (stack && outcome.status === 'detached') noticeNotInvalidated(run, input.template);
  return outcome;
}

async function leaveStack(run: Run, plan: DeployPlan): Promise<Outcome> {
  const { input, stack, changeSet } = plan;
  const cloudFormation = await run.clients.cloudFormation();
  await discardChangeSet(run, cloudFormation, changeSet);
  run.emit({ type: 'phase', phase: 'execute', status: 'skipped', message: 'nothing to change' });
  const found = await unchanged(cloudFormation, stackNameOf(input.config));
  await settleTerminationProtection(run, input.config, stack, changeSet.stackId);
  return finish(run, plan, found);
}

async function changeStack(run: Run, plan: DeployPlan): Promise<Outcome> {
  const { input, stack, changeSet } = plan;
  const { config } = input;
  // Before, so that it holds with --detach too. A first deploy that fails has to be removable.
  if (stack) await settleTerminationProtection(run, config, stack, changeSet.stackId);
  const outcome = await finish(run, plan, await execute(run, plan));
  if (!stack && outcome.status === 'succeeded')
    await settleTerminationProtection(run, config, stack, changeSet.stackId);
  if (!stack && outcome.status === 'detached') noticeUnprotected(run, config);
  return outcome;
}

/** Executes the change set and watches the stack, unless the user only wants it to begin. */
async function execute(
  run: Run,
  { input, changeSet, ownerOf }: DeployPlan,
): Promise<Followed & { cancelled: boolean }> {
  const { detach } = run.control;
  const cloudFormation = await run.clients.cloudFormation();
  const stackName = stackNameOf(input.config);
  run.emit({ type: 'phase', phase: 'execute', status: 'running' });
  await cloudFormation.executeChangeSet({
    ChangeSetName: changeSet.id,
    StackName: stackName,
    ClientRequestToken: changeSet.name,
    ...(wantsNoRollback(input) && { DisableRollback: true }),
  });
  run.begin();
  if (input.detach) return { status: undefined, outputs: {}, events: [], cancelled: false };

  const cancellation = cancelOnRequest(run, cloudFormation, changeSet.stackId);
  try {
    const followed = await followStack({
      cloudFormation,
      stackId: changeSet.stackId,
      stackName,
      since: changeSet.createdAt,
      interval: run.pollInterval,
      signal: AbortSignal.any([detach, run.abandoned]),
      emit: run.emit,
      resourceOf: ownerOf,
      isEnd: (status) =>
        !status.endsWith('_IN_PROGRESS') &&
        (cancellation.effect !== 'delete' || status.startsWith('DELETE_') || status.includes('ROLLBACK')),
    });
    await cancellation.settle();
    return { ...followed, cancelled: cancellation.effect !== undefined };
  } finally {
    await cancellation.settle();
  }
}

const wantsNoRollback = ({ disableRollback, config }: DeployInput): boolean =>
  disableRollback === true || config.sections?.deploymentConfig?.disableAutoRollback === true;

async function unchanged(
  cloudFormation: CloudFormation,
  stackName: string,
): Promise<Followed & { cancelled: boolean; unchanged: true }> {
  const { Stacks } = await cloudFormation.describeStacks({ StackName: stackName });
  const outputs = (Stacks?.[0]?.Outputs ?? []).map((one) => [one.OutputKey ?? '', one.OutputValue ?? '']);
  return {
    status: Stacks?.[0]?.StackStatus,
    outputs: Object.fromEntries(outputs),
    events: [],
    cancelled: false,
    unchanged: true,
  };
}

/** The outcome, its cause and what can be opened now. */
async function finish(
  run: Run,
  { input, changeSet, ownerOf }: DeployPlan,
  followed: Followed & { cancelled: boolean; unchanged?: true },
): Promise<Outcome> {
  if (followed.status === undefined && !followed.unchanged) {
    noticeFolders(run, input.folders ?? []);
    return { status: 'detached' };
  }
  const status = followed.unchanged
    ? 'unchanged'
    : resultOf(followed.status ?? '', { deleting: false, cancelled: followed.cancelled });
  const good = status === 'succeeded' || status === 'unchanged';
  if (!followed.unchanged) {
    const message = followed.status ?? '';
    run.emit({ type: 'phase', phase: 'execute', status: good ? 'done' : 'failed', message });
  }
  run.emit({ type: 'phase', phase: 'finish', status: 'running' });
  const cause = good
    ? undefined
    : await findCause(
        await run.clients.cloudFormation(),
        changeSet.id,
        followed.events,
        { ownerOf, locate: input.locate },
        followed.reason,
      );
  if (cause && status !== 'cancelled') run.emit({ type: 'cause', cause });
  const uploaded =
    good &&
    (await uploadFolders(run, {
      folders: input.folders ?? [],
      directory: input.config.directory,
      stackName: stackNameOf(input.config),
      stackId: changeSet.stackId,
    }));
  if (good) {
    const links = deployLinks(run.clients.target, changeSet.stackId);
    run.emit({ type: 'outputs', outputs: followed.outputs, links });
  }
  run.emit({ type: 'phase', phase: 'finish', status: 'done' });
  return {
    status: status === 'unchanged' && uploaded ? 'succeeded' : status,
    ...(good && { outputs: followed.outputs }),
    ...(cause && status !== 'cancelled' && { cause }),
  };
}
