import { configSchema } from '../../source/config/config-schema.ts';
import type { SchemaNode } from '../../source/config/schema-node.ts';
import { type ConfigPath, formatPath } from '../../source/model/diagnostic.ts';
import { read } from './read.ts';

/** A place in the schema: its node and, for a value there, the smallest config that has it. */
export type SchemaPlace = {
  /** As `resources.x{function}.properties.memory`: unlike a path it says which branch is meant. */
  name: string;
  path: ConfigPath;
  node: SchemaNode;
  isRequired: boolean;
  configWith(value: unknown): unknown;
};

/** Every place in the schema of the config, those of all descriptors included. */
export const schemaPlaces = (): SchemaPlace[] => [
  ...placesIn({ name: '', path: [], node: configSchema, isRequired: true, configWith: (value) => value }),
];

function* placesIn(place: SchemaPlace): Iterable<SchemaPlace> {
  yield place;
  const { node, path, name, configWith } = place;
  if (node.anyOf) {
    const tag = node.discriminator?.propertyName;
    for (const [index, branch] of node.anyOf.entries()) {
      const label = tag === undefined ? index : branch.properties?.[tag]?.const;
      yield* placesIn({ ...place, name: `${name}{${label}}`, node: branch });
    }
    return;
  }
  const child = (
    key: string | number,
    of: SchemaNode,
    isRequired: boolean,
    embed: (value: unknown) => unknown,
  ) =>
    placesIn({
      name: typeof key === 'number' ? `${name}[]` : formatPath([...(name === '' ? [] : [name]), key]),
      path: [...path, key],
      node: of,
      isRequired,
      configWith: (value) => configWith(embed(value)),
    });
  if (node.items) {
    const rest = Array.from({ length: Math.max(0, (node.minItems ?? 0) - 1) }, () =>
      smallest(node.items ?? {}),
    );
    yield* child(0, node.items, false, (value) => [value, ...rest]);
  }
  for (const [key, property] of Object.entries(node.properties ?? {})) {
    const isRequired = node.required?.includes(key) ?? false;
    yield* child(key, property, isRequired, (value) => ({ ...(smallest(node) as object), [key]: value }));
  }
  if (typeof node.additionalProperties === 'object') {
    yield* child('x', node.additionalProperties, false, (value) => ({ x: value }));
  }
}

/** The smallest value that fits a node; its `default` or first example where a pattern asks for more. */
export function smallest(node: SchemaNode): unknown {
  if (node.anyOf?.[0]) return smallest(node.anyOf[0]);
  if (node.enum) return node.enum[0];
  if ('const' in node) return node.const;
  const type = typeof node.type === 'string' ? node.type : node.type?.[0];
  switch (type) {
    case 'object':
      return Object.fromEntries(
        (node.required ?? []).map((key) => [key, smallest(node.properties?.[key] ?? {})]),
      );
    case 'array':
      return Array.from({ length: node.minItems ?? 0 }, () => smallest(node.items ?? {}));
    case 'integer':
    case 'number':
      return node.minimum ?? Math.min(1, node.maximum ?? 1);
    case 'boolean':
      return false;
    case 'string':
      return smallestText(node);
    default:
      return null;
  }
}

const companion = (type: string): string => `any${type.replaceAll('-', '')}`;

/** The config with one resource of each type besides, which its references can name. */
export function withCompanions(config: unknown): unknown {
  const { resources, ...rest } = config as { resources: Record<string, unknown> };
  return { ...rest, resources: { ...companions, ...resources } };
}

/** What patterns ask for most. */
const shapes = ['x'.repeat(8), '10', '$.detail', 'db.t4g.micro', 'https://example.com', '10.0.0.0/16', '/x'];

function smallestText(node: SchemaNode): string {
  const { pattern, minLength = 1, examples = [], default: byDefault } = node;
  if (node['stp:resource']?.[0]) return companion(node['stp:resource'][0]);
  if (node['stp:connectable']) return companion('bucket');
  // Directives in examples name resources that are not there.
  const fitting = [...examples, 'x'.repeat(Math.max(1, minLength)), byDefault, ...shapes].find(
    (text): text is string =>
      typeof text === 'string' && !/^\$\w+\(/.test(text) && new RegExp(pattern ?? '').test(text),
  );
  if (fitting === undefined)
    throw new Error(`A schema with the pattern ${pattern} needs an example that fits.`);
  return fitting;
}

const resourceSchema = configSchema.properties?.resources?.additionalProperties;

/** Those of which the smallest is right already. */
const companions = Object.fromEntries(
  (typeof resourceSchema === 'object' ? (resourceSchema.anyOf ?? []) : [])
    .map((branch): [string, unknown] => [companion(String(branch.properties?.type?.const)), smallest(branch)])
    .filter(([name, resource]) => read(JSON.stringify({ resources: { [name]: resource } })).config),
);
