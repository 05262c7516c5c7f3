import { randomUUID } from 'node:crypto';
import type {
  CreateFunctionCommandInput,
  FunctionConfiguration,
  UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import { type Backend, ServiceError } from '../../backend.ts';
import { constraintBroken, invalidParameter } from './errors.ts';
import { functionArn } from './function-name.ts';

/** Lambda's own form of a time. */
export const lastModified = (now: number): string => new Date(now).toISOString().replace('Z', '+0000');

type Settings = Omit<UpdateFunctionConfigurationCommandInput, 'FunctionName' | 'RevisionId'>;

/**
 * The configuration of a new function, with AWS's defaults; its state is `Pending`.
 * @throws ServiceError where a value breaks Lambda's bounds.
 */
export function newConfiguration(
  backend: Backend,
  name: string,
  input: CreateFunctionCommandInput,
  code: { sha256: string; size: number },
): FunctionConfiguration {
  if (input.PackageType === 'Image')
    throw invalidParameter('Functions from container images are not available in the embedded AWS.');
  if (!input.Runtime || !input.Handler) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  const defaults: FunctionConfiguration = {
    FunctionName: name,
    FunctionArn: functionArn(backend, name),
    Version: '$LATEST',
    Description: '',
    Timeout: 3,
    MemorySize: 128,
    PackageType: 'Zip',
    Architectures: input.Architectures ?? ['x86_64'],
    EphemeralStorage: { Size: 512 },
    TracingConfig: { Mode: 'PassThrough' },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
    RuntimeVersionConfig: { RuntimeVersionArn: `arn:aws:lambda:${backend.region}::runtime:local` },
    CodeSha256: code.sha256,
    CodeSize: code.size,
    State: 'Pending',
    StateReason: 'The function is being created.',
    StateReasonCode: 'Creating',
    LastUpdateStatus: 'Successful',
  };
  return stamped(backend, withSettings(defaults, input));
}

/**
 * A configuration with what an update names; what it does not name stays.
 * @throws ServiceError where a value breaks Lambda's bounds.
 */
export function withSettings(configuration: FunctionConfiguration, input: Settings): FunctionConfiguration {
  const next: FunctionConfiguration = { ...configuration };
  if (input.Role !== undefined) next.Role = checkRole(input.Role);
  if (input.Handler !== undefined) next.Handler = checkHandler(input.Handler);
  if (input.Runtime !== undefined) next.Runtime = checkRuntime(input.Runtime);
  if (input.Description !== undefined) next.Description = input.Description;
  if (input.Timeout !== undefined) next.Timeout = within('timeout', input.Timeout, 1, 900);
  if (input.MemorySize !== undefined) next.MemorySize = within('memorySize', input.MemorySize, 128, 10_240);
  if (input.EphemeralStorage?.Size !== undefined)
    next.EphemeralStorage = {
      Size: within('ephemeralStorage.size', input.EphemeralStorage.Size, 512, 10_240),
    };
  if (input.Environment !== undefined) setEnvironment(next, input.Environment.Variables ?? {});
  if (input.DeadLetterConfig !== undefined) next.DeadLetterConfig = input.DeadLetterConfig;
  if (input.KMSKeyArn !== undefined) next.KMSKeyArn = input.KMSKeyArn;
  if (input.TracingConfig?.Mode !== undefined) next.TracingConfig = { Mode: input.TracingConfig.Mode };
  if (input.Layers !== undefined) next.Layers = input.Layers.map((Arn) => ({ Arn, CodeSize: 0 }));
  if (input.FileSystemConfigs !== undefined) next.FileSystemConfigs = input.FileSystemConfigs;
  if (input.LoggingConfig !== undefined)
    next.LoggingConfig = { ...next.LoggingConfig, ...withoutUndefined(input.LoggingConfig) };
  if (input.SnapStart?.ApplyOn !== undefined)
    next.SnapStart = { ApplyOn: input.SnapStart.ApplyOn, OptimizationStatus: 'Off' };
  if (input.VpcConfig !== undefined) {
    const { SubnetIds = [], SecurityGroupIds = [] } = input.VpcConfig;
    next.VpcConfig = { SubnetIds, SecurityGroupIds, VpcId: SubnetIds.length > 0 ? 'vpc-local' : '' };
  }
  return next;
}

/** With a new revision id and time of change. */
export const stamped = (backend: Backend, configuration: FunctionConfiguration): FunctionConfiguration => ({
  ...configuration,
  LastModified: lastModified(backend.now()),
  RevisionId: randomUUID(),
});

function within(member: string, value: number, least: number, most: number): number {
  if (value < least) throw constraintBroken(member, value, `have value greater than or equal to ${least}`);
  if (value > most) throw constraintBroken(member, value, `have value less than or equal to ${most}`);
  return value;
}

function checkRole(role: string): string {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/.test(role)) {
    throw constraintBroken(
      'role',
      role,
      'satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
    );
  }
  return role;
}

function checkHandler(handler: string): string {
  if (!/^\S{1,128}$/.test(handler))
    throw constraintBroken('handler', handler, 'satisfy regular expression pattern: [^\\s]+');
  return handler;
}

type Runtime = NonNullable<FunctionConfiguration['Runtime']>;

function checkRuntime(runtime: Runtime): Runtime {
  if (
    !/^(nodejs\d+\.x|python3\.\d+|java\d+(\.al2(023)?)?|dotnet\d+|ruby\d\.\d|provided\.al20\d\d|provided\.al2|go1\.x)$/.test(
      runtime,
    )
  ) {
    throw invalidParameter(
      `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs24.x, nodejs22.x, nodejs20.x, python3.14, python3.13, python3.12, java25, java21, java17, dotnet10, dotnet8, ruby3.4, provided.al2023, provided.al2] or be a valid ARN`,
    );
  }
  return runtime;
}

const largestEnvironment = 4096;
const reserved = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_MAX_CONCURRENCY',
  'AWS_LAMBDA_METADATA_API',
  'AWS_LAMBDA_METADATA_TOKEN',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

function setEnvironment(configuration: FunctionConfiguration, variables: Record<string, string>): void {
  const refusal =
    'Lambda was unable to configure your environment variables because the environment variables you have provided';
  const names = Object.keys(variables);
  const taken = names.filter((name) => reserved.has(name));
  if (taken.length > 0) {
    throw invalidParameter(
      `${refusal} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${taken.join(', ')}`,
    );
  }
  const invalid = names.find((name) => !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name));
  if (invalid !== undefined) {
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value '{${invalid}}' at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]`,
    );
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > largestEnvironment)
    throw invalidParameter(`${refusal} exceeded the 4KB limit. String measured: ${measured}`);
  if (names.length > 0) configuration.Environment = { Variables: variables };
  else delete configuration.Environment;
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as T;
}
