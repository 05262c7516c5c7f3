import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { encodeStrictly, type WireRequest } from './http-message.ts';

/** What a request says of its signature (Signature Version 4). */
export type Signature = {
  /** In the `Authorization` header, or in the query of a presigned URL. */
  place: 'header' | 'query';
  accessKeyId: string;
  sessionToken: string | undefined;
  /** `20261124`, from the credential scope. */
  date: string;
  region: string;
  service: string;
  /** `20261124T034315Z`. */
  time: string;
  signedHeaders: string[];
  signature: string;
  /** Seconds that a presigned URL is valid. */
  expires: number | undefined;
};

/** Why a request is not let in; each protocol has words of its own for it. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  readonly kind:
    | 'missing'
    | 'incomplete'
    | 'unknown-key'
    | 'mismatch'
    | 'skewed'
    | 'expired'
    | 'expired-token';

  constructor(kind: SignatureError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

const algorithm = 'AWS4-HMAC-SHA256';
const maximumSkewMilliseconds = 15 * 60 * 1000;

/** Finds the signature of a request. @throws SignatureError when there is none, or a part of it is missing. */
export function readSignature(request: WireRequest): Signature {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return readHeader(request, authorization);
  const query = new Map(request.query);
  if (query.has('X-Amz-Signature') || query.has('X-Amz-Credential')) return readQuery(query);
  throw new SignatureError('missing', 'Request is missing Authentication Token');
}

function readHeader(request: WireRequest, authorization: string): Signature {
  if (!authorization.startsWith(`${algorithm} `)) {
    throw new SignatureError('incomplete', `Authorization header requires '${algorithm}'.`);
  }
  const parts = new Map<string, string>();
  for (const part of authorization.slice(algorithm.length).split(',')) {
    const mark = part.indexOf('=');
    if (mark !== -1) parts.set(part.slice(0, mark).trim(), part.slice(mark + 1).trim());
  }
  const time = request.headers['x-amz-date'] ?? isoTime(request.headers.date);
  return {
    place: 'header',
    ...readScope(parts.get('Credential')),
    sessionToken: request.headers['x-amz-security-token'],
    time: required(time, "'X-Amz-Date' or a 'Date' header"),
    signedHeaders: required(parts.get('SignedHeaders'), "'SignedHeaders'").split(';'),
    signature: required(parts.get('Signature'), "'Signature'"),
    expires: undefined,
  };
}

function readQuery(query: Map<string, string>): Signature {
  if (query.get('X-Amz-Algorithm') !== algorithm) {
    throw new SignatureError('incomplete', `X-Amz-Algorithm must be '${algorithm}'.`);
  }
  const expires = Number(query.get('X-Amz-Expires') ?? 900);
  if (!Number.isInteger(expires) || expires < 0 || expires > 604_800) {
    throw new SignatureError('incomplete', 'X-Amz-Expires must be between 0 and 604800 seconds');
  }
  return {
    place: 'query',
    ...readScope(query.get('X-Amz-Credential')),
    sessionToken: query.get('X-Amz-Security-Token'),
    time: required(query.get('X-Amz-Date'), "'X-Amz-Date'"),
    signedHeaders: required(query.get('X-Amz-SignedHeaders'), "'X-Amz-SignedHeaders'").split(';'),
    signature: required(query.get('X-Amz-Signature'), "'X-Amz-Signature'"),
    expires,
  };
}

function readScope(credential: string | undefined) {
  const [accessKeyId, date, region, service, end] = required(credential, "'Credential'").split('/');
  if (!accessKeyId || !date || !region || !service || end !== 'aws4_request') {
    throw new SignatureError(
      'incomplete',
      `Credential should be scoped with 'access key/date/region/service/aws4_request', got '${credential}'.`,
    );
  }
  return { accessKeyId, date, region, service };
}

function required(value: string | undefined, what: string): string {
  if (value === undefined || value === '') {
    throw new SignatureError('incomplete', `Authorization header requires ${what}.`);
  }
  return value;
}

/**
 * Checks a signature and its time.
 * @param payloadHash What the client says it signed: a hex SHA-256 or one of the words for unsigned and streamed bodies.
 * @param now Milliseconds since 1970.
 * @throws SignatureError
 */
export function verifySignature(
  request: WireRequest,
  given: Signature,
  secretAccessKey: string,
  payloadHash: string,
  now: number,
): void {
  verifyTime(given, now);
  if (!given.signedHeaders.includes('host')) {
    throw new SignatureError('mismatch', "'Host' must be a signed header.");
  }
  const scope = `${given.date}/${given.region}/${given.service}/aws4_request`;
  const canonical = canonicalRequest(request, given, payloadHash);
  const text = [algorithm, given.time, scope, sha256(canonical)].join('\n');
  const expected = createHmac('sha256', signingKey(secretAccessKey, given)).update(text).digest();
  const actual = Buffer.from(given.signature, 'hex');
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    throw new SignatureError(
      'mismatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function verifyTime(given: Signature, now: number): void {
  const signedAt = parseTime(given.time);
  if (signedAt === undefined || !given.time.startsWith(given.date)) {
    throw new SignatureError('incomplete', `Date in Credential scope does not match ${given.time}`);
  }
  const limit =
    given.expires === undefined ? signedAt + maximumSkewMilliseconds : signedAt + given.expires * 1000;
  if (now > limit) {
    if (given.place === 'query') throw new SignatureError('expired', 'Request has expired');
    throw new SignatureError(
      'skewed',
      `Signature expired: ${given.time} is now earlier than ${timeOf(now - maximumSkewMilliseconds)}`,
    );
  }
  if (signedAt > now + maximumSkewMilliseconds) {
    throw new SignatureError(
      'skewed',
      `Signature not yet current: ${given.time} is still later than ${timeOf(now + maximumSkewMilliseconds)}`,
    );
  }
}

/** The key that signs requests of one day, Region and service; chunks of a body are signed with it too. */
export function signingKey(
  secretAccessKey: string,
  scope: Pick<Signature, 'date' | 'region' | 'service'>,
): Buffer {
  let key: string | Buffer = `AWS4${secretAccessKey}`;
  for (const part of [scope.date, scope.region, scope.service, 'aws4_request']) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return key as Buffer;
}

function canonicalRequest(request: WireRequest, given: Signature, payloadHash: string): string {
  const query = request.query
    .filter(([key]) => key !== 'X-Amz-Signature')
    .map(([key, value]) => [encodeStrictly(key), encodeStrictly(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
  const headers = given.signedHeaders
    .map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`)
    .join('');
  return [
    request.method,
    given.service === 's3' ? canonicalObjectPath(request.path) : canonicalPath(request.path),
    query,
    headers,
    given.signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** S3 signs the path encoded once and as it is: keys may hold `//` and `..`. */
const canonicalObjectPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => encodeStrictly(decodeURIComponent(segment)))
    .join('/');

/** All other services sign the normalised path, encoded a second time. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(segment);
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.map(encodeStrictly).join('/')}${end}`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const timeOf = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;

function isoTime(date: string | undefined): string | undefined {
  const milliseconds = Date.parse(date ?? '');
  return Number.isNaN(milliseconds) ? undefined : timeOf(milliseconds);
}

function parseTime(time: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  if (year === undefined) return undefined;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
