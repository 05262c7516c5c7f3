import { needsStatic } from './check-schema.ts';
import { configSchema } from './config-schema.ts';
import { builtIns } from './directives/built-ins.ts';
import type { SchemaNode } from './schema-node.ts';

/** A node of a JSON Schema, draft-07; undefined keywords are left out in print. */
type JsonSchema = { [keyword: string]: unknown };

const runtimeNames = Object.entries(builtIns)
  .filter(([, { when }]) => when === 'runtime')
  .map(([name]) => name)
  .join('|');

/** Any name: the config can define directives of its own. */
const anyName = '[$A-Z_a-z][\\w$]*';
const staticName = `(?!(?:${runtimeNames})\\()${anyName}`;

/** `pattern` looks at texts only, so that these stand beside the keywords of the value itself. */
const definitions: Record<string, JsonSchema> = {
  directive: {
    pattern: `^\\$${anyName}\\([\\s\\S]*\\)[\\w$.-]*$`,
    patternErrorMessage: 'Neither a value that fits nor a directive, such as $Var().name.',
  },
  staticDirective: {
    pattern: `^\\$${staticName}\\([\\s\\S]*\\)[\\w$.-]*$`,
    patternErrorMessage:
      'Neither a value that fits nor a directive that is known before the deployment, such as $Var().name.',
  },
  textWithDirective: { type: 'string', pattern: `\\$${anyName}\\(` },
  textWithStaticDirective: { type: 'string', pattern: `\\$${staticName}\\(` },
  // No `not`: editors have no words of ours for it.
  withoutRuntimeDirective: {
    pattern: `^(?![\\s\\S]*\\$(?:${runtimeNames})\\()`,
    patternErrorMessage:
      'This has to be known before the deployment, which what CloudFormation resolves is not.',
  },
};

/**
 * The text of the JSON Schema (draft-07) of the whole config, for editors. It says what `checkSchema` says, except
 * what only our own keywords do (`stp:uniqueBy`, and that named resources are there) and unknown directives in
 * texts that may be any.
 */
export function configJsonSchema(): string {
  const schema: JsonSchema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...described(configSchema),
    ...objectSchema(configSchema),
    definitions,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function toJsonSchema(node: SchemaNode): JsonSchema {
  if (node.discriminator && node.anyOf) return variantSchema(node, node.anyOf);
  if (node.anyOf) return withDescription(node, { anyOf: [...node.anyOf.map(toJsonSchema), textWith(node)] });
  if (node.enum || 'const' in node) {
    const values = node.enum ? { enum: node.enum } : { const: node.const };
    return withDescription(node, { anyOf: [values, textWith(node)] });
  }
  if (node.type === undefined) return described(node);
  if (node.type === 'string') return textSchema(node);
  if (typeof node.type !== 'string' && node.type.includes('string')) return scalarSchema(node);
  if (node.type === 'object') return withDescription(node, orDirective(objectSchema(node), node));
  const { minimum, maximum, minItems, maxItems, uniqueItems, items } = node;
  const bounds = { minimum, maximum, minItems, maxItems, uniqueItems };
  // What an editor offers for a whole entry would else be called `object | string`.
  const entry = items && withTitle(toJsonSchema(items), node.title && `${node.title}: entry`);
  return withDescription(node, orDirective({ type: node.type, ...bounds, items: entry }, node));
}

function objectSchema({ properties, required, additionalProperties }: SchemaNode): JsonSchema {
  return {
    type: 'object',
    properties:
      properties &&
      Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, toJsonSchema(child)])),
    required: required?.length ? required : undefined,
    additionalProperties:
      typeof additionalProperties === 'object'
        ? toJsonSchema(additionalProperties)
        : (additionalProperties ?? false),
  };
}

