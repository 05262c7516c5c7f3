import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Operation, ServiceError, type ServiceId } from '../../../source/local/backend.ts';
import { identify } from '../../../source/local/keys.ts';
import { createRequestHandler } from '../../../source/local/wire/request-handler.ts';

type ClientConfig = {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  disableHostPrefix: true;
  maxAttempts: number;
};

/** The wire alone: a test says what an operation answers and sees what it was given. */
export async function startWire() {
  const key = { accessKeyId: 'AKIASTPLOCALTESTTEST', secretAccessKey: 'secret' };
  const table = new Map<string, Operation<unknown, unknown>>();
  const handler = createRequestHandler({
    now: Date.now,
    log: () => {},
    identify: (accessKeyId, sessionToken) => identify(key, '000000000000', accessKeyId, sessionToken),
    async dispatch(service, operation, input, request) {
      const run = table.get(`${service} ${operation}`);
      if (run === undefined) throw new ServiceError('NotImplemented', operation, 501);
      return run(input, request);
    },
  });
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const region = 'us-east-1';
  const clients: { destroy(): void }[] = [];
  return {
    server: { endpoint, region, ...key },
    /** Returns the list that each input is added to. */
    serve(service: ServiceId, operation: string, answer: Operation<unknown, unknown>): unknown[] {
      const seen: unknown[] = [];
      table.set(`${service} ${operation}`, (input, context) => {
        seen.push(input);
        return answer(input, context);
      });
      return seen;
    },
    client<C extends { destroy(): void }, More extends object>(
      Client: new (config: ClientConfig & More) => C,
      more?: More,
    ): C {
      const config = { endpoint, region, credentials: key, disableHostPrefix: true as const, maxAttempts: 1 };
      const client = new Client({ ...config, ...more } as ClientConfig & More);
      clients.push(client);
      return client;
    },
    stop(): Promise<void> {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
