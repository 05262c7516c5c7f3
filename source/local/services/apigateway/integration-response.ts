/** What goes back to the client. */
export type HttpAnswer = {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string | string[]>;
  body: Uint8Array;
};

/** An answer of API Gateway itself: `{"message":"Not Found"}`. */
export function messageAnswer(status: number, message: string): HttpAnswer {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { 'content-type': 'application/json' }, body };
}

/**
 * What a function returned, as an HTTP answer; undefined where it is none, which API Gateway calls an
 * internal error.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toHttpAnswer(payload: string, format: '1.0' | '2.0'): HttpAnswer | undefined {
  let result: unknown;
  try {
    result = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (isRecord(result) && 'statusCode' in result) return fromProxyResult(result, format);
  if (format === '1.0') return undefined;
  const body = typeof result === 'string' ? result : JSON.stringify(result);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
}

function fromProxyResult(result: Record<string, unknown>, format: '1.0' | '2.0'): HttpAnswer | undefined {
  const status = Number(result.statusCode);
  const { headers = {}, multiValueHeaders = {}, cookies = [], body = '' } = result;
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (body !== null && typeof body !== 'string') return undefined;
  if (!isRecordOrNull(headers) || !isRecordOrNull(multiValueHeaders) || !Array.isArray(cookies))
    return undefined;

  const answer: HttpAnswer['headers'] = {};
  for (const [name, value] of Object.entries(headers ?? {})) answer[name.toLowerCase()] = String(value);
  if (format === '1.0') {
    for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
      if (!Array.isArray(values)) return undefined;
      answer[name.toLowerCase()] = values.map(String);
    }
  } else if (cookies.length > 0) answer['set-cookie'] = cookies.map(String);
  for (const name of hopByHop) delete answer[name];
  answer['content-type'] ??= 'text/plain;charset=utf-8';
  const isBase64Encoded = result.isBase64Encoded === true || result.isBase64Encoded === 'true';
  return { status, headers: answer, body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8') };
}

/** Of the connection, not of the answer. */
const hopByHop = ['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade'];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRecordOrNull = (value: unknown): value is Record<string, unknown> | null =>
  value === null || isRecord(value);
