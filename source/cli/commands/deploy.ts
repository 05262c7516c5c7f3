import { dirname } from 'node:path';
import type { Target } from '../../aws/target.ts';
import type { DeployEvent } from '../../deploy/deploy-event.ts';
import { type DeployControl, deployStack } from '../../deploy/deploy-stack.ts';
import { stackTags } from '../../synth/synthesize-stack.ts';
import type { Context } from '../context.ts';
import { logGroupsOf, openLogs } from '../function-logs.ts';
import { packageProject } from '../package-project.ts';
import { programVersion } from '../program-version.ts';
import { configFile, resolveTarget, stateDirectory, synthesizeProject } from '../project.ts';
import { providerAddresses } from '../provider-addresses.ts';
import { printWarnings } from '../report-error.ts';
import { showOperation } from '../show-operation.ts';
import { saveStackInfo } from '../stack-info.ts';

type Flags = {
  detach?: boolean;
  rollback?: boolean;
  cancelOnInterrupt?: boolean;
  allowDataLoss?: boolean;
};

/** What the demo does with an operation's events on their way. */
export type Through = (events: AsyncIterable<DeployEvent>) => AsyncIterable<DeployEvent>;

/** `stp deploy`: package, upload, change set, confirm, execute, watch to the end. */
export async function deploy(
  context: Context,
  _args: string[],
  flags: Flags,
  through?: Through,
): Promise<number> {
  const file = configFile(context);
  // Before the full screen opens: a wrong config is told in the scrollback.
  const project = await synthesizeProject(context, { checkEntryFiles: true, pinSecrets: true });
  const { template, artifacts, provided, folders } = project;
  printWarnings(context, project.problems);
  let target: Target | undefined;

  async function* run(control: DeployControl): AsyncGenerator<DeployEvent> {
    target = await resolveTarget(context, dirname(file));
    yield* deployStack(
      {
        config: project.config,
        template,
        artifacts,
        provided,
        folders,
        providerAddresses: providerAddresses(context.io.env),
        tags: stackTags(project.config),
        target,
        programVersion,
        package: (onEvent, signal) =>
          packageProject(project.config, { stateDirectory: stateDirectory(file), onEvent, signal }),
        locate: project.locate,
        disableRollback: flags.rollback === false,
        detach: flags.detach === true,
      },
      control,
    );
  }

  const code = await showOperation(context, (control) => through?.(run(control)) ?? run(control), {
    cancelOnInterrupt: flags.cancelOnInterrupt === true,
    allowDataLoss: flags.allowDataLoss === true,
    detach: flags.detach === true,
    historyDirectory: `${stateDirectory(file)}/history`,
    openLogs: () =>
      target && openLogs(logGroupsOf(project.config), target, { since: Date.now() - 600_000, follow: true }),
  });
  if (code === 0 && target && flags.detach !== true) await saveStackInfo(project.config, target);
  return code;
}
