import type {
  CreateIntegrationCommandOutput,
  GetIntegrationsCommandOutput,
} from '@aws-sdk/client-apigatewayv2';
import { sameValue } from '../diff.ts';
import { defined, numberOf, orMissing } from './calls.ts';
import type { Properties, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integration.html */
export const integration: ResourceProvider = {
  type: 'AWS::ApiGatewayV2::Integration',
  service: 'ApiGatewayV2',
  required: ['ApiId', 'IntegrationType'],
  known: [
    'ApiId',
    'ConnectionId',
    'ConnectionType',
    'ContentHandlingStrategy',
    'CredentialsArn',
    'Description',
    'IntegrationMethod',
    'IntegrationSubtype',
    'IntegrationType',
    'IntegrationUri',
    'PassthroughBehavior',
    'PayloadFormatVersion',
    'RequestParameters',
    'RequestTemplates',
    'ResponseParameters',
    'TemplateSelectionExpression',
    'TimeoutInMillis',
    'TlsConfig',
  ],
  attributes: ['IntegrationId'],
  createOnly: ['ApiId'],

  // Integrations have nothing unique but their id: one like this that the stack does not know is the one.
  async find({ properties }, { backend, knownPhysicalIds }) {
    const { ApiId, ...wanted } = inputOf(properties);
    const found = await orMissing(
      backend.call<GetIntegrationsCommandOutput>('apigateway', 'GetIntegrations', { ApiId }),
    );
    const match = found?.Items?.find(
      (item) =>
        !knownPhysicalIds.has(item.IntegrationId ?? '') &&
        Object.entries(wanted).every(([name, value]) =>
          sameValue(new Map(Object.entries(item)).get(name), value),
        ),
    );
    return match && describe(match.IntegrationId);
  },

  async create({ properties }, { backend }) {
    const created = await backend.call<CreateIntegrationCommandOutput>(
      'apigateway',
      'CreateIntegration',
      inputOf(properties),
    );
    return describe(created.IntegrationId);
  },

  async update({ physicalId, attributes, after }, { backend }) {
    await backend.call('apigateway', 'UpdateIntegration', { ...inputOf(after), IntegrationId: physicalId });
    return attributes;
  },

  async delete({ physicalId, properties: { ApiId } }, { backend }) {
    await orMissing(backend.call('apigateway', 'DeleteIntegration', { ApiId, IntegrationId: physicalId }));
  },
};

const describe = (id: string | undefined) => ({
  physicalId: id ?? '',
  attributes: { IntegrationId: id ?? '' },
});

const inputOf = (properties: Properties) =>
  defined({ ...properties, TimeoutInMillis: numberOf(properties.TimeoutInMillis) });
