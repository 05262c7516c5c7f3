import { CborCodec } from '@smithy/core/cbor';
import { errorMembers } from './error-members.ts';
import { errorOnWire, malformed, type Protocol, unknownOperation } from './protocol.ts';

const codec = new CborCodec();
const headers = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };

/**
 * rpcv2Cbor: `POST /service/{service}/operation/{operation}` with CBOR in both directions.
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export const rpcCbor: Protocol = {
  async decode(incoming, model) {
    const [, name] = /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(incoming.request.path) ?? [];
    const operation = model.operations.get(name ?? '');
    const body = await incoming.collect();
    if (operation === undefined) throw unknownOperation(name);
    if (!operation.input.isStructSchema() || body.length === 0) return { operation, input: {} };
    try {
      const input = await codec.createDeserializer().read(operation.input, body);
      return { operation, input: input as Record<string, unknown> };
    } catch (error) {
      throw malformed('SerializationException', error);
    }
  },

  encode(output, operation) {
    if (!operation.output.isStructSchema())
      return { status: 200, headers: { 'smithy-protocol': 'rpc-v2-cbor' } };
    return { status: 200, headers, body: encode(operation.output, output) };
  },

  encodeError(error, model) {
    const { code, status, shape } = errorOnWire(error, model);
    const body = encode(15, { __type: code, ...errorMembers(error, shape?.schema) });
    return { status, headers, body };
  },
};

function encode(
  schema: Parameters<ReturnType<typeof codec.createSerializer>['write']>[0],
  value: unknown,
): Uint8Array {
  const serializer = codec.createSerializer();
  serializer.write(schema, value);
  return Uint8Array.from(serializer.flush() as Uint8Array);
}
