import type { Value } from '../model/intrinsic.ts';

type Cors = {
  allowedOrigins?: string[];
  allowedHeaders?: string[];
  allowedMethods?: string[];
  allowCredentials?: boolean;
  exposedResponseHeaders?: string[];
  maxAge?: number;
};

/** What Stacktape allows where nothing is said. */
const defaultHeaders = [
  'Content-Type',
  'X-Amz-Date',
  'Authorization',
  'X-Api-Key',
  'X-Amz-Security-Token',
  'X-Amz-User-Agent',
];

/** CORS as APIs and addresses of functions have it. */
export const corsConfiguration = (
  cors: Cors,
  defaultMethods: readonly string[],
): Record<string, Value | undefined> => ({
  AllowOrigins: cors.allowedOrigins ?? ['*'],
  AllowHeaders: cors.allowedHeaders ?? defaultHeaders,
  AllowMethods: cors.allowedMethods ?? defaultMethods,
  AllowCredentials: cors.allowCredentials,
  ExposeHeaders: cors.exposedResponseHeaders,
  MaxAge: cors.maxAge,
});
