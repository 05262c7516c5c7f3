import type {
  DeleteFunctionConcurrencyCommandInput,
  DeleteFunctionConcurrencyCommandOutput,
  DeleteFunctionEventInvokeConfigCommandInput,
  DeleteFunctionEventInvokeConfigCommandOutput,
  FunctionEventInvokeConfig,
  GetAccountSettingsCommandInput,
  GetAccountSettingsCommandOutput,
  GetFunctionConcurrencyCommandInput,
  GetFunctionConcurrencyCommandOutput,
  GetFunctionEventInvokeConfigCommandInput,
  GetFunctionEventInvokeConfigCommandOutput,
  ListFunctionEventInvokeConfigsCommandInput,
  ListFunctionEventInvokeConfigsCommandOutput,
  ListTagsCommandInput,
  ListTagsCommandOutput,
  PutFunctionConcurrencyCommandInput,
  PutFunctionConcurrencyCommandOutput,
  PutFunctionEventInvokeConfigCommandInput,
  PutFunctionEventInvokeConfigCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
  UpdateFunctionEventInvokeConfigCommandInput,
  UpdateFunctionEventInvokeConfigCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../backend.ts';
import { constraintBroken, resourceNotFound } from '../errors.ts';
import { type FunctionReference, functionArn, parseFunctionName } from '../function-name.ts';
import type { LambdaContext } from '../lambda-context.ts';

/** As it is kept: a time in milliseconds instead of a Date. */
export type StoredInvokeConfig = Omit<FunctionEventInvokeConfig, 'LastModified'> & { modifiedAt: number };

/** Tags, reserved concurrency and what happens to asynchronous invocations. */
export function settingOperations({ backend, functions }: LambdaContext) {
  const existing = (text: string | undefined, qualifier?: string): FunctionReference => {
    const reference = parseFunctionName(text, qualifier);
    functions.get(reference);
    return reference;
  };

  const listTags: Operation<ListTagsCommandInput, ListTagsCommandOutput> = (input) => ({
    Tags: functions.setting<Record<string, string>>(existing(input.Resource).name, 'tags') ?? {},
  });

  const tagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = (input) => {
    const { name } = existing(input.Resource);
    functions.setSetting(name, 'tags', { ...functions.setting<object>(name, 'tags'), ...input.Tags });
    return {};
  };

  const untagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = (input) => {
    const { name } = existing(input.Resource);
    const tags = functions.setting<Record<string, string>>(name, 'tags') ?? {};
    for (const key of input.TagKeys ?? []) delete tags[key];
    functions.setSetting(name, 'tags', tags);
    return {};
  };

  const putConcurrency: Operation<PutFunctionConcurrencyCommandInput, PutFunctionConcurrencyCommandOutput> = (
    input,
  ) => {
    const { name } = existing(input.FunctionName);
    const reserved = input.ReservedConcurrentExecutions ?? 0;
    if (reserved < 0)
      throw constraintBroken(
        'reservedConcurrentExecutions',
        reserved,
        'have value greater than or equal to 0',
      );
    functions.setSetting(name, 'concurrency', reserved);
    return { ReservedConcurrentExecutions: reserved };
  };

  const getConcurrency: Operation<GetFunctionConcurrencyCommandInput, GetFunctionConcurrencyCommandOutput> = (
    input,
  ) => {
    const reserved = functions.setting<number>(existing(input.FunctionName).name, 'concurrency');
    return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
  };

  const deleteConcurrency: Operation<
    DeleteFunctionConcurrencyCommandInput,
    DeleteFunctionConcurrencyCommandOutput
  > = (input) => {
    functions.removeSetting(existing(input.FunctionName).name, 'concurrency');
    return {};
  };

  const storeInvokeConfig = (
    input: PutFunctionEventInvokeConfigCommandInput,
    before: Partial<StoredInvokeConfig>,
  ): FunctionEventInvokeConfig => {
    const { name, qualifier } = existing(input.FunctionName, input.Qualifier);
    checkBounds(input);
    const config: StoredInvokeConfig = {
      ...before,
      FunctionArn: functionArn(backend, name, qualifier ?? '$LATEST'),
      DestinationConfig: input.DestinationConfig ??
        before.DestinationConfig ?? { OnSuccess: {}, OnFailure: {} },
      modifiedAt: backend.now(),
    };
    if (input.MaximumRetryAttempts !== undefined) config.MaximumRetryAttempts = input.MaximumRetryAttempts;
    if (input.MaximumEventAgeInSeconds !== undefined)
      config.MaximumEventAgeInSeconds = input.MaximumEventAgeInSeconds;
    functions.setSetting(name, 'event-invoke-config', config, qualifier ?? '$LATEST');
    return shown(config);
  };

  const findInvokeConfig = (text: string | undefined, qualifier: string | undefined): StoredInvokeConfig => {
    const reference = existing(text, qualifier);
    const config = functions.setting<StoredInvokeConfig>(
      reference.name,
      'event-invoke-config',
      reference.qualifier ?? '$LATEST',
    );
    if (config !== undefined) return config;
    const arn = functionArn(backend, reference.name, reference.qualifier ?? '$LATEST');
    throw resourceNotFound(`The function ${arn} doesn't have an EventInvokeConfig`);
  };

  const putInvokeConfig: Operation<
    PutFunctionEventInvokeConfigCommandInput,
    PutFunctionEventInvokeConfigCommandOutput
  > = (input) => storeInvokeConfig(input, {});

  const updateInvokeConfig: Operation<
    UpdateFunctionEventInvokeConfigCommandInput,
    UpdateFunctionEventInvokeConfigCommandOutput
  > = (input) => storeInvokeConfig(input, findInvokeConfig(input.FunctionName, input.Qualifier));

  const getInvokeConfig: Operation<
    GetFunctionEventInvokeConfigCommandInput,
    GetFunctionEventInvokeConfigCommandOutput
  > = (input) => shown(findInvokeConfig(input.FunctionName, input.Qualifier));

  const listInvokeConfigs: Operation<
    ListFunctionEventInvokeConfigsCommandInput,
    ListFunctionEventInvokeConfigsCommandOutput
  > = (input) => {
    const { name } = existing(input.FunctionName);
    const configs = functions.settings<StoredInvokeConfig>(name, 'event-invoke-config');
    return { FunctionEventInvokeConfigs: configs.map(({ value }) => shown(value)) };
  };

  const deleteInvokeConfig: Operation<
    DeleteFunctionEventInvokeConfigCommandInput,
    DeleteFunctionEventInvokeConfigCommandOutput
  > = (input) => {
    findInvokeConfig(input.FunctionName, input.Qualifier);
    const { name, qualifier } = parseFunctionName(input.FunctionName, input.Qualifier);
    functions.removeSetting(name, 'event-invoke-config', qualifier ?? '$LATEST');
    return {};
  };

  const getAccountSettings: Operation<
    GetAccountSettingsCommandInput,
    GetAccountSettingsCommandOutput
  > = () => {
    const all = functions.all().map((record) => record.configuration);
    return {
      AccountLimit: {
        TotalCodeSize: 80_530_636_800,
        CodeSizeUnzipped: 262_144_000,
        CodeSizeZipped: 52_428_800,
        ConcurrentExecutions: 10,
        UnreservedConcurrentExecutions: 10,
      },
      AccountUsage: {
        TotalCodeSize: all.reduce((sum, one) => sum + (one.CodeSize ?? 0), 0),
        FunctionCount: new Set(all.map((one) => one.FunctionName)).size,
      },
    };
  };

  return {
    ListTags: listTags,
    TagResource: tagResource,
    UntagResource: untagResource,
    PutFunctionConcurrency: putConcurrency,
    GetFunctionConcurrency: getConcurrency,
    DeleteFunctionConcurrency: deleteConcurrency,
    PutFunctionEventInvokeConfig: putInvokeConfig,
    UpdateFunctionEventInvokeConfig: updateInvokeConfig,
    GetFunctionEventInvokeConfig: getInvokeConfig,
    ListFunctionEventInvokeConfigs: listInvokeConfigs,
    DeleteFunctionEventInvokeConfig: deleteInvokeConfig,
    GetAccountSettings: getAccountSettings,
  };
}

function shown({ modifiedAt, ...config }: StoredInvokeConfig): FunctionEventInvokeConfig {
  return { ...config, LastModified: new Date(modifiedAt) };
}

function checkBounds(input: PutFunctionEventInvokeConfigCommandInput): void {
  const { MaximumRetryAttempts: retries = 0, MaximumEventAgeInSeconds: age = 60 } = input;
  if (retries < 0 || retries > 2)
    throw constraintBroken('maximumRetryAttempts', retries, 'have value between 0 and 2');
  if (age < 60 || age > 21_600)
    throw constraintBroken('maximumEventAgeInSeconds', age, 'have value between 60 and 21600');
}
