import { UserError } from '../../model/errors.ts';
import type { ProvidedResource } from '../../synth/synthesize-stack.ts';
import type { Ensured, ProviderClient, ProviderScope } from './provider.ts';
import { type ProviderHttp, providerHttp } from './provider-http.ts';

const publicAddress = 'https://api.upstash.com/v2';

export type UpstashAccount = { accountEmail: string; apiKey: string };

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

type Cluster = { cluster_id: string; name: string };

type Topic = {
  topic_id: string;
  topic_name: string;
  tcp_endpoint: string;
  rest_endpoint: string;
  username: string;
  password: string;
  partitions: number;
  cleanup_policy: string;
  retention_time: number;
};

/**
 * Upstash's Developer API. It answers to the e-mail address and the key of an account.
 * @see https://upstash.com/docs/devops/developer-api/introduction
 */
export function upstash(
  { accountEmail, apiKey }: UpstashAccount,
  address: string | undefined,
): ProviderClient {
  const authorization = `Basic ${Buffer.from(`${accountEmail}:${apiKey}`).toString('base64')}`;
  const httpFor = ({ signal, pollInterval }: ProviderScope) =>
    providerHttp({
      title: 'Upstash',
      baseUrl: address ?? publicAddress,
      messageOf: (body) =>
        typeof body === 'string' ? body : (body as { error?: string } | undefined)?.error,
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, authorization } }),
      signal,
      pollInterval,
    });
  return {
    title: 'Upstash',
    async has({ name, type }, scope) {
      const http = httpFor(scope);
      const found =
        type === 'upstash-redis' ? findDatabase(http, nameFor(name, scope)) : findTopic(http, name, scope);
      return (await found) !== undefined;
    },
    ensure: (resource, _roleArns, scope) =>
      resource.type === 'upstash-redis'
        ? ensureDatabase(httpFor(scope), resource, scope)
        : ensureTopic(httpFor(scope), resource, scope),
    async remove({ name, type }, scope) {
      const http = httpFor(scope);
      if (type === 'upstash-redis') {
        const found = await findDatabase(http, nameFor(name, scope));
        if (found) await http.send({ method: 'DELETE', path: `/redis/database/${found.database_id}` });
      } else {
        await removeTopic(http, name, scope);
      }
    },
  };
}

/** One account may have the databases of a stack in several Regions. */
const nameFor = (name: string, { stackName, region }: ProviderScope): string =>
  `${stackName}-${region}-${name}`;

async function findDatabase(http: ProviderHttp, name: string): Promise<Database | undefined> {
  const all = await http.send<Database[]>({ method: 'GET', path: '/redis/databases' });
  return all.find(({ database_name }) => database_name === name);
}

type Resource = Pick<ProvidedResource, 'name' | 'properties'>;

async function ensureDatabase(
  http: ProviderHttp,
  resource: Resource,
  scope: ProviderScope,
): Promise<Ensured> {
  const name = nameFor(resource.name, scope);
  const { enableTls = true, enableEviction = false } = resource.properties as {
    enableTls?: boolean;
    enableEviction?: boolean;
  };
  let id = (await findDatabase(http, name))?.database_id;
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
  if (database.tls && !enableTls) throw immutable(resource.name, 'enableTls', true, false);
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

/** Primary regions of Upstash, which are AWS's; else the nearest of the continent. */
const primaryRegions = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'eu-central-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'sa-east-1',
];

function nearestRegion(region: string): string {
  if (primaryRegions.includes(region)) return region;
  const continent = region.split('-')[0];
  return primaryRegions.find((one) => one.startsWith(`${continent}-`)) ?? 'us-east-1';
}

/** The topics of a stack share a cluster. */
const clusterName = ({ stackName, region }: ProviderScope): string => `${stackName}-${region}`;

async function findCluster(http: ProviderHttp, scope: ProviderScope): Promise<Cluster | undefined> {
  const all = await http.send<Cluster[]>({ method: 'GET', path: '/kafka/clusters' });
  return all.find(({ name }) => name === clusterName(scope));
}

const topicsOf = (http: ProviderHttp, { cluster_id }: Cluster): Promise<Topic[]> =>
  http.send<Topic[]>({ method: 'GET', path: `/kafka/topics/${cluster_id}` });

async function findTopic(http: ProviderHttp, name: string, scope: ProviderScope): Promise<Topic | undefined> {
  const cluster = await findCluster(http, scope);
  return cluster && (await topicsOf(http, cluster)).find(({ topic_name }) => topic_name === name);
}

const day = 24 * 60 * 60 * 1000;

async function ensureTopic(http: ProviderHttp, resource: Resource, scope: ProviderScope): Promise<Ensured> {
  const {
    partitions = 1,
    cleanupPolicy = 'delete',
    retentionDays,
  } = resource.properties as { partitions?: number; cleanupPolicy?: string; retentionDays?: number };
  const retention_time = retentionDays === undefined ? -1 : retentionDays * day;
  let topic = await findTopic(http, resource.name, scope);
  if (!topic) {
    let cluster = await findCluster(http, scope);
    if (!cluster) {
      scope.notice(`Upstash makes the Kafka cluster ${clusterName(scope)}.`);
      cluster = await http.send<Cluster>({
        method: 'POST',
        path: '/kafka/cluster',
        body: { name: clusterName(scope), region: nearestRegion(scope.region), multizone: true },
      });
    }
    topic = await http.send<Topic>({
      method: 'POST',
      path: '/kafka/topic',
      body: {
        name: resource.name,
        partitions,
        cleanup_policy: cleanupPolicy,
        retention_time,
        retention_size: -1,
        max_message_size: -1,
        cluster_id: cluster.cluster_id,
      },
    });
    scope.created();
  }
  if (topic.partitions !== partitions)
    throw immutable(resource.name, 'partitions', topic.partitions, partitions);
  if (topic.cleanup_policy !== cleanupPolicy)
    throw immutable(resource.name, 'cleanupPolicy', topic.cleanup_policy, cleanupPolicy);
  const { topic_id, topic_name, tcp_endpoint, rest_endpoint, username, password } = topic;
  const keeps = topic.retention_time === retention_time;
  return {
    values: {
      topicName: topic_name,
      topicId: topic_id,
      username,
      password,
      tcpEndpoint: tcp_endpoint.includes(':') ? tcp_endpoint : `${tcp_endpoint}:9092`,
      restUrl: `https://${rest_endpoint}`,
    },
    differences: keeps ? [] : ['retentionDays'],
    async apply() {
      if (keeps) return;
      await http.send({
        method: 'POST',
        path: `/kafka/update-topic/${topic_id}`,
        body: { retention_time, retention_size: -1, max_message_size: -1 },
      });
    },
  };
}

async function removeTopic(http: ProviderHttp, name: string, scope: ProviderScope): Promise<void> {
  const cluster = await findCluster(http, scope);
  if (!cluster) return;
  const topics = await topicsOf(http, cluster);
  const found = topics.find(({ topic_name }) => topic_name === name);
  if (found) await http.send({ method: 'DELETE', path: `/kafka/topic/${found.topic_id}` });
  const isEmpty = topics.every((topic) => topic === found);
  if (isEmpty) await http.send({ method: 'DELETE', path: `/kafka/cluster/${cluster.cluster_id}` });
}

const immutable = (name: string, property: string, from: unknown, to: unknown): UserError =>
  new UserError(`"${property}" of ${name} is ${from} at Upstash and cannot become ${to}.`, {
    code: 'immutable-property',
    hint: 'Set it back, or give the resource another name; the old one is then removed with its data.',
  });
