import { request as httpRequest } from 'node:http';
import {
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  GetApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './start-api.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.deployFunction('echo', 'exports.handler = async (event) => event');
  await gateway.deployFunction(
    'echo-v1',
    'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) })',
  );
  await gateway.deployFunction('answers', 'exports.handler = async (event) => JSON.parse(event.body)');
});

afterAll(async () => {
  await gateway.aws.stop();
});

test('an API is reached at its endpoint, and only under the names of this machine', async () => {
  const { apiId, endpoint } = await gateway.createApi('echo', ['GET /hello']);
  expect(apiId).toMatch(/^[a-z0-9]{10}$/);
  expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const port = new URL(endpoint).port;
  expect((await fetch(`${endpoint}/hello`)).status).toBe(200);
  expect((await fetch(`http://localhost:${port}/hello`)).status).toBe(200);
  const status = await new Promise((resolve, reject) => {
    const options = {
      port,
      host: '127.0.0.1',
      path: '/hello',
      headers: { host: `attacker.example:${port}` },
    };
    httpRequest(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(421);
});

test('format 2.0: the event, and an object as JSON', async () => {
  const { apiId, endpoint } = await gateway.createApi('echo', ['POST /posts/{id}'], {
    stage: { StageVariables: { color: 'blue' } },
  });
  const response = await fetch(`${endpoint}/posts/a%20b?x=1&x=2&y=`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie: 'a=1; b=2',
      'x-own': 'value',
    },
    body: '{"title":"first"}',
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('apigw-requestid')).toBeTruthy();
  const host = new URL(endpoint).host;
  expect(await response.json()).toMatchObject({
    version: '2.0',
    routeKey: 'POST /posts/{id}',
    rawPath: '/posts/a b',
    rawQueryString: 'x=1&x=2&y=',
    cookies: ['a=1', 'b=2'],
    queryStringParameters: { x: '1,2', y: '' },
    pathParameters: { id: 'a b' },
    stageVariables: { color: 'blue' },
    headers: {
      host,
      'content-type': 'application/json',
      'x-own': 'value',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    },
    requestContext: {
      accountId: '000000000000',
      apiId,
      domainName: host,
      domainPrefix: apiId,
      http: { method: 'POST', path: '/posts/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
      requestId: response.headers.get('apigw-requestid'),
      routeKey: 'POST /posts/{id}',
      stage: '$default',
      time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.any(Number),
    },
    body: '{"title":"first"}',
    isBase64Encoded: false,
  });
});

test('format 1.0: the event', async () => {
  const { endpoint } = await gateway.createApi('echo-v1', ['ANY /{proxy+}'], {
    integration: { PayloadFormatVersion: '1.0' },
  });
  const response = await fetch(`${endpoint}/a/b?x=1&x=2`, { headers: { 'x-own': 'value' } });
  expect(await response.json()).toMatchObject({
    version: '1.0',
    resource: '/{proxy+}',
    path: '/a/b',
    httpMethod: 'GET',
    headers: { 'x-own': 'value', Host: new URL(endpoint).host },
    multiValueQueryStringParameters: { x: ['1', '2'] },
    queryStringParameters: { x: '2' },
    pathParameters: { proxy: 'a/b' },
    requestContext: { resourcePath: '/{proxy+}', stage: '$default', identity: { sourceIp: '127.0.0.1' } },
    body: null,
    isBase64Encoded: false,
  });
});

test('binary bodies pass in both directions', async () => {
  const { endpoint } = await gateway.createApi('binary', ['PUT /image']);
  await gateway.deployFunction(
    'binary',
    `exports.handler = async (event) => ({
       statusCode: 201, headers: { 'Content-Type': 'image/png', 'x-was': String(event.isBase64Encoded) },
       body: event.body, isBase64Encoded: true,
     })`,
  );
  const bytes = Buffer.from([0, 255, 137, 80, 78, 71, 13, 10]);
  const response = await fetch(`${endpoint}/image`, {
    method: 'PUT',
    headers: { 'content-type': 'image/png' },
    body: bytes,
  });
  expect(response.status).toBe(201);
  expect(response.headers.get('x-was')).toBe('true');
  expect(response.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
});

test.each([
  ['2.0', { message: 'plain' }, 200, 'application/json', '{"message":"plain"}'],
  ['2.0', 'text', 200, 'application/json', 'text'],
  ['2.0', [1, 2], 200, 'application/json', '[1,2]'],
  ['2.0', { statusCode: 404, body: 'gone' }, 404, 'text/plain;charset=utf-8', 'gone'],
  [
    '2.0',
    { statusCode: 200, body: { no: 'text' } },
    500,
    'application/json',
    '{"message":"Internal Server Error"}',
  ],
  ['2.0', { statusCode: 'abc' }, 500, 'application/json', '{"message":"Internal Server Error"}'],
  [
    '1.0',
    { statusCode: 201, body: 'made', headers: { 'Content-Type': 'text/html' } },
    201,
    'text/html',
    'made',
  ],
  ['1.0', { message: 'plain' }, 500, 'application/json', '{"message":"Internal Server Error"}'],
  ['1.0', 'text', 500, 'application/json', '{"message":"Internal Server Error"}'],
] as const)('format %s: %j becomes %i', async (PayloadFormatVersion, result, status, type, body) => {
  const { endpoint } = await gateway.createApi('answers', ['POST /'], {
    integration: { PayloadFormatVersion },
  });
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(result),
  });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe(type);
  expect(await response.text()).toBe(body);
});

test('several values of a header: cookies in 2.0, multi-value headers in 1.0', async () => {
  const cases = [
    ['2.0', { statusCode: 200, cookies: ['a=1', 'b=2'], body: '' }],
    ['1.0', { statusCode: 200, multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] }, body: '' }],
  ] as const;
  for (const [PayloadFormatVersion, result] of cases) {
    const { endpoint } = await gateway.createApi('answers', ['POST /'], {
      integration: { PayloadFormatVersion },
    });
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(result),
    });
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  }
});

