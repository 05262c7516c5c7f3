import { dirname } from 'node:path';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Backend } from '../../../backend.ts';
import { programFile } from '../../../program-files.ts';

/**
 * Everything that a function's process sees; nothing else of this process's environment reaches it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function environmentVariables(
  backend: Backend,
  configuration: FunctionConfiguration,
  place: {
    taskRoot: string;
    temporaryFolder: string;
    runtimeApi: string;
    logGroup: string;
    logStream: string;
  },
): Record<string, string> {
  const credentials = backend.credentialsForRole(configuration.Role ?? '', {
    sessionName: configuration.FunctionName ?? '',
  });
  const runtime = configuration.Runtime ?? '';
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    TMPDIR: place.temporaryFolder,
    NODE_PATH: programFile('sdkModules'),
    AWS_ENDPOINT_URL: backend.endpoint,
    ...configuration.Environment?.Variables,
    AWS_LAMBDA_FUNCTION_NAME: configuration.FunctionName ?? '',
    AWS_LAMBDA_FUNCTION_VERSION: configuration.Version ?? '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.MemorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: place.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStream,
    AWS_LAMBDA_RUNTIME_API: place.runtimeApi,
    AWS_REGION: backend.region,
    AWS_DEFAULT_REGION: backend.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,

    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    LAMBDA_TASK_ROOT: place.taskRoot,
    _HANDLER: configuration.Handler ?? '',
  };
}
