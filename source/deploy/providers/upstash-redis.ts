import type { ProvidedResource } from '../../synth/synthesize-stack.ts';
import { immutable } from './immutable.ts';
import type { Ensured, ProviderScope } from './provider.ts';
import type { ProviderHttp } from './provider-http.ts';
import { nearestRegion } from './upstash-region.ts';

type Database = {
  database_id: string;
  database_name: string;
  endpoint: string;
  port: number;
  password: string;
  rest_token: string;
  read_only_rest_token: string;
  tls: boolean;
  eviction?: boolean;
};

/** One account may have the databases of a stack in several Regions. */
const nameFor = (name: string, { stackName, region }: ProviderScope): string =>
  `${stackName}-${region}-${name}`;

export async function findDatabase(
  http: ProviderHttp,
  resource: string,
  scope: ProviderScope,
): Promise<Database | undefined> {
  const all = await http.send<Database[]>({ method: 'GET', path: '/redis/databases' });
  return all.find(({ database_name }) => database_name === nameFor(resource, scope));
}

export async function ensureDatabase(
  http: ProviderHttp,
  resource: Pick<ProvidedResource, 'name' | 'properties'>,
  scope: ProviderScope,
): Promise<Ensured> {
  const name = nameFor(resource.name, scope);
  const { enableTls = true, enableEviction = false } = resource.properties as {
    enableTls?: boolean;
    enableEviction?: boolean;
  };
  let id = (await findDatabase(http, resource.name, scope))?.database_id;
  if (id === undefined) {
    scope.notice(`Upstash makes the Redis database ${name}.`);
    const made = await http.send<Database>({
      method: 'POST',
      path: '/redis/database',
      body: {
        name,
        region: 'global',
        primary_region: nearestRegion(scope.region),
        tls: enableTls,
        eviction: enableEviction,
      },
    });
    scope.created();
    id = made.database_id;
  }
  // Lists have no passwords.
  const database = await http.send<Database>({ method: 'GET', path: `/redis/database/${id}` });
  if (database.tls && !enableTls) throw immutable('Upstash', resource.name, 'enableTls', true, false);
  const eviction = Boolean(database.eviction);
  const { endpoint, port, password } = database;
  return {
    values: {
      host: endpoint,
      port: String(port),
      password,
      restToken: database.rest_token,
      readOnlyRestToken: database.read_only_rest_token,
      restUrl: `https://${endpoint}`,
      redisUrl: `${enableTls ? 'rediss' : 'redis'}://default:${password}@${endpoint}:${port}`,
    },
    differences: [
      ...(enableTls === database.tls ? [] : ['enableTls']),
      ...(enableEviction === eviction ? [] : ['enableEviction']),
    ],
    async apply() {
      if (!database.tls && enableTls) await http.send({ method: 'POST', path: `/redis/enable-tls/${id}` });
      if (enableEviction === eviction) return;
      const verb = enableEviction ? 'enable' : 'disable';
      await http.send({ method: 'POST', path: `/redis/${verb}-eviction/${id}` });
    },
  };
}

export async function removeDatabase(
  http: ProviderHttp,
  resource: string,
  scope: ProviderScope,
): Promise<void> {
  const found = await findDatabase(http, resource, scope);
  if (found) await http.send({ method: 'DELETE', path: `/redis/database/${found.database_id}` });
}
