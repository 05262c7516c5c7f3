import type { GetPolicyCommandOutput } from '@aws-sdk/client-lambda';
import { generatedName } from '../names.ts';
import { booleanOf, defined, objectsOf, orMissing } from './calls.ts';
import type { ResourceProvider } from './provider.ts';

const properties = [
  'Action',
  'EventSourceToken',
  'FunctionName',
  'FunctionUrlAuthType',
  'InvokedViaFunctionUrl',
  'Principal',
  'PrincipalOrgID',
  'SourceAccount',
  'SourceArn',
];

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html */
export const permission: ResourceProvider = {
  type: 'AWS::Lambda::Permission',
  service: 'Lambda',
  required: ['Action', 'FunctionName', 'Principal'],
  known: properties,
  attributes: ['Id'],
  createOnly: properties,
  name: (_properties, { stackName, logicalId }) => generatedName(stackName, logicalId, 100),

  async find({ properties: { FunctionName }, name }, { backend }) {
    const found = await orMissing(
      backend.call<GetPolicyCommandOutput>('lambda', 'GetPolicy', { FunctionName }),
    );
    const statements = objectsOf(JSON.parse(found?.Policy ?? '{}').Statement);
    return statements.some((statement) => statement.Sid === name)
      ? { physicalId: name, attributes: { Id: name } }
      : undefined;
  },

  async create({ properties: given, name }, { backend }) {
    await backend.call('lambda', 'AddPermission', {
      StatementId: name,
      ...defined({ ...given, InvokedViaFunctionUrl: booleanOf(given.InvokedViaFunctionUrl) }),
    });
    return { physicalId: name, attributes: { Id: name } };
  },

  async delete({ physicalId, properties: { FunctionName } }, { backend }) {
    await orMissing(backend.call('lambda', 'RemovePermission', { FunctionName, StatementId: physicalId }));
  },
};
