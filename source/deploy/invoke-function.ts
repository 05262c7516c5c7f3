import { toAwsError } from '../aws/aws-error.ts';
import { type Clients, createClients } from '../aws/clients.ts';
import type { Target } from '../aws/target.ts';
import { UserError } from '../model/errors.ts';
import { listResources } from './list-resources.ts';
import { deployedTemplate } from './resource-owners.ts';
import { noSuchStack } from './stack-info.ts';
import { findStack } from './stack-status.ts';

export type Invocation = {
  function: string;
  /** Parsed where it is JSON. */
  payload: unknown;
  /** The function failed; the command's exit code is 1 then. */
  error?: { type: string; message: string; stackTrace?: string[] };
  /** Milliseconds, as the REPORT line has them; null where Lambda sent none. */
  durationMs: number | null;
  billedMs: number | null;
  memoryUsedMb: number | null;
  coldStart: boolean;
  requestId: string;
  /** The last 4 KB of what it logged, line by line. */
  logs: string[];
};

/**
 * Calls a deployed function and waits for its answer.
 * @param input.payload sent as JSON
 * @throws UserError `no-such-stack`, `no-such-function`; AwsError
 */
export async function invokeFunction(input: {
  target: Target;
  stackName: string;
  /** As in the config. */
  functionName: string;
  payload: unknown;
}): Promise<Invocation> {
  const clients = createClients(input.target);
  try {
    const physicalName = await physicalFunctionName(clients, input.stackName, input.functionName);
    const lambda = await clients.lambda();
    const answer = await lambda.invoke({
      FunctionName: physicalName,
      Payload: JSON.stringify(input.payload ?? {}),
      LogType: 'Tail',
    });
    const tail =
      answer.LogResult === undefined ? '' : Buffer.from(answer.LogResult, 'base64').toString('utf8');
    const payload = parsePayload(answer.Payload);
    const error =
      answer.FunctionError === undefined ? undefined : functionError(payload, answer.FunctionError);
    return {
      function: input.functionName,
      payload,
      ...(error && { error }),
      ...parseReport(tail),
      requestId: requestIdIn(tail) ?? answer.$metadata.requestId ?? '',
      logs: tail.split('\n').filter((line) => line !== ''),
    };
  } catch (error) {
    throw toAwsError(error);
  } finally {
    clients.destroy();
  }
}

/** What Lambda says of an invocation in its REPORT line. Sizes in MB, times in milliseconds. */
export function parseReport(
  log: string,
): Pick<Invocation, 'durationMs' | 'billedMs' | 'memoryUsedMb' | 'coldStart'> {
  const report = log.split('\n').findLast((line) => line.startsWith('REPORT ')) ?? '';
  const number = (pattern: RegExp) => {
    const text = pattern.exec(report)?.[1];
    return text === undefined ? null : Number(text);
  };
  return {
    durationMs: number(/\tDuration: ([\d.]+) ms/),
    billedMs: number(/\tBilled Duration: ([\d.]+) ms/),
    memoryUsedMb: number(/\tMax Memory Used: ([\d.]+) MB/),
    coldStart: /\t(Init|Restore) Duration: /.test(report),
  };
}

const requestIdIn = (log: string): string | undefined => /^REPORT RequestId: (\S+)/m.exec(log)?.[1];

function parsePayload(payload: Uint8Array | undefined): unknown {
  const text = Buffer.from(payload ?? []).toString('utf8');
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function functionError(payload: unknown, kind: string): NonNullable<Invocation['error']> {
  const told = (typeof payload === 'object' && payload !== null ? payload : {}) as {
    errorType?: unknown;
    errorMessage?: unknown;
    stackTrace?: unknown;
    trace?: unknown;
  };
  const trace = told.stackTrace ?? told.trace;
  return {
    type: typeof told.errorType === 'string' ? told.errorType : kind,
    message: typeof told.errorMessage === 'string' ? told.errorMessage : String(payload),
    ...(Array.isArray(trace) && { stackTrace: trace.map(String) }),
  };
}

async function physicalFunctionName(
  clients: Clients,
  stackName: string,
  functionName: string,
): Promise<string> {
  const cloudFormation = await clients.cloudFormation();
  const stack = await findStack(cloudFormation, stackName);
  if (stack?.StackId === undefined || stack.StackStatus === 'REVIEW_IN_PROGRESS')
    throw noSuchStack(stackName);
  const template = await deployedTemplate(cloudFormation, stack.StackId);
  const functions = (await listResources(cloudFormation, stack.StackId)).filter(
    (one) => one.ResourceType === 'AWS::Lambda::Function',
  );
  const found = functions.find((one) => template.ownerOf(one.LogicalResourceId ?? '') === functionName);
  if (found?.PhysicalResourceId) return found.PhysicalResourceId;
  const known = functions.flatMap((one) => template.ownerOf(one.LogicalResourceId ?? '') ?? []);
  throw new UserError(`${stackName} has no function \`${functionName}\`.`, {
    code: 'no-such-function',
    hint: known.length > 0 ? `It has ${known.join(', ')}.` : 'It has no functions.',
  });
}
