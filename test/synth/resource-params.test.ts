import { describe, expect, test } from 'vitest';
import { read } from '../config/read.ts';
import { checkTemplate } from './check-template.ts';
import { synthesize } from './synthesize.ts';

const image = 'packaging: { type: prebuilt-image, properties: { image: nginx } }';
const database = (engine: string) =>
  `type: relational-database, properties: { credentials: { masterUserPassword: some-password }, engine: { ${engine} } }`;
const small = 'instanceSize: db.t4g.medium';
const redis = (more: string) =>
  `type: redis-cluster, properties: { instanceSize: cache.t4g.micro, defaultUserPassword: 0123456789abcdef${more} }`;

const ofDatabase = ['host', 'hosts', 'port', 'dbName', 'connectionString', 'jdbcConnectionString'];
const ofReader = ['readerHost', 'readerPort', 'readerConnectionString', 'readerJdbcConnectionString'];

/** What can be referred to of each type (specification 2.3); domains and CDNs have tests of their own. */
const types: [title: string, definition: string, params: string[]][] = [
  ['a function', '', ['arn', 'logGroupArn']],
  ['an API', 'type: http-api-gateway', ['url', 'domain', 'canonicalDomain']],
  ['a bucket', 'type: bucket', ['name', 'arn']],
  [
    'a table',
    'type: dynamo-db-table, properties: { primaryKey: { partitionKey: { name: id, type: string } } }',
    ['name', 'arn'],
  ],
  [
    'a table with a stream',
    'type: dynamo-db-table, properties: { primaryKey: { partitionKey: { name: id, type: string } }, streamType: KEYS_ONLY }',
    ['name', 'arn', 'streamArn'],
  ],
  ['an instance', database(`type: mysql, properties: { primaryInstance: { ${small} } }`), ofDatabase],
  [
    'an instance with replicas',
    database(
      `type: postgres, properties: { primaryInstance: { ${small} }, readReplicas: [{ ${small} }, { ${small} }] }`,
    ),
    [
      ...ofDatabase,
      'readReplicaHosts',
      'readReplicaPorts',
      'readReplica0Port',
      'readReplica1Port',
      'readReplicaConnectionStrings',
      'readReplicaJdbcConnectionStrings',
    ],
  ],
  [
    'SQL Server, which makes its databases itself',
    database('type: sqlserver-ex, properties: { primaryInstance: { instanceSize: db.t3.small } }'),
    ofDatabase.filter((param) => param !== 'dbName'),
  ],
  [
    'Oracle',
    database('type: oracle-se2, properties: { primaryInstance: { instanceSize: db.t3.small } }'),
    ofDatabase,
  ],
  [
    'an Aurora cluster',
    database(`type: aurora-postgresql, properties: { instances: [{ ${small} }] }`),
    [...ofDatabase, ...ofReader],
  ],
  ['Aurora Serverless v2', database('type: aurora-mysql-serverless-v2'), [...ofDatabase, ...ofReader]],
  ['Aurora Serverless v1', database('type: aurora-mysql-serverless'), ofDatabase],
  ['Redis', redis(''), ['host', 'port', 'sharding', 'connectionString', 'readerHost', 'readerPort']],
  ['Redis with shards', redis(', enableSharding: true'), ['host', 'port', 'sharding', 'connectionString']],
  ['Atlas', 'type: mongo-db-atlas-cluster, properties: { clusterTier: M10 }', ['connectionString']],
  [
    'Redis at Upstash',
    'type: upstash-redis',
    ['host', 'port', 'password', 'restToken', 'readOnlyRestToken', 'restUrl', 'redisUrl'],
  ],
  [
    'Kafka at Upstash',
    'type: upstash-kafka-topic',
    ['topicName', 'topicId', 'username', 'password', 'tcpEndpoint', 'restUrl'],
  ],
  ['an event bus', 'type: event-bus', ['arn', 'name']],
  [
    'an event bus with an archive',
    'type: event-bus, properties: { archivation: { enabled: true } }',
    ['arn', 'name', 'archiveArn'],
  ],
  ['a topic', 'type: sns-topic', ['arn', 'name']],
  ['a queue', 'type: sqs-queue, properties: { fifoEnabled: true }', ['arn', 'name', 'url']],
  [
    'a batch job',
    `type: batch-job, properties: { container: { ${image} }, resources: { cpu: 1 } }`,
    ['jobDefinitionArn', 'stateMachineArn', 'logGroupArn'],
  ],
  ['a user pool', 'type: user-auth-pool', ['id', 'clientId', 'arn', 'providerUrl']],
  [
    'a user pool with pages and a secret',
    'type: user-auth-pool, properties: { enableHostedUi: true, generateClientSecret: true }',
    ['id', 'clientId', 'arn', 'providerUrl', 'clientSecret', 'domain'],
  ],
  [
    'a private service',
    `type: private-service, properties: { ${image}, resources: { cpu: 0.25, memory: 512 } }`,
    ['address'],
  ],
  [
    'a private service behind a load balancer',
    `type: private-service, properties: { ${image}, resources: { cpu: 0.25, memory: 512 }, loadBalancing: { type: application-load-balancer } }`,
    ['address'],
  ],
  [
    'a load balancer',
    'type: application-load-balancer, properties: { listeners: [{ port: 80, protocol: HTTP }, { port: 8080, protocol: HTTP }] }',
    ['domain', 'canonicalDomain', 'url', 'port80', 'port8080'],
  ],
];

const config = (definition: string, params: readonly string[]) => `serviceName: shop
providerConfig:
  upstash: { accountEmail: a@example.com, apiKey: key }
  mongoDbAtlas: { publicKey: a, privateKey: b, organizationId: c }
resources:
  user:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/user.ts } }
      environment:
        - { name: NOTHING, value: "" }
${params.map((param) => `        - { name: IS_${param}, value: "$ResourceParam('it', '${param}')" }\n`).join('')}
  it:
    ${definition === '' ? 'type: function\n    properties: { packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/it.ts } } }' : definition.replace(', properties: ', '\n    properties: ')}
stackConfig:
  outputs:
    - { name: nothing, value: none }
${params.map((param) => `    - { name: is${param}, value: "$ResourceParam('it', '${param}')" }\n`).join('')}`;

describe.each(types)('%s', (_, definition, params) => {
  test('has what the specification names, and CloudFormation takes it in a resource and in an output', () => {
    const { template, findings } = synthesize(config(definition, params));
    expect(findings).toEqual([]);
    expect(checkTemplate(template)).toEqual([]);
    expect(Object.keys(template.Outputs ?? {})).toEqual(
      expect.arrayContaining(params.map((param) => `is${param}`)),
    );
  });

  test('has nothing else, and says what it has', () => {
    const problem = read(config(definition, ['password1'])).problems.find(
      ({ code }) => code === 'unknown-param',
    );
    expect(problem?.message).toMatch(/"password1"/);
    const known = problem?.expected?.replace('one of ', '').split(', ') ?? [];
    expect(known.sort()).toEqual([...params].sort());
  });
});
