import type {
  CreateRouteCommandInput,
  CreateRouteCommandOutput,
  DeleteRouteCommandInput,
  DeleteRouteCommandOutput,
  GetRouteCommandInput,
  GetRouteCommandOutput,
  GetRoutesCommandInput,
  GetRoutesCommandOutput,
  Route,
  UpdateRouteCommandInput,
  UpdateRouteCommandOutput,
} from '@aws-sdk/client-apigatewayv2';
import type { Operation } from '../../../backend.ts';
import { newId } from '../api-store.ts';
import { badRequest, conflict } from '../errors.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { isRouteKey } from '../route-table.ts';
import { defined, pageOf } from '../shape.ts';

export function routeOperations({ store }: GatewayContext) {
  const check = (apiId: string, route: Route): void => {
    const { RouteKey = '', Target } = route;
    if (!isRouteKey(RouteKey)) {
      throw badRequest(
        `The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"`,
      );
    }
    const same = store
      .list('route', apiId)
      .some((one) => one.RouteKey === RouteKey && one.RouteId !== route.RouteId);
    if (same) throw conflict(`Route with key ${RouteKey} already exists for this API`);
    if (Target !== undefined) store.get('integration', apiId, Target.replace(/^integrations\//, ''));
    if (route.AuthorizerId) store.get('authorizer', apiId, route.AuthorizerId);
  };

  const createRoute: Operation<CreateRouteCommandInput, CreateRouteCommandOutput> = (input) => {
    const { ApiId: apiId = '', ...settings } = input;
    store.get('api', apiId, apiId);
    const RouteId = newId(7);
    const route: Route = { ApiKeyRequired: false, AuthorizationType: 'NONE', ...defined(settings), RouteId };
    check(apiId, route);
    store.put('route', apiId, RouteId, route);
    return route;
  };

  const getRoute: Operation<GetRouteCommandInput, GetRouteCommandOutput> = (input) =>
    store.get('route', input.ApiId ?? '', input.RouteId ?? '');

  const getRoutes: Operation<GetRoutesCommandInput, GetRoutesCommandOutput> = (input) => {
    const { ApiId: apiId = '' } = input;
    store.get('api', apiId, apiId);
    const { items, next } = pageOf(store.list('route', apiId), input);
    return { Items: items, ...next };
  };

  const updateRoute: Operation<UpdateRouteCommandInput, UpdateRouteCommandOutput> = (input) => {
    const { ApiId: apiId = '', RouteId = '', ...settings } = input;
    const before = store.get('route', apiId, RouteId);
    const route: Route = { ...before, ...defined(settings), RouteKey: input.RouteKey ?? before.RouteKey };
    check(apiId, route);
    store.put('route', apiId, RouteId, route);
    return route;
  };

  const deleteRoute: Operation<DeleteRouteCommandInput, DeleteRouteCommandOutput> = (input) => {
    const { ApiId: apiId = '', RouteId = '' } = input;
    store.get('route', apiId, RouteId);
    store.remove('route', apiId, RouteId);
    return {};
  };

  return {
    CreateRoute: createRoute,
    GetRoute: getRoute,
    GetRoutes: getRoutes,
    UpdateRoute: updateRoute,
    DeleteRoute: deleteRoute,
  };
}
