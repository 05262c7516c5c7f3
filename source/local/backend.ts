import type { DatabaseSync } from 'node:sqlite';

/** Who signed a request: the project's own key, or the key of a role's session. */
export type Caller = {
  accountId: string;
  /** `arn:aws:iam::000000000000:root` or an assumed-role ARN. */
  arn: string;
  accessKeyId: string;
  /** Absent for the project's own key, which may do everything. */
  roleName?: string;
};

export type RequestContext = {
  caller: Caller;
  region: string;
  requestId: string;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
};

/**
 * One operation of a service, typed by the SDK's own command inputs and outputs:
 * `Operation<CreateStackCommandInput, CreateStackCommandOutput>`.
 * An error that the caller is to see is thrown as `ServiceError`.
 */
export type Operation<I, O> = (
  input: I,
  context: RequestContext,
) => Promise<Omit<O, '$metadata'>> | Omit<O, '$metadata'>;

/** A service of the embedded AWS: a table of plain functions. What is not in the table answers 501 with its name. */
export type Service = {
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own input and output
  operations: Record<string, Operation<any, any>>;
  /** After every service is there: resume what a killed process left behind, start timers and listeners. */
  start?(): Promise<void>;
  stop?(): Promise<void>;
};

/** Ids as they stand in the scope of a signature, which is how a request names its service. */
export type ServiceId =
  | 'cloudformation'
  | 's3'
  | 'iam'
  | 'sts'
  | 'lambda'
  | 'logs'
  | 'apigateway'
  | 'dynamodb';

/** What a service may use. Services reach each other through `call`, never by import. */
export interface Backend {
  readonly accountId: string;
  readonly region: string;
  /** `http://127.0.0.1:4510`, without a slash at the end. */
  readonly endpoint: string;
  /** `.stp/local` of the project: `objects/` for large bodies, `functions/` for unpacked code. */
  readonly directory: string;
  /** Each service makes its own tables in it, prefixed with its id (`dynamodb_items`). WAL, foreign keys on. */
  readonly database: DatabaseSync;
  now(): number;
  /** Waits as long as AWS would take, times `STP_LOCAL_PACE` (default 0: not at all). */
  pace(milliseconds: number): Promise<void>;
  /** A request between services, with the same effect as one over HTTP. Without a caller, the project's own. */
  call<O>(service: ServiceId, operation: string, input: unknown, caller?: Caller): Promise<O>;
  /**
   * A free loopback port that stays: the same `name` gets the same port after a restart. Public endpoints
   * (one per HTTP API) listen on ports of their own, so that they need neither DNS nor a path prefix.
   */
  listen(
    name: string,
    onRequest: import('node:http').RequestListener,
  ): Promise<{ port: number; close(): Promise<void> }>;
  /**
   * Access keys for a role's session, as a function's environment gets them: valid over restarts, and for ever
   * without `expiresAt` (milliseconds since 1970). The session's name stands in the caller's ARN.
   */
  credentialsForRole(
    roleArn: string,
    session?: { sessionName?: string; expiresAt?: number },
  ): { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  /** For what nobody asked for but somebody debugging wants to see: `.stp/local/server.log`. */
  log(message: string): void;
}

/** An error that goes to the caller over the wire in the service's own form. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** The name of the error's shape: `ValidationException`, `ResourceNotFoundException`, `NoSuchBucket`. */
  readonly code: string;
  readonly statusCode: number;
  /** Further members of the error's shape: `CancellationReasons`, `Item`. */
  readonly members: Record<string, unknown>;

  constructor(code: string, message: string, statusCode = 400, members: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
    this.members = members;
  }
}
