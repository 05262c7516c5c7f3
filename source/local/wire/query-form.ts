import type { NormalizedSchema } from '@smithy/core/schema';
import { _parseEpochTimestamp, _parseRfc3339DateTimeWithOffset, fromBase64 } from '@smithy/core/serde';
import { ServiceError } from '../backend.ts';

/** A form's fields as a tree: `Tags.member.1.Key` is four steps deep. */
type Node = { value: string | undefined; children: Map<string, Node> };

/**
 * Reads the fields of an awsQuery request by the schema of its input, the way back of what the SDK's
 * `QueryShapeSerializer` writes.
 * @throws ServiceError where a field cannot be what the schema says.
 */
export function readForm(
  schema: NormalizedSchema,
  fields: Iterable<readonly [string, string]>,
): Record<string, unknown> {
  const root: Node = { value: undefined, children: new Map() };
  for (const [key, value] of fields) {
    let node = root;
    for (const step of key.split('.')) {
      let child = node.children.get(step);
      if (child === undefined) {
        child = { value: undefined, children: new Map() };
        node.children.set(step, child);
      }
      node = child;
    }
    node.value = value;
  }
  return schema.isStructSchema() ? readStruct(schema, root) : {};
}

function readStruct(schema: NormalizedSchema, node: Node): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const child = node.children.get(wireName(member, name));
    if (child !== undefined) result[name] = read(member, child, name);
  }
  return result;
}

function read(schema: NormalizedSchema, node: Node, name: string): unknown {
  if (schema.isStructSchema()) return readStruct(schema, node);
  if (schema.isListSchema()) return readList(schema, node, name);
  if (schema.isMapSchema()) return readMap(schema, node, name);
  return readSimple(schema, node.value ?? '', name);
}

function readList(schema: NormalizedSchema, node: Node, name: string): unknown[] {
  const item = schema.getValueSchema();
  const flat = Boolean(schema.getMergedTraits().xmlFlattened);
  const holder = flat ? node : (node.children.get(wireName(item, 'member')) ?? node.children.get('member'));
  return numbered(holder).map((child) => read(item, child, name));
}

function readMap(schema: NormalizedSchema, node: Node, name: string): Record<string, unknown> {
  const key = wireName(schema.getKeySchema(), 'key');
  const value = wireName(schema.getValueSchema(), 'value');
  const flat = Boolean(schema.getMergedTraits().xmlFlattened);
  const entries: [string, unknown][] = [];
  for (const entry of numbered(flat ? node : node.children.get('entry'))) {
    const held = entry.children.get(value);
    if (held === undefined) continue;
    entries.push([entry.children.get(key)?.value ?? '', read(schema.getValueSchema(), held, name)]);
  }
  return Object.fromEntries(entries);
}

/** Children `1`, `2`, … in the order of their numbers. */
function numbered(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  return [...node.children]
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function readSimple(schema: NormalizedSchema, text: string, name: string): unknown {
  if (schema.isStringSchema()) return text;
  if (schema.isBooleanSchema()) {
    if (text === 'true' || text === 'false') return text === 'true';
  } else if (schema.isNumericSchema()) {
    const number = Number(text);
    if (text.trim() !== '' && Number.isFinite(number)) return number;
  } else if (schema.isTimestampSchema()) {
    try {
      return /^[\d.]+$/.test(text) ? _parseEpochTimestamp(text) : _parseRfc3339DateTimeWithOffset(text);
    } catch {
      // Falls through to the error that names the field.
    }
  } else if (schema.isBlobSchema()) {
    try {
      return fromBase64(text);
    } catch {
      // As above.
    }
  } else {
    return text;
  }
  throw new ServiceError('MalformedInput', `'${text}' is not a valid value of ${name}`);
}

const wireName = (schema: NormalizedSchema, name: string): string =>
  (schema.getMergedTraits().xmlName as string | undefined) ?? name;
