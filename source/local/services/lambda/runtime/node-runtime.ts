/**
 * Runs inside a function's process: the client of the Lambda Runtime API for Node.js functions.
 * It is an entry of its own and uses nothing but Node.js.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { callHandler } from './call-handler.ts';
import { RuntimeError, toErrorDocument, toLogText } from './function-error.ts';
import { makeStreamsSynchronous, patchConsole, setRequestId, writeLine } from './function-log.ts';
import { createContext, type Invocation } from './invocation-context.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import { limitPackages } from './resolve-packages.ts';
import { type ApiResponse, openRuntimeApi, type RuntimeApiClient } from './runtime-api-client.ts';

const base = '/2018-06-01/runtime';
let current: Invocation | 'none' | 'loading' = 'loading';

async function main(): Promise<void> {
  const taskRoot = process.env.LAMBDA_TASK_ROOT ?? process.cwd();
  // For this file alone: a function does not find it on Lambda.
  delete process.env.NODE_COMPILE_CACHE;
  patchConsole();
  makeStreamsSynchronous();
  const api = await openRuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API ?? '', () => process.exit(1));
  process.on('uncaughtException', (error) => fail(api, error, 'Uncaught Exception', 129));
  process.on('unhandledRejection', (reason) => {
    const error = new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason), reason);
    fail(api, error, 'Unhandled Promise Rejection', 128);
  });

  let handler: Handler;
  try {
    if (process.env.NODE_PATH) limitPackages(taskRoot, process.env.NODE_PATH);
    handler = await loadHandler(taskRoot, process.env._HANDLER ?? '');
  } catch (error) {
    await fail(api, error, 'Init Error', 1);
    return;
  }
  for (;;) await serve(api, handler);
}

async function serve(api: RuntimeApiClient, handler: Handler): Promise<void> {
  current = 'none';
  api.hold(true);
  const invocation = toInvocation(await api.send('GET', `${base}/invocation/next`));
  current = invocation;
  setRequestId(invocation.requestId);
  if (invocation.traceId) process.env._X_AMZN_TRACE_ID = invocation.traceId;
  const path = `${base}/invocation/${invocation.requestId}`;
  // While the handler runs only its own work keeps the process alive: an empty event loop ends the invocation.
  api.hold(false);
  try {
    const result = await callHandler(handler, JSON.parse(invocation.event), createContext(invocation));
    api.hold(true);
    const body = Buffer.from(toJson(result));
    const answer = await api.send('POST', `${path}/response`, { 'Content-Type': 'application/json' }, body);
    if (answer.status === 413) writeLine('ERROR', `Invoke Error \t${answer.body.toString()}`);
  } catch (error) {
    writeLine('ERROR', `Invoke Error \t${toLogText(error)}`);
    api.hold(true);
    await sendError(api, `${path}/error`, error);
  }
}

function toInvocation(response: ApiResponse): Invocation {
  const { headers } = response;
  return {
    requestId: headers['lambda-runtime-aws-request-id'] ?? '',
    deadline: Number(headers['lambda-runtime-deadline-ms']),
    functionArn: headers['lambda-runtime-invoked-function-arn'] ?? '',
    traceId: headers['lambda-runtime-trace-id'],
    clientContext: headers['lambda-runtime-client-context'],
    identity: headers['lambda-runtime-cognito-identity'],
    event: response.body.toString(),
  };
}

function toJson(result: unknown): string {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch (error) {
    throw new RuntimeError('Runtime.MarshalError', `Unable to stringify response body: ${error}`, error);
  }
}

async function sendError(api: RuntimeApiClient, path: string, error: unknown): Promise<void> {
  const document = toErrorDocument(error);
  const headers = {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Function-Error-Type': encodeURI(document.errorType),
  };
  await api.send('POST', path, headers, Buffer.from(JSON.stringify(document)));
}

/** What nobody caught: it is reported, and the process is over. */
async function fail(api: RuntimeApiClient, error: unknown, title: string, status: number): Promise<void> {
  writeLine('ERROR', `${title} \t${toLogText(error)}`);
  api.hold(true);
  // Between two invocations there is nobody to tell: the request for the next one is open.
  if (current === 'none') process.exit(status);
  const subject = current === 'loading' ? 'init' : `invocation/${current.requestId}`;
  await sendError(api, `${base}/${subject}/error`, error);
  process.exit(status);
}

main().catch((error: unknown) => {
  writeLine('ERROR', String(error));
  process.exit(1);
});
