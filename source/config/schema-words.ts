import type { ConfigPath } from '../model/diagnostic.ts';
import { isIntrinsic } from '../model/intrinsic.ts';
import type { SchemaNode } from './schema-node.ts';

export type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'object' || type === 'string' || type === 'number' || type === 'boolean' ? type : 'null';
}

/** `"memory"`; for an entry of a list `Entry 2 of "connectTo"`. */
export function nameAt(path: ConfigPath): string {
  const last = path.at(-1);
  if (last === undefined) return 'The config';
  if (typeof last === 'string') return `"${last}"`;
  return `Entry ${last + 1} of "${path.at(-2) ?? 'the list'}"`;
}

/** ` in "primaryKey"`; nothing where the owner's name stands in front of the message anyway. */
export function inside(path: ConfigPath): string {
  const last = path.at(-1);
  if (last === undefined || (path[0] === 'resources' && path.length <= 3)) return '';
  if (typeof last === 'number') return ` in entry ${last + 1} of "${path.at(-2) ?? 'the list'}"`;
  const owner = path.at(-2);
  if (last === 'properties' && owner !== undefined) {
    return typeof owner === 'number' ? ` in entry ${owner + 1} of "${path.at(-3)}"` : ` in "${owner}"`;
  }
  return ` in "${last}"`;
}

export function describe(value: unknown): string {
  switch (kindOf(value)) {
    case 'object':
      return 'a mapping';
    case 'array':
      return 'a list';
    case 'string':
      return `the text "${shorten(value as string)}"`;
    case 'number':
      return `the number ${value}`;
    case 'boolean':
      return String(value);
    case 'null':
      return 'nothing';
  }
}

export const oneOfWords = (words: readonly string[]): string =>
  words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`;

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const typeNames: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'an integer',
  boolean: 'true or false',
};

export function withoutBounds(schema: SchemaNode): string {
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.map((type) => typeNames[type] ?? type).join(' or ');
}

/** What a schema takes, in words. */
export function describeSchema(schema: SchemaNode): string {
  if (schema.discriminator && schema.anyOf) return `a mapping with "${schema.discriminator.propertyName}"`;
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.anyOf) return schema.anyOf.map(describeSchema).join(', or ');
  const base = withoutBounds(schema);
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${base} from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${base} of at least ${minimum}`;
  if (maximum !== undefined) return `${base} of at most ${maximum}`;
  return base;
}

/** More names would hide the sentence that they belong to. */
const mostNames = 8;

/** What a schema takes, and for mappings and lists of them also which properties, where they are few. */
export function describeShape(schema: SchemaNode): string {
  const { items } = schema;
  const names = Object.keys((items ?? schema).properties ?? {});
  if (names.length === 0 || names.length > mostNames) return describeSchema(schema);
  return `${items ? 'a list of mappings' : 'a mapping'} with ${names.join(', ')}`;
}

/** What to write for `"512"` where a number is wanted, for `512` where a text is, and for `!Ref`. */
export function correction(value: unknown, types: readonly string[]): { suggestion?: string } {
  if (isIntrinsic(value)) {
    return {
      suggestion:
        "CloudFormation's functions stand in \"cloudformationResources\" and \"overrides\"; here a directive says it, such as $CfResourceParam('Topic', 'Arn').",
    };
  }
  const wantsNumber = types.includes('integer') || types.includes('number');
  if (typeof value === 'string' && wantsNumber && value.trim() !== '' && Number.isFinite(Number(value))) {
    return { suggestion: `Write ${value.trim()} without quotes.` };
  }
  if (typeof value === 'string' && types.includes('boolean') && /^(true|false|yes|no|on|off)$/i.test(value)) {
    return { suggestion: `Write ${/^(true|yes|on)$/i.test(value)} without quotes.` };
  }
  if ((typeof value === 'number' || typeof value === 'boolean') && types.includes('string')) {
    return { suggestion: `Write "${value}" in quotes.` };
  }
  return {};
}
