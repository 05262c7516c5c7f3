import { expect, test } from 'vitest';
import {
  type HttpApiRequest,
  httpApiEventV1,
  httpApiEventV2,
} from '../../../source/model/payloads/http-api.ts';

const request: HttpApiRequest = {
  method: 'POST',
  path: '/my/p%C3%A4th',
  queryString: 'parameter1=value1&parameter1=value2&parameter2=a%20b+c',
  headers: [
    ['host', 'id.execute-api.us-east-1.amazonaws.com'],
    ['Header1', 'value1'],
    ['Header1', 'value2'],
    ['Cookie', 'cookie1=a; cookie2=b'],
    ['User-Agent', 'agent'],
    ['content-type', 'application/json; charset=utf-8'],
  ],
  body: Buffer.from('{"ž":1}'),
  protocol: 'HTTP/1.1',
  sourceIp: '192.0.2.1',
  routeKey: 'POST /my/{name}',
  pathParameters: { name: 'päth' },
  stage: '$default',
  stageVariables: { v: '1' },
  accountId: '123456789012',
  apiId: 'id',
  domainName: 'id.execute-api.us-east-1.amazonaws.com',
  requestId: 'JKJaXmPLvHcESHA=',
  timeEpoch: 1_583_348_638_390,
};

test('format 2.0 joins values with commas and takes cookies out', () => {
  expect(httpApiEventV2(request)).toEqual({
    version: '2.0',
    routeKey: 'POST /my/{name}',
    rawPath: '/my/päth',
    rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=a%20b+c',
    cookies: ['cookie1=a', 'cookie2=b'],
    headers: {
      host: 'id.execute-api.us-east-1.amazonaws.com',
      header1: 'value1,value2',
      'user-agent': 'agent',
      'content-type': 'application/json; charset=utf-8',
    },
    queryStringParameters: { parameter1: 'value1,value2', parameter2: 'a b c' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'id',
      domainName: 'id.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'id',
      http: {
        method: 'POST',
        path: '/my/päth',
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: 'agent',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'POST /my/{name}',
      stage: '$default',
      time: '04/Mar/2020:19:03:58 +0000',
      timeEpoch: 1_583_348_638_390,
    },
    body: '{"ž":1}',
    pathParameters: { name: 'päth' },
    isBase64Encoded: false,
    stageVariables: { v: '1' },
  });
});

test('format 1.0 has every value in the multi-value members and the last in the others', () => {
  const event = httpApiEventV1(request);
  expect(event).toMatchObject({
    version: '1.0',
    resource: '/my/{name}',
    path: '/my/päth',
    httpMethod: 'POST',
    headers: {
      Host: request.domainName,
      Header1: 'value2',
      Cookie: 'cookie1=a; cookie2=b',
      'User-Agent': 'agent',
    },
    multiValueHeaders: { Header1: ['value1', 'value2'] },
    queryStringParameters: { parameter1: 'value2', parameter2: 'a b c' },
    multiValueQueryStringParameters: { parameter1: ['value1', 'value2'], parameter2: ['a b c'] },
    pathParameters: { name: 'päth' },
    stageVariables: { v: '1' },
    body: '{"ž":1}',
    isBase64Encoded: false,
  });
  expect(event.requestContext).toMatchObject({
    httpMethod: 'POST',
    path: '/my/päth',
    protocol: 'HTTP/1.1',
    requestTime: '04/Mar/2020:19:03:58 +0000',
    requestTimeEpoch: 1_583_348_638_390,
    resourcePath: '/my/{name}',
    identity: { sourceIp: '192.0.2.1', userAgent: 'agent', user: null },
  });
});

test('what is not there is null in 1.0 and absent in 2.0', () => {
  const bare = {
    ...request,
    queryString: '',
    headers: [],
    body: new Uint8Array(),
    pathParameters: {},
    stageVariables: {},
  };
  expect(httpApiEventV1(bare)).toMatchObject({
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body: null,
  });
  const event = httpApiEventV2(bare);
  for (const key of ['cookies', 'queryStringParameters', 'pathParameters', 'stageVariables', 'body'])
    expect(event).not.toHaveProperty(key);
});

test.each([
  ['image/png', true],
  ['application/octet-stream', true],
  ['application/x-www-form-urlencoded', true],
  ['multipart/form-data; boundary=x', true],
  ['text/html', false],
  ['application/json', false],
  ['application/problem+json', false],
  ['application/xml', false],
])('a body of type %s is base64: %s', (type, expected) => {
  const given = { ...request, headers: [['Content-Type', type] as const], body: Buffer.from('a=b') };
  for (const event of [httpApiEventV1(given), httpApiEventV2(given)]) {
    expect(event.isBase64Encoded).toBe(expected);
    expect(event.body).toBe(expected ? 'YT1i' : 'a=b');
  }
});

test('a name that objects inherit is only a name', () => {
  const given = { ...request, queryString: '__proto__=a&constructor=b' };
  expect(httpApiEventV2(given).queryStringParameters).toEqual(
    Object.fromEntries([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]),
  );
});
