import { JsonCodec2, XmlCodec } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { errorMembers } from './error-members.ts';
import { errorOnWire, malformed, type Protocol, unknownOperation } from './protocol.ts';
import { isBodyMember, readBindings, writeHeaders } from './rest-bindings.ts';
import { encodeRestBody, ownBytes, type RestCodec } from './rest-body.ts';
import { findRoute } from './rest-route.ts';
import type { ServiceModel } from './service-model.ts';
import { escapeXml } from './xml.ts';

const jsonSettings = {
  timestampFormat: { useTrait: true, default: 7 as const },
  httpBindings: true,
  jsonName: true,
};

/** @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
const jsonCodec: RestCodec = {
  contentType: 'application/json',
  settings: jsonSettings,
  create: () => new JsonCodec2(jsonSettings),
};

/** @see https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
const xmlCodec = (model: ServiceModel | undefined): RestCodec => {
  const settings = {
    timestampFormat: { useTrait: true, default: 5 as const },
    httpBindings: true,
    xmlNamespace: model?.xmlNamespace ?? '',
    serviceNamespace: '',
  };
  return { contentType: 'application/xml', settings, create: () => new XmlCodec(settings) };
};

export const restJson: Protocol = {
  decode: (incoming, model) => decode(incoming, model, jsonCodec, 'SerializationException'),

  encode: (output, operation) => encodeRestBody(output, operation, jsonCodec),

  encodeError(error, model) {
    const { code, status, shape } = errorOnWire(error, model);
    const members = errorMembers(error, shape?.schema);
    const headers: Record<string, string> = {
      ...(shape === undefined ? {} : writeHeaders(shape.schema, members, jsonCodec)),
      'content-type': 'application/json',
      'x-amzn-errortype': code,
    };
    if (shape === undefined) return { status, headers, body: JSON.stringify(members) };
    const serializer = jsonCodec.create().createSerializer();
    serializer.write(shape.schema, bodyMembersOf(shape.schema, members));
    return { status, headers, body: ownBytes(serializer.flush()) };
  },
};

export const restXml: Protocol = {
  decode: (incoming, model) => decode(incoming, model, xmlCodec(model), 'MalformedXML'),

  encode(output, operation, model) {
    if (operation.name === 'GetBucketLocation') {
      // The one answer of S3 whose only member is the root itself.
      const location = escapeXml(String(output.LocationConstraint ?? ''));
      return {
        status: 200,
        headers: { 'content-type': 'application/xml' },
        body: `<LocationConstraint xmlns="${model.xmlNamespace}">${location}</LocationConstraint>`,
      };
    }
    const response = encodeRestBody(output, operation, xmlCodec(model));
    // No trait says that a part of an object is an answer of its own.
    return output.ContentRange === undefined ? response : { ...response, status: 206 };
  },

  encodeError(error, model, requestId) {
    const { code, status } = errorOnWire(error, model);
    const members = Object.entries(error.members)
      .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
      .join('');
    return {
      status,
      headers: { 'content-type': 'application/xml' },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message>${members}<RequestId>${requestId}</RequestId></Error>`,
    };
  },
};

async function decode(
  incoming: Parameters<Protocol['decode']>[0],
  model: ServiceModel,
  codec: RestCodec,
  malformedCode: string,
): ReturnType<Protocol['decode']> {
  const { request } = incoming;
  const route = findRoute(request, model);
  if (route === undefined) throw unknownOperation(`${request.method} ${request.path}`);
  const { operation, labels } = route;
  if (!operation.input.isStructSchema()) return { operation, input: {} };
  try {
    const input = readBindings(operation.input, request, labels, codec);
    const payload = payloadMember(operation.input);
    if (payload?.schema.isStreaming() === true && !payload.schema.isStructSchema()) {
      input[payload.name] = incoming.stream();
      return { operation, input };
    }
    const body = await incoming.collect();
    if (body.length > 0) await readBody(operation.input, payload, body, input, codec);
    return { operation, input };
  } catch (error) {
    if (error instanceof Error && error.name === 'ServiceError') throw error;
    throw malformed(malformedCode, error);
  }
}

async function readBody(
  schema: NormalizedSchema,
  payload: { name: string; schema: NormalizedSchema } | undefined,
  body: Buffer,
  input: Record<string, unknown>,
  codec: RestCodec,
): Promise<void> {
  if (payload !== undefined) {
    if (payload.schema.isBlobSchema()) input[payload.name] = new Uint8Array(body);
    else if (payload.schema.isStringSchema()) input[payload.name] = body.toString('utf8');
    else
      input[payload.name] = await codec
        .create()
        .createDeserializer()
        .read(payload.schema, body.toString('utf8'));
    return;
  }
  const bound = Object.keys(input);
  const text = body.toString('utf8');
  // The SDK's readers take a list or a word for an empty structure.
  if (!/^\s*[{<]/.test(text)) throw new Error('the body is no structure');
  const read = (await codec.create().createDeserializer().read(schema, text)) as Record<string, unknown>;
  for (const [name, member] of schema.structIterator()) {
    if (!bound.includes(name) && isBodyMember(member) && read[name] !== undefined) input[name] = read[name];
  }
}

function payloadMember(schema: NormalizedSchema): { name: string; schema: NormalizedSchema } | undefined {
  for (const [name, member] of schema.structIterator()) {
    if (member.getMergedTraits().httpPayload) return { name, schema: member };
  }
  return undefined;
}

function bodyMembersOf(schema: NormalizedSchema, values: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    if (isBodyMember(member) && values[name] !== undefined) result[name] = values[name];
  }
  return result;
}
