import type { SchemaKeywords } from '../model/descriptor.ts';
import type { ConfigPath, Finding } from '../model/diagnostic.ts';
import { didYouMean } from '../model/nearest-word.ts';
import { RuntimeValue } from './directives/runtime-value.ts';

/** The keywords of JSON Schema, and ours, that the descriptors' schemas use. */
export type SchemaNode = SchemaKeywords & {
  type?: string | readonly string[];
  properties?: Readonly<Record<string, SchemaNode>>;
  required?: readonly string[];
  additionalProperties?: boolean | SchemaNode;
  items?: SchemaNode;
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly SchemaNode[];
  discriminator?: { propertyName: string };
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  'stp:laterTypes'?: readonly string[];
  'stp:noun'?: string;
};

/** What the walker finds besides mistakes; whoever knows the whole config judges it. */
export type SchemaVisitor = {
  report(finding: Finding): void;
  /** A text that has to name a resource of one of the types. */
  reference(name: string, types: readonly string[], path: ConfigPath): void;
  /** An entry of `connectTo`. */
  connection(name: string, path: ConfigPath): void;
  /** A directive with an error of its own stands where the value has to be known. */
  unresolved(path: ConfigPath): void;
  /** A number where text would do as well. */
  number(value: number, path: ConfigPath): void;
};

/**
 * Checks a value against a schema, in time linear in the value. Directives that wait for CloudFormation pass
 * everywhere except where the schema says `stp:static`.
 */
export function checkSchema(
  value: unknown,
  schema: SchemaNode,
  path: ConfigPath,
  visitor: SchemaVisitor,
): void {
  new SchemaCheck(visitor).check(value, schema, path);
}

class SchemaCheck {
  readonly #visitor: SchemaVisitor;

  constructor(visitor: SchemaVisitor) {
    this.#visitor = visitor;
  }

  check(value: unknown, schema: SchemaNode, path: ConfigPath): void {
    if (value instanceof RuntimeValue) {
      if (!needsStatic(schema)) return;
      if (value.isUnresolved) this.#visitor.unresolved(path);
      else {
        const written = value.written;
        const message = `${nameAt(path)} has to be known before the deployment; ${written} is not.`;
        this.#report('needs-static-value', path, message);
      }
      return;
    }
    if (schema.discriminator && schema.anyOf) this.#variant(value, schema, path);
    else if (schema.anyOf) this.#anyOf(value, schema.anyOf, path);
    else if (schema.enum) this.#enum(value, schema.enum, path);
    else if ('const' in schema) this.#enum(value, [schema.const], path);
    else this.#typed(value, schema, path);
  }

