import { join } from 'node:path';
import type { Target } from '../aws/target.ts';
import { describeStackInfo, type StackInfo } from '../deploy/stack-info.ts';
import { type Config, stackNameOf } from '../model/config.ts';
import { namesOf } from '../resources/names.ts';
import { resourceDescriptor } from '../resources/registry.ts';
import { writeWhole } from './write-whole.ts';

/** What is deployed of a config. @throws UserError `no-such-stack`; AwsError */
export function readStackInfo(config: Config, target: Target): Promise<StackInfo> {
  const names = namesOf(config);
  return describeStackInfo({
    target,
    stackName: stackNameOf(config),
    resources: config.resources,
    paramsOf: (resource) => resourceDescriptor(resource.type)?.params(resource, names, 'reference') ?? {},
  });
}

/**
 * Writes what `stp info --json` tells to `{stackInfoDirectory}/{stack}.json` (spec 1). Only where the config names the
 * folder: a deploy writes no files that nobody has asked for.
 */
export async function saveStackInfo(config: Config, target: Target): Promise<void> {
  const directory = config.sections?.stackInfoDirectory;
  if (directory === undefined) return;
  const info = await readStackInfo(config, target);
  const file = join(config.directory, directory, `${stackNameOf(config)}.json`);
  await writeWhole(file, `${JSON.stringify(info, null, 2)}\n`);
}
