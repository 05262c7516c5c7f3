import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../model/errors.ts';
import { type Backend, type Caller, type Service, ServiceError, type ServiceId } from './backend.ts';
import { openDatabase } from './database.ts';
import { identify, loadProjectKey, type ProjectKey, sessionKey } from './keys.ts';
import { createListeners } from './listeners.ts';
import { registry } from './services/registry.ts';
import { createRequestHandler } from './wire/request-handler.ts';

export type ServerOptions = {
  /** `.stp/local` of the project; made where it is absent. */
  directory: string;
  /** Main port. Without it the one that the directory holds, or at the first start a free one from 4510 on. */
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
  /** Called for each request, before it is answered. */
  onRequest?: () => void;
  /** Answered at `GET /_stp/health`, without a signature. */
  health?: Record<string, unknown>;
};

export type RunningServer = {
  /** `http://127.0.0.1:4510`. */
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
 * @throws UserError when the folder or the database cannot be used, or the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { directory, now = Date.now, pace = 0, log = () => {} } = options;
  makeDirectory(directory);
  const key = options.credentials ?? loadProjectKey(directory);
  const database = openDatabase(directory);
  const listeners = createListeners(database);
  const services = new Map<ServiceId, Service>();
  const root: Caller = { accountId, arn: `arn:aws:iam::${accountId}:root`, accessKeyId: key.accessKeyId };

  async function dispatch(
    service: ServiceId,
    operation: string,
    input: unknown,
    request: { caller: Caller; region: string; requestId: string; signal: AbortSignal },
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
    return run(input, request);
  }

  let started: () => void = () => {};
  let failed: (error: unknown) => void = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    started = resolve;
    failed = reject;
  });
  ready.catch(() => {});
  const answer = createRequestHandler({
    now,
    log,
    identify: (accessKeyId, sessionToken) => identify(key, accountId, accessKeyId, sessionToken),
    // A request that comes while services still start waits for them.
    dispatch: async (...call) => {
      await ready;
      return dispatch(...call);
    },
  });

  try {
    const main = await listeners.open(
      'main',
      (request, response) => {
        if (request.method === 'GET' && request.url === '/_stp/health') {
          const body = JSON.stringify({ pid: process.pid, directory, ...options.health });
          response.writeHead(200, { 'content-type': 'application/json' }).end(body);
          return;
        }
        options.onRequest?.();
        answer(request, response);
      },
      options.port === undefined ? {} : { port: options.port },
    );
    const endpoint = `http://127.0.0.1:${main.port}`;
    const backend: Backend = {
      accountId,
      region,
      endpoint,
      directory,
      database,
      now,
      async pace(milliseconds) {
        if (pace > 0) await sleep(milliseconds * pace);
      },
      async call<O>(
        service: ServiceId,
        operation: string,
        input: unknown,
        caller: Caller = root,
      ): Promise<O> {
        const signal = new AbortController().signal;
        return (await dispatch(service, operation, input, {
          caller,
          region,
          requestId: randomUUID(),
          signal,
        })) as O;
      },
      listen: (name, onRequest) => listeners.open(name, onRequest),
      credentialsForRole: (roleArn) => sessionKey(key, roleArn, 'stp'),
      log,
    };
    const wanted = options.services ?? (Object.keys(registry) as ServiceId[]);
    await Promise.all(
      wanted.map(async (id) => {
        const create = await registry[id]?.();
        if (create !== undefined) services.set(id, create(backend));
      }),
    );
    for (const id of wanted) await services.get(id)?.start?.();
    started();
    return {
      endpoint,
      ...key,
      region,
      backend,
      async close() {
        for (const id of [...wanted].reverse()) await services.get(id)?.stop?.();
        await listeners.closeAll();
        database.close();
      },
    };
  } catch (error) {
    failed(error);
    await listeners.closeAll();
    database.close();
    throw error;
  }
}

function makeDirectory(directory: string): void {
  try {
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
