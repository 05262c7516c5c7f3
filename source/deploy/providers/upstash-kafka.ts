import type { ProvidedResource } from '../../synth/synthesize-stack.ts';
import { immutable } from './immutable.ts';
import type { Ensured, ProviderScope } from './provider.ts';
import type { ProviderHttp } from './provider-http.ts';
import { nearestRegion } from './upstash-region.ts';

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

/** The topics of a stack share a cluster. */
const clusterName = ({ stackName, region }: ProviderScope): string => `${stackName}-${region}`;

async function findCluster(http: ProviderHttp, scope: ProviderScope): Promise<Cluster | undefined> {
  const all = await http.send<Cluster[]>({ method: 'GET', path: '/kafka/clusters' });
  return all.find(({ name }) => name === clusterName(scope));
}

const topicsOf = (http: ProviderHttp, { cluster_id }: Cluster): Promise<Topic[]> =>
  http.send<Topic[]>({ method: 'GET', path: `/kafka/topics/${cluster_id}` });

export async function findTopic(
  http: ProviderHttp,
  name: string,
  scope: ProviderScope,
): Promise<Topic | undefined> {
  const cluster = await findCluster(http, scope);
  return cluster && (await topicsOf(http, cluster)).find(({ topic_name }) => topic_name === name);
}

const day = 24 * 60 * 60 * 1000;

export async function ensureTopic(
  http: ProviderHttp,
  resource: Pick<ProvidedResource, 'name' | 'properties'>,
  scope: ProviderScope,
): Promise<Ensured> {
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
    throw immutable('Upstash', resource.name, 'partitions', topic.partitions, partitions);
  if (topic.cleanup_policy !== cleanupPolicy)
    throw immutable('Upstash', resource.name, 'cleanupPolicy', topic.cleanup_policy, cleanupPolicy);
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

export async function removeTopic(http: ProviderHttp, name: string, scope: ProviderScope): Promise<void> {
  const cluster = await findCluster(http, scope);
  if (!cluster) return;
  const topics = await topicsOf(http, cluster);
  const found = topics.find(({ topic_name }) => topic_name === name);
  if (found) await http.send({ method: 'DELETE', path: `/kafka/topic/${found.topic_id}` });
  const isEmpty = topics.every((topic) => topic === found);
  if (isEmpty) await http.send({ method: 'DELETE', path: `/kafka/cluster/${cluster.cluster_id}` });
}
