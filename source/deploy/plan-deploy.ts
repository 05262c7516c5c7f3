import type { CloudFormation, Stack } from '@aws-sdk/client-cloudformation';
import { describeWidening } from '../iam/widening.ts';
import { stackNameOf } from '../model/config.ts';
import {
  type ChangeSet,
  ChangeSetFailed,
  type ChangeSetRequest,
  createChangeSet,
  discardChangeSet,
} from './change-set.ts';
import { packageFunctions, sendArtifacts } from './deploy-artifacts.ts';
import type { DeployInput } from './deploy-stack.ts';
import { changeSetSettings } from './deployment-settings.ts';
import { type Run, throwIfInterrupted } from './operation.ts';
import { plannedChange, questionAbout } from './planned-changes.ts';
import { prepareStack } from './prepare-stack.ts';
import type { ProvidedStep } from './provided-step.ts';
import { deployedTemplate, type ReadTemplate, readTemplate } from './resource-owners.ts';
import { failureOfChangeSet } from './root-cause.ts';
import { noticeHooks, refuseImageBuilds } from './unsupported.ts';
import { withVersionDigests } from './version-digests.ts';

/** A deploy that has been agreed to. */
export type DeployPlan = {
  /** With the template that is deployed. */
  input: DeployInput;
  /** As it is before; absent for a first deploy. */
  stack: Stack | undefined;
  changeSet: ChangeSet;
  ownerOf(logicalId: string): string | undefined;
};

/** check → package → upload → review. Nothing of the stack is changed by it. */
export async function planDeploy(
  run: Run,
  given: DeployInput,
  provided: ProvidedStep,
): Promise<DeployPlan | 'declined'> {
  const { clients } = run;
  const cloudFormation = await clients.cloudFormation();
  const stackName = stackNameOf(given.config);
  throwIfInterrupted(run.interrupted);

  const { type, stack, settings, before } = await run.phase('check', async () => {
    refuseImageBuilds(given.template);
    noticeHooks(run, given.config.sections ?? {}, ['beforeDeploy', 'afterDeploy']);
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

  const request: ChangeSetRequest = { stackName, type, template, parameters, tags: input.tags, settings };
  const changeSet = await run.phase('review', () =>
    review(run, cloudFormation, input, request, before, provided),
  );
  if (changeSet === 'declined') return changeSet;
  const after = readTemplate(input.template);
  return {
    input,
    stack,
    changeSet,
    ownerOf: (logicalId) => after.ownerOf(logicalId) ?? before?.ownerOf(logicalId),
  };
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
