import type { InvokeCommandInput, InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { type Operation, ServiceError } from '../../../backend.ts';
import type { AsyncQueue } from '../async-queue.ts';
import { conflict } from '../errors.ts';
import { parseFunctionName } from '../function-name.ts';
import { type FunctionCall, runFunction, runnable } from '../invocation.ts';
import type { LambdaContext } from '../lambda-context.ts';

/** Bytes. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const largestPayload = 6_291_456;
const largestAsyncPayload = 1_048_576;

export function invokeOperation(lambda: LambdaContext, queue: AsyncQueue) {
  const invoke: Operation<InvokeCommandInput, Output> = async (input, context) => {
    const reference = parseFunctionName(input.FunctionName, input.Qualifier);
    const { configuration } = runnable(lambda.functions.get(reference));
    if (configuration.State === 'Pending') {
      throw conflict(
        'The operation cannot be performed at this time. The function is currently in the following state: Pending',
      );
    }
    const executed = { ExecutedVersion: configuration.Version };
    if (input.InvocationType === 'DryRun') return { StatusCode: 204, ...executed };
    const asynchronous = input.InvocationType === 'Event';
    const call: FunctionCall = {
      reference,
      requestId: context.requestId,
      payload: checkPayload(input.Payload, asynchronous),
    };
    if (asynchronous) {
      queue.add(call);
      return { StatusCode: 202 };
    }
    if (input.ClientContext) call.clientContext = Buffer.from(input.ClientContext, 'base64').toString();
    const outcome = await runFunction(lambda, call);
    return {
      StatusCode: 200,
      Payload: outcome.payload,
      ...executed,
      ...(outcome.failed ? { FunctionError: 'Unhandled' } : {}),
      ...(input.LogType === 'Tail' ? { LogResult: outcome.logTail } : {}),
    };
  };
  return { Invoke: invoke };
}

/** The SDK's client makes the payload an object with helpers; a service hands out bytes. */
type Output = Omit<InvokeCommandOutput, 'Payload' | '$metadata'> & { Payload?: Uint8Array };

function checkPayload(given: InvokeCommandInput['Payload'], asynchronous: boolean): Uint8Array {
  const payload = Buffer.from((given ?? '') as Uint8Array);
  if (payload.length === 0) return Buffer.from('{}');
  const most = asynchronous ? largestAsyncPayload : largestPayload;
  if (payload.length > most) {
    throw new ServiceError(
      'RequestTooLargeException',
      `Request must be smaller than ${most} bytes for the InvokeFunction operation`,
      413,
      { Type: 'User' },
    );
  }
  try {
    JSON.parse(payload.toString());
  } catch (error) {
    throw new ServiceError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
      400,
      { Type: 'User' },
    );
  }
  return payload;
}
