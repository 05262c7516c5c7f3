import { randomBytes } from 'node:crypto';
import type { Backend } from '../../backend.ts';
import { invalidParameter } from './errors.ts';
import { type FunctionReference, functionArn } from './function-name.ts';
import type { FunctionRecord } from './function-store.ts';
import type { LambdaContext } from './lambda-context.ts';
import type { Outcome } from './runtime/execution-environment.ts';

export type FunctionCall = {
  reference: FunctionReference;
  requestId: string;
  payload: Uint8Array;
  /** JSON. */
  clientContext?: string | undefined;
};

/**
 * Runs a function once.
 * @throws ServiceError when it cannot be run: unknown, throttled, or of a runtime that is not here.
 */
export function runFunction(
  lambda: LambdaContext,
  call: FunctionCall,
  options: { waits?: boolean } = {},
): Promise<Outcome> {
  const { backend, functions, code, pool } = lambda;
  const { name, qualifier } = call.reference;
  const { configuration, generation } = runnable(functions.get(call.reference));
  return pool.invoke(
    {
      configuration,
      generation,
      taskRoot: code.taskRoot(configuration.CodeSha256 ?? ''),
      reservedConcurrency: functions.setting<number>(name, 'concurrency'),
    },
    {
      requestId: call.requestId,
      payload: call.payload,
      functionArn: functionArn(backend, name, qualifier),
      traceId: newTraceId(backend),
      ...(call.clientContext === undefined ? {} : { clientContext: call.clientContext }),
    },
    options,
  );
}

/** @throws ServiceError InvalidParameterValueException for a runtime whose client is not here. */
export function runnable(record: FunctionRecord): FunctionRecord {
  const runtime = record.configuration.Runtime ?? '';
  if (!runtime.startsWith('nodejs') && !runtime.startsWith('provided'))
    throw invalidParameter(`runtime ${runtime} is not available here yet`);
  return record;
}

function newTraceId(backend: Backend): string {
  const seconds = Math.floor(backend.now() / 1000).toString(16);
  const root = `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
  return `${root};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
