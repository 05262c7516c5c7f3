import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import { type Clients, createClients } from '../aws/clients.ts';
import type { Target } from '../aws/target.ts';
import { describeWidening } from '../iam/widening.ts';
import { type Config, stackNameOf } from '../model/config.ts';
import type { ConfigPath, SourceRange } from '../model/diagnostic.ts';
import type { Template } from '../model/template.ts';
import type { Artifact, PackagingEvent } from '../packaging/artifact.ts';
import type { ProvidedResource } from '../synth/synthesize-stack.ts';
import { cancelOnRequest } from './cancel-operation.ts';
import {
  type ChangeSet,
  ChangeSetFailed,
  type ChangeSetRequest,
  createChangeSet,
  discardChangeSet,
} from './change-set.ts';
import { deployLinks } from './console-links.ts';
import { packageFunctions, sendArtifacts } from './deploy-artifacts.ts';
import type { DeployEvent } from './deploy-event.ts';
import { changeSetSettings, noticeUnprotected, settleTerminationProtection } from './deployment-settings.ts';
import { type Followed, followStack } from './follow-stack.ts';
import { refuseImageBuilds } from './image-builds.ts';
import { type DeployControl, type Outcome, type Run, runOperation, throwIfInterrupted } from './operation.ts';
import { plannedChange, questionAbout } from './planned-changes.ts';
import { prepareStack } from './prepare-stack.ts';
import { ProvidedStep } from './provided-step.ts';
import type { ProviderAddresses } from './providers/provider.ts';
import { deployedTemplate, type ReadTemplate, readTemplate } from './resource-owners.ts';
import { failureOfChangeSet, findCause } from './root-cause.ts';
import { resultOf } from './stack-status.ts';
import { withVersionDigests } from './version-digests.ts';

export type { DeployControl } from './operation.ts';

export type DeployInput = {
  config: Config;
  template: Template;
  /** The template parameter that takes the S3 key of each function's artifact (`synthesizeStack`). */
  artifacts: readonly { functionName: string; keyParameter: string }[];
  /** What has to be made at providers besides AWS first (`synthesizeStack`). */
  provided?: readonly ProvidedResource[];
  /** Where the providers are; without it at their public addresses. */
  providerAddresses?: ProviderAddresses;
  tags: { Key: string; Value: string }[];
  target: Target;
  programVersion: string;
  /** Builds the artifacts of all functions and says how it goes. */
  package(onEvent: (event: PackagingEvent) => void, signal: AbortSignal): Promise<Artifact[]>;
  /** Where something stands in the config. */
  locate(path: ConfigPath): SourceRange | undefined;
  /** Leave a failed deploy as it is, to look at it. */
  disableRollback?: boolean;
  /** Return once CloudFormation has begun. */
  detach?: boolean;
};

/**
 * Deploys a stack: check → package → upload → review → execute → finish. Always by a change set; asks before what
 * the contract wants asked (spec/cli.md, confirmation); watches to the end, a rollback too.
 * Ends with a `result` event, or with an `error` event where the stack was not touched.
 */
export function deployStack(input: DeployInput, control: DeployControl): AsyncGenerator<DeployEvent, void> {
  const { config } = input;
  const clients = createClients(input.target);
  return runOperation(
    {
      operation: 'deploy',
      started: {
        serviceName: config.serviceName,
        stage: config.stage,
        stackName: stackNameOf(config),
        programVersion: input.programVersion,
        resources: config.resources.map(({ name, type }) => ({ name, type })),
      },
      clients,
      control,
    },
    (run) => deployWithProvided(run, clients, input),
  );
}

/** What was made at providers for a stack that did not come to be is taken back. */
async function deployWithProvided(run: Run, clients: Clients, given: DeployInput): Promise<Outcome> {
  const provided = new ProvidedStep(run, {
    stackName: stackNameOf(given.config),
    provided: given.provided ?? [],
    settings: { accounts: given.config.sections?.providerConfig, addresses: given.providerAddresses },
  });
  try {
    return await provided.settle(await deploy(run, clients, given, provided));
  } catch (error) {
    await provided.undo();
    throw error;
  }
}

