import { join } from 'node:path';
import type { Config } from '../model/config.ts';
import type { Artifact, FunctionToPackage, Packaging, PackagingEvent } from '../packaging/artifact.ts';
import { packageFunctions } from '../packaging/package-functions.ts';
import type { FunctionProperties } from '../resources/function/function.ts';
import { runtimeOf } from '../resources/function/runtimes.ts';

/** Builds the artifacts of the config's functions, or of those that are named. */
export function packageProject(
  config: Config,
  options: {
    stateDirectory: string;
    functions?: readonly string[];
    outDirectory?: string;
    workingDirectory?: string;
    onEvent(event: PackagingEvent): void;
    signal?: AbortSignal;
  },
): Promise<Artifact[]> {
  const { functions, stateDirectory, ...rest } = options;
  const wanted = functionsOf(config).filter(
    ({ name }) => functions === undefined || functions.includes(name),
  );
  return packageFunctions(wanted, {
    ...rest,
    directory: config.directory,
    cacheDirectory: join(stateDirectory, 'cache'),
  });
}

function functionsOf(config: Config): FunctionToPackage[] {
  return config.resources
    .filter(({ type }) => type === 'function')
    .map((resource) => {
      // The check of the config has held them against the schema that this is the type of.
      const properties = resource.properties as FunctionProperties;
      return {
        name: resource.name,
        runtime: runtimeOf(properties),
        architecture: properties.architecture ?? 'x86_64',
        packaging: properties.packaging as Packaging,
      };
    });
}
