import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DatabaseSync } from 'node:sqlite';
import { UserError } from '../model/errors.ts';

/** An open loopback listener. */
export type Listener = { port: number; close(): Promise<void> };

/** Listeners whose ports are kept in the database. The main port has the name `main`. */
export type Listeners = {
  open(name: string, onRequest: RequestListener, options?: { port?: number }): Promise<Listener>;
  closeAll(): Promise<void>;
};

/**
 * Main ports are looked for in here, below what systems give to outgoing connections. Each project begins at
 * a place of its own, with room for the ports of its APIs: two that took the first free port could not both
 * come back to it.
 */
const firstPort = 20_000;
const places = 500;
const portsPerProject = 20;

/** In-flight requests get this long to end before their connections are cut. */
const graceMilliseconds = 500;

/**
 * @param directory The project's, which says where its ports begin.
 * @param onEvery Called for every request to any listener, before it is answered.
 */
export function createListeners(
  directory: string,
  database: DatabaseSync,
  onEvery: (response: ServerResponse) => void,
): Listeners {
  const read = database.prepare('SELECT port FROM stp_ports WHERE name = ?');
  const taken = database.prepare('SELECT 1 FROM stp_ports WHERE port = ? AND name <> ?');
  const write = database.prepare(
    'INSERT INTO stp_ports (name, port) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET port = excluded.port',
  );
  const open = new Map<string, Listener>();

  function* candidates(name: string): Generator<number> {
    const main = read.get('main')?.port as number | undefined;
    if (name !== 'main' && main !== undefined) {
      for (let port = main + 1; port < 65_536; port += 1) yield port;
      return;
    }
    const own = createHash('sha256').update(directory).digest().readUInt32BE();
    for (let place = 0; place < places; place += 1) {
      yield firstPort + portsPerProject * ((own + place) % places);
    }
  }

  async function bind(name: string, onRequest: RequestListener, wanted?: number): Promise<Listener> {
    const kept = wanted ?? (read.get(name)?.port as number | undefined);
    if (kept !== undefined) {
      const server = await tryListen(onRequest, kept);
      if (server === undefined) throw portInUse(name, kept);
      return { port: portOf(server), close: () => closeServer(server) };
    }
    for (const port of candidates(name)) {
      if (taken.get(port, name) !== undefined) continue;
      const server = await tryListen(onRequest, port);
      if (server !== undefined) return { port, close: () => closeServer(server) };
    }
    throw new UserError('no free port is left on 127.0.0.1', { code: 'port-in-use', exitCode: 1 });
  }

  return {
    async open(name, onRequest, options = {}) {
      if (open.has(name)) throw new Error(`the listener ${name} is open already`);
      const counted: RequestListener = (request, response) => {
        onEvery(response);
        onRequest(request, response);
      };
      const bound = await bind(name, counted, options.port);
      write.run(name, bound.port);
      const listener: Listener = {
        port: bound.port,
        async close() {
          open.delete(name);
          await bound.close();
        },
      };
      open.set(name, listener);
      return listener;
    },
    async closeAll() {
      await Promise.all([...open.values()].map((listener) => listener.close()));
    },
  };
}

/** Undefined where another program has the port. */
function tryListen(onRequest: RequestListener, port: number): Promise<Server | undefined> {
  let bound = port;
  // A client that keeps its connection must not lose it between two requests, so idle ones are never cut.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (isOwnHost(request.headers.host, bound)) onRequest(request, response);
    else
      response.writeHead(421, { 'content-type': 'text/plain' }).end('This host name is not served here.\n');
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      bound = portOf(server);
      resolve(server);
    });
  });
}

/**
 * A page in a browser can point a name of its own at 127.0.0.1 (DNS rebinding) and then read answers as its
 * own; it cannot choose the Host header that goes with that name.
 */
function isOwnHost(host: string | undefined, port: number): boolean {
  if (host === undefined) return false;
  const [, name, given] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host.toLowerCase()) ?? [];
  if (name === undefined || Number(given ?? 80) !== port) return false;
  return name === '127.0.0.1' || name === 'localhost' || name.endsWith('.localhost');
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function portInUse(name: string, port: number): UserError {
  const what = name === 'main' ? '' : `, which ${name} had before,`;
  return new UserError(`port ${port}${what} is in use by another program`, {
    code: 'port-in-use',
    hint: `End the program that listens on 127.0.0.1:${port}. Outputs of deployed stacks hold the port, so it is kept; \`stp local reset\` gives up the stacks and the port.`,
    exitCode: 1,
  });
}
