import * as Type from 'typebox';
import type { SchemaKeywords } from '../model/descriptor.ts';

// `import * as Type` and no `Type.Record`: so the bundle holds 8 kB of TypeBox and not 77, 5 ms less at each start.

type Options = SchemaKeywords & {
  title?: string;
  description?: string;
  default?: unknown;
  examples?: unknown;
};

/** An object that takes the named properties and no others. */
export const closedObject = <P extends Type.TProperties>(properties: P, options: Options = {}) =>
  Type.Object(properties, { ...options, additionalProperties: false });

/** One of the values. They have to be known before the deployment, since synthesis decides by them. */
export const oneOf = <const V extends readonly (string | number)[]>(values: V, options: Options = {}) =>
  Type.Unsafe<V[number]>({ 'stp:static': true, ...options, enum: values });

/** A text that synthesis has to know: a path, a name. */
export const staticText = (options: Options & { minLength?: number; pattern?: string } = {}) =>
  Type.String({ 'stp:static': true, ...options });

/**
 * A key or a value of a tag, which the stack's roles have too.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export const tagText = (options: Options & { maxLength: number }, first = '') =>
  Type.String({
    'stp:format': 'letters, digits, spaces and _ . : / = + - @',
    ...options,
    minLength: 1,
    pattern: `^${first}[\\w .:/=+@\\u0080-\\uffff-]*$`,
  });

/** A switch that synthesis decides by. */
export const staticSwitch = (options: Options = {}) => Type.Boolean({ 'stp:static': true, ...options });

/** Text, number or switch, as environment variables take them. */
export const scalar = (options: Options = {}) =>
  Type.Unsafe<string | number | boolean>({ ...options, type: ['string', 'number', 'boolean'] });

/** Any key, each with a value of the schema. */
export const mapOf = <S extends Type.TSchema>(value: S, options: Options = {}) =>
  Type.Unsafe<Record<string, Type.Static<S>>>({ ...options, type: 'object', additionalProperties: value });

/** A value or a list of such values. */
export const oneOrMany = <S extends Type.TSchema & { type?: unknown }>(value: S, options: Options = {}) =>
  Type.Unsafe<Type.Static<S> | Type.Static<S>[]>({
    ...options,
    anyOf: [value, { type: 'array', items: value, minItems: 1 }],
  });

/** A list of named values whose names differ. */
export const namedList = <S extends Type.TSchema>(item: S, options: Options & { maxItems?: number } = {}) =>
  Type.Array(item, { 'stp:uniqueBy': 'name', ...options });

type Branch = { title: string; description: string; schema: Type.TObject };

/** The static type of `variants`: `{type, properties}` for each branch. */
export type VariantOf<B extends Record<string, Branch>> = {
  [T in keyof B & string]: { type: T; properties: Type.Static<B[T]['schema']> };
}[keyof B & string];

/** `{type: …, properties: {…}}` where `type` decides what the properties are. */
export function variants<const B extends Record<string, Branch>>(
  branches: B,
  options: Options & { 'stp:laterTypes'?: readonly string[]; noun: string },
) {
  const { noun, ...rest } = options;
  return Type.Unsafe<VariantOf<B>>({
    ...rest,
    'stp:noun': noun,
    discriminator: { propertyName: 'type' },
    anyOf: Object.entries(branches).map(([type, branch]) => variant(type, branch)),
  });
}

/** One branch: `properties` may be left out where none of them is required; `beside` stands beside them. */
export function variant(
  type: string,
  branch: Branch,
  beside: Record<string, Type.TSchema> = {},
): Type.TSchema {
  const needsProperties = (branch.schema.required ?? []).length > 0;
  return {
    type: 'object',
    title: branch.title,
    description: branch.description,
    properties: { type: { const: type }, properties: branch.schema, ...beside },
    required: needsProperties ? ['type', 'properties'] : ['type'],
    additionalProperties: false,
  };
}
