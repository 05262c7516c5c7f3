import type { ConfigPath, Finding } from '../model/diagnostic.ts';
import { didYouMean } from '../model/nearest-word.ts';
import { RuntimeValue } from './directives/runtime-value.ts';
import type { SchemaNode } from './schema-node.ts';
import {
  correction,
  describe,
  describeSchema,
  describeShape,
  inside,
  kindOf,
  nameAt,
  oneOfWords,
  withoutBounds,
} from './schema-words.ts';

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
          expected: describeShape(schema),
          ...correction(value, types),
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
    // What this version does not have may stand for what it requires, as "kinesisStreamName" does for "streamArn".
    const replaced = schema['stp:later']?.some((key) => Object.hasOwn(value, key)) ?? false;
    const renamed = Object.entries(schema['stp:formerly'] ?? {}).flatMap(([former, name]) =>
      Object.hasOwn(value, former) ? [name] : [],
    );
    for (const key of schema.required ?? []) {
      if (replaced || renamed.includes(key) || Object.hasOwn(value, key)) continue;
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
    const name = schema['stp:formerly']?.[key];
    this.#report('unknown-property', [...path, key], `Unknown property "${key}"${inside(path)}.`, {
      at: 'key',
      expected: known.length === 0 ? 'no properties' : `one of ${known.join(', ')}`,
      ...(name === undefined ? didYouMean(key, known) : { suggestion: `Here it is called "${name}".` }),
    });
  }

  #array(value: readonly unknown[], schema: SchemaNode, path: ConfigPath): void {
    const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
    if (value.length < minItems || value.length > maxItems) {
      const wanted = value.length < minItems ? `needs at least ${minItems}` : `may have at most ${maxItems}`;
      this.#report('wrong-length', path, `${nameAt(path)} has ${value.length} entries and ${wanted}.`, {
        at: 'key',
      });
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
        expected: schema['stp:format'] ?? `a text that fits ${pattern}`,
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
    const written = typeof value === 'number' ? words.find((word) => Number(word) === value) : undefined;
    this.#report(
      'wrong-value',
      path,
      value === null ? `${nameAt(path)} has no value.` : `${nameAt(path)} cannot be ${describe(value)}.`,
      {
        ...(value === null ? { at: 'key' as const } : {}),
        expected: oneOfWords(words),
        ...(written === undefined ? {} : { suggestion: `Write "${written}" in quotes.` }),
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
      ...correction(value, []),
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
          ...(schema['stp:laterHint'] === undefined ? {} : { suggestion: schema['stp:laterHint'] }),
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

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

/** The schema asks for it itself, or is a mapping or list that synthesis has to look into. */
export const needsStatic = (schema: SchemaNode): boolean =>
  schema['stp:static'] === true ||
  schema.discriminator !== undefined ||
  schema.properties !== undefined ||
  typeof schema.additionalProperties === 'object' ||
  schema.items !== undefined;
