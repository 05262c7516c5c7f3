import { FromStringShapeDeserializer, ToStringShapeSerializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { WireRequest } from './http-message.ts';
import type { RestCodec } from './rest-body.ts';

/**
 * Reads what path, query and headers hold of an input.
 * @see https://smithy.io/2.0/spec/http-bindings.html
 */
export function readBindings(
  schema: NormalizedSchema,
  request: WireRequest,
  labels: Record<string, string>,
  codec: RestCodec,
): Record<string, unknown> {
  const text = new FromStringShapeDeserializer(codec.settings);
  const input: Record<string, unknown> = {};
  const named = new Set<string>();
  for (const [, member] of schema.structIterator()) {
    const { httpQuery } = member.getMergedTraits();
    if (typeof httpQuery === 'string') named.add(httpQuery);
  }
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpLabel) {
      const label = labels[name];
      if (label !== undefined) input[name] = text.read(member, label);
    } else if (typeof traits.httpQuery === 'string') {
      const values = request.query.filter(([key]) => key === traits.httpQuery).map(([, value]) => value);
      const [first] = values;
      if (first === undefined) continue;
      input[name] = member.isListSchema()
        ? values.map((value) => text.read(member.getValueSchema(), value))
        : text.read(member, first);
    } else if (traits.httpQueryParams) {
      input[name] = readQueryParams(member, request, named);
    } else if (typeof traits.httpHeader === 'string') {
      const value = request.headers[traits.httpHeader.toLowerCase()];
      if (value !== undefined && value !== '') input[name] = text.read(member, value);
    } else if (typeof traits.httpPrefixHeaders === 'string') {
      const found = readPrefixed(request, traits.httpPrefixHeaders.toLowerCase());
      if (Object.keys(found).length > 0) input[name] = found;
    }
  }
  return input;
}

function readQueryParams(member: NormalizedSchema, request: WireRequest, named: Set<string>): unknown {
  const lists = member.getValueSchema().isListSchema();
  const found = new Map<string, string | string[]>();
  for (const [key, value] of request.query) {
    if (named.has(key)) continue;
    if (!lists) found.set(key, value);
    else found.set(key, [...(found.get(key) ?? []), value]);
  }
  return Object.fromEntries(found);
}

function readPrefixed(request: WireRequest, prefix: string): Record<string, string> {
  const found: [string, string][] = [];
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith(prefix)) found.push([name.slice(prefix.length), value]);
  }
  return Object.fromEntries(found);
}

/** Headers that an output or an error puts its members in. */
export function writeHeaders(
  schema: NormalizedSchema,
  values: Record<string, unknown>,
  codec: RestCodec,
): Record<string, string> {
  const text = new ToStringShapeSerializer(codec.settings);
  const headers: Record<string, string> = {};
  for (const [name, member] of schema.structIterator()) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    const { httpHeader, httpPrefixHeaders } = member.getMergedTraits();
    if (typeof httpHeader === 'string') {
      text.write(member, value);
      const written = text.flush();
      if (written !== '') headers[httpHeader.toLowerCase()] = toHeaderValue(written);
    } else if (typeof httpPrefixHeaders === 'string') {
      for (const [key, entry] of Object.entries(value as Record<string, string>)) {
        headers[`${httpPrefixHeaders}${key}`.toLowerCase()] = toHeaderValue(String(entry));
      }
    }
  }
  return headers;
}

/** True for what neither path, query, headers nor status hold. */
export function isBodyMember(member: NormalizedSchema): boolean {
  const traits = member.getMergedTraits();
  return (
    !traits.httpLabel &&
    !traits.httpQuery &&
    !traits.httpQueryParams &&
    !traits.httpHeader &&
    !traits.httpResponseCode &&
    traits.httpPrefixHeaders === undefined
  );
}

/** HTTP headers are bytes: other characters go as UTF-8, as S3 sends them back; line breaks cannot go at all. */
const toHeaderValue = (text: string): string =>
  Buffer.from(text.replace(/[\r\n\0]+/g, ' '), 'utf8').toString('latin1');
