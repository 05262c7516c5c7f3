import type {
  CreateAuthorizerCommandOutput,
  GetAuthorizersCommandOutput,
} from '@aws-sdk/client-apigatewayv2';
import { booleanOf, defined, numberOf, orMissing } from './calls.ts';
import type { Properties, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-authorizer.html */
export const authorizer: ResourceProvider = {
  type: 'AWS::ApiGatewayV2::Authorizer',
  service: 'ApiGatewayV2',
  required: ['ApiId', 'AuthorizerType', 'Name'],
  known: [
    'ApiId',
    'AuthorizerCredentialsArn',
    'AuthorizerPayloadFormatVersion',
    'AuthorizerResultTtlInSeconds',
    'AuthorizerType',
    'AuthorizerUri',
    'EnableSimpleResponses',
    'IdentitySource',
    'IdentityValidationExpression',
    'JwtConfiguration',
    'Name',
  ],
  attributes: ['AuthorizerId'],
  createOnly: ['ApiId'],

  // Names are not unique: one like this that the stack does not know is the one.
  async find({ properties: { ApiId, Name } }, { backend, knownPhysicalIds }) {
    const found = await orMissing(
      backend.call<GetAuthorizersCommandOutput>('apigateway', 'GetAuthorizers', { ApiId }),
    );
    const match = found?.Items?.find(
      (item) => item.Name === Name && !knownPhysicalIds.has(item.AuthorizerId ?? ''),
    );
    return match && describe(match.AuthorizerId);
  },

  async create({ properties }, { backend }) {
    const created = await backend.call<CreateAuthorizerCommandOutput>(
      'apigateway',
      'CreateAuthorizer',
      inputOf(properties),
    );
    return describe(created.AuthorizerId);
  },

  async update({ physicalId, attributes, after }, { backend }) {
    await backend.call('apigateway', 'UpdateAuthorizer', { ...inputOf(after), AuthorizerId: physicalId });
    return attributes;
  },

  async delete({ physicalId, properties: { ApiId } }, { backend }) {
    await orMissing(backend.call('apigateway', 'DeleteAuthorizer', { ApiId, AuthorizerId: physicalId }));
  },
};

const describe = (id: string | undefined) => ({
  physicalId: id ?? '',
  attributes: { AuthorizerId: id ?? '' },
});

const inputOf = (properties: Properties) =>
  defined({
    ...properties,
    AuthorizerResultTtlInSeconds: numberOf(properties.AuthorizerResultTtlInSeconds),
    EnableSimpleResponses: booleanOf(properties.EnableSimpleResponses),
  });
