import { randomBytes } from 'node:crypto';
import { type ProviderFake, startProviderFake } from './provider-fake.ts';

type Database = {
  database_id: string;
  database_name: string;
  primary_region: string;
  endpoint: string;
  port: number;
  tls: boolean;
  eviction: boolean;
};
type CreateDatabase = {
  name: string;
  region: string;
  primary_region: string;
  tls: boolean;
  eviction?: boolean;
};
type Cluster = { cluster_id: string; name: string };
type Topic = {
  topic_id: string;
  topic_name: string;
  cluster_id: string;
  partitions: number;
  cleanup_policy: string;
  retention_time: number;
};

export type UpstashFake = ProviderFake & {
  databases: Map<string, Database>;
  clusters: Map<string, Cluster>;
  topics: Map<string, Topic>;
};

/** Upstash's Developer API as its documentation has it, as far as databases and topics go. */
export async function startUpstashFake(accountEmail: string, apiKey: string): Promise<UpstashFake> {
  const databases = new Map<string, Database>();
  const clusters = new Map<string, Cluster>();
  const topics = new Map<string, Topic>();
  const credentials = `Basic ${Buffer.from(`${accountEmail}:${apiKey}`).toString('base64')}`;
  const newId = () => randomBytes(8).toString('hex');
  const secrets = { password: 'redis-password', rest_token: 'token', read_only_rest_token: 'read-token' };
  const ok = (body: unknown) => ({ status: 200, body });
  const missing = { status: 404, body: 'not found' };

  const fake = await startProviderFake(
    ({ headers }) =>
      headers.authorization === credentials ? undefined : { status: 401, body: 'Unauthorized' },
    ({ method, path, body }) => {
      const [, service = '', what = '', id = ''] = path.split('/');
      const database = databases.get(id);
      switch (`${method} ${service}/${what}`) {
        case 'GET redis/databases':
          return ok([...databases.values()]);
        case 'POST redis/database': {
          const { name, region, primary_region, tls, eviction = false } = body as CreateDatabase;
          if (region !== 'global') return { status: 400, body: 'invalid region' };
          const made = { database_id: newId(), database_name: name, primary_region, tls, eviction };
          const complete = { ...made, endpoint: `${made.database_id}.upstash.io`, port: 6379 };
          databases.set(made.database_id, complete);
          return ok({ ...complete, ...secrets });
        }
        case 'GET redis/database':
          return database ? ok({ ...database, ...secrets }) : missing;
        case 'DELETE redis/database':
          return databases.delete(id) ? ok('OK') : missing;
        case 'POST redis/enable-tls':
          return database ? ok(Object.assign(database, { tls: true })) : missing;
        case 'POST redis/enable-eviction':
        case 'POST redis/disable-eviction':
          if (!database) return missing;
          database.eviction = what.startsWith('enable');
          return ok('OK');
        case 'GET kafka/clusters':
          return ok([...clusters.values()]);
        case 'POST kafka/cluster': {
          const cluster = { cluster_id: newId(), name: (body as Cluster).name };
          clusters.set(cluster.cluster_id, cluster);
          return ok(cluster);
        }
        case 'DELETE kafka/cluster':
          return clusters.delete(id) ? ok('OK') : missing;
        case 'GET kafka/topics':
          return ok([...topics.values()].filter(({ cluster_id }) => cluster_id === id));
        case 'POST kafka/topic': {
          const { name, ...rest } = body as Topic & { name: string };
          const topic = { ...rest, topic_id: newId(), topic_name: name, ...topicAccess };
          topics.set(topic.topic_id, topic);
          return ok(topic);
        }
        case 'POST kafka/update-topic': {
          const topic = topics.get(id);
          return topic ? ok(Object.assign(topic, body)) : missing;
        }
        case 'DELETE kafka/topic':
          return topics.delete(id) ? ok('OK') : missing;
        default:
          return { status: 405, body: `no ${method} ${path}` };
      }
    },
  );
  return { ...fake, databases, clusters, topics };
}

const topicAccess = {
  username: 'user',
  password: 'kafka-password',
  tcp_endpoint: 'kafka.upstash.io:9092',
  rest_endpoint: 'rest.upstash.io',
};
