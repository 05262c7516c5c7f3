import type {
  CreateIntegrationCommandInput,
  CreateIntegrationCommandOutput,
  DeleteIntegrationCommandInput,
  DeleteIntegrationCommandOutput,
  GetIntegrationCommandInput,
  GetIntegrationCommandOutput,
  GetIntegrationsCommandInput,
  GetIntegrationsCommandOutput,
  Integration,
  UpdateIntegrationCommandInput,
  UpdateIntegrationCommandOutput,
} from '@aws-sdk/client-apigatewayv2';
import type { Operation } from '../../../backend.ts';
import { newId } from '../api-store.ts';
import { badRequest, conflict } from '../errors.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { defined, pageOf } from '../shape.ts';

export function integrationOperations({ store }: GatewayContext) {
  const createIntegration: Operation<CreateIntegrationCommandInput, CreateIntegrationCommandOutput> = (
    input,
  ) => {
    const { ApiId: apiId = '', ...settings } = input;
    store.get('api', apiId, apiId);
    const IntegrationId = newId(7);
    const isLambda = input.IntegrationType === 'AWS_PROXY';
    const integration: Integration = {
      ConnectionType: 'INTERNET',
      TimeoutInMillis: 30_000,
      ...(isLambda ? { IntegrationMethod: 'POST' } : {}),
      ...defined(settings),
      IntegrationId,
    };
    check(integration);
    store.put('integration', apiId, IntegrationId, integration);
    return integration;
  };

  const getIntegration: Operation<GetIntegrationCommandInput, GetIntegrationCommandOutput> = (input) =>
    store.get('integration', input.ApiId ?? '', input.IntegrationId ?? '');

  const getIntegrations: Operation<GetIntegrationsCommandInput, GetIntegrationsCommandOutput> = (input) => {
    const { ApiId: apiId = '' } = input;
    store.get('api', apiId, apiId);
    const { items, next } = pageOf(store.list('integration', apiId), input);
    return { Items: items, ...next };
  };

  const updateIntegration: Operation<UpdateIntegrationCommandInput, UpdateIntegrationCommandOutput> = (
    input,
  ) => {
    const { ApiId: apiId = '', IntegrationId = '', ...settings } = input;
    const integration: Integration = {
      ...store.get('integration', apiId, IntegrationId),
      ...defined(settings),
    };
    check(integration);
    store.put('integration', apiId, IntegrationId, integration);
    return integration;
  };

  const deleteIntegration: Operation<DeleteIntegrationCommandInput, DeleteIntegrationCommandOutput> = (
    input,
  ) => {
    const { ApiId: apiId = '', IntegrationId = '' } = input;
    store.get('integration', apiId, IntegrationId);
    const user = store.list('route', apiId).find((route) => route.Target === `integrations/${IntegrationId}`);
    if (user)
      throw conflict(
        `Cannot delete Integration '${IntegrationId}' due to resource referencing it: Route ${user.RouteId}`,
      );
    store.remove('integration', apiId, IntegrationId);
    return {};
  };

  return {
    CreateIntegration: createIntegration,
    GetIntegration: getIntegration,
    GetIntegrations: getIntegrations,
    UpdateIntegration: updateIntegration,
    DeleteIntegration: deleteIntegration,
  };
}

/** Milliseconds that an integration may take. */
const shortest = 50;
const longest = 30_000;

function check(integration: Integration): void {
  const { IntegrationType, IntegrationUri, IntegrationSubtype, PayloadFormatVersion, TimeoutInMillis } =
    integration;
  if (IntegrationType !== 'AWS_PROXY' && IntegrationType !== 'HTTP_PROXY')
    throw badRequest('HTTP APIs only support AWS_PROXY and HTTP_PROXY as integration type.');
  if (!IntegrationUri && !IntegrationSubtype) throw badRequest('Integration URI must be specified');
  if (IntegrationType === 'AWS_PROXY' && !IntegrationSubtype && !/^[12]\.0$/.test(PayloadFormatVersion ?? ''))
    throw badRequest('PayloadFormatVersion is a required parameter for integration');
  if (TimeoutInMillis !== undefined && (TimeoutInMillis < shortest || TimeoutInMillis > longest))
    throw badRequest(`Timeout should be between ${shortest} ms and ${longest} ms`);
}
