import type { Backend, Service } from '../../backend.ts';
import { createAccessLog } from './access-log.ts';
import { createApiEndpoint } from './api-endpoint.ts';
import { createApiStore } from './api-store.ts';
import type { GatewayContext } from './gateway-context.ts';
import { apiOperations } from './operations/api-operations.ts';
import { authorizerOperations } from './operations/authorizer-operations.ts';
import { integrationOperations } from './operations/integration-operations.ts';
import { routeOperations } from './operations/route-operations.ts';
import { stageOperations } from './operations/stage-operations.ts';

/** HTTP APIs of API Gateway v2. Each listens on a loopback port of its own, which stays. */
export function createApiGateway(backend: Backend): Service {
  const store = createApiStore(backend);
  const accessLog = createAccessLog(backend);
  const listeners = new Map<string, { close(): Promise<void> }>();
  const gateway: GatewayContext = {
    backend,
    store,
    async open(apiId) {
      const endpoint = createApiEndpoint({ backend, store, accessLog }, apiId);
      const listener = await backend.listen(`execute-api/${apiId}`, endpoint);
      listeners.set(apiId, listener);
      return `http://127.0.0.1:${listener.port}`;
    },
    async close(apiId) {
      await listeners.get(apiId)?.close();
      listeners.delete(apiId);
    },
  };
  return {
    operations: {
      ...apiOperations(gateway),
      ...routeOperations(gateway),
      ...integrationOperations(gateway),
      ...stageOperations(gateway),
      ...authorizerOperations(gateway),
    },
    async start() {
      for (const api of store.apis()) await gateway.open(api.ApiId ?? '');
    },
    async stop() {
      await Promise.all([...listeners.keys()].map((apiId) => gateway.close(apiId)));
      await accessLog.flush();
    },
  };
}
