import type { CreateRouteCommandOutput, GetRoutesCommandOutput } from '@aws-sdk/client-apigatewayv2';
import { booleanOf, defined, orMissing } from './calls.ts';
import type { Properties, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html */
export const route: ResourceProvider = {
  type: 'AWS::ApiGatewayV2::Route',
  service: 'ApiGatewayV2',
  required: ['ApiId', 'RouteKey'],
  known: [
    'ApiId',
    'ApiKeyRequired',
    'AuthorizationScopes',
    'AuthorizationType',
    'AuthorizerId',
    'ModelSelectionExpression',
    'OperationName',
    'RequestModels',
    'RequestParameters',
    'RouteKey',
    'RouteResponseSelectionExpression',
    'Target',
  ],
  attributes: ['RouteId'],
  createOnly: ['ApiId'],

  async find({ properties: { ApiId, RouteKey } }, { backend, knownPhysicalIds }) {
    const found = await orMissing(backend.call<GetRoutesCommandOutput>('apigateway', 'GetRoutes', { ApiId }));
    const match = found?.Items?.find(
      (item) => item.RouteKey === RouteKey && !knownPhysicalIds.has(item.RouteId ?? ''),
    );
    return match && describe(match.RouteId);
  },

  async create({ properties }, { backend }) {
    const created = await backend.call<CreateRouteCommandOutput>(
      'apigateway',
      'CreateRoute',
      inputOf(properties),
    );
    return describe(created.RouteId);
  },

  async update({ physicalId, attributes, after }, { backend }) {
    await backend.call('apigateway', 'UpdateRoute', { ...inputOf(after), RouteId: physicalId });
    return attributes;
  },

  async delete({ physicalId, properties: { ApiId } }, { backend }) {
    await orMissing(backend.call('apigateway', 'DeleteRoute', { ApiId, RouteId: physicalId }));
  },
};

const describe = (id: string | undefined) => ({ physicalId: id ?? '', attributes: { RouteId: id ?? '' } });

const inputOf = (properties: Properties) =>
  defined({ ...properties, ApiKeyRequired: booleanOf(properties.ApiKeyRequired) });
