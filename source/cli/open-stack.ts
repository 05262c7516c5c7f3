import { dirname, join } from 'node:path';
import type { Target } from '../aws/target.ts';
import { stackNameOf } from '../model/config.ts';
import type { Context } from './context.ts';
import { configFile, requireConfig, resolveTarget, stateDirectory } from './project.ts';

/** The stack of the config, for the commands that look at or remove what is deployed. */
export async function openStack(context: Context) {
  const file = configFile(context);
  // The entry files do not matter to what is deployed already.
  const config = await requireConfig(context, { checkEntryFiles: false });
  let target: Promise<Target> | undefined;
  return {
    config,
    historyDirectory: join(stateDirectory(file), 'history'),
    target: () => {
      target ??= resolveTarget(context, dirname(file));
      return target;
    },
    input: {
      serviceName: config.serviceName,
      stage: config.stage,
      stackName: stackNameOf(config),
      resources: config.resources.map(({ name, type }) => ({ name, type })),
    },
  };
}
