import { awsJson } from './aws-json.ts';
import { awsQuery } from './aws-query.ts';
import type { WireRequest } from './http-message.ts';
import type { Protocol } from './protocol.ts';
import { restJson, restXml } from './rest.ts';
import { rpcCbor } from './rpc-cbor.ts';
import type { ServiceModel } from './service-model.ts';

const protocols = { awsQuery, awsJson, restJson, restXml } as const;

/**
 * The protocol that a request is in. SDKs in other languages and older ones send a service other protocols
 * than the newest SDK does, so the request itself decides, and the service only where it says nothing.
 */
export function protocolOf(request: WireRequest, model: ServiceModel | undefined): Protocol {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return rpcCbor;
  if (request.headers['x-amz-target'] !== undefined) return awsJson;
  if (model !== undefined) return protocols[model.protocol];
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) return awsQuery;
  if (type.startsWith('application/json')) return restJson;
  return restXml;
}
