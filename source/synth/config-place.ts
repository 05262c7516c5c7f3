import type { Config } from '../model/config.ts';
import type { ConfigPath } from '../model/diagnostic.ts';

/**
 * Where in the config something of a CloudFormation resource comes from. A template has no places, but the config
 * that it is made of holds the same values; where it does not, the resource's own place is given.
 * @param owner the resource of the config; undefined for one of `cloudformationResources`
 */
export function placeOf(
  config: Config,
  logicalId: string,
  owner: string | undefined,
  isIt: (value: unknown, key: string | number) => boolean = () => false,
): ConfigPath {
  const root = owner === undefined ? ['cloudformationResources', logicalId] : ['resources', owner];
  const written =
    owner === undefined
      ? config.cloudformationResources[logicalId]
      : config.resources.find(({ name }) => name === owner);
  return [...root, ...(pathIn(written, isIt) ?? [])];
}

function pathIn(
  value: unknown,
  isIt: (value: unknown, key: string | number) => boolean,
): (string | number)[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const step = Array.isArray(value) ? Number(key) : key;
    if (isIt(member, step)) return [step];
    const found = pathIn(member, isIt);
    if (found) return [step, ...found];
  }
  return undefined;
}
