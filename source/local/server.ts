import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../model/errors.ts';
import {
  type Backend,
  type Caller,
  type RequestContext,
  type Service,
  ServiceError,
  type ServiceId,
} from './backend.ts';
import { openDatabase } from './database.ts';
import { identify, loadProjectKey, type ProjectKey, sessionKey } from './keys.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { answerOwn, type OwnRequests } from './own-requests.ts';
import { registry } from './services/registry.ts';
import type { WireHost } from './wire/request-handler.ts';

export type ServerOptions = {
  /** `.stp/local` of the project; made where it is absent. */
  directory: string;
  /** Main port. Without it the one that the directory holds, or at the first start a free one. */
  port?: number;
  /** Services to run; all of them by default. */
  services?: readonly ServiceId[];
  /** Factor on AWS's own durations: 0 (the default) does not wait, 1 is as long as AWS takes. */
  pace?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
  credentials?: ProjectKey;
  /** Lines for `server.log`. */
  log?: (message: string) => void;
  /** Called for each request to any of its ports, before it is answered. */
  onRequest?: (response: ServerResponse) => void;
  /** Answered at `GET /_stp/health`, without a signature. */
  health?: Record<string, unknown>;
};

export type RunningServer = {
  /** `http://127.0.0.1:20040`. */
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  backend: Backend;
  /** Stops the services, then the listeners, then the database. */
  close(): Promise<void>;
};

const accountId = '000000000000';
const region = 'us-east-1';

/**
 * Starts the embedded AWS in this process.
 * @throws UserError when the folder or the database cannot be used, another server has it, or the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { directory, log = () => {} } = options;
  makeDirectory(directory);
  const database = openDatabase(directory);
  const listeners = createListeners(directory, database, options.onRequest ?? (() => {}));
  const services = new Map<ServiceId, Service>();
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => {});
  let backend: Backend | undefined;

  try {
    const key = options.credentials ?? loadProjectKey(directory);
    const own: OwnRequests = {
      directory,
      health: options.health ?? {},
      key,
      services,
      backend: () => backend,
    };
    const answer = lazyWire({
      now: options.now ?? Date.now,
      log,
      identify: (accessKeyId, sessionToken) => identify(key, accountId, accessKeyId, sessionToken),
      // A request that comes while services still start waits for them.
      dispatch: async (service, operation, input, request) => {
        await ready.promise;
        return dispatch(services, service, operation, input, request);
      },
    });
    const main = await listeners.open(
      'main',
      (request, response) => {
        if (!answerOwn(request, response, own)) answer(request, response);
      },
      options.port === undefined ? {} : { port: options.port },
    );
    backend = createBackend(options, { database, listeners, services, key, port: main.port });
    const running = await startServices(services, backend, options.services);
    ready.resolve();
    return {
      endpoint: backend.endpoint,
      ...key,
      region,
      backend,
      async close() {
        for (const service of running.reverse()) await service.stop?.();
        await listeners.closeAll();
        database.close();
      },
    };
  } catch (error) {
    ready.reject(error);
    await listeners.closeAll();
    database.close();
    throw error;
  }
}

/** The wire takes the SDK's codecs with it, which take longer to load than all else, so the first request does. */
function lazyWire(host: WireHost): RequestListener {
  let handler: Promise<RequestListener> | undefined;
  return (request, response) => {
    handler ??= import('./wire/request-handler.ts').then(({ createRequestHandler }) =>
      createRequestHandler(host),
    );
    handler.then(
      (answer) => answer(request, response),
      (error: unknown) => {
        host.log(`the wire could not be loaded: ${error}`);
        response.destroy();
      },
    );
  };
}

async function startServices(
  services: Map<ServiceId, Service>,
  backend: Backend,
  wanted: readonly ServiceId[] = Object.keys(registry) as ServiceId[],
): Promise<Service[]> {
  const loaded = await Promise.all(wanted.map(async (id) => [id, await registry[id]?.()] as const));
  for (const [id, create] of loaded) if (create !== undefined) services.set(id, create(backend));
  const running = [...services.values()];
  for (const service of running) await service.start?.();
  return running;
}

async function dispatch(
  services: ReadonlyMap<ServiceId, Service>,
  service: ServiceId,
  operation: string,
  input: unknown,
  context: RequestContext,
): Promise<unknown> {
  const table = services.get(service)?.operations;
  const run = table && Object.hasOwn(table, operation) ? table[operation] : undefined;
  if (run === undefined) {
    throw new ServiceError(
      'NotImplemented',
      `The operation ${operation} of ${service} is not implemented by the embedded AWS.`,
      501,
    );
  }
  return run(input, context);
}

function createBackend(
  { directory, now = Date.now, pace = 0, log = () => {} }: ServerOptions,
  parts: {
    database: Backend['database'];
    listeners: Listeners;
    services: ReadonlyMap<ServiceId, Service>;
    key: ProjectKey;
    port: number;
  },
): Backend {
  const { database, listeners, services, key } = parts;
  const root: Caller = { accountId, arn: `arn:aws:iam::${accountId}:root`, accessKeyId: key.accessKeyId };
  return {
    accountId,
    region,
    endpoint: `http://127.0.0.1:${parts.port}`,
    directory,
    database,
    now,
    log,
    async pace(milliseconds) {
      if (pace > 0) await sleep(milliseconds * pace);
    },
    async call<O>(service: ServiceId, operation: string, input: unknown, caller: Caller = root): Promise<O> {
      const { signal } = new AbortController();
      const context = { caller, region, requestId: randomUUID(), signal };
      return (await dispatch(services, service, operation, input, context)) as O;
    },
    listen: (name, onRequest) => listeners.open(name, onRequest),
    credentialsForRole: (roleArn, session) =>
      sessionKey(key, roleArn, session?.sessionName ?? 'stp', session?.expiresAt),
  };
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(dirname(directory), { recursive: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    mkdirSync(`${directory}/objects`, { recursive: true });
    mkdirSync(`${directory}/functions`, { recursive: true });
  } catch (error) {
    throw new UserError(`${directory} cannot be written: ${(error as Error).message}`, {
      code: 'local-state-unusable',
      hint: 'The embedded AWS keeps its state there. Make the folder writable, or move what stands in its place.',
      exitCode: 1,
      cause: error,
    });
  }
}
