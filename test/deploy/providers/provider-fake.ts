import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export type FakeRequest = { method: string; path: string; query: URLSearchParams; body: never };
export type FakeAnswer = { status: number; body?: unknown; headers?: Record<string, string> };

export type ProviderFake = {
  address: string;
  /** `POST /redis/database` for each request that was let in, in order. */
  requests: string[];
  /** Requests that are not GET; what an operation has changed. */
  changes(): string[];
};

/**
 * An HTTP server that stands for a provider, until the tests of the file are over. `authorize` answers where a request
 * is not let in.
 */
export async function startProviderFake(
  authorize: (request: IncomingMessage) => FakeAnswer | undefined,
  answer: (request: FakeRequest) => FakeAnswer,
): Promise<ProviderFake> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://provider');
      const path = decodeURIComponent(url.pathname);
      const method = request.method ?? 'GET';
      const refused = authorize(request);
      if (!refused) requests.push(`${method} ${path}`);
      const body = (text === '' ? undefined : JSON.parse(text)) as never;
      const {
        status,
        body: sent,
        headers,
      } = refused ?? answer({ method, path, query: url.searchParams, body });
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(sent === undefined ? '' : JSON.stringify(sent));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    changes: () => requests.filter((one) => !one.startsWith('GET ')),
  };
}
