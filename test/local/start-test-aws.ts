import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, type ServerOptions, startServer } from '../../source/local/server.ts';

type ClientConfig = {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** `StartLiveTail` would else go to `stream-127.0.0.1`. */
  disableHostPrefix: true;
  /** S3: buckets in the path, since `bucket.127.0.0.1` is no host. */
  forcePathStyle: true;
  maxAttempts: number;
};

export type TestAws = {
  /** The server that runs now; another one after `restart`. */
  readonly server: RunningServer;
  readonly directory: string;
  /** An SDK client of this server: `aws.client(S3Client)`. Destroyed by `stop`. */
  client<C extends { destroy(): void }>(Client: new (config: ClientConfig) => C): C;
  /** Ends the server and starts it again on the same directory and port; clients stay usable. */
  restart(): Promise<void>;
  /** Ends the server and removes its directory. */
  stop(): Promise<void>;
};

/** Starts an embedded AWS of its own in a temporary directory, on a free port that no other test uses. */
export async function startTestAws(
  options: Omit<Partial<ServerOptions>, 'directory'> = {},
): Promise<TestAws> {
  const directory = await mkdtemp(join(tmpdir(), 'stp-local-'));
  let server = await startOnFreePort({ ...options, directory });
  const clients: { destroy(): void }[] = [];
  return {
    get server() {
      return server;
    },
    directory,
    client(Client) {
      const client = new Client({
        endpoint: server.endpoint,
        region: server.region,
        credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
        disableHostPrefix: true,
        forcePathStyle: true,
        maxAttempts: 1,
      });
      clients.push(client);
      return client;
    },
    async restart() {
      await server.close();
      server = await startServer({ ...options, directory });
    },
    async stop() {
      for (const client of clients) client.destroy();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * Below the range that the system gives to outgoing connections, so that the port is still free after a
 * restart, and at random, so that tests in other processes are out of the way.
 */
async function startOnFreePort(options: ServerOptions): Promise<RunningServer> {
  for (;;) {
    const port = 10_000 + 20 * Math.floor(Math.random() * 1_000);
    try {
      return await startServer({ ...options, port });
    } catch (error) {
      if ((error as { code?: string }).code !== 'port-in-use') throw error;
    }
  }
}
