import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { formatTime, type HttpApiRequest } from '../../../model/payloads/http-api.ts';
import type { Backend } from '../../backend.ts';
import type { AccessLog } from './access-log.ts';
import type { ApiStore, Kinds } from './api-store.ts';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
import { type HttpAnswer, messageAnswer } from './integration-response.ts';
import { callLambda, type IntegrationResult } from './lambda-integration.ts';
import { createRouteTable, type MatchedRoute, type RouteTable } from './route-table.ts';

type Stage = Kinds['stage'];

/** Bytes. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const largestPayload = 10 * 1024 * 1024;

export type EndpointContext = { backend: Backend; store: ApiStore; accessLog: AccessLog };

/** Serves an API at its own port. */
export function createApiEndpoint(context: EndpointContext, apiId: string): RequestListener {
  const { backend, store, accessLog } = context;
  const tables = new Map<string, { revision: number; table: RouteTable }>();

  const tableOf = (stage: Stage): RouteTable => {
    const revision = store.revision(apiId);
    const kept = tables.get(stage.StageName ?? '');
    if (kept?.revision === revision) return kept.table;
    const table = createTable(store, apiId, stage);
    tables.set(stage.StageName ?? '', { revision, table });
    return table;
  };

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const timeEpoch = backend.now();
    const requestId = `${randomBytes(11).toString('base64').replaceAll(/[+/]/g, 'x')}`;
    const api = store.get('api', apiId, apiId);
    const url = message.url ?? '/';
    const query = url.indexOf('?');
    const path = query === -1 ? url : url.slice(0, query);
    const found = findStage(store, apiId, path);
    const body = await readBody(message);
    const request: HttpApiRequest = {
      method: message.method ?? 'GET',
      path,
      queryString: query === -1 ? '' : url.slice(query + 1),
      headers: headersOf(message, backend),
      body: body ?? new Uint8Array(),
      protocol: `HTTP/${message.httpVersion}`,
      sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
      routeKey: '',
      pathParameters: {},
      stage: found?.stage.StageName ?? '',
      stageVariables: found?.stage.StageVariables ?? {},
      accountId: backend.accountId,
      apiId,
      domainName: message.headers.host ?? '',
      requestId,
      timeEpoch,
    };
    const cors = api.CorsConfiguration;
    const origin = message.headers.origin;
    let result: IntegrationResult;
    if (!found) result = { answer: messageAnswer(404, 'Not Found') };
    else if (
      cors &&
      origin !== undefined &&
      isPreflight(request.method, (name) => single(message.headers[name]))
    )
      result = { answer: { status: 204, headers: preflightHeaders(cors, origin), body: new Uint8Array() } };
    else if (body === undefined) result = { answer: messageAnswer(413, 'Request Entity Too Large') };
    else {
      const match = tableOf(found.stage).match(request.method, found.path);
      if (match) {
        request.routeKey = match.route.RouteKey ?? '';
        request.pathParameters = match.parameters;
      }
      result = await answerRoute(backend, match, request);
      if (cors) addCors(result.answer, corsHeaders(cors, origin));
    }
    result.answer.headers['apigw-requestid'] = requestId;
    const settings = found?.stage.AccessLogSettings;
    if (settings?.DestinationArn) {
      const latency = Math.round(performance.now() - startedAt);
      accessLog.write(settings, apiId, request.stage, logContext(request, result, latency));
    }
    send(response, request.method, result.answer);
  }

  return (message, response) => {
    handle(message, response).catch((error: unknown) => {
      backend.log(`apigateway: ${apiId}: ${error instanceof Error ? error.stack : error}`);
      if (!response.headersSent) send(response, 'GET', messageAnswer(500, 'Internal Server Error'));
      else response.destroy();
    });
  };
}

function createTable(store: ApiStore, apiId: string, stage: Stage): RouteTable {
  if (stage.AutoDeploy) return createRouteTable(store.list('route', apiId), store.list('integration', apiId));
  const deployment = stage.DeploymentId ? store.find('deployment', apiId, stage.DeploymentId) : undefined;
  return createRouteTable(deployment?.snapshot.routes ?? [], deployment?.snapshot.integrations ?? []);
}

/** A stage is named by the first part of the path; without one it is `$default`. */
function findStage(store: ApiStore, apiId: string, path: string): { stage: Stage; path: string } | undefined {
  const [, first = ''] = path.split('/', 2);
  const named = first === '' ? undefined : store.find('stage', apiId, first);
  if (named) return { stage: named, path: path.slice(first.length + 1) || '/' };
  const stage = store.find('stage', apiId, '$default');
  return stage && { stage, path };
}

