import type {
  CreateApiCommandInput,
  CreateApiCommandOutput,
  DeleteApiCommandInput,
  DeleteApiCommandOutput,
  DeleteCorsConfigurationCommandInput,
  DeleteCorsConfigurationCommandOutput,
  GetApiCommandInput,
  GetApiCommandOutput,
  GetApisCommandInput,
  GetApisCommandOutput,
  GetTagsCommandInput,
  GetTagsCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
  UpdateApiCommandInput,
  UpdateApiCommandOutput,
} from '@aws-sdk/client-apigatewayv2';
import type { Operation } from '../../../backend.ts';
import { type Kinds, newId } from '../api-store.ts';
import { badRequest, notFound } from '../errors.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { defined, pageOf, withDates } from '../shape.ts';

export function apiOperations({ backend, store, open, close }: GatewayContext) {
  const createApi: Operation<CreateApiCommandInput, CreateApiCommandOutput> = async (input) => {
    if (input.ProtocolType !== 'HTTP') throw badRequest('Only HTTP APIs are available in the embedded AWS.');
    checkCors(input.CorsConfiguration);
    const apiId = newId(10);
    const endpoint = await open(apiId);
    const { Target, RouteKey, CredentialsArn, ...settings } = input;
    const api: Kinds['api'] = {
      ApiKeySelectionExpression: '$request.header.x-api-key',
      DisableExecuteApiEndpoint: false,
      IpAddressType: 'ipv4',
      RouteSelectionExpression: '$request.method $request.path',
      Tags: {},
      ...defined(settings),
      Name: input.Name,
      ProtocolType: 'HTTP',
      ApiId: apiId,
      ApiEndpoint: endpoint,
      createdAt: backend.now(),
    };
    store.put('api', apiId, apiId, api);
    if (Target !== undefined) quickCreate(apiId, Target, RouteKey ?? '$default', CredentialsArn);
    return withDates(api);
  };

  /** What CreateApi adds to an API that is made with a target: everything that it takes to be called. */
  function quickCreate(
    apiId: string,
    target: string,
    routeKey: string,
    credentials: string | undefined,
  ): void {
    const IntegrationId = newId(7);
    const RouteId = newId(7);
    store.put('integration', apiId, IntegrationId, {
      ApiGatewayManaged: true,
      ConnectionType: 'INTERNET',
      IntegrationId,
      IntegrationMethod: 'POST',
      IntegrationType: target.startsWith('arn:') ? 'AWS_PROXY' : 'HTTP_PROXY',
      IntegrationUri: target,
      PayloadFormatVersion: target.startsWith('arn:') ? '2.0' : '1.0',
      TimeoutInMillis: 30_000,
      ...(credentials === undefined ? {} : { CredentialsArn: credentials }),
    });
    store.put('route', apiId, RouteId, {
      ApiGatewayManaged: true,
      ApiKeyRequired: false,
      AuthorizationType: 'NONE',
      RouteId,
      RouteKey: routeKey,
      Target: `integrations/${IntegrationId}`,
    });
    store.put('stage', apiId, '$default', {
      ApiGatewayManaged: true,
      AutoDeploy: true,
      StageName: '$default',
      createdAt: backend.now(),
      updatedAt: backend.now(),
    });
  }

  const getApi: Operation<GetApiCommandInput, GetApiCommandOutput> = (input) =>
    withDates(store.get('api', input.ApiId ?? '', input.ApiId ?? ''));

  const getApis: Operation<GetApisCommandInput, GetApisCommandOutput> = (input) => {
    const { items, next } = pageOf(store.apis(), input);
    return { Items: items.map(withDates), ...next };
  };

  const updateApi: Operation<UpdateApiCommandInput, UpdateApiCommandOutput> = (input) => {
    const { ApiId: apiId = '', Target, RouteKey, CredentialsArn, ...settings } = input;
    const before = store.get('api', apiId, apiId);
    checkCors(input.CorsConfiguration);
    const api: Kinds['api'] = { ...before, ...defined(settings), Name: input.Name ?? before.Name };
    store.put('api', apiId, apiId, api);
    return withDates(api);
  };

  const deleteApi: Operation<DeleteApiCommandInput, DeleteApiCommandOutput> = async (input) => {
    const { ApiId: apiId = '' } = input;
    store.get('api', apiId, apiId);
    store.removeApi(apiId);
    await close(apiId);
    return {};
  };

  const deleteCors: Operation<DeleteCorsConfigurationCommandInput, DeleteCorsConfigurationCommandOutput> = (
    input,
  ) => {
    const { ApiId: apiId = '' } = input;
    const { CorsConfiguration: _, ...api } = store.get('api', apiId, apiId);
    store.put('api', apiId, apiId, api);
    return {};
  };

  /** `arn:aws:apigateway:us-east-1::/apis/{id}` or `…/apis/{id}/stages/{name}`. */
  function changeTags(
    arn: string | undefined,
    change: (tags: Record<string, string>) => Record<string, string>,
  ): Record<string, string> {
    const [, apiId = '', stageName] = /:\/apis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(arn ?? '') ?? [];
    if (apiId === '') throw notFound('resource', arn);
    const [kind, id] = stageName === undefined ? (['api', apiId] as const) : (['stage', stageName] as const);
    const item = store.get(kind, apiId, id);
    const before = item.Tags ?? {};
    const tags = change({ ...before });
    store.put(kind, apiId, id, { ...item, Tags: tags });
    return tags;
  }

  const getTags: Operation<GetTagsCommandInput, GetTagsCommandOutput> = (input) => ({
    Tags: changeTags(input.ResourceArn, (tags) => tags),
  });

  const tagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = (input) => {
    changeTags(input.ResourceArn, (tags) => ({ ...tags, ...input.Tags }));
    return {};
  };

  const untagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = (input) => {
    const removed = new Set(input.TagKeys);
    changeTags(input.ResourceArn, (tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.has(key))),
    );
    return {};
  };

  return {
    CreateApi: createApi,
    GetApi: getApi,
    GetApis: getApis,
    UpdateApi: updateApi,
    DeleteApi: deleteApi,
    DeleteCorsConfiguration: deleteCors,
    GetTags: getTags,
    TagResource: tagResource,
    UntagResource: untagResource,
  };
}

function checkCors(cors: CreateApiCommandInput['CorsConfiguration']): void {
  if (cors?.AllowCredentials && cors.AllowOrigins?.includes('*'))
    throw badRequest("Invalid value '*' for allow-origin: it can't be used when allow-credentials is true");
}
