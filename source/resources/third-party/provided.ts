import type { Config, ConfigResource } from '../../model/config.ts';
import type { LocalFinding } from '../../model/descriptor.ts';
import { ref, type Value } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { roleNameText } from '../function/role.ts';
import { paramVariables } from '../names.ts';

/** Who runs a resource that AWS does not have. */
export type Provider = 'upstash' | 'mongoDbAtlas';

/**
 * What a provider tells of a resource it has made, each of which is a parameter of the template: the deploy makes the
 * resource before the stack and fills them in. A custom resource would need a function of ours in the user's account,
 * and the provider's keys in the stack; so they stay with who deploys.
 */
type Provided = { provider: Provider; params: readonly string[]; secret: readonly string[] };

const provided: Readonly<Record<string, Provided>> = {
  'upstash-kafka-topic': {
    provider: 'upstash',
    params: ['topicName', 'topicId', 'username', 'password', 'tcpEndpoint', 'restUrl'],
    secret: ['password'],
  },
  'upstash-redis': {
    provider: 'upstash',
    params: ['host', 'port', 'password', 'restToken', 'readOnlyRestToken', 'restUrl', 'redisUrl'],
    secret: ['password', 'restToken', 'readOnlyRestToken', 'redisUrl'],
  },
  'mongo-db-atlas-cluster': { provider: 'mongoDbAtlas', params: ['connectionString'], secret: [] },
};

const providedOf = (type: string): Provided => {
  const found = provided[type];
  if (!found) throw new Error(`${type} is of no provider`);
  return found;
};

/** A resource that a provider has to make before the stack is deployed. */
export type ProvidedResource = {
  name: string;
  type: string;
  provider: Provider;
  properties: Record<string, unknown>;
  /** Names of the roles of what is connected to it; `${AWS::Region}` stands in them. */
  roleNames: string[];
  /** The template parameter that takes each param. */
  parameters: Record<string, string>;
};

const connects = ({ properties }: ConfigResource, name: string): boolean =>
  Array.isArray(properties.connectTo) && properties.connectTo.includes(name);

export function providedResources(config: Config, names: Names): ProvidedResource[] {
  return config.resources
    .filter(({ type }) => Object.hasOwn(provided, type))
    .map(({ name, type, properties }) => ({
      name,
      type,
      provider: providedOf(type).provider,
      properties,
      roleNames: config.resources
        .filter((one) => connects(one, name))
        .map((one) => roleNameText(names, one.name)),
      parameters: Object.fromEntries(
        providedOf(type).params.map((param) => [param, names.logicalId(name, param)]),
      ),
    }));
}

export function addProvided({ name, type }: ConfigResource, stack: StackBuilder): void {
  const { provider, params, secret } = providedOf(type);
  for (const param of params) {
    stack.parameter(stack.names.logicalId(name, param), {
      Type: 'String',
      Description: `${param} of ${name}, from ${provider}`,
      ...(secret.includes(param) ? { NoEcho: true } : {}),
    });
  }
}

export const providedParams = ({ name, type }: ConfigResource, names: Names): Record<string, Value> =>
  Object.fromEntries(providedOf(type).params.map((param) => [param, ref(names.logicalId(name, param))]));

export const providedVariables = (resource: ConfigResource, names: Names): Record<string, Value> =>
  paramVariables(providedParams(resource, names));

/** Without an account at the provider nothing can be made there. */
export function* checkProvider(type: string, config: Config): Iterable<LocalFinding> {
  const { provider } = providedOf(type);
  if (config.sections?.providerConfig?.[provider]) return;
  yield {
    code: 'provider-missing',
    path: [],
    at: 'key',
    message: `A resource of type ${type} needs an account at its provider.`,
    expected: `"providerConfig" with "${provider}"`,
  };
}
