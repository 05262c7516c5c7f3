import type {
  Authorizer,
  CreateAuthorizerCommandInput,
  CreateAuthorizerCommandOutput,
  DeleteAuthorizerCommandInput,
  DeleteAuthorizerCommandOutput,
  GetAuthorizerCommandInput,
  GetAuthorizerCommandOutput,
  GetAuthorizersCommandInput,
  GetAuthorizersCommandOutput,
  UpdateAuthorizerCommandInput,
  UpdateAuthorizerCommandOutput,
} from '@aws-sdk/client-apigatewayv2';
import type { Operation } from '../../../backend.ts';
import { newId } from '../api-store.ts';
import { badRequest, conflict } from '../errors.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { defined, pageOf } from '../shape.ts';

/** Kept as records: a route that asks for one refuses everybody. */
export function authorizerOperations({ store }: GatewayContext) {
  const createAuthorizer: Operation<CreateAuthorizerCommandInput, CreateAuthorizerCommandOutput> = (
    input,
  ) => {
    const { ApiId: apiId = '', ...settings } = input;
    store.get('api', apiId, apiId);
    if (store.list('authorizer', apiId).some((one) => one.Name === input.Name))
      throw badRequest('Authorizer name must be unique.');
    const AuthorizerId = newId(7);
    const authorizer: Authorizer = { ...defined(settings), AuthorizerId };
    store.put('authorizer', apiId, AuthorizerId, authorizer);
    return authorizer;
  };

  const getAuthorizer: Operation<GetAuthorizerCommandInput, GetAuthorizerCommandOutput> = (input) =>
    store.get('authorizer', input.ApiId ?? '', input.AuthorizerId ?? '');

  const getAuthorizers: Operation<GetAuthorizersCommandInput, GetAuthorizersCommandOutput> = (input) => {
    const { ApiId: apiId = '' } = input;
    store.get('api', apiId, apiId);
    const { items, next } = pageOf(store.list('authorizer', apiId), input);
    return { Items: items, ...next };
  };

  const updateAuthorizer: Operation<UpdateAuthorizerCommandInput, UpdateAuthorizerCommandOutput> = (
    input,
  ) => {
    const { ApiId: apiId = '', AuthorizerId = '', ...settings } = input;
    const before = store.get('authorizer', apiId, AuthorizerId);
    const authorizer: Authorizer = { ...before, ...defined(settings), Name: input.Name ?? before.Name };
    store.put('authorizer', apiId, AuthorizerId, authorizer);
    return authorizer;
  };

  const deleteAuthorizer: Operation<DeleteAuthorizerCommandInput, DeleteAuthorizerCommandOutput> = (
    input,
  ) => {
    const { ApiId: apiId = '', AuthorizerId = '' } = input;
    store.get('authorizer', apiId, AuthorizerId);
    if (store.list('route', apiId).some((route) => route.AuthorizerId === AuthorizerId))
      throw conflict(`Cannot delete authorizer '${AuthorizerId}', is referenced in route`);
    store.remove('authorizer', apiId, AuthorizerId);
    return {};
  };

  return {
    CreateAuthorizer: createAuthorizer,
    GetAuthorizer: getAuthorizer,
    GetAuthorizers: getAuthorizers,
    UpdateAuthorizer: updateAuthorizer,
    DeleteAuthorizer: deleteAuthorizer,
  };
}
