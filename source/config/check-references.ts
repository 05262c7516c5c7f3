import type { ConfigPath, Finding } from '../model/diagnostic.ts';
import { didYouMean } from '../model/nearest-word.ts';
import { connectionMacroNames } from '../resources/connection-macros.ts';
import { resourceDescriptor, resourceDescriptors } from '../resources/registry.ts';

/** Resources as they are written, by name: also those that have errors of their own. */
export type ResourceTypes = ReadonlyMap<string, string>;

/** A property that has to name a resource of one of the types (spec 3.1). */
export function checkReference(
  name: string,
  types: readonly string[],
  path: ConfigPath,
  resources: ResourceTypes,
): Finding | undefined {
  const type = resources.get(name);
  if (type !== undefined && types.includes(type)) return undefined;
  const candidates = [...resources].filter(([, other]) => types.includes(other)).map(([other]) => other);
  const wanted = types.join(' or ');
  return {
    severity: 'error',
    code: type === undefined ? 'unknown-resource' : 'wrong-resource-type',
    path,
    message:
      type === undefined
        ? `"${String(path.at(-1))}" names "${name}", and there is no such resource in the config.`
        : `"${String(path.at(-1))}" names "${name}", which is of type ${type} and not ${wanted}.`,
    expected:
      candidates.length === 0
        ? `a resource of type ${wanted}, of which the config has none`
        : `a resource of type ${wanted}: ${candidates.join(', ')}`,
    ...didYouMean(name, candidates),
  };
}

/** An entry of `connectTo`: a resource that can be connected to, or a service of AWS. */
export function checkConnection(
  name: string,
  path: ConfigPath,
  resources: ResourceTypes,
  cloudformationIds: readonly string[],
): Finding | undefined {
  if (connectionMacroNames.includes(name)) return undefined;
  const type = resources.get(name);
  if (type === undefined && cloudformationIds.includes(name)) {
    return {
      severity: 'error',
      code: 'wrong-resource-type',
      path,
      message: `"connectTo" names "${name}", a resource of "cloudformationResources", of which it does not know what to allow.`,
      suggestion: `Allow it in "iamRoleStatements", with Resource: $CfResourceParam('${name}', 'Arn').`,
    };
  }
  const descriptor = type === undefined ? undefined : resourceDescriptor(type);
  // A type that is unknown or not supported yet has an error of its own.
  if (descriptor?.connect || (type !== undefined && !descriptor)) return undefined;
  const connectable = resourceDescriptors.filter(({ connect }) => connect).map((one) => one.type);
  const candidates = [...resources]
    .filter(([, other]) => connectable.includes(other))
    .map(([other]) => other);
  const known = [...candidates, ...connectionMacroNames];
  return {
    severity: 'error',
    code: type === undefined ? 'unknown-resource' : 'wrong-resource-type',
    path,
    message:
      type === undefined
        ? `"connectTo" names "${name}", and there is no such resource in the config.`
        : `"connectTo" names "${name}", which is of type ${type} and cannot be connected to.`,
    expected: `one of ${known.join(', ')}`,
    ...didYouMean(name, known),
  };
}