  #typed(value: unknown, schema: SchemaNode, path: ConfigPath): void {
    if (schema.type === undefined) return;
    const kind = kindOf(value);
    const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
    const fits = types.some((type) => type === kind || (type === 'integer' && Number.isInteger(value)));
    if (!fits) {
      this.#report(
        'wrong-type',
        path,
        value === null
          ? `${nameAt(path)} has no value.`
          : `${nameAt(path)} has to be ${withoutBounds(schema)}, not ${describe(value)}.`,
        {
          expected: describeSchema(schema),
          ...unquoted(value, types),
          ...(value === null ? { at: 'key' } : {}),
        },
      );
      return;
    }
    if (kind === 'object') this.#object(value as Record<string, unknown>, schema, path);
    else if (kind === 'array') this.#array(value as unknown[], schema, path);
    else if (kind === 'string') this.#text(value as string, schema, path);
    else if (kind === 'number') this.#number(value as number, schema, types, path);
  }

  #object(value: Record<string, unknown>, schema: SchemaNode, path: ConfigPath): void {
    const properties = schema.properties ?? {};
    for (const key of schema.required ?? []) {
      if (Object.hasOwn(value, key)) continue;
      const expected = describeSchema(properties[key] ?? {});
      this.#report('missing-property', path, `Property "${key}" is missing${inside(path)}.`, {
        at: 'key',
        ...(expected === '' ? {} : { expected }),
      });
    }
    for (const key of Object.keys(value)) {
      const child = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties;
      if (typeof child === 'object') this.check(value[key], child, [...path, key]);
      else if (child !== true) this.#unknownProperty(key, schema, path);
    }
  }

  #unknownProperty(key: string, schema: SchemaNode, path: ConfigPath): void {
    const known = Object.keys(schema.properties ?? {});
    if (schema['stp:later']?.includes(key)) {
      this.#report(
        'unsupported-property',
        [...path, key],
        `Property "${key}" is not supported by this version yet.`,
        { at: 'key' },
      );
      return;
    }
    this.#report('unknown-property', [...path, key], `Unknown property "${key}"${inside(path)}.`, {
      at: 'key',
      expected: known.length === 0 ? 'no properties' : `one of ${known.join(', ')}`,
      ...didYouMean(key, known),
    });
  }

  #array(value: readonly unknown[], schema: SchemaNode, path: ConfigPath): void {
    const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
    if (value.length < minItems || value.length > maxItems) {
      const wanted = value.length < minItems ? `at least ${minItems}` : `at most ${maxItems}`;
      this.#report(
        'wrong-length',
        path,
        `${nameAt(path)} has ${value.length} entries and may have ${wanted}.`,
        {
          at: 'key',
        },
      );
    }
    if (schema.items) {
      for (let index = 0; index < value.length; index++)
        this.check(value[index], schema.items, [...path, index]);
    }
    const by = schema['stp:uniqueBy'];
    if (schema.uniqueItems || by !== undefined) this.#unique(value, by, path);
  }

  #unique(value: readonly unknown[], by: string | undefined, path: ConfigPath): void {
    const first = new Map<unknown, number>();
    for (const [index, item] of value.entries()) {
      const key = by === undefined ? item : memberOf(item, by);
      if (typeof key !== 'string' && typeof key !== 'number') continue;
      const earlier = first.get(key);
      if (earlier === undefined) {
        first.set(key, index);
        continue;
      }
      const suffix = by === undefined ? [] : [by];
      this.#report(
        'duplicate-entry',
        [...path, index, ...suffix],
        `"${key}" is in ${nameAt(path)} already.`,
        {
          suggestion: 'Remove one of them.',
          related: [{ path: [...path, earlier, ...suffix], message: `"${key}" is here` }],
        },
      );
    }
  }

  #text(value: string, schema: SchemaNode, path: ConfigPath): void {
    const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = schema;
    if (value.length < minLength) {
      this.#report(
        'too-short',
        path,
        value === ''
          ? `${nameAt(path)} is empty.`
          : `${nameAt(path)} has ${value.length} characters and needs ${minLength}.`,
      );
    } else if (value.length > maxLength) {
      this.#report(
        'too-long',
        path,
        `${nameAt(path)} has ${value.length} characters and may have ${maxLength}.`,
      );
    } else if (pattern !== undefined && !new RegExp(pattern).test(value)) {
      this.#report('wrong-format', path, `${nameAt(path)} cannot be "${value}".`, {
        expected: `a text that fits ${pattern}`,
      });
    } else if (schema['stp:resource']) this.#visitor.reference(value, schema['stp:resource'], path);
    else if (schema['stp:connectable']) this.#visitor.connection(value, path);
  }

  #number(value: number, schema: SchemaNode, types: readonly string[], path: ConfigPath): void {
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
    if (value < minimum || value > maximum) {
      const wanted = value < minimum ? `at least ${minimum}` : `at most ${maximum}`;
      this.#report('out-of-bounds', path, `${nameAt(path)} has to be ${wanted}, not ${value}.`, {
        expected: describeSchema(schema),
      });
    } else if (types.includes('string')) this.#visitor.number(value, path);
  }

  #enum(value: unknown, allowed: readonly unknown[], path: ConfigPath): void {
    if (allowed.includes(value)) return;
    const words = allowed.map(String);
    const written = words.includes(String(value)) && typeof value === 'number';
    this.#report(
      'wrong-value',
      path,
      value === null ? `${nameAt(path)} has no value.` : `${nameAt(path)} cannot be ${describe(value)}.`,
      {
        ...(value === null ? { at: 'key' as const } : {}),
        expected: oneOfWords(words),
        ...(written ? { suggestion: `Write "${value}" in quotes.` } : {}),
        ...(typeof value === 'string' ? didYouMean(value, words) : {}),
      },
    );
  }

  /** Values of one kind only fit one branch; that one says what is wrong. */
  #anyOf(value: unknown, branches: readonly SchemaNode[], path: ConfigPath): void {
    const kind = kindOf(value);
    const branch = branches.find(({ type }) => type === kind || (Array.isArray(type) && type.includes(kind)));
    if (branch) {
      this.check(value, branch, path);
      return;
    }
    this.#report('wrong-type', path, `${nameAt(path)} cannot be ${describe(value)}.`, {
      expected: branches.map(describeSchema).join(', or '),
    });
  }

  /** `type` decides which branch the rest is checked against. */
  #variant(value: unknown, schema: SchemaNode, path: ConfigPath): void {
    const branches = schema.anyOf ?? [];
    const tag = schema.discriminator?.propertyName ?? 'type';
    const noun = schema['stp:noun'] ?? tag;
    const typeOf = (branch: SchemaNode) => String(branch.properties?.[tag]?.const);
    const types = branches.map(typeOf);
    if (kindOf(value) !== 'object') {
      this.#report(
        'wrong-type',
        path,
        value === null
          ? `${nameAt(path)} has no value.`
          : `${nameAt(path)} has to be a mapping, not ${describe(value)}.`,
        { expected: `a mapping with "${tag}"`, ...(value === null ? { at: 'key' as const } : {}) },
      );
      return;
    }
    const type = memberOf(value, tag);
    if (type instanceof RuntimeValue) {
      this.check(type, { 'stp:static': true }, [...path, tag]);
      return;
    }
    const branch = branches.find((one) => typeOf(one) === type);
    if (branch) {
      this.#object(value as Record<string, unknown>, branch, path);
      return;
    }
    if (type === undefined) {
      this.#report('missing-property', path, `Property "${tag}" is missing${inside(path)}.`, {
        at: 'key',
        expected: oneOfWords(types),
      });
    } else if (typeof type === 'string' && schema['stp:laterTypes']?.includes(type)) {
      this.#report(
        'unsupported-type',
        [...path, tag],
        `The ${noun} "${type}" is not supported by this version yet.`,
        {
          expected: oneOfWords(types),
        },
      );
    } else {
      this.#report(
        'unknown-type',
        [...path, tag],
        `Unknown ${noun} ${typeof type === 'string' ? `"${type}"` : describe(type)}.`,
        {
          expected: oneOfWords(types),
          ...(typeof type === 'string' ? didYouMean(type, types) : {}),
        },
      );
    }
  }

  #report(
    code: string,
    path: ConfigPath,
    message: string,
    details: Pick<Finding, 'at' | 'expected' | 'suggestion' | 'related'> = {},
  ): void {
    this.#visitor.report({ severity: 'error', code, path, message, ...details });
  }
}

