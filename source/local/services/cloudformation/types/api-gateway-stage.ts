import type { GetStageCommandOutput } from '@aws-sdk/client-apigatewayv2';
import { booleanOf, defined, orMissing } from './calls.ts';
import type { Properties, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-stage.html */
export const stage: ResourceProvider = {
  type: 'AWS::ApiGatewayV2::Stage',
  service: 'ApiGatewayV2',
  required: ['ApiId', 'StageName'],
  known: [
    'AccessLogSettings',
    'ApiId',
    'AutoDeploy',
    'ClientCertificateId',
    'DefaultRouteSettings',
    'DeploymentId',
    'Description',
    'RouteSettings',
    'StageName',
    'StageVariables',
    'Tags',
  ],
  attributes: [],
  createOnly: ['ApiId', 'StageName'],
  tags: 'map',
  name: ({ StageName }) => String(StageName),

  async find({ properties: { ApiId, StageName }, name }, { backend }) {
    const input = { ApiId, StageName };
    const found = await orMissing(backend.call<GetStageCommandOutput>('apigateway', 'GetStage', input));
    return found && { physicalId: name, attributes: {} };
  },

  async create({ properties, name }, { backend }) {
    await backend.call('apigateway', 'CreateStage', {
      ...inputOf(properties),
      ...defined({ Tags: properties.Tags }),
    });
    return { physicalId: name, attributes: {} };
  },

  async update({ physicalId, attributes, before, after }, { backend }) {
    await backend.call('apigateway', 'UpdateStage', inputOf(after));
    if (before.AccessLogSettings !== undefined && after.AccessLogSettings === undefined) {
      const stage = { ApiId: after.ApiId, StageName: physicalId };
      await orMissing(backend.call('apigateway', 'DeleteAccessLogSettings', stage));
    }
    return attributes;
  },

  async delete({ physicalId, properties: { ApiId } }, { backend }) {
    await orMissing(backend.call('apigateway', 'DeleteStage', { ApiId, StageName: physicalId }));
  },
};

const inputOf = ({ Tags: _tags, ...properties }: Properties) =>
  defined({ ...properties, AutoDeploy: booleanOf(properties.AutoDeploy) });
