import type { Readable } from 'node:stream';
import { ServiceError } from '../backend.ts';
import type { WireRequest, WireResponse } from './http-message.ts';
import type { ErrorModel, OperationModel, ServiceModel } from './service-model.ts';

/** A request whose body is read once, whole or as a stream; reading it checks the payload's hash. */
export type Incoming = {
  request: WireRequest;
  collect(): Promise<Buffer>;
  stream(): Readable;
};

export type Decoded = { operation: OperationModel; input: Record<string, unknown> };

/** One of AWS's wire protocols, from the side of the server. Pure but for the body. */
export type Protocol = {
  /** @throws ServiceError where the request names no operation or cannot be read. */
  decode(incoming: Incoming, model: ServiceModel): Promise<Decoded>;
  encode(
    output: Record<string, unknown>,
    operation: OperationModel,
    model: ServiceModel,
    requestId: string,
  ): WireResponse;
  encodeError(error: ServiceError, model: ServiceModel | undefined, requestId: string): WireResponse;
};

/** What an error looks like on the wire: code and status from the service's schemas where they are there. */
export function errorOnWire(
  error: ServiceError,
  model: ServiceModel | undefined,
): { code: string; status: number; fault: 'client' | 'server'; shape: ErrorModel | undefined } {
  const shape = model?.errors.get(error.code);
  // 400 is what a service that names no status gets; the shape knows better.
  const status = shape !== undefined && error.statusCode === 400 ? shape.status : error.statusCode;
  return { code: shape?.code ?? error.code, status, fault: status >= 500 ? 'server' : 'client', shape };
}

export function unknownOperation(name: string | undefined): ServiceError {
  return new ServiceError(
    'UnknownOperationException',
    `The requested operation ${name ?? ''} does not exist.`,
  );
}

export function malformed(code: string, cause: unknown): ServiceError {
  const error = new ServiceError(
    code,
    `The request could not be read: ${cause instanceof Error ? cause.message : cause}`,
  );
  error.cause = cause;
  return error;
}
