import { Readable } from 'node:stream';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { CodecSettings, ShapeDeserializer, ShapeSerializer } from '@smithy/types';
import { encodeEvents } from './event-stream.ts';
import type { WireResponse } from './http-message.ts';
import { isBodyMember, writeHeaders } from './rest-bindings.ts';
import type { OperationModel } from './service-model.ts';

/** What differs between restJson and restXml. */
export type RestCodec = {
  contentType: string;
  settings: CodecSettings;
  create(): {
    createSerializer(): ShapeSerializer<string | Uint8Array>;
    createDeserializer(): ShapeDeserializer<string>;
  };
};

/** Puts an output into status, headers and body as the http traits of its members say. */
export function encodeRestBody(
  output: Record<string, unknown>,
  operation: OperationModel,
  codec: RestCodec,
): WireResponse {
  const schema = operation.output;
  let status = operation.http?.status ?? 200;
  if (!schema.isStructSchema()) return { status, headers: {} };
  const headers = writeHeaders(schema, output, codec);
  let payload: { name: string; schema: NormalizedSchema } | undefined;
  const body: Record<string, unknown> = {};
  let hasBodyMembers = false;
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpResponseCode && typeof output[name] === 'number') status = output[name];
    if (traits.httpPayload) payload = { name, schema: member };
    else if (isBodyMember(member)) {
      hasBodyMembers = true;
      body[name] = output[name];
    }
  }
  if (payload !== undefined) return encodePayload(output, schema, payload, status, headers, codec);
  if (!hasBodyMembers) return { status, headers };
  const serializer = codec.create().createSerializer();
  serializer.write(schema, body);
  return {
    status,
    headers: { 'content-type': codec.contentType, ...headers },
    body: ownBytes(serializer.flush()),
  };
}

function encodePayload(
  output: Record<string, unknown>,
  schema: NormalizedSchema,
  payload: { name: string; schema: NormalizedSchema },
  status: number,
  headers: Record<string, string>,
  codec: RestCodec,
): WireResponse {
  const value = output[payload.name];
  if (payload.schema.isStructSchema() && payload.schema.isStreaming()) {
    const events = encodeEvents(
      output,
      schema,
      codec.create().createSerializer(),
      codec.contentType,
      undefined,
    );
    return { ...events, status, headers: { ...headers, ...events.headers } };
  }
  if (value === undefined || value === null) return { status, headers };
  if (payload.schema.isBlobSchema() || payload.schema.isStringSchema()) {
    const type = {
      'content-type': payload.schema.isStringSchema() ? 'text/plain' : 'application/octet-stream',
    };
    const body =
      typeof value === 'string' || value instanceof Uint8Array || value instanceof Readable
        ? value
        : (value as AsyncIterable<Uint8Array>);
    return { status, headers: { ...type, ...headers }, body };
  }
  const serializer = codec.create().createSerializer();
  serializer.write(payload.schema, value);
  return {
    status,
    headers: { 'content-type': codec.contentType, ...headers },
    body: ownBytes(serializer.flush()),
  };
}

/** A serializer's buffer is its own and used again, so its bytes are copied. */
export const ownBytes = (flushed: unknown): Uint8Array | string =>
  typeof flushed === 'string' ? flushed : Uint8Array.from(flushed as Uint8Array);
