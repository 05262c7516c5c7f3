import type { FunctionConfiguration, GetFunctionCommandOutput } from '@aws-sdk/client-lambda';
import type { Backend } from '../../../backend.ts';
import { sameValue } from '../diff.ts';
import { generatedName } from '../names.ts';
import { isObject } from '../template/template.ts';
import { defined, listOf, numberOf, orMissing, orUnavailable, tagMap, turn } from './calls.ts';
import { zipInlineCode } from './inline-code.ts';
import type { Made, Properties, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export const lambdaFunction: ResourceProvider = {
  type: 'AWS::Lambda::Function',
  service: 'Lambda',
  required: ['Code', 'Role'],
  known: [
    'Architectures',
    'Code',
    'CodeSigningConfigArn',
    'DeadLetterConfig',
    'Description',
    'Environment',
    'EphemeralStorage',
    'FileSystemConfigs',
    'FunctionName',
    'Handler',
    'ImageConfig',
    'KmsKeyArn',
    'Layers',
    'LoggingConfig',
    'MemorySize',
    'PackageType',
    'RecursiveLoop',
    'ReservedConcurrentExecutions',
    'Role',
    'Runtime',
    'RuntimeManagementConfig',
    'SnapStart',
    'Tags',
    'Timeout',
    'TracingConfig',
    'VpcConfig',
  ],
  attributes: ['Arn'],
  createOnly: ['FunctionName', 'PackageType'],
  nameProperty: 'FunctionName',
  tags: 'list',
  name: ({ FunctionName }, { stackName, logicalId }) =>
    FunctionName === undefined ? generatedName(stackName, logicalId, 64) : String(FunctionName),

  async find({ name }, { backend }) {
    const found = await orMissing(
      backend.call<GetFunctionCommandOutput>('lambda', 'GetFunction', { FunctionName: name }),
    );
    return found?.Configuration && describe(found.Configuration);
  },

  async create({ properties, name, made }, { backend }) {
    const created = await backend.call<FunctionConfiguration>(
      'lambda',
      'CreateFunction',
      defined({
        FunctionName: name,
        PackageType: properties.PackageType,
        Architectures: properties.Architectures,
        CodeSigningConfigArn: properties.CodeSigningConfigArn,
        Code: await codeOf(properties),
        Tags: properties.Tags && tagMap(properties.Tags),
        ...configurationOf(properties),
      }),
    );
    made(describe(created));
    await untilSettled(backend, name);
    await reserve(backend, name, {}, properties);
    return describe(created);
  },

  async update({ physicalId: FunctionName, attributes, before, after }, { backend }) {
    const codeOnly = [before, after].map(({ Code, Architectures }) => [Code, Architectures]);
    if (!sameValue(codeOnly[0], codeOnly[1])) {
      const code = await codeOf(after);
      await backend.call(
        'lambda',
        'UpdateFunctionCode',
        defined({ FunctionName, Architectures: after.Architectures, ...code }),
      );
      await untilSettled(backend, FunctionName);
    }
    const configuration = configurationOf(after);
    if (!sameValue(configurationOf(before), configuration)) {
      // A property that is no longer there returns to its default.
      await backend.call('lambda', 'UpdateFunctionConfiguration', {
        FunctionName,
        ...(before.Description !== undefined && { Description: '' }),
        ...(before.MemorySize !== undefined && { MemorySize: 128 }),
        ...(before.Timeout !== undefined && { Timeout: 3 }),
        ...(before.Environment !== undefined && { Environment: { Variables: {} } }),
        ...(before.Layers !== undefined && { Layers: [] }),
        ...configuration,
      });
      await untilSettled(backend, FunctionName);
    }
    await reserve(backend, FunctionName, before, after);
    await retag(backend, attributes.Arn ?? '', before, after);
    return attributes;
  },

  async delete({ physicalId }, { backend }) {
    await orMissing(backend.call('lambda', 'DeleteFunction', { FunctionName: physicalId }));
  },
};

/** Lambda takes one change at a time, and no invocation before the first is done. */
async function untilSettled(backend: Backend, FunctionName: string): Promise<void> {
  const look = () =>
    backend.call<FunctionConfiguration>('lambda', 'GetFunctionConfiguration', { FunctionName });
  for (let found = await look(); isChanging(found); found = await look()) {
    await backend.pace(500).then(turn);
  }
}

const isChanging = ({ State, LastUpdateStatus }: FunctionConfiguration): boolean =>
  State === 'Pending' || LastUpdateStatus === 'InProgress';

const describe = ({ FunctionName, FunctionArn }: FunctionConfiguration): Made => ({
  physicalId: FunctionName ?? '',
  attributes: { Arn: FunctionArn ?? '' },
});

/** Members that CreateFunction and UpdateFunctionConfiguration have in common. */
function configurationOf(properties: Properties): Record<string, unknown> {
  const { EphemeralStorage, Environment } = properties;
  return defined({
    DeadLetterConfig: properties.DeadLetterConfig,
    Description: properties.Description,
    Environment: isObject(Environment) ? { Variables: variablesOf(Environment.Variables) } : undefined,
    EphemeralStorage: isObject(EphemeralStorage) ? { Size: numberOf(EphemeralStorage.Size) } : undefined,
    FileSystemConfigs: properties.FileSystemConfigs,
    Handler: properties.Handler,
    ImageConfig: properties.ImageConfig,
    KMSKeyArn: properties.KmsKeyArn,
    Layers: properties.Layers,
    LoggingConfig: properties.LoggingConfig,
    MemorySize: numberOf(properties.MemorySize),
    Role: properties.Role,
    Runtime: properties.Runtime,
    SnapStart: properties.SnapStart,
    Timeout: numberOf(properties.Timeout),
    TracingConfig: properties.TracingConfig,
    VpcConfig: properties.VpcConfig && {
      ...(isObject(properties.VpcConfig) ? properties.VpcConfig : {}),
    },
  });
}

/** Numbers and booleans among a template's variables are text for the function. */
const variablesOf = (variables: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isObject(variables) ? variables : {}).map(([key, value]) => [key, String(value)]),
  );

async function codeOf({ Code, Runtime }: Properties): Promise<Record<string, unknown>> {
  if (!isObject(Code)) return {};
  if (typeof Code.ZipFile === 'string') return { ZipFile: zipInlineCode(Code.ZipFile, String(Runtime)) };
  return defined({
    S3Bucket: Code.S3Bucket,
    S3Key: Code.S3Key,
    S3ObjectVersion: Code.S3ObjectVersion,
    ImageUri: Code.ImageUri,
  });
}

async function reserve(
  backend: Backend,
  FunctionName: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const reserved = numberOf(after.ReservedConcurrentExecutions);
  if (sameValue(before.ReservedConcurrentExecutions, after.ReservedConcurrentExecutions)) return;
  if (reserved === undefined) await backend.call('lambda', 'DeleteFunctionConcurrency', { FunctionName });
  else {
    await backend.call('lambda', 'PutFunctionConcurrency', {
      FunctionName,
      ReservedConcurrentExecutions: reserved,
    });
  }
}

async function retag(
  backend: Backend,
  Resource: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  if (sameValue(listOf(before.Tags), listOf(after.Tags))) return;
  const Tags = tagMap(after.Tags);
  const TagKeys = Object.keys(tagMap(before.Tags)).filter((key) => !(key in Tags));
  if (TagKeys.length > 0) await orUnavailable(backend.call('lambda', 'UntagResource', { Resource, TagKeys }));
  await orUnavailable(backend.call('lambda', 'TagResource', { Resource, Tags }));
}
