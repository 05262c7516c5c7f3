import { JsonCodec2 } from '@aws-sdk/core/protocols';
import { ServiceError } from '../backend.ts';
import { errorMembers } from './error-members.ts';
import { encodeEvents } from './event-stream.ts';
import { errorOnWire, malformed, type Protocol, unknownOperation } from './protocol.ts';

const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });

/**
 * awsJson 1.0 and 1.1: `X-Amz-Target` names the operation, body and answer are JSON.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export const awsJson: Protocol = {
  async decode(incoming, model) {
    const target = incoming.request.headers['x-amz-target'] ?? '';
    const operation = model.operations.get(target.slice(target.lastIndexOf('.') + 1));
    const body = await incoming.collect();
    if (operation === undefined) throw unknownOperation(target);
    const text = body.toString('utf8');
    // The SDK's reader takes a list for an empty structure.
    if (text !== '' && !text.trimStart().startsWith('{')) {
      throw new ServiceError('SerializationException', 'The request body is not a JSON object');
    }
    let input: unknown;
    try {
      input = await codec.createDeserializer().read(operation.input, text);
    } catch (error) {
      throw malformed('SerializationException', error);
    }
    return { operation, input: input as Record<string, unknown> };
  },

  encode(output, operation, model) {
    const type = `application/x-amz-json-${model.jsonVersion}`;
    if (operation.output.getEventStreamMember() !== '') {
      return encodeEvents(output, operation.output, codec.createSerializer(), type, 'initial-response');
    }
    if (!operation.output.isStructSchema())
      return { status: 200, headers: { 'content-type': type }, body: '{}' };
    const serializer = codec.createSerializer();
    serializer.write(operation.output, output);
    return { status: 200, headers: { 'content-type': type }, body: flushBytes(serializer) };
  },

  encodeError(error, model) {
    const { code, status, shape } = errorOnWire(error, model);
    const members = JSON.parse(jsonOfError(error, shape?.schema)) as Record<string, unknown>;
    return {
      status,
      headers: {
        'content-type': `application/x-amz-json-${model?.jsonVersion ?? '1.1'}`,
        'x-amzn-errortype': code,
      },
      body: JSON.stringify({ __type: code, ...members }),
    };
  },
};

/** The members of an error in JSON, its message among them, by its schema where it has one. */
function jsonOfError(error: ServiceError, schema: Parameters<typeof errorMembers>[1]): string {
  const members = errorMembers(error, schema);
  if (schema === undefined) return JSON.stringify(members);
  const serializer = codec.createSerializer();
  serializer.write(schema, members);
  return Buffer.from(flushBytes(serializer)).toString('utf8');
}

/** The serializer's buffer is its own and used again, so its bytes are copied. */
function flushBytes(serializer: ReturnType<typeof codec.createSerializer>): Uint8Array {
  const flushed: unknown = serializer.flush();
  return typeof flushed === 'string' ? Buffer.from(flushed) : Uint8Array.from(flushed as Uint8Array);
}
