import type { Api, CreateApiCommandOutput, GetApisCommandOutput } from '@aws-sdk/client-apigatewayv2';
import { isObject } from '../template/template.ts';
import { booleanOf, defined, numberOf, orMissing } from './calls.ts';
import type { Made, Properties, ResourceContext, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html */
export const api: ResourceProvider = {
  type: 'AWS::ApiGatewayV2::Api',
  service: 'ApiGatewayV2',
  required: ['Name', 'ProtocolType'],
  known: [
    'ApiKeySelectionExpression',
    'CorsConfiguration',
    'Description',
    'DisableExecuteApiEndpoint',
    'DisableSchemaValidation',
    'IpAddressType',
    'Name',
    'ProtocolType',
    'RouteSelectionExpression',
    'Tags',
    'Version',
  ],
  attributes: ['ApiEndpoint', 'ApiId'],
  createOnly: ['ProtocolType'],
  tags: 'map',

  // The service chooses the id and names repeat, so that only the tags tell whose it is.
  async find(_creation, context) {
    const { Items } = await context.backend.call<GetApisCommandOutput>('apigateway', 'GetApis', {});
    const tags = ownTags(context);
    const found = Items?.find(
      (item) =>
        !context.knownPhysicalIds.has(item.ApiId ?? '') &&
        Object.entries(tags).every(([key, value]) => item.Tags?.[key] === value),
    );
    return found && describe(found);
  },

  async create({ properties }, context) {
    const created = await context.backend.call<CreateApiCommandOutput>('apigateway', 'CreateApi', {
      ...inputOf(properties),
      ProtocolType: properties.ProtocolType,
      Tags: { ...(isObject(properties.Tags) ? properties.Tags : {}), ...ownTags(context) },
    });
    return describe(created);
  },

  async update({ physicalId, attributes, before, after }, { backend }) {
    await backend.call('apigateway', 'UpdateApi', {
      ApiId: physicalId,
      ...(before.Description !== undefined && { Description: '' }),
      ...inputOf(after),
    });
    if (before.CorsConfiguration !== undefined && after.CorsConfiguration === undefined) {
      await orMissing(backend.call('apigateway', 'DeleteCorsConfiguration', { ApiId: physicalId }));
    }
    return attributes;
  },

  async delete({ physicalId }, { backend }) {
    await orMissing(backend.call('apigateway', 'DeleteApi', { ApiId: physicalId }));
  },
};

const ownTags = ({ stackId, stackName, logicalId }: ResourceContext): Record<string, string> => ({
  'aws:cloudformation:stack-id': stackId,
  'aws:cloudformation:stack-name': stackName,
  'aws:cloudformation:logical-id': logicalId,
});

const describe = ({ ApiId, ApiEndpoint }: Pick<Api, 'ApiId' | 'ApiEndpoint'>): Made => ({
  physicalId: ApiId ?? '',
  attributes: { ApiId: ApiId ?? '', ApiEndpoint: ApiEndpoint ?? '' },
});

function inputOf(properties: Properties): Record<string, unknown> {
  const cors = properties.CorsConfiguration;
  return defined({
    Name: properties.Name,
    ApiKeySelectionExpression: properties.ApiKeySelectionExpression,
    CorsConfiguration: isObject(cors)
      ? defined({
          ...cors,
          AllowCredentials: booleanOf(cors.AllowCredentials),
          MaxAge: numberOf(cors.MaxAge),
        })
      : undefined,
    Description: properties.Description,
    DisableExecuteApiEndpoint: booleanOf(properties.DisableExecuteApiEndpoint),
    DisableSchemaValidation: booleanOf(properties.DisableSchemaValidation),
    RouteSelectionExpression: properties.RouteSelectionExpression,
    Version: properties.Version,
  });
}
