import type { ResourceDescriptor } from '../model/descriptor.ts';
import { batchJob } from './batch-job/batch-job.ts';
import { bucket } from './bucket/bucket.ts';
import { dynamoDbTable } from './dynamo-db-table/dynamo-db-table.ts';
import { eventBus } from './event-bus/event-bus.ts';
import { functionDescriptor } from './function/function.ts';
import { httpApiGateway } from './http-api-gateway/http-api-gateway.ts';
import { applicationLoadBalancer } from './load-balancer/application-load-balancer.ts';
import { privateService } from './private-service/private-service.ts';
import { redisCluster } from './redis-cluster.ts';
import { relationalDatabase } from './relational-database/relational-database.ts';
import { snsTopic } from './sns-topic.ts';
import { sqsQueue } from './sqs-queue/sqs-queue.ts';
import { mongoDbAtlasCluster } from './third-party/mongo-db-atlas-cluster.ts';
import { upstashKafkaTopic, upstashRedis } from './third-party/upstash.ts';
import { userAuthPool } from './user-auth-pool/user-auth-pool.ts';
import { webAppFirewall } from './web-app-firewall/web-app-firewall.ts';

/** Every resource type; to add one, add its file here. */
export const resourceDescriptors: readonly ResourceDescriptor[] = [
  functionDescriptor,
  httpApiGateway,
  dynamoDbTable,
  bucket,
  eventBus,
  snsTopic,
  sqsQueue,
  relationalDatabase,
  redisCluster,
  applicationLoadBalancer,
  webAppFirewall,
  userAuthPool,
  privateService,
  batchJob,
  upstashKafkaTopic,
  upstashRedis,
  mongoDbAtlasCluster,
];

/** Resource types of Stacktape, of all its versions, that this version does not have. */
export const laterResourceTypes: readonly string[] = [
  'agentcore-browser',
  'agentcore-code-interpreter',
  'agentcore-gateway',
  'agentcore-memory',
  'agentcore-runtime',
  'appsync-api',
  'astro-web',
  'aws-cdk-construct',
  'bastion',
  'container-workload',
  'convex',
  'custom-resource-definition',
  'custom-resource-instance',
  'deployment-script',
  'dsql-database',
  'edge-lambda-function',
  'efs-filesystem',
  'email-sender',
  'hosting-bucket',
  'kafka-cluster',
  'kinesis-stream',
  'multi-container-workload',
  'network-load-balancer',
  'nextjs-web',
  'nuxt-web',
  'open-search-domain',
  'remix-web',
  'solidstart-web',
  'state-machine',
  'sveltekit-web',
  'tanstack-web',
  'uptime-check',
  'web-service',
  'websocket-api-gateway',
  'worker-service',
];

const byType = new Map(resourceDescriptors.map((descriptor) => [descriptor.type, descriptor]));

export const resourceDescriptor = (type: string): ResourceDescriptor | undefined => byType.get(type);
