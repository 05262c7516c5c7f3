import type { CloudFormation, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { S3 } from '@aws-sdk/client-s3';
import { UserError } from '../model/errors.ts';
import { deleteLeftovers, noticeLeft, type ProvidedInput, providedToDelete } from './delete-provided.ts';
import type { DeployEvent, PlannedChange } from './deploy-event.ts';
import { emptyBucket, holdsObjects } from './empty-bucket.ts';
import { followStack } from './follow-stack.ts';
import { holdsData, isKept } from './holds-data.ts';
import { listResources } from './list-resources.ts';
import { type DeployControl, type Outcome, type Run, throwIfInterrupted } from './operation.ts';
import { plannedAt } from './provided-resources.ts';
import { deployedTemplate, type ReadTemplate } from './resource-owners.ts';
import { causeOf } from './root-cause.ts';
import { runOnStack, type StackInput } from './stack-input.ts';
import { findStack, isRunning, resultOf } from './stack-status.ts';

export type DeleteInput = StackInput & ProvidedInput;

/**
 * Deletes a stack after asking: empties its buckets, deletes, watches to the end, then removes what it has at providers
 * besides AWS. A stack that is not there is deleted already. What a DeletionPolicy keeps stays, its objects too.
 */
export function deleteStack(input: DeleteInput, control: DeployControl): AsyncGenerator<DeployEvent, void> {
  return runOnStack('delete', input, control, (run) => remove(run, input));
}

async function remove(run: Run, input: DeleteInput): Promise<Outcome> {
  const cloudFormation = await run.clients.cloudFormation();
  const { stackName } = input;
  const { found, provided } = await run.phase('check', async () => {
    const found = await inspect(run, cloudFormation, stackName);
    return { found, provided: await providedToDelete(run, input, found?.template.template) };
  });
  if (found === undefined) {
    if (provided.resources.length > 0) return deleteLeftovers(run, stackName, provided);
    run.notice('info', `There is no stack ${stackName}; nothing is to be deleted.`);
    return { status: 'succeeded' };
  }
  const { stackId, status, template, resources } = found;
  const agreed = await run.phase('review', async () => {
    const changes = plannedRemovals(resources, template);
    const filled = await bucketsWithObjects(await run.clients.s3(), changes);
    const planned = [
      ...withoutEmptyBuckets(changes, filled),
      ...provided.resources.map((one) => plannedAt(one, 'remove')),
    ];
    run.emit({ type: 'plan', action: 'delete', stackId, stackName, changes: planned });
    // Whoever started a deletion that runs has been asked already.
    if (status === 'DELETE_IN_PROGRESS') return true;
    const lost = planned.filter((change) => change.losesData);
    const answer = await run.ask({
      kind: 'delete',
      message: `Delete ${stackName} with its ${resources.length === 1 ? 'resource' : `${resources.length} resources`}?`,
      reasons: lost.map(
        (change) => `deletes ${change.resource ?? change.logicalId} (${change.resourceType}) and its data`,
      ),
      losesData: lost.length > 0,
    });
    if (!answer) return false;
    throwIfInterrupted(run.interrupted);
    run.begin();
    const s3 = await run.clients.s3();
    for (const bucket of filled) {
      run.notice('info', `Emptying the bucket ${bucket}.`);
      await emptyBucket(s3, bucket, run.abandoned);
    }
    return true;
  });
  if (!agreed) return { status: 'cancelled' };

  run.begin();
  run.emit({ type: 'phase', phase: 'execute', status: 'running' });
  let since = found.deletedAt ?? new Date(0);
  if (status !== 'DELETE_IN_PROGRESS') {
    since = await lastEventAt(cloudFormation, stackId);
    await cloudFormation.deleteStack({ StackName: stackId, ClientRequestToken: `stp-${run.id}` });
  }
  const warn = () => run.notice('warning', 'A deletion cannot be cancelled; press again to stop watching.');
  run.control.cancel.addEventListener('abort', warn, { once: true });
  const followed = await followStack({
    cloudFormation,
    stackId,
    stackName,
    since,
    interval: run.pollInterval,
    signal: AbortSignal.any([run.control.detach, run.abandoned]),
    emit: run.emit,
    resourceOf: template.ownerOf,
    isEnd: (now) => now === 'DELETE_COMPLETE' || now === 'DELETE_FAILED',
  });
  run.control.cancel.removeEventListener('abort', warn);
  if (followed.status === undefined) {
    if (provided.resources.length > 0) noticeLeft(run, provided);
    return { status: 'detached' };
  }
  const result = resultOf(followed.status, { deleting: true, cancelled: false });
  run.emit({
    type: 'phase',
    phase: 'execute',
    status: result === 'succeeded' ? 'done' : 'failed',
    message: followed.status,
  });
  if (result === 'succeeded') {
    await provided.remove();
    return { status: result };
  }
  const cause = causeOf(
    followed.events,
    { ownerOf: template.ownerOf, ...(input.locate && { locate: input.locate }) },
    followed.reason,
  );
  if (cause) run.emit({ type: 'cause', cause });
  return { status: result, ...(cause && { cause }) };
}

async function inspect(run: Run, cloudFormation: CloudFormation, stackName: string) {
  const stack = await findStack(cloudFormation, stackName, run.interrupted);
  if (stack?.StackStatus === undefined || stack.StackStatus === 'DELETE_COMPLETE') return undefined;
  if (isRunning(stack.StackStatus) && stack.StackStatus !== 'DELETE_IN_PROGRESS')
    run.notice(
      'warning',
      `An operation is running on ${stackName} (${stack.StackStatus}); deleting stops it.`,
    );
  // Told before anything is done: the buckets would be empty by the time that CloudFormation says it.
  if (stack.EnableTerminationProtection && stack.StackStatus !== 'DELETE_IN_PROGRESS') {
    throw new UserError(`${stackName} is protected against being deleted.`, {
      code: 'stack-protected',
      exitCode: 1,
      hint: 'Set `terminationProtection: false` in `deploymentConfig` and deploy, then delete.',
    });
  }
  const stackId = stack.StackId ?? stackName;
  return {
    stackId,
    status: stack.StackStatus,
    deletedAt: stack.DeletionTime,
    template: await deployedTemplate(cloudFormation, stackId),
    resources: await listResources(cloudFormation, stackId),
  };
}

function plannedRemovals(
  resources: readonly StackResourceSummary[],
  template: ReadTemplate,
): PlannedChange[] {
  return resources.map((one) => {
    const logicalId = one.LogicalResourceId ?? '';
    const resourceType = one.ResourceType ?? '';
    const resource = template.ownerOf(logicalId);
    return {
      action: 'remove',
      logicalId,
      resourceType,
      losesData: holdsData(resourceType) && !isKept(template.resources[logicalId], 'removed'),
      ...(resource !== undefined && { resource }),
      ...(one.PhysicalResourceId && { physicalId: one.PhysicalResourceId }),
    };
  });
}

/** The buckets that have to be emptied, since CloudFormation deletes no bucket with objects. */
async function bucketsWithObjects(s3: S3, changes: readonly PlannedChange[]): Promise<string[]> {
  const filled: string[] = [];
  for (const change of changes) {
    if (change.resourceType !== 'AWS::S3::Bucket' || !change.losesData || !change.physicalId) continue;
    if (await holdsObjects(s3, change.physicalId)) filled.push(change.physicalId);
  }
  return filled;
}

const withoutEmptyBuckets = (changes: readonly PlannedChange[], filled: readonly string[]): PlannedChange[] =>
  changes.map((change) =>
    change.resourceType === 'AWS::S3::Bucket' && !filled.includes(change.physicalId ?? '')
      ? { ...change, losesData: false }
      : change,
  );

/** A moment after everything that has happened to the stack, by CloudFormation's clock. */
async function lastEventAt(cloudFormation: CloudFormation, stackId: string): Promise<Date> {
  const { StackEvents } = await cloudFormation.describeStackEvents({ StackName: stackId });
  const last = StackEvents?.[0]?.Timestamp;
  return last ? new Date(last.getTime() + 1) : new Date(0);
}