async function answerRoute(
  backend: Backend,
  match: MatchedRoute | undefined,
  request: HttpApiRequest,
): Promise<IntegrationResult> {
  if (match === undefined) return { answer: messageAnswer(404, 'Not Found') };
  const { route, integration } = match;
  switch (route.AuthorizationType ?? 'NONE') {
    case 'NONE':
      break;
    case 'AWS_IAM':
      return {
        answer: messageAnswer(403, 'Forbidden'),
        error: 'IAM authorization is not available here yet',
      };
    default:
      // Nobody is let in whom nobody has checked.
      backend.log(`apigateway: ${route.RouteKey}: authorizers are not available here yet`);
      return { answer: messageAnswer(401, 'Unauthorized'), error: 'authorizers are not available here yet' };
  }
  if (integration?.IntegrationType === 'AWS_PROXY' && !integration.IntegrationSubtype) {
    const result = await callLambda(backend, integration, request);
    if (result.error) backend.log(`apigateway: ${request.apiId}: ${route.RouteKey}: ${result.error}`);
    return result;
  }
  const error = `integrations of type ${integration?.IntegrationType ?? 'none'} are not available here yet`;
  backend.log(`apigateway: ${request.apiId}: ${route.RouteKey}: ${error}`);
  return { answer: messageAnswer(500, 'Internal Server Error'), error };
}

/** With CORS configured, what the integration says of it is dropped, as API Gateway does. */
function addCors(answer: HttpAnswer, headers: Record<string, string>): void {
  for (const name of Object.keys(answer.headers)) {
    if (name.startsWith('access-control-')) delete answer.headers[name];
  }
  Object.assign(answer.headers, headers);
}

/** The client's headers, and those that API Gateway puts to them. */
function headersOf(message: IncomingMessage, backend: Backend): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    const name = message.rawHeaders[index] ?? '';
    if (!/^(connection|keep-alive|transfer-encoding|x-forwarded-(for|port|proto))$/i.test(name))
      headers.push([name, message.rawHeaders[index + 1] ?? '']);
  }
  const seconds = Math.floor(backend.now() / 1000).toString(16);
  const forwarded = single(message.headers['x-forwarded-for']);
  const address = message.socket.remoteAddress ?? '127.0.0.1';
  headers.push(
    ['x-amzn-trace-id', `Root=1-${seconds}-${randomBytes(12).toString('hex')}`],
    ['x-forwarded-for', forwarded ? `${forwarded}, ${address}` : address],
    ['x-forwarded-port', String(message.socket.localPort ?? '')],
    ['x-forwarded-proto', 'http'],
  );
  return headers;
}

/** Undefined where it is longer than API Gateway takes; the rest is read and dropped, so that the answer arrives. */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestPayload) chunks.push(chunk);
  }
  return size > largestPayload ? undefined : Buffer.concat(chunks);
}

function send(response: ServerResponse, method: string, { status, headers, body }: HttpAnswer): void {
  const hasBody = status !== 204 && status !== 304;
  response.writeHead(status, { ...headers, ...(hasBody ? { 'content-length': body.length } : {}) });
  response.end(hasBody && method !== 'HEAD' ? body : undefined);
}

function logContext(request: HttpApiRequest, result: IntegrationResult, latency: number) {
  const { answer, status, error } = result;
  const failed = answer.status >= 400 && status === undefined;
  const message = failed ? JSON.parse(Buffer.from(answer.body).toString() || '{}').message : undefined;
  return {
    accountId: request.accountId,
    apiId: request.apiId,
    domainName: request.domainName,
    domainPrefix: request.apiId,
    'error.message': message,
    'error.messageString': message && JSON.stringify(message),
    'error.responseType': undefined,
    extendedRequestId: request.requestId,
    httpMethod: request.method,
    'identity.sourceIp': request.sourceIp,
    'identity.userAgent': request.headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1],
    'integration.error': error,
    'integration.integrationStatus': status,
    'integration.latency': latency,
    'integration.status': status === undefined ? undefined : 200,
    integrationErrorMessage: error,
    integrationLatency: latency,
    integrationStatus: status,
    path: request.path,
    protocol: request.protocol,
    requestId: request.requestId,
    requestTime: formatTime(request.timeEpoch),
    requestTimeEpoch: request.timeEpoch,
    responseLatency: latency,
    responseLength: answer.body.length,
    routeKey: request.routeKey === '' ? undefined : request.routeKey,
    stage: request.stage === '' ? undefined : request.stage,
    status: answer.status,
  };
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