/** Conditions instead of alternatives: so editors complete, and complain of, the branch that `type` names. */
function variantSchema(node: SchemaNode, branches: readonly SchemaNode[]): JsonSchema {
  const tag = node.discriminator?.propertyName ?? 'type';
  const typeOf = (branch: SchemaNode) => branch.properties?.[tag]?.const;
  const types = {
    enum: branches.map(typeOf),
    enumDescriptions: branches.map(({ title, description }) => [title, description].join(': ')),
  };
  const noun = node['stp:noun'] ?? tag;
  return withDescription(node, {
    title: node.title ?? titleOf(noun),
    ...orDirective({ type: 'object' }, node),
    properties: {
      [tag]: {
        description: `The ${noun}.`,
        anyOf: [types, textWith({ 'stp:static': true })],
      },
    },
    required: [tag],
    allOf: [
      directive(node),
      ...branches.map((branch) => ({
        if: { properties: { [tag]: { const: typeOf(branch) } }, required: [tag] },
        // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
        then: branchSchema(branch, tag),
      })),
    ],
  });
}

/** `resource type` is that of a Resource. */
function titleOf(noun: string): string {
  const word = noun.replace(/ type$/, '');
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** Without the type: a condition on the properties holds for a text too, which has none. */
function branchSchema(branch: SchemaNode, tag: string): JsonSchema {
  const { type: _type, properties, ...rest } = objectSchema(branch);
  const { title, description } = branch;
  const members = properties as Record<string, JsonSchema>;
  return {
    ...rest,
    description,
    properties: {
      ...members,
      ...(members.properties && { properties: withTitle(members.properties, title, description) }),
      [tag]: true,
    },
  };
}

/** Else an editor shows those of what it stands in. */
const withTitle = (schema: JsonSchema, title?: string, description?: string): JsonSchema => ({
  ...schema,
  title: schema.title ?? title,
  description: schema.description ?? description,
});

function textSchema(node: SchemaNode): JsonSchema {
  const { minLength, maxLength, pattern } = node;
  const text = { type: 'string', minLength, ...withoutRuntime(node) };
  if (maxLength === undefined && pattern === undefined) return withDescription(node, text);
  const format = node['stp:format'];
  const patternErrorMessage = format && `This has to be ${format}.`;
  return withDescription(node, {
    anyOf: [{ ...text, maxLength, pattern, patternErrorMessage }, textWith(node)],
  });
}

function scalarSchema(node: SchemaNode): JsonSchema {
  const { type, minimum, maximum } = node;
  return withDescription(node, { type, minimum, maximum, ...withoutRuntime(node) });
}

/** Any text would fit otherwise. */
const withoutRuntime = (node: SchemaNode): JsonSchema =>
  needsStatic(node) ? { allOf: [reference('withoutRuntimeDirective')] } : {};

/** Keywords of JSON Schema look at one kind of value each, so that a text can be let in beside them. */
function orDirective(schema: JsonSchema, node: SchemaNode): JsonSchema {
  const types = [schema.type].flat();
  return { ...schema, type: [...types, 'string'], allOf: [directive(node)] };
}

const reference = (name: keyof typeof definitions): JsonSchema => ({ $ref: `#/definitions/${name}` });

const directive = (node: SchemaNode): JsonSchema =>
  reference(needsStatic(node) ? 'staticDirective' : 'directive');

const textWith = (node: SchemaNode): JsonSchema =>
  reference(needsStatic(node) ? 'textWithStaticDirective' : 'textWithDirective');

const described = (node: SchemaNode): JsonSchema => ({
  title: node.title,
  description:
    [node.description, ...limits(node)].filter((text) => text !== undefined).join(' ') || undefined,
  default: node.default,
  examples: node.examples,
});

/** Editors show the description alone. */
function* limits({ default: byDefault, minimum, maximum, maxItems }: SchemaNode): Iterable<string> {
  if (minimum !== undefined && maximum !== undefined) yield `From ${minimum} to ${maximum}.`;
  else if (minimum !== undefined) yield `At least ${minimum}.`;
  else if (maximum !== undefined) yield `At most ${maximum}.`;
  if (maxItems !== undefined) yield `At most ${maxItems}.`;
  if (byDefault !== undefined && typeof byDefault !== 'object') yield `Default: ${String(byDefault)}.`;
}

const withDescription = (node: SchemaNode, schema: JsonSchema): JsonSchema => ({
  ...described(node),
  ...schema,
});
