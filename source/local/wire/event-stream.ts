import { EventStreamSerde, UniversalEventStreamMarshaller } from '@smithy/core/event-streams';
import type { NormalizedSchema } from '@smithy/core/schema';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import type { WireResponse } from './http-message.ts';

type Serializer = ConstructorParameters<typeof EventStreamSerde>[0]['serializer'];

/**
 * An answer whose events are sent as they come. The member of the output that the schema marks as stream is
 * an async iterable of `{EventName: event}`.
 * @param initialMessage Name of the first message in RPC protocols; REST protocols have none.
 */
export function encodeEvents(
  output: Record<string, unknown>,
  schema: NormalizedSchema,
  serializer: Serializer,
  contentType: string,
  initialMessage: string | undefined,
): WireResponse {
  const member = schema.getEventStreamMember();
  const marshaller = new UniversalEventStreamMarshaller({ utf8Encoder: toUtf8, utf8Decoder: fromUtf8 });
  const serde = new EventStreamSerde({
    marshaller,
    serializer,
    deserializer: undefined as never,
    defaultContentType: contentType,
  });
  const { [member]: events, ...initial } = output;
  const body = (async function* () {
    const bytes = await serde.serializeEventStream({
      eventStream: events as AsyncIterable<never>,
      requestSchema: schema,
      ...(initialMessage === undefined
        ? {}
        : { initialRequest: initial, initialMessageType: initialMessage }),
    } as Parameters<typeof serde.serializeEventStream>[0]);
    yield* bytes as AsyncIterable<Uint8Array>;
  })();
  return { status: 200, headers: { 'content-type': 'application/vnd.amazon.eventstream' }, body };
}