type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'object' || type === 'string' || type === 'number' || type === 'boolean' ? type : 'null';
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

/** The schema asks for it itself, or is a mapping or list that synthesis has to look into. */
const needsStatic = (schema: SchemaNode): boolean =>
  schema['stp:static'] === true ||
  schema.discriminator !== undefined ||
  schema.properties !== undefined ||
  schema.items !== undefined;

/** `"memory"`; for an entry of a list `Entry 2 of "connectTo"`. */
function nameAt(path: ConfigPath): string {
  const last = path.at(-1);
  if (last === undefined) return 'The config';
  if (typeof last === 'string') return `"${last}"`;
  return `Entry ${last + 1} of "${path.at(-2) ?? 'the list'}"`;
}

/** ` in "primaryKey"`; nothing where the owner's name stands in front of the message anyway. */
function inside(path: ConfigPath): string {
  const last = path.at(-1);
  if (last === undefined || (path[0] === 'resources' && path.length <= 3)) return '';
  if (typeof last === 'number') return ` in entry ${last + 1} of "${path.at(-2) ?? 'the list'}"`;
  const owner = path.at(-2);
  if (last === 'properties' && owner !== undefined) {
    return typeof owner === 'number' ? ` in entry ${owner + 1} of "${path.at(-3)}"` : ` in "${owner}"`;
  }
  return ` in "${last}"`;
}

function describe(value: unknown): string {
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

const oneOfWords = (words: readonly string[]): string =>
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

function withoutBounds(schema: SchemaNode): string {
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.map((type) => typeNames[type] ?? type).join(' or ');
}

/** What a schema takes, in words. */
function describeSchema(schema: SchemaNode): string {
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

/** `"512"` where a number is wanted, and `512` where a text is. */
function unquoted(value: unknown, types: readonly string[]): { suggestion?: string } {
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
