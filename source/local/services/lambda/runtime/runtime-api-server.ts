import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an environment's process is handed with `/next`. */
export type InvocationRequest = {
  requestId: string;
  payload: Uint8Array;
  /** Milliseconds since the epoch. */
  deadline: number;
  functionArn: string;
  traceId: string;
  /** JSON, already decoded from base64. */
  clientContext?: string;
};

export type ReportedError = { body: Buffer; type: string | undefined };

export type RuntimeApiEvents = {
  /** The process asks for an invocation; the answer may take as long as it wants. */
  next(): Promise<InvocationRequest>;
  /** False: no such invocation is open. `too-large`: the response is over the limit. */
  response(requestId: string, body: Buffer): boolean | 'too-large';
  error(requestId: string, error: ReportedError): boolean;
  initError(error: ReportedError): void;
};

export type RuntimeApiServer = { address: string; close(): void };

/**
 * The Lambda Runtime API for one environment, on a loopback port of its own, so that no process can ask for
 * another's invocations.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export function serveRuntimeApi(events: RuntimeApiEvents): Promise<RuntimeApiServer> {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    answer(events, request, response).catch(() => response.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        address: `127.0.0.1:${port}`,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

const route =
  /^\/2018-06-01\/runtime\/(?:(init\/error)|invocation\/(next)|invocation\/([^/]+)\/(response|error))$/;

async function answer(
  events: RuntimeApiEvents,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const match = route.exec(request.url ?? '');
  const [, init, next, requestId = '', verb] = match ?? [];
  if (match === null || request.method !== (next ? 'GET' : 'POST')) {
    send(response, 404, { errorMessage: 'no such path', errorType: 'NotFound' });
    return;
  }
  if (next) {
    sendInvocation(response, await events.next());
    return;
  }
  const body = await readBody(request);
  const header = request.headers['lambda-runtime-function-error-type'];
  const type = typeof header === 'string' ? header : undefined;
  if (init) {
    events.initError({ body, type });
    send(response, 202, { status: 'OK' });
    return;
  }
  const taken =
    verb === 'response' ? events.response(requestId, body) : events.error(requestId, { body, type });
  if (taken === 'too-large')
    send(response, 413, {
      errorType: 'RequestEntityTooLarge',
      errorMessage: 'Exceeded maximum allowed payload size (6291556 bytes).',
    });
  else if (taken) send(response, 202, { status: 'OK' });
  else send(response, 400, { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' });
}

function sendInvocation(response: ServerResponse, invocation: InvocationRequest): void {
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': invocation.payload.length,
    'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
    'Lambda-Runtime-Deadline-Ms': invocation.deadline,
    'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
    'Lambda-Runtime-Trace-Id': invocation.traceId,
    ...(invocation.clientContext === undefined
      ? {}
      : { 'Lambda-Runtime-Client-Context': invocation.clientContext }),
  });
  response.end(invocation.payload);
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
