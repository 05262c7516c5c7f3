/** What the functions use of the event that API Gateway sends (payload format 1.0). */
export type HttpEvent = { body: string | null; isBase64Encoded?: boolean };

export type HttpResponse = { statusCode: number; headers: Record<string, string>; body: string };

export const success = (statusCode: number, data: unknown): HttpResponse =>
  response(statusCode, { message: 'success', data });

export const failure = (statusCode: number, error: string): HttpResponse =>
  response(statusCode, { message: 'error', error });

/** The body as JSON; undefined where it is none. */
export function readJson(event: HttpEvent): unknown {
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : event.body;
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}

function response(statusCode: number, body: unknown): HttpResponse {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
