import { randomSuffix } from '../names.ts';
import type { ResourceProvider } from './provider.ts';

/**
 * A record only: no request is authorized by it here.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-authorizer.html
 */
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
  async create() {
    const id = randomSuffix().slice(0, 6).toLowerCase();
    return { physicalId: id, attributes: { AuthorizerId: id } };
  },
  async update({ attributes }) {
    return attributes;
  },
  async delete() {},
};