test('what no route names is not found', async () => {
  const { endpoint } = await gateway.createApi('echo', ['GET /only']);
  for (const [method, path] of [
    ['GET', '/other'],
    ['POST', '/only'],
    ['OPTIONS', '/only'],
  ]) {
    const response = await fetch(`${endpoint}${path}`, { method: method ?? 'GET' });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: 'Not Found' });
  }
});

test('a function that fails is an internal error, one that takes too long is unavailable', async () => {
  await gateway.deployFunction('fails', 'exports.handler = async () => { throw new Error("secret") }');
  const failing = await gateway.createApi('fails', ['$default']);
  const failed = await fetch(failing.endpoint);
  expect([failed.status, await failed.json()]).toEqual([500, { message: 'Internal Server Error' }]);

  await gateway.deployFunction(
    'hangs',
    'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 9000))',
  );
  const hanging = await gateway.createApi('hangs', ['$default'], { integration: { TimeoutInMillis: 200 } });
  const late = await fetch(hanging.endpoint);
  expect([late.status, await late.json()]).toEqual([503, { message: 'Service Unavailable' }]);
});

test('without a permission for this API the function is not called', async () => {
  await gateway.deployFunction('closed', 'exports.handler = async () => "called"', { permitted: false });
  const { apiId, endpoint } = await gateway.createApi('closed', ['GET /a', 'GET /b']);
  expect((await fetch(`${endpoint}/a`)).status).toBe(500);
  const permit = (StatementId: string, resource: string) =>
    gateway.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'closed',
        StatementId,
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${resource}`,
      }),
    );
  await permit('other', 'otherapi01/*');
  expect((await fetch(`${endpoint}/a`)).status).toBe(500);
  await permit('a', `${apiId}/*/GET/a`);
  expect(await (await fetch(`${endpoint}/a`)).text()).toBe('called');
  expect((await fetch(`${endpoint}/b`)).status).toBe(500);
  await permit('all', `${apiId}/*`);
  expect(await (await fetch(`${endpoint}/b`)).text()).toBe('called');
});

test('preflights are answered by the API, and its headers go with every answer', async () => {
  const { endpoint } = await gateway.createApi('answers', ['POST /'], {
    api: {
      CorsConfiguration: {
        AllowOrigins: ['https://app.example', 'http://localhost:5173'],
        AllowMethods: ['GET', 'POST'],
        AllowHeaders: ['content-type'],
        ExposeHeaders: ['x-total'],
        AllowCredentials: true,
        MaxAge: 300,
      },
    },
  });
  const preflight = (origin: string) =>
    fetch(endpoint, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
  const allowed = await preflight('https://app.example');
  expect(allowed.status).toBe(204);
  expect(Object.fromEntries(allowed.headers)).toMatchObject({
    'access-control-allow-origin': 'https://app.example',
    'access-control-allow-methods': 'GET,POST',
    'access-control-allow-headers': 'content-type',
    'access-control-allow-credentials': 'true',
    'access-control-max-age': '300',
  });
  const refused = await preflight('https://evil.example');
  expect(refused.status).toBe(204);
  expect(refused.headers.get('access-control-allow-origin')).toBeNull();

  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { origin: 'http://localhost:5173', 'content-type': 'application/json' },
    body: JSON.stringify({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: 'ok' }),
  });
  expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
  expect(response.headers.get('access-control-expose-headers')).toBe('x-total');
});

test('a body of more than 10 MB is refused', async () => {
  const { endpoint } = await gateway.createApi('echo', ['POST /']);
  const response = await fetch(endpoint, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
  expect(response.status).toBe(413);
});

test('a named stage stands in the path, and serves what was deployed to it', async () => {
  const { apiId, endpoint } = await gateway.createApi('echo', ['GET /first'], {
    stage: { StageName: 'dev' },
  });
  expect((await fetch(`${endpoint}/first`)).status).toBe(404);
  const event = await (await fetch(`${endpoint}/dev/first`)).json();
  expect(event).toMatchObject({ rawPath: '/dev/first', requestContext: { stage: 'dev' } });

  await gateway.client.send(new CreateStageCommand({ ApiId: apiId, StageName: 'prod' }));
  expect((await fetch(`${endpoint}/prod/first`)).status).toBe(404);
  await gateway.client.send(new CreateDeploymentCommand({ ApiId: apiId, StageName: 'prod' }));
  expect((await fetch(`${endpoint}/prod/first`)).status).toBe(200);
  await gateway.client.send(new CreateRouteCommand({ ApiId: apiId, RouteKey: 'GET /second' }));
  expect((await fetch(`${endpoint}/prod/second`)).status).toBe(404);
});

test('a route that asks for an authorizer lets nobody in', async () => {
  const { apiId, endpoint, integrationId } = await gateway.createApi('echo', []);
  await gateway.client.send(
    new CreateRouteCommand({
      ApiId: apiId,
      RouteKey: 'GET /',
      AuthorizationType: 'JWT',
      Target: `integrations/${integrationId}`,
    }),
  );
  const response = await fetch(endpoint);
  expect([response.status, await response.json()]).toEqual([401, { message: 'Unauthorized' }]);
});

test('an API made with a target can be called at once', async () => {
  const { ApiEndpoint } = await gateway.client.send(
    new CreateApiCommand({
      Name: 'quick',
      ProtocolType: 'HTTP',
      Target: 'arn:aws:lambda:us-east-1:000000000000:function:echo',
    }),
  );
  expect(await (await fetch(`${ApiEndpoint}/any`)).json()).toMatchObject({
    version: '2.0',
    routeKey: '$default',
  });
});

test('wrong keys and routes twice are refused, and what is gone is not found', async () => {
  const { apiId, endpoint } = await gateway.createApi('echo', ['GET /a']);
  const route = (RouteKey: string, ApiId = apiId) =>
    gateway.client.send(new CreateRouteCommand({ ApiId, RouteKey }));
  await expect(route('GET /a')).rejects.toMatchObject({
    name: 'ConflictException',
    message: 'Route with key GET /a already exists for this API',
  });
  await expect(route('FETCH /a')).rejects.toMatchObject({ name: 'BadRequestException' });
  await expect(route('GET /b', 'abcdefghij')).rejects.toMatchObject({ name: 'NotFoundException' });
  await gateway.client.send(new DeleteApiCommand({ ApiId: apiId }));
  await expect(gateway.client.send(new GetApiCommand({ ApiId: apiId }))).rejects.toMatchObject({
    name: 'NotFoundException',
    $metadata: { httpStatusCode: 404 },
  });
  await expect(fetch(endpoint)).rejects.toThrow();
});

test('after a restart an API listens on the same port', async () => {
  const { apiId, endpoint } = await gateway.createApi('echo', ['GET /']);
  await gateway.aws.restart();
  expect((await fetch(endpoint)).status).toBe(200);
  const api = await gateway.client.send(new GetApiCommand({ ApiId: apiId }));
  expect(api).toMatchObject({ ApiEndpoint: endpoint, CreatedDate: expect.any(Date) });
});
