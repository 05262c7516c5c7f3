import type { Integration } from '@aws-sdk/client-apigatewayv2';
import type { InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { type HttpApiRequest, httpApiEventV1, httpApiEventV2 } from '../../../model/payloads/http-api.ts';
import { type Backend, ServiceError } from '../../backend.ts';
import { type HttpAnswer, messageAnswer, toHttpAnswer } from './integration-response.ts';
import { allowsApiGateway } from './invoke-permission.ts';

export type IntegrationResult = {
  answer: HttpAnswer;
  /** What the access log says of it. */
  status?: number | undefined;
  requestId?: string | undefined;
  error?: string | undefined;
};

const defaultTimeout = 30_000;

/** Calls the function of an integration with a request, as API Gateway does, and makes its answer an HTTP one. */
export async function callLambda(
  backend: Backend,
  integration: Integration,
  request: HttpApiRequest,
): Promise<IntegrationResult> {
  const target = functionOf(integration, request.stageVariables);
  if (target === undefined) return internalError(`The integration's URI is not that of a function.`);
  if (!integration.CredentialsArn && !(await isPermitted(backend, target, request)))
    return internalError(
      "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again.",
    );
  const format = integration.PayloadFormatVersion === '2.0' ? '2.0' : '1.0';
  const event = format === '2.0' ? httpApiEventV2(request) : httpApiEventV1(request);
  let output: InvokeCommandOutput | undefined;
  try {
    output = await withTimeout(
      backend.call<InvokeCommandOutput>('lambda', 'Invoke', {
        FunctionName: target.functionName,
        ...(target.qualifier === undefined ? {} : { Qualifier: target.qualifier }),
        Payload: Buffer.from(JSON.stringify(event)),
      }),
      integration.TimeoutInMillis ?? defaultTimeout,
    );
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.code === 'TooManyRequestsException')
      return { answer: messageAnswer(503, 'Service Unavailable'), status: 429, error: error.message };
    return { ...internalError(error.message), status: error.statusCode };
  }
  if (output === undefined)
    return {
      answer: messageAnswer(503, 'Service Unavailable'),
      status: 504,
      error: 'Endpoint request timed out',
    };
  const payload = Buffer.from(output.Payload ?? []).toString();
  if (output.FunctionError) return { ...internalError(errorMessageOf(payload)), status: 200 };
  const answer = toHttpAnswer(payload, format);
  if (answer === undefined) {
    return {
      ...internalError(
        'The response from the Lambda function doesn\'t match the format that API Gateway expects. Lambda body contains the wrong type for field "statusCode" or "body"',
      ),
      status: 200,
    };
  }
  return { answer, status: answer.status };
}

const internalError = (error: string): IntegrationResult => ({
  answer: messageAnswer(500, 'Internal Server Error'),
  error,
});

type Target = { functionName: string; qualifier: string | undefined };

/** The function's ARN stands in the URI by itself, or inside of Lambda's own path. */
function functionOf(integration: Integration, stageVariables: Record<string, string>): Target | undefined {
  const uri = (integration.IntegrationUri ?? '').replace(
    /\$\{stageVariables\.([A-Za-z0-9_]+)\}/g,
    (_, name: string) => stageVariables[name] ?? '',
  );
  const [, functionName, qualifier] =
    /(arn:aws[a-z-]*:lambda:[^:]+:\d+:function:[^:/]+)(?::([^:/]+))?/.exec(uri) ?? [];
  return functionName === undefined ? undefined : { functionName, qualifier };
}

async function isPermitted(backend: Backend, target: Target, request: HttpApiRequest): Promise<boolean> {
  const resource =
    request.routeKey === '$default'
      ? '$default'
      : `${request.method}${request.routeKey.slice(request.routeKey.indexOf(' ') + 1)}`;
  const sourceArn = `arn:aws:execute-api:${backend.region}:${backend.accountId}:${request.apiId}/${request.stage}/${resource}`;
  try {
    const { Policy = '{}' } = await backend.call<{ Policy?: string }>('lambda', 'GetPolicy', {
      FunctionName: target.functionName,
      ...(target.qualifier === undefined ? {} : { Qualifier: target.qualifier }),
    });
    return allowsApiGateway(Policy, sourceArn, backend.accountId);
  } catch (error) {
    // No policy, or no function.
    if (error instanceof ServiceError && error.code === 'ResourceNotFoundException') return false;
    throw error;
  }
}

/** Undefined when the time is up; the function goes on, as on AWS. */
async function withTimeout<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function errorMessageOf(payload: string): string {
  try {
    return String((JSON.parse(payload) as { errorMessage?: unknown }).errorMessage ?? payload);
  } catch {
    return payload;
  }
}
