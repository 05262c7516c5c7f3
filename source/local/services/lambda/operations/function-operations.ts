import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type {
  CreateFunctionCommandInput,
  CreateFunctionCommandOutput,
  DeleteFunctionCommandInput,
  DeleteFunctionCommandOutput,
  FunctionConfiguration,
  GetFunctionCommandInput,
  GetFunctionCommandOutput,
  GetFunctionConfigurationCommandInput,
  GetFunctionConfigurationCommandOutput,
  ListFunctionsCommandInput,
  ListFunctionsCommandOutput,
  ListVersionsByFunctionCommandInput,
  ListVersionsByFunctionCommandOutput,
  PublishVersionCommandInput,
  PublishVersionCommandOutput,
  UpdateFunctionCodeCommandInput,
  UpdateFunctionCodeCommandOutput,
  UpdateFunctionConfigurationCommandInput,
  UpdateFunctionConfigurationCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../backend.ts';
import { conflict, constraintBroken, invalidParameter, revisionMismatch } from '../errors.ts';
import { newConfiguration, stamped, withSettings } from '../function-configuration.ts';
import { functionArn, parseFunctionName } from '../function-name.ts';
import type { FunctionRecord } from '../function-store.ts';
import type { LambdaContext } from '../lambda-context.ts';

/** How long AWS takes; `STP_LOCAL_PACE` scales it. */
const createMilliseconds = 3_000;
const updateMilliseconds = 2_000;

const pageSize = 50;

export function functionOperations(lambda: LambdaContext) {
  const { backend, functions, code, pool } = lambda;

  const createFunction: Operation<CreateFunctionCommandInput, CreateFunctionCommandOutput> = async (
    input,
  ) => {
    const { name } = parseFunctionName(input.FunctionName);
    if (name.length > 64)
      throw constraintBroken('functionName', name, 'have length less than or equal to 64');
    if (functions.find(name)) throw conflict(`Function already exist: ${name}`);
    // Its bounds are checked before code is fetched and unpacked.
    newConfiguration(backend, name, input, { sha256: '', size: 0 });
    await checkAssumable(lambda, input.Role ?? '');
    const stored = await code.add(input.Code ?? {});
    if (functions.find(name)) throw conflict(`Function already exist: ${name}`);
    const configuration = newConfiguration(backend, name, input, stored);
    functions.put({ configuration, generation: randomUUID() });
    if (input.Tags && Object.keys(input.Tags).length > 0) functions.setSetting(name, 'tags', input.Tags);
    const answer = input.Publish ? publish(lambda, name, '') : configuration;
    settle(lambda, name, createMilliseconds);
    await turn();
    return answer;
  };

  const getFunction: Operation<GetFunctionCommandInput, GetFunctionCommandOutput> = (input) => {
    const reference = parseFunctionName(input.FunctionName, input.Qualifier);
    const { configuration } = functions.get(reference);
    const tags = functions.setting<Record<string, string>>(reference.name, 'tags');
    const reserved = functions.setting<number>(reference.name, 'concurrency');
    return {
      Configuration: shown(configuration, reference.qualifier),
      Code: {
        RepositoryType: 'S3',
        Location: pathToFileURL(code.zipFile(configuration.CodeSha256 ?? '')).href,
      },
      ...(tags ? { Tags: tags } : {}),
      ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
    };
  };

  const getFunctionConfiguration: Operation<
    GetFunctionConfigurationCommandInput,
    GetFunctionConfigurationCommandOutput
  > = (input) => {
    const reference = parseFunctionName(input.FunctionName, input.Qualifier);
    return shown(functions.get(reference).configuration, reference.qualifier);
  };

  const updateFunctionCode: Operation<
    UpdateFunctionCodeCommandInput,
    UpdateFunctionCodeCommandOutput
  > = async (input) => {
    const { name } = parseFunctionName(input.FunctionName);
    checkUpdatable(lambda, name, input.RevisionId);
    const stored = await code.add(input);
    const { configuration } = checkUpdatable(lambda, name, input.RevisionId);
    const next: FunctionConfiguration = {
      ...configuration,
      CodeSha256: stored.sha256,
      CodeSize: stored.size,
      ...(input.Architectures ? { Architectures: input.Architectures } : {}),
    };
    if (input.DryRun) return next;
    return update(lambda, next, input.Publish ?? false);
  };

  const updateFunctionConfiguration: Operation<
    UpdateFunctionConfigurationCommandInput,
    UpdateFunctionConfigurationCommandOutput
  > = async (input) => {
    const { name } = parseFunctionName(input.FunctionName);
    const next = withSettings(checkUpdatable(lambda, name, input.RevisionId).configuration, input);
    if (input.Role !== undefined) await checkAssumable(lambda, input.Role);
    return update(lambda, next, false);
  };

  const deleteFunction: Operation<DeleteFunctionCommandInput, DeleteFunctionCommandOutput> = (input) => {
    const { name, qualifier } = parseFunctionName(input.FunctionName, input.Qualifier);
    if (qualifier === '$LATEST')
      throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
    functions.get({ name, qualifier });
    functions.remove(name, qualifier);
    if (qualifier === undefined) retire(lambda, name);
    return { StatusCode: 204 };
  };

  const listFunctions: Operation<ListFunctionsCommandInput, ListFunctionsCommandOutput> = (input) => {
    const limit = Math.min(input.MaxItems ?? pageSize, pageSize);
    const found = functions.list(input.Marker ?? '', limit + 1).map((record) => record.configuration);
    const more = found.length > limit;
    const page = found.slice(0, limit);
    const Functions = page.flatMap((configuration) =>
      input.FunctionVersion === 'ALL'
        ? versionsOf(lambda, configuration.FunctionName ?? '')
        : [configuration],
    );
    const last = page.at(-1)?.FunctionName;
    return { Functions, ...(more && last !== undefined ? { NextMarker: last } : {}) };
  };

  const publishVersion: Operation<PublishVersionCommandInput, PublishVersionCommandOutput> = (input) => {
    const { name } = parseFunctionName(input.FunctionName);
    const { configuration } = checkUpdatable(lambda, name, input.RevisionId);
    if (input.CodeSha256 !== undefined && input.CodeSha256 !== configuration.CodeSha256) {
      throw invalidParameter(
        `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${configuration.CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    }
    return publish(lambda, name, input.Description ?? configuration.Description ?? '');
  };

  const listVersionsByFunction: Operation<
    ListVersionsByFunctionCommandInput,
    ListVersionsByFunctionCommandOutput
  > = (input) => {
    const { name } = parseFunctionName(input.FunctionName);
    functions.get({ name, qualifier: undefined });
    return { Versions: versionsOf(lambda, name) };
  };

  return {
    CreateFunction: createFunction,
    GetFunction: getFunction,
    GetFunctionConfiguration: getFunctionConfiguration,
    UpdateFunctionCode: updateFunctionCode,
    UpdateFunctionConfiguration: updateFunctionConfiguration,
    DeleteFunction: deleteFunction,
    ListFunctions: listFunctions,
    PublishVersion: publishVersion,
    ListVersionsByFunction: listVersionsByFunction,
  };

  /** Warm environments end after what they do; code that nobody refers to any more goes with the last of them. */
  function retire(context: LambdaContext, name: string): void {
    pool
      .retire(name)
      .then(() => context.code.keepOnly(() => codeInUse(context)))
      .catch((error: unknown) => backend.log(`lambda: ${error}`));
  }

  function update(
    context: LambdaContext,
    next: FunctionConfiguration,
    publishes: boolean,
  ): FunctionConfiguration {
    const name = next.FunctionName ?? '';
    const configuration = stamped(backend, {
      ...next,
      LastUpdateStatus: 'InProgress',
    });
    functions.put({ configuration, generation: randomUUID() });
    retire(context, name);
    const answer = publishes ? publish(context, name, '') : configuration;
    settle(context, name, updateMilliseconds);
    return answer;
  }
}

/** Digests of the code of every version of every function. */
export const codeInUse = (lambda: LambdaContext): Set<string> =>
  new Set(lambda.functions.all().map((record) => record.configuration.CodeSha256 ?? ''));

/** Ends `Pending` and `InProgress`, after the time that AWS takes. */
function settle(lambda: LambdaContext, name: string, milliseconds: number): void {
  lambda.backend
    .pace(milliseconds)
    .then(() => markReady(lambda, name))
    .catch((error: unknown) => lambda.backend.log(`lambda: ${error}`));
}

/** Also for what a killed process left in between. */
export function markReady(lambda: LambdaContext, name: string): void {
  for (const record of lambda.functions.versions(name)) {
    const configuration: FunctionConfiguration = {
      ...record.configuration,
      State: 'Active',
      LastUpdateStatus: 'Successful',
    };
    delete configuration.StateReason;
    delete configuration.StateReasonCode;
    lambda.functions.put({ ...record, configuration });
  }
}

/** @throws ServiceError when another change is not finished, or when the caller saw an older revision. */
function checkUpdatable(lambda: LambdaContext, name: string, revisionId: string | undefined): FunctionRecord {
  const record = lambda.functions.get({ name, qualifier: undefined });
  const { FunctionArn, State, LastUpdateStatus, RevisionId } = record.configuration;
  const unable = 'The operation cannot be performed at this time.';
  if (State === 'Pending')
    throw conflict(`${unable} The function is currently in the following state: Pending`);
  if (LastUpdateStatus === 'InProgress')
    throw conflict(`${unable} An update is in progress for resource: ${FunctionArn}`);
  if (revisionId !== undefined && revisionId !== RevisionId) throw revisionMismatch();
  return record;
}

/** A version that equals the one before it is not published again. */
function publish(lambda: LambdaContext, name: string, description: string): FunctionConfiguration {
  const { configuration, generation } = lambda.functions.get({ name, qualifier: undefined });
  const published = lambda.functions.versions(name).filter((one) => one.configuration.Version !== '$LATEST');
  const last = published.at(-1);
  if (last?.generation === generation) return last.configuration;
  const version = String(Number(last?.configuration.Version ?? 0) + 1);
  const next = stamped(lambda.backend, {
    ...configuration,
    Description: description,
    Version: version,
    FunctionArn: functionArn(lambda.backend, name, version),
  });
  lambda.functions.put({ configuration: next, generation });
  return next;
}

const versionsOf = (lambda: LambdaContext, name: string): FunctionConfiguration[] =>
  lambda.functions.versions(name).map(({ configuration }) => shown(configuration, configuration.Version));

/** An ARN names the qualifier that was asked for. */
function shown(configuration: FunctionConfiguration, qualifier: string | undefined): FunctionConfiguration {
  if (qualifier !== '$LATEST') return configuration;
  return { ...configuration, FunctionArn: `${configuration.FunctionArn}:$LATEST` };
}

/** @throws ServiceError when the role is not there or does not trust Lambda. */
async function checkAssumable({ backend }: LambdaContext, roleArn: string): Promise<void> {
  let trust: string;
  try {
    const input = { RoleName: roleArn.slice(roleArn.lastIndexOf('/') + 1) };
    const { Role } = await backend.call<{ Role?: { AssumeRolePolicyDocument?: string } }>(
      'iam',
      'GetRole',
      input,
    );
    trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  } catch (error) {
    // A server that runs without IAM cannot tell.
    if ((error as { code?: string }).code !== 'NoSuchEntity') return;
    trust = '';
  }
  if (!trust.includes('lambda.amazonaws.com'))
    throw invalidParameter('The role defined for the function cannot be assumed by Lambda.');
}
