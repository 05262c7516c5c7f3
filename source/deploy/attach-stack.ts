import type { CloudFormation, StackEvent as CloudFormationEvent } from '@aws-sdk/client-cloudformation';
import { cancelOnRequest } from './cancel-operation.ts';
import { deployLinks } from './console-links.ts';
import type { DeployEvent, PlannedChange } from './deploy-event.ts';
import { followStack } from './follow-stack.ts';
import { listResources } from './list-resources.ts';
import type { DeployControl, Outcome, Run } from './operation.ts';
import { plannedChange } from './planned-changes.ts';
import { deployedTemplate, type ReadTemplate } from './resource-owners.ts';
import { causeOf } from './root-cause.ts';
import { noSuchStack } from './stack-info.ts';
import { runOnStack, type StackInput } from './stack-input.ts';
import { findStack, isRunning, resultOf } from './stack-status.ts';

/**
 * Watches the operation that runs on a stack, whoever started it, from its first event. Where none runs, the last
 * one is shown with its outcome: it may have ended a moment ago.
 */
export function attachStack(input: StackInput, control: DeployControl): AsyncGenerator<DeployEvent, void> {
  return runOnStack('attach', input, control, (run) => attach(run, input));
}

async function attach(run: Run, input: StackInput): Promise<Outcome> {
  const cloudFormation = await run.clients.cloudFormation();
  const { stackName } = input;
  const found = await run.phase('check', async () => {
    const stack = await findStack(cloudFormation, stackName, run.interrupted);
    if (stack?.StackId === undefined || stack.StackStatus === 'REVIEW_IN_PROGRESS')
      throw noSuchStack(stackName);
    if (!isRunning(stack.StackStatus ?? ''))
      run.notice('info', `No operation is running on ${stackName}; this is the last one.`);
    const template = await deployedTemplate(cloudFormation, stack.StackId);
    const start = await startOfOperation(cloudFormation, stack.StackId);
    return { stackId: stack.StackId, changeSetId: stack.ChangeSetId, template, start };
  });
  const { stackId, template, start } = found;
  run.begin();
  run.emit({
    type: 'plan',
    action: start.action,
    stackId,
    stackName,
    changes: await changesOf(cloudFormation, stackId, found.changeSetId, start.action, template),
  });
  run.emit({ type: 'phase', phase: 'execute', status: 'running' });
  const cancellation = cancelOnRequest(run, cloudFormation, stackId);
  const followed = await followStack({
    cloudFormation,
    stackId,
    stackName,
    since: start.since,
    interval: run.pollInterval,
    signal: AbortSignal.any([run.control.detach, run.abandoned]),
    emit: run.emit,
    resourceOf: template.ownerOf,
  });
  await cancellation.settle();
  const cancelled = cancellation.effect !== undefined;
  if (followed.status === undefined) return { status: 'detached' };

  const deleting = start.action === 'delete';
  const status = resultOf(followed.status, { deleting, cancelled });
  const good = status === 'succeeded';
  run.emit({ type: 'phase', phase: 'execute', status: good ? 'done' : 'failed', message: followed.status });
  if (good) {
    if (!deleting) {
      const links = deployLinks(run.clients.target, stackId);
      run.emit({ type: 'outputs', outputs: followed.outputs, links });
    }
    return { status, outputs: followed.outputs };
  }
  const context = { ownerOf: template.ownerOf, ...(input.locate && { locate: input.locate }) };
  const cause = cancelled ? undefined : causeOf(followed.events, context, followed.reason);
  if (cause) run.emit({ type: 'cause', cause });
  return { status, ...(cause && { cause }) };
}

/** Goes back to the event with which the operation began; a rollback belongs to what it rolls back. */
async function startOfOperation(
  cloudFormation: CloudFormation,
  stackId: string,
): Promise<{ since: Date; action: 'create' | 'update' | 'delete' }> {
  let token: string | undefined;
  do {
    const page = await cloudFormation.describeStackEvents({
      StackName: stackId,
      ...(token !== undefined && { NextToken: token }),
    });
    for (const event of page.StackEvents ?? []) {
      const action = actionStartedBy(event, stackId);
      if (action && event.Timestamp) return { since: event.Timestamp, action };
    }
    token = page.NextToken;
  } while (token !== undefined);
  return { since: new Date(0), action: 'update' };
}

function actionStartedBy(event: CloudFormationEvent, stackId: string) {
  if (event.PhysicalResourceId !== stackId) return undefined;
  switch (event.ResourceStatus) {
    case 'CREATE_IN_PROGRESS':
      return 'create';
    case 'UPDATE_IN_PROGRESS':
    case 'IMPORT_IN_PROGRESS':
      return 'update';
    case 'DELETE_IN_PROGRESS':
      return 'delete';
    default:
      return undefined;
  }
}

/** What the operation changes: from its change set where that can still be read, else from the stack. */
async function changesOf(
  cloudFormation: CloudFormation,
  stackId: string,
  changeSetId: string | undefined,
  action: 'create' | 'update' | 'delete',
  template: ReadTemplate,
): Promise<PlannedChange[]> {
  if (action === 'delete') {
    const resources = await listResources(cloudFormation, stackId).catch(() => []);
    return resources.map((one) =>
      planned('remove', one.LogicalResourceId ?? '', one.ResourceType ?? '', template),
    );
  }
  if (action === 'create')
    return Object.entries(template.resources).map(([logicalId, resource]) =>
      planned('add', logicalId, resource.Type, template),
    );
  if (changeSetId === undefined) return [];
  try {
    const { Changes = [] } = await cloudFormation.describeChangeSet({ ChangeSetName: changeSetId });
    return Changes.flatMap(({ ResourceChange: change }) =>
      change ? [plannedChange(change, { before: undefined, after: template })] : [],
    );
  } catch {
    // Whoever started it may have used no change set; the resources then show as their events come.
    return [];
  }
}

function planned(
  action: PlannedChange['action'],
  logicalId: string,
  resourceType: string,
  template: ReadTemplate,
): PlannedChange {
  const resource = template.ownerOf(logicalId);
  return { action, logicalId, resourceType, losesData: false, ...(resource !== undefined && { resource }) };
}
