import { AwsError } from '../model/errors.ts';

/** An error of the SDK's: what the service, the network or the credential chain said. */
type SdkError = Error & {
  code?: string;
  $metadata?: { requestId?: string; httpStatusCode?: number };
  $fault?: string;
  $retryable?: { throttling?: boolean };
};

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EPIPE',
]);

const throttlingNames = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
  'RequestThrottled',
  'PriorRequestNotComplete',
]);

/**
 * The error of an SDK call as an `AwsError` with the service's words, its request id and what to do about it.
 * What did not come from AWS, the network or the credential chain comes back as it is: it is a bug.
 */
export function toAwsError(error: unknown): Error {
  if (error instanceof AwsError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  const sdk = error as SdkError;
  const code = errorCode(sdk);
  const fromAws =
    sdk.$metadata !== undefined || sdk.$fault !== undefined || isConnectionLost(sdk) || isSetupProblem(sdk);
  if (!fromAws) return error;
  const hint = hintFor(code, sdk.message);
  return new AwsError(messageOf(sdk), {
    code,
    cause: error,
    ...(sdk.$metadata?.requestId !== undefined && { requestId: sdk.$metadata.requestId }),
    ...(hint !== undefined && { hint }),
  });
}

/** The service asked us to slow down. */
export function isThrottling(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const sdk = error as SdkError;
  return (
    throttlingNames.has(sdk.name) ||
    sdk.$retryable?.throttling === true ||
    sdk.$metadata?.httpStatusCode === 429 ||
    /rate exceeded/i.test(sdk.message)
  );
}

/** The request did not reach the service, or its answer did not reach us. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionLost);
  if (!(error instanceof Error)) return false;
  const sdk = error as SdkError;
  return (
    networkCodes.has(sdk.code ?? '') ||
    sdk.name === 'TimeoutError' ||
    (sdk.name === 'AbortError' && sdk.$metadata === undefined) ||
    (sdk.$metadata?.httpStatusCode ?? 0) >= 500 ||
    (sdk.cause !== undefined && sdk.$metadata === undefined && isConnectionLost(sdk.cause))
  );
}

/** True for an error whose name or message says that `name` is what the service answered. */
export function isServiceError(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** True for an error that the service answered with one of these HTTP statuses. */
export function hasStatus(error: unknown, ...statuses: number[]): boolean {
  if (!(error instanceof Error)) return false;
  return statuses.includes((error as SdkError).$metadata?.httpStatusCode ?? 0);
}

/** No credentials, no Region, an unknown profile: nothing was sent. */
function isSetupProblem(error: SdkError): boolean {
  return (
    error.name === 'CredentialsProviderError' ||
    error.name === 'TokenProviderError' ||
    /^Region is missing|could not resolve credentials|profile .* could not be found/i.test(error.message)
  );
}

function errorCode(error: SdkError): string {
  if (error instanceof AggregateError) return (error.errors[0] as SdkError | undefined)?.code ?? error.name;
  if (networkCodes.has(error.code ?? '')) return error.code ?? error.name;
  return error.name === 'Error' ? (error.code ?? 'Error') : error.name;
}

function messageOf(error: SdkError): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map((one: unknown) => (one instanceof Error ? one.message : String(one))).join('; ');
  // Some services answer an error without words; the SDK then has only its name.
  return error.message === '' || error.message === 'UnknownError'
    ? `AWS answered ${error.name}${error.$metadata?.httpStatusCode ? ` (HTTP ${error.$metadata.httpStatusCode})` : ''}`
    : error.message;
}

function hintFor(code: string, message: string): string | undefined {
  if (/^ExpiredToken/.test(code) || /token.*expired|expired.*(token|session)/i.test(message))
    return 'Your AWS session has expired. Sign in again (`aws sso login`, or get new keys), then repeat the command.';
  if (
    code === 'InvalidClientTokenId' ||
    code === 'UnrecognizedClientException' ||
    code === 'InvalidAccessKeyId'
  )
    return 'AWS does not know this access key. Check `AWS_ACCESS_KEY_ID`, or choose another profile with `--profile`.';
  if (code === 'SignatureDoesNotMatch')
    return 'The secret key does not belong to the access key. Check `AWS_SECRET_ACCESS_KEY` and the clock of this machine.';
  if (
    code === 'CredentialsProviderError' ||
    code === 'TokenProviderError' ||
    /could not resolve credentials/i.test(message)
  )
    return 'No AWS credentials were found. Set `AWS_PROFILE` or pass `--profile`, sign in with `aws sso login`, or use `--local`, which needs no AWS account.';
  if (/^Region is missing/.test(message)) return regionHint;
  if (
    /^AccessDenied|^UnauthorizedOperation|^NotAuthorized/.test(code) ||
    /is not authorized to perform/.test(message)
  ) {
    const action = /perform: ?([a-z0-9-]+:\w+)/i.exec(message)?.[1];
    return action
      ? `Your user or role lacks \`${action}\`. Ask for it, or use another profile with \`--profile\`.`
      : 'Your user or role may not do this. Use another profile with `--profile`, or ask for the permission.';
  }
  if (code === 'ECONNREFUSED')
    return 'Nothing listens there. Check `--endpoint-url`/`AWS_ENDPOINT_URL`, or start the embedded AWS with `stp local start`.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'The host name cannot be resolved. Check the network, the Region and `--endpoint-url`.';
  if (networkCodes.has(code) || code === 'TimeoutError')
    return 'Check the network connection, then repeat the command.';
  if (throttlingNames.has(code))
    return 'AWS limits the rate of calls. Wait a little, then repeat the command.';
  return undefined;
}

export const regionHint =
  'Pass `--region eu-west-1`, set `AWS_REGION`, or put `region` into the profile in ~/.aws/config. `--local` needs none.';
