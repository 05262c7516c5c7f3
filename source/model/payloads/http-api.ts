/**
 * The events that an HTTP API of API Gateway hands to a Lambda function.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */

/** A request as it came in, with what the API knows of it. */
export type HttpApiRequest = {
  method: string;
  /** As sent, percent-encoded, with the stage in front where it is not `$default`. */
  path: string;
  /** As sent, without the question mark. */
  queryString: string;
  /** In the order and the case in which they were sent; a name may come twice. */
  headers: readonly (readonly [name: string, value: string])[];
  body: Uint8Array;
  protocol: string;
  sourceIp: string;
  /** `GET /posts/{id}`, `ANY /{proxy+}` or `$default`. */
  routeKey: string;
  /** Decoded. */
  pathParameters: Record<string, string>;
  stage: string;
  stageVariables: Record<string, string>;
  accountId: string;
  apiId: string;
  domainName: string;
  requestId: string;
  /** Milliseconds since the epoch. */
  timeEpoch: number;
};

/** Payload format 1.0. */
export type HttpApiEventV1 = {
  version: '1.0';
  resource: string;
  path: string;
  httpMethod: string;
  headers: Record<string, string>;
  multiValueHeaders: Record<string, string[]>;
  queryStringParameters: Record<string, string> | null;
  multiValueQueryStringParameters: Record<string, string[]> | null;
  requestContext: Record<string, unknown>;
  pathParameters: Record<string, string> | null;
  stageVariables: Record<string, string> | null;
  body: string | null;
  isBase64Encoded: boolean;
};

/** Payload format 2.0. */
export type HttpApiEventV2 = {
  version: '2.0';
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  requestContext: Record<string, unknown>;
  body?: string;
  pathParameters?: Record<string, string>;
  isBase64Encoded: boolean;
  stageVariables?: Record<string, string>;
};

/** Values that come twice stand in the `multiValue…` members; the plain ones hold the last of them. */
export function httpApiEventV1(request: HttpApiRequest): HttpApiEventV1 {
  const headers = grouped(request.headers.map(([name, value]) => [canonicalName(name), value]));
  const query = grouped([...new URLSearchParams(request.queryString)]);
  const path = decodePath(request.path);
  const resource = resourceOf(request.routeKey);
  const { text, isBase64Encoded } = bodyOf(request);
  return {
    version: '1.0',
    resource,
    path,
    httpMethod: request.method,
    headers: mapValues(headers, (values) => values.at(-1) ?? ''),
    multiValueHeaders: headers,
    queryStringParameters: orNull(mapValues(query, (values) => values.at(-1) ?? '')),
    multiValueQueryStringParameters: orNull(query),
    requestContext: {
      accountId: request.accountId,
      apiId: request.apiId,
      domainName: request.domainName,
      domainPrefix: domainPrefix(request),
      extendedRequestId: request.requestId,
      httpMethod: request.method,
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAmr: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: request.sourceIp,
        user: null,
        userAgent: headerOf(request, 'user-agent') ?? '',
        userArn: null,
      },
      path,
      protocol: request.protocol,
      requestId: request.requestId,
      requestTime: formatTime(request.timeEpoch),
      requestTimeEpoch: request.timeEpoch,
      resourceId: request.routeKey,
      resourcePath: resource,
      stage: request.stage,
    },
    pathParameters: orNull(request.pathParameters),
    stageVariables: orNull(request.stageVariables),
    body: text ?? null,
    isBase64Encoded,
  };
}

/** Values that come twice are joined with commas; cookies have a member of their own. */
export function httpApiEventV2(request: HttpApiRequest): HttpApiEventV2 {
  const headers = grouped(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const cookies = (headers.cookie ?? []).flatMap((value) => value.split(/; ?/)).filter((one) => one !== '');
  delete headers.cookie;
  const query = grouped([...new URLSearchParams(request.queryString)]);
  const path = decodePath(request.path);
  const { text, isBase64Encoded } = bodyOf(request);
  return {
    version: '2.0',
    routeKey: request.routeKey,
    rawPath: path,
    rawQueryString: request.queryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: mapValues(headers, (values) => values.join(',')),
    ...optional(
      'queryStringParameters',
      mapValues(query, (values) => values.join(',')),
    ),
    requestContext: {
      accountId: request.accountId,
      apiId: request.apiId,
      domainName: request.domainName,
      domainPrefix: domainPrefix(request),
      http: {
        method: request.method,
        path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headerOf(request, 'user-agent') ?? '',
      },
      requestId: request.requestId,
      routeKey: request.routeKey,
      stage: request.stage,
      time: formatTime(request.timeEpoch),
      timeEpoch: request.timeEpoch,
    },
    ...(text === undefined ? {} : { body: text }),
    ...optional('pathParameters', request.pathParameters),
    isBase64Encoded,
    ...optional('stageVariables', request.stageVariables),
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000`, as Apache's common log format has it. */
export function formatTime(timeEpoch: number): string {
  const iso = new Date(timeEpoch).toISOString();
  return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** The path of a route key; `$default` stands for itself. */
const resourceOf = (routeKey: string): string => routeKey.slice(routeKey.indexOf(' ') + 1);

/** HTTP APIs decode the path, in `path` as in `rawPath`; REST APIs and function URLs do not. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Whatever is not surely text goes as base64; a form does too, which surprises many. */
const textType = /^(text\/.*|application\/(json|javascript|xml|graphql|.*\+json|.*\+xml))(;|$)/i;

function bodyOf(request: HttpApiRequest): { text: string | undefined; isBase64Encoded: boolean } {
  const body = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength);
  if (body.length === 0) return { text: undefined, isBase64Encoded: false };
  const type = headerOf(request, 'content-type')?.trim() ?? 'text/plain';
  if (textType.test(type) && headerOf(request, 'content-encoding') === undefined)
    return { text: body.toString('utf8'), isBase64Encoded: false };
  return { text: body.toString('base64'), isBase64Encoded: true };
}

function headerOf(request: HttpApiRequest, name: string): string | undefined {
  return request.headers.find(([given]) => given.toLowerCase() === name)?.[1];
}

/** Format 1.0 has these in one spelling, whatever the client sent; the others keep theirs. */
const canonicalNames = new Map(
  [
    'Content-Length',
    'Host',
    'User-Agent',
    'X-Amzn-Trace-Id',
    'X-Forwarded-For',
    'X-Forwarded-Port',
    'X-Forwarded-Proto',
  ].map((name) => [name.toLowerCase(), name]),
);

const canonicalName = (name: string): string => canonicalNames.get(name.toLowerCase()) ?? name;

/** On AWS the id of the API; a loopback address has no labels to take it from. */
const domainPrefix = (request: HttpApiRequest): string =>
  /^[\d.]+(:\d+)?$/.test(request.domainName) ? request.apiId : (request.domainName.split('.')[0] ?? '');

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [name, value] of pairs) {
    const values = Object.hasOwn(groups, name) ? groups[name] : undefined;
    if (values) values.push(value);
    else Object.defineProperty(groups, name, { value: [value], enumerable: true, configurable: true });
  }
  return groups;
}

const mapValues = <A, B>(record: Record<string, A>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

const isEmpty = (record: object): boolean => Object.keys(record).length === 0;

const orNull = <T extends object>(record: T): T | null => (isEmpty(record) ? null : record);

const optional = <K extends string, T extends object>(key: K, record: T): { [P in K]?: T } =>
  isEmpty(record) ? {} : ({ [key]: record } as { [P in K]: T });
