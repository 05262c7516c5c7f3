import { createClients } from '../aws/clients.ts';
import type { Target } from '../aws/target.ts';
import { type Config, stackNameOf } from '../model/config.ts';
import type { ConfigPath, SourceRange } from '../model/diagnostic.ts';
import type { Template } from '../model/template.ts';
import type { Artifact, PackagingEvent } from '../packaging/artifact.ts';
import type { FolderUpload, ProvidedResource } from '../synth/synthesize-stack.ts';
import { carryOut } from './carry-out.ts';
import type { DeployEvent } from './deploy-event.ts';
import { type DeployControl, type Outcome, type Run, runOperation } from './operation.ts';
import { planDeploy } from './plan-deploy.ts';
import { ProvidedStep } from './provided-step.ts';
import type { ProviderAddresses } from './providers/provider.ts';

export type { DeployControl } from './operation.ts';

export type DeployInput = {
  config: Config;
  template: Template;
  /** The template parameter that takes the S3 key of each function's artifact (`synthesizeStack`). */
  artifacts: readonly { functionName: string; keyParameter: string }[];
  /** What has to be made at providers besides AWS first (`synthesizeStack`). */
  provided?: readonly ProvidedResource[];
  /** What belongs into buckets of the stack (`synthesizeStack`). */
  folders?: readonly FolderUpload[];
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
    (run) => deploy(run, input),
  );
}

async function deploy(run: Run, input: DeployInput): Promise<Outcome> {
  const provided = new ProvidedStep(run, {
    stackName: stackNameOf(input.config),
    provided: input.provided ?? [],
    settings: { accounts: input.config.sections?.providerConfig, addresses: input.providerAddresses },
  });
  const plan = await planDeploy(run, input, provided).catch(async (error) => {
    await provided.undo();
    throw error;
  });
  return provided.settle(plan === 'declined' ? { status: 'cancelled' } : await carryOut(run, plan));
}