async function deploy(
  run: Run,
  clients: Clients,
  given: DeployInput,
  provided: ProvidedStep,
): Promise<Outcome> {
  const cloudFormation = await clients.cloudFormation();
  const stackName = stackNameOf(given.config);
  throwIfInterrupted(run.interrupted);

  const { type, stack, settings, before } = await run.phase('check', async () => {
    refuseImageBuilds(given.template);
    const stack = await prepareStack(run, cloudFormation, stackName);
    const before = stack && (await deployedTemplate(cloudFormation, stackName));
    await provided.check(before?.template);
    const settings = await changeSetSettings(run, given.config, stack);
    return { type: stack ? 'UPDATE' : 'CREATE', stack, settings, before } as const;
  });
  const artifacts = await run.phase('package', () => packageFunctions(run, given));
  const input = { ...given, template: provided.record(withVersionDigests(given, artifacts)) };
  throwIfInterrupted(run.interrupted);
  const { template, parameters } = await run.phase('upload', async () => {
    const sent = await sendArtifacts(run, clients, input, artifacts);
    return { ...sent, parameters: [...sent.parameters, ...(await provided.ensure())] };
  });
  throwIfInterrupted(run.interrupted);

  const owners = (logicalId: string) =>
    readTemplate(input.template).ownerOf(logicalId) ?? before?.ownerOf(logicalId);
  const request: ChangeSetRequest = { stackName, type, template, parameters, tags: input.tags, settings };
  const changeSet = await run.phase('review', () =>
    review(run, cloudFormation, input, request, before, provided),
  );
  if (changeSet === 'declined') return { status: 'cancelled' };
  if (changeSet.unchanged) {
    await discardChangeSet(run, cloudFormation, changeSet);
    run.emit({ type: 'phase', phase: 'execute', status: 'skipped', message: 'nothing to change' });
    const found = await unchanged(cloudFormation, stackName);
    await settleTerminationProtection(run, given.config, stack, changeSet.stackId);
    return finish(run, clients, input, owners, changeSet, found);
  }
  // Before, so that it holds with --detach too. A first deploy that fails has to be removable.
  if (stack) await settleTerminationProtection(run, given.config, stack, changeSet.stackId);
  const followed = await execute(run, cloudFormation, input, changeSet, owners);
  const outcome = await finish(run, clients, input, owners, changeSet, followed);
  if (!stack && outcome.status === 'succeeded')
    await settleTerminationProtection(run, given.config, stack, changeSet.stackId);
  if (!stack && outcome.status === 'detached') noticeUnprotected(run, given.config);
  return outcome;
}

/** Makes the change set, shows the plan, asks where that is wanted, and changes what is at providers. */
async function review(
  run: Run,
  cloudFormation: CloudFormation,
  input: DeployInput,
  request: ChangeSetRequest,
  before: ReadTemplate | undefined,
  provided: ProvidedStep,
): Promise<ChangeSet | 'declined'> {
  const after = readTemplate(input.template);
  const changeSet = await createChangeSet(run, cloudFormation, request).catch(async (error) => {
    if (error instanceof ChangeSetFailed) {
      const context = { ownerOf: after.ownerOf, locate: input.locate };
      const cause = await failureOfChangeSet(cloudFormation, error.changeSetId, context);
      if (cause) run.emit({ type: 'cause', cause });
    }
    throw error;
  });
  try {
    const widenings = describeWidening(before?.template, input.template);
    const permissions = new Map(widenings.map((one) => [one.logicalId, one.sentences]));
    const ofStack = changeSet.changes.flatMap(({ ResourceChange: change }) =>
      change ? [plannedChange(change, { before, after, permissions })] : [],
    );
    const changes = [...ofStack, ...provided.plannedChanges()];
    const action = request.type === 'CREATE' ? 'create' : 'update';
    run.emit({
      type: 'plan',
      action,
      stackId: changeSet.stackId,
      stackName: request.stackName,
      changeSet: changeSet.name,
      changes,
    });
    const question = questionAbout(action, changes, request.stackName);
    if (question && !(await run.ask(question))) {
      await discardChangeSet(run, cloudFormation, changeSet);
      return 'declined';
    }
    throwIfInterrupted(run.interrupted);
    await provided.apply();
    return changeSet;
  } catch (error) {
    await discardChangeSet(run, cloudFormation, changeSet);
    throw error;
  }
}

/** Executes the change set and watches the stack, unless the user only wants it to begin. */
async function execute(
  run: Run,
  cloudFormation: CloudFormation,
  input: DeployInput,
  changeSet: ChangeSet,
  ownerOf: (logicalId: string) => string | undefined,
): Promise<Followed & { cancelled: boolean }> {
  const { detach } = run.control;
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
  clients: Clients,
  input: DeployInput,
  ownerOf: (logicalId: string) => string | undefined,
  changeSet: ChangeSet,
  followed: Followed & { cancelled: boolean; unchanged?: true },
): Promise<Outcome> {
  if (followed.status === undefined && !followed.unchanged) return { status: 'detached' };
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
        await clients.cloudFormation(),
        changeSet.id,
        followed.events,
        { ownerOf, locate: input.locate },
        followed.reason,
      );
  if (cause && status !== 'cancelled') run.emit({ type: 'cause', cause });
  if (good) {
    const links = deployLinks(clients.target, changeSet.stackId);
    run.emit({ type: 'outputs', outputs: followed.outputs, links });
  }
  run.emit({ type: 'phase', phase: 'finish', status: 'done' });
  return {
    status,
    ...(good && { outputs: followed.outputs }),
    ...(cause && status !== 'cancelled' && { cause }),
  };
}
