export type Invocation = {
  requestId: string;
  /** Milliseconds since the epoch. */
  deadline: number;
  functionArn: string;
  traceId: string | undefined;
  clientContext: string | undefined;
  identity: string | undefined;
  event: string;
};

/**
 * The context object of a handler.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export type Context = {
  callbackWaitsForEmptyEventLoop?: boolean;
  functionName: string | undefined;
  functionVersion: string | undefined;
  memoryLimitInMB: string | undefined;
  logGroupName: string | undefined;
  logStreamName: string | undefined;
  clientContext: unknown;
  identity: unknown;
  invokedFunctionArn: string;
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
};

export function createContext(invocation: Invocation): Context {
  return {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed(invocation.clientContext),
    identity: parsed(invocation.identity),
    invokedFunctionArn: invocation.functionArn,
    awsRequestId: invocation.requestId,
    getRemainingTimeInMillis: () => invocation.deadline - Date.now(),
  };
}

const parsed = (json: string | undefined): unknown => (json ? JSON.parse(json) : undefined);
