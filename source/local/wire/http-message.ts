import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** The part of an HTTP request that protocols and signatures are made of. */
export type WireRequest = {
  method: string;
  /** As sent, percent-encoded, without the query. */
  path: string;
  /** Decoded, in the order sent; a key without `=` has the value ``. */
  query: readonly (readonly [key: string, value: string])[];
  /** Lower-case names; values of repeated headers joined by `,`. */
  headers: Readonly<Record<string, string>>;
};

export type WireResponse = {
  status: number;
  headers: Record<string, string>;
  body?: Uint8Array | string | Readable | AsyncIterable<Uint8Array>;
};

/** Reads method, path, query and headers. @throws URIError where a percent-encoding is broken. */
export function readRequest(message: IncomingMessage): WireRequest {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  // Fails early on what no later step could decode.
  decodeURIComponent(path);
  const headers: Record<string, string> = Object.create(null);
  const raw = message.rawHeaders;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = String(raw[index]).toLowerCase();
    const value = String(raw[index + 1]);
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before},${value}`;
  }
  return {
    method: message.method ?? 'GET',
    path,
    query: mark === -1 ? [] : parsePairs(url.slice(mark + 1)),
    headers,
  };
}

/** Pairs of `a=1&b=2&c`, as queries and form bodies have them. */
export function parsePairs(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const mark = part.indexOf('=');
    pairs.push(
      mark === -1 ? [decode(part), ''] : [decode(part.slice(0, mark)), decode(part.slice(mark + 1))],
    );
  }
  return pairs;
}

const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** RFC 3986 with nothing but unreserved characters left as they are, as signatures need it. */
export const encodeStrictly = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
