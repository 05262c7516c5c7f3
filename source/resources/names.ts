import { type Config, stackNameOf } from '../model/config.ts';
import type { Value } from '../model/intrinsic.ts';
import type { Names } from '../model/stack-builder.ts';

/** `myAPIGateway2` is the words `my API Gateway2`; what is neither letter nor digit parts words and is dropped. */
function wordsOf(text: string): string[] {
  return text.match(/[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z][A-Z0-9]*(?![a-z])|[A-Z]/g) ?? [];
}

export const pascalCase = (text: string): string =>
  wordsOf(text)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('');

const upperSnakeCase = (text: string): string =>
  wordsOf(text)
    .map((word) => word.toUpperCase())
    .join('_');

/** Params as variables of who is connected: `cdnUrl` is `CDN_URL`. */
export const paramVariables = (params: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(params).map(([param, value]) => [upperSnakeCase(param), value]));

/** 32 bits as eight hexadecimal digits, by the xor form of D. J. Bernstein's hash. Not for secrets. */
export function shortHash(text: string): string {
  let hash = 5381;
  for (let index = 0; index < text.length; index++) hash = (hash * 33) ^ text.charCodeAt(index);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/**
 * `proposed`, cut where it is longer than `limit`: six digits of SHAKE256 of the whole text keep cut names apart
 * (spec 12.1).
 */
export function fitName(proposed: string, limit: number): string {
  if (proposed.length <= limit) return proposed;
  // Loaded here, since most stacks have no name that is too long.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const digest = createHash('shake256', { outputLength: 3 }).update(proposed).digest('hex');
  return `${proposed.slice(0, limit - 7)}-${digest}`;
}

/** The names that a stack of this config gives, for those who look for its resources. */
export const namesOf = (config: Pick<Config, 'serviceName' | 'stage'>): Names =>
  createNames(stackNameOf(config));

/** The names of one stack. */
export function createNames(stackName: string): Names {
  return {
    stackName,
    logicalId: (owner, type, { specifier = '', index } = {}) =>
      pascalCase(owner ?? 'Stp') +
      pascalCase(specifier) +
      pascalCase(type.slice(type.lastIndexOf(':') + 1)) +
      (index ?? ''),
    physicalName: (name, limit) => fitName(`${stackName}-${name}`, limit),
    variable: (resource, key) => `STP_${upperSnakeCase(resource)}_${key}`,
    hash: shortHash,
  };
}
