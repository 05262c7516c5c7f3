import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type Caller, ServiceError, type ServiceId } from '../backend.ts';
import type { Identity } from '../keys.ts';
import { checkInput } from './check-input.ts';
import { readRequest, type WireRequest, type WireResponse } from './http-message.ts';
import type { Protocol } from './protocol.ts';
import { incomingOf, openBody } from './request-body.ts';
import { protocolOf } from './select-protocol.ts';
import { isServiceId, loadModel, type ServiceModel } from './service-model.ts';
import { readSignature, SignatureError, verifySignature } from './signature.ts';
import { refusal } from './signature-errors.ts';

/** What the wire needs of the host. */
export type WireHost = {
  now(): number;
  identify(accessKeyId: string, sessionToken: string | undefined): Identity | undefined;
  /** @throws ServiceError, with status 501 where the operation is not implemented. */
  dispatch(
    service: ServiceId,
    operation: string,
    input: unknown,
    request: { caller: Caller; region: string; requestId: string; signal: AbortSignal },
  ): Promise<unknown>;
  log(message: string): void;
};

/**
 * Turns signed HTTP requests into `{service, operation, input, caller}` and outputs or errors back into the
 * protocol that the request came in. Whatever a client sends, it gets an answer.
 */
export function createRequestHandler(host: WireHost): RequestListener {
  return (message, response) => {
    const requestId = randomUUID();
    answer(host, message, response, requestId).catch((error: unknown) => {
      host.log(`request ${requestId}: ${describe(error)}`);
      response.destroy();
    });
  };
}

async function answer(
  host: WireHost,
  message: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  let request: WireRequest | undefined;
  let model: ServiceModel | undefined;
  let protocol: Protocol | undefined;
  let result: WireResponse;
  try {
    request = readRequest(message);
    protocol = protocolOf(request, undefined);
    const signature = readSignature(request);
    if (!isServiceId(signature.service)) {
      throw new ServiceError(
        'NotImplemented',
        `The service ${signature.service} is not implemented by the embedded AWS.`,
        501,
      );
    }
    model = await loadModel(signature.service);
    protocol = protocolOf(request, model);
    const identity = identify(host, signature);
    const { payloadHash, source } = await openBody(message, request, signature);
    verifySignature(request, signature, identity.secretAccessKey, payloadHash, host.now());
    const incoming = incomingOf(source, request, signature, identity.secretAccessKey, payloadHash);
    const { operation, input } = await protocol.decode(incoming, model);
    const problem = checkInput(operation.input, input);
    if (problem !== undefined) throw new ServiceError(model.invalidInput, problem);
    const output = await host.dispatch(signature.service, operation.name, input, {
      caller: identity.caller,
      region: signature.region,
      requestId,
      signal: gone.signal,
    });
    result = protocol.encode((output ?? {}) as Record<string, unknown>, operation, model, requestId);
  } catch (error) {
    protocol ??= protocolOf({ method: 'GET', path: '/', query: [], headers: {} }, undefined);
    const shown = toServiceError(error, protocol);
    if (shown === undefined) host.log(`request ${requestId}: ${describe(error)}`);
    result = protocol.encodeError(shown ?? internalFailure(error), model, requestId);
  }
  await send(result, message, response, requestId);
}

function identify(
  host: WireHost,
  signature: { accessKeyId: string; sessionToken: string | undefined },
): Identity {
  const identity = host.identify(signature.accessKeyId, signature.sessionToken);
  if (identity === undefined) {
    throw new SignatureError('unknown-key', 'The security token included in the request is invalid.');
  }
  if (identity.expiresAt !== undefined && identity.expiresAt < host.now()) {
    throw new SignatureError('expired-token', 'The security token included in the request is expired');
  }
  return identity;
}

function toServiceError(error: unknown, protocol: Protocol): ServiceError | undefined {
  if (error instanceof ServiceError) return error;
  if (error instanceof SignatureError) return refusal(error, protocol);
  if (error instanceof URIError) return new ServiceError('InvalidURI', "Couldn't parse the specified URI.");
  return undefined;
}

/** A bug of ours. The words help whoever reports it; nothing in them is secret on one's own machine. */
const internalFailure = (error: unknown): ServiceError =>
  new ServiceError('InternalFailure', error instanceof Error ? error.message : String(error), 500);

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

async function send(
  result: WireResponse,
  message: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const headers = { 'x-amzn-requestid': requestId, 'x-amz-request-id': requestId, ...result.headers };
  const { body } = result;
  const mayHaveBody = message.method !== 'HEAD' && result.status !== 204 && result.status !== 304;
  // An unread body would stand before the next request of a kept connection.
  if (!message.complete) message.resume();
  if (!mayHaveBody) {
    if (typeof body === 'object' && 'destroy' in body) body.destroy();
    response.writeHead(result.status, headers).end();
  } else if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body as Uint8Array);
    response.writeHead(result.status, { ...headers, 'content-length': String(bytes.length) }).end(bytes);
  } else {
    response.writeHead(result.status, headers);
    response.flushHeaders();
    // A client that goes away in the middle is no error.
    await pipeline(body, response).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.name !== 'AbortError') throw error;
    });
  }
}
