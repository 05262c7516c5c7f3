import type { Cors } from '@aws-sdk/client-apigatewayv2';

type Headers = Record<string, string>;

/** A browser's question before the request itself. API Gateway answers it without asking a route. */
export function isPreflight(method: string, header: (name: string) => string | undefined): boolean {
  return (
    method === 'OPTIONS' &&
    header('origin') !== undefined &&
    header('access-control-request-method') !== undefined
  );
}

/** Headers of the answer to a preflight; none where the origin is not allowed. */
export function preflightHeaders(cors: Cors, origin: string): Headers {
  const headers = corsHeaders(cors, origin);
  if (headers['access-control-allow-origin'] === undefined) return {};
  const { AllowMethods = [], AllowHeaders = [], MaxAge } = cors;
  delete headers['access-control-expose-headers'];
  if (AllowMethods.length > 0) headers['access-control-allow-methods'] = AllowMethods.join(',');
  if (AllowHeaders.length > 0) headers['access-control-allow-headers'] = AllowHeaders.join(',');
  if (MaxAge !== undefined && MaxAge >= 0) headers['access-control-max-age'] = String(MaxAge);
  return headers;
}

/** Headers that go with the answer of an integration. */
export function corsHeaders(cors: Cors, origin: string | undefined): Headers {
  const allowed = origin === undefined ? undefined : allowedOrigin(cors.AllowOrigins ?? [], origin);
  if (allowed === undefined) return {};
  const headers: Headers = { 'access-control-allow-origin': allowed };
  if (cors.AllowCredentials) headers['access-control-allow-credentials'] = 'true';
  if (cors.ExposeHeaders?.length) headers['access-control-expose-headers'] = cors.ExposeHeaders.join(',');
  return headers;
}

/** `*`, an origin, or a scheme with any host (`https://*`). */
function allowedOrigin(patterns: readonly string[], origin: string): string | undefined {
  if (patterns.includes('*')) return '*';
  const given = origin.toLowerCase();
  const fits = patterns.some((pattern) => {
    const wanted = pattern.toLowerCase();
    return wanted === given || (wanted.endsWith('://*') && given.startsWith(wanted.slice(0, -1)));
  });
  return fits ? origin : undefined;
}
