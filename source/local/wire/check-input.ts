import { Readable } from 'node:stream';
import type { NormalizedSchema } from '@smithy/core/schema';
import { requiredCount } from './rest-route.ts';

/**
 * What in an input breaks its schema, in AWS's words: a required member that is absent, or a value of another
 * type. Services can then trust the types of their inputs.
 */
export function checkInput(schema: NormalizedSchema, input: Record<string, unknown>): string | undefined {
  const problems: string[] = [];
  if (schema.isStructSchema()) checkStruct(schema, input, '', problems);
  if (problems.length === 0) return undefined;
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected: `;
  return count + problems.join('; ');
}

function checkStruct(schema: NormalizedSchema, value: object, path: string, problems: string[]): void {
  const count = requiredCount(schema.getSchema());
  let index = 0;
  for (const [name, member] of schema.structIterator()) {
    const held = (value as Record<string, unknown>)[name];
    const at = path === '' ? lowerFirst(name) : `${path}.${lowerFirst(name)}`;
    if (held === undefined || held === null) {
      if (index < count && !member.isIdempotencyToken()) {
        problems.push(`Value null at '${at}' failed to satisfy constraint: Member must not be null`);
      }
    } else {
      check(member, held, at, problems);
    }
    index += 1;
  }
}

function check(schema: NormalizedSchema, value: unknown, path: string, problems: string[]): void {
  const expected = typeOf(schema);
  if (expected !== undefined && !isOfType(expected, value)) {
    problems.push(`Value at '${path}' failed to satisfy constraint: Member must be a ${expected}`);
  } else if (schema.isStructSchema()) {
    checkStruct(schema, value as object, path, problems);
  } else if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    for (const [index, held] of (value as unknown[]).entries()) {
      if (held !== null) check(item, held, `${path}.${index + 1}.member`, problems);
    }
  } else if (schema.isMapSchema()) {
    const item = schema.getValueSchema();
    for (const [key, held] of Object.entries(value as object)) {
      if (held !== null) check(item, held, `${path}.${key}`, problems);
    }
  }
}

type Type = 'structure' | 'list' | 'map' | 'string' | 'number' | 'boolean' | 'timestamp' | 'blob';

function typeOf(schema: NormalizedSchema): Type | undefined {
  if (schema.isStructSchema()) return 'structure';
  if (schema.isListSchema()) return 'list';
  if (schema.isMapSchema()) return 'map';
  if (schema.isStringSchema()) return 'string';
  if (schema.isNumericSchema()) return 'number';
  if (schema.isBooleanSchema()) return 'boolean';
  if (schema.isTimestampSchema()) return 'timestamp';
  if (schema.isBlobSchema()) return 'blob';
  return undefined;
}

function isOfType(type: Type, value: unknown): boolean {
  switch (type) {
    case 'structure':
    case 'map':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'list':
      return Array.isArray(value);
    case 'string':
      // A string that holds JSON is an object of the SDK's own.
      return typeof value === 'string' || value instanceof String;
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'timestamp':
      return value instanceof Date && !Number.isNaN(value.getTime());
    case 'blob':
      return value instanceof Uint8Array || value instanceof Readable;
  }
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
