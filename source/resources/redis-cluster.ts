import * as Type from 'typebox';
import type { ConfigResource } from '../model/config.ts';
import { defineResource } from '../model/descriptor.ts';
import { getAtt, isKnownLater, join, ref, type Value } from '../model/intrinsic.ts';
import type { Names } from '../model/stack-builder.ts';
import { disabledSchema, retentionSchema } from './log-groups/retention.ts';
import { closedObject, oneOf, staticSwitch, staticText } from './schema.ts';
import { tcpFrom } from './vpc/ip-ranges.ts';
import { networkOf, securityGroupId } from './vpc/vpc.ts';

const schema = closedObject({
  instanceSize: staticText({
    title: 'Size',
    description: 'Class of each node.',
    examples: ['cache.t4g.micro'],
    pattern: '^cache\\.[a-z0-9-]+\\.[a-z0-9.-]+$',
    'stp:format': 'a class of nodes such as cache.t4g.micro',
  }),
  defaultUserPassword: Type.String({
    title: 'Password',
    description: 'Best a secret: $Secret(…).',
    examples: ["$Secret('redis.password')"],
    minLength: 16,
    maxLength: 128,
    // @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
    pattern: '^[A-Za-z0-9!&#$^<>-]*$',
    'stp:format': 'letters, digits and ! & # $ ^ < > -',
  }),
  numReplicaNodes: Type.Optional(
    Type.Integer({
      'stp:static': true,
      title: 'Replicas',
      description: 'Copies of each shard that only read.',
      default: 0,
      minimum: 0,
      maximum: 5,
    }),
  ),
  enableAutomaticFailover: Type.Optional(
    staticSwitch({ description: 'A replica takes over where the primary fails.', default: false }),
  ),
  enableSharding: Type.Optional(
    staticSwitch({ description: 'Spreads the keys over groups of nodes.', default: false }),
  ),
  numShards: Type.Optional(
    Type.Integer({
      'stp:static': true,
      title: 'Shards',
      description: 'Groups of nodes that the keys are spread over.',
      default: 1,
      minimum: 1,
      maximum: 250,
    }),
  ),
  port: Type.Optional(
    Type.Integer({
      'stp:static': true,
      title: 'Port',
      description: 'Where connections are taken.',
      default: 6379,
      minimum: 1024,
      maximum: 65_535,
    }),
  ),
  engineVersion: Type.Optional(
    oneOf(['6.0', '6.2', '7.0', '7.1'], { title: 'Version', description: 'Of Redis.', default: '6.2' }),
  ),
  automatedBackupRetentionDays: Type.Optional(
    Type.Integer({ title: 'Backups', description: 'Days; 0 for none.', default: 0, minimum: 0, maximum: 35 }),
  ),
  accessibility: Type.Optional(
    closedObject(
      {
        accessibilityMode: oneOf(['vpc', 'scoping-workloads-in-vpc'], {
          description: 'Everything in the VPC, or functions that are connected to it alone.',
          default: 'vpc',
        }),
      },
      { title: 'Accessibility', description: 'From where connections are taken.' },
    ),
  ),
  logging: Type.Optional(
    closedObject(
      {
        disabled: disabledSchema,
        format: Type.Optional(oneOf(['json', 'text'], { description: 'Format of a line.', default: 'json' })),
        retentionDays: retentionSchema(90),
      },
      { title: 'Logging', description: 'Slow queries, kept in CloudWatch.', 'stp:later': ['logForwarding'] },
    ),
  ),
});

type Redis = ConfigResource<Type.Static<typeof schema>>;

const replicationGroupId = (names: Names, name: string): string =>
  names.logicalId(name, 'AWS::ElastiCache::ReplicationGroup');

const defaultPort = 6379;

/** Of a cluster with shards. */
const mostNodes = 500;

/** Spec 13.8. */
export const redisCluster = defineResource({
  type: 'redis-cluster',
  title: 'Redis cluster',
  description: 'Redis in the VPC, for caches, queues and sessions.',
  schema,

  *check({ properties }) {
    const { enableAutomaticFailover, enableSharding, numReplicaNodes = 0, numShards } = properties;
    if (enableAutomaticFailover && !enableSharding && numReplicaNodes === 0) {
      yield {
        code: 'failover-without-replica',
        path: ['enableAutomaticFailover'],
        message: 'Automatic failover needs a replica that can take over.',
        expected: '"numReplicaNodes" of at least 1',
      };
    }
    if (enableSharding && enableAutomaticFailover === false) {
      yield {
        code: 'sharding-without-failover',
        path: ['enableAutomaticFailover'],
        message: 'A cluster with shards always fails over by itself.',
        suggestion: 'Leave "enableAutomaticFailover" out.',
      };
    }
    if (numShards !== undefined && !enableSharding) {
      yield {
        code: 'shards-without-sharding',
        path: ['numShards'],
        at: 'key',
        message: '"numShards" has no effect without sharding.',
        suggestion: 'Set enableSharding: true.',
      };
    }
    const nodes = (numShards ?? 1) * (1 + numReplicaNodes);
    if (enableSharding && nodes > mostNodes) {
      yield {
        code: 'too-many-nodes',
        path: ['numShards'],
        message: `${numShards} shards with ${numReplicaNodes} replicas each are ${nodes} nodes; ElastiCache allows ${mostNodes}.`,
      };
    }
  },

  synth(resource, stack) {
    const { name, properties } = resource;
    const { names } = stack;
    const network = networkOf(stack);
    const port = properties.port ?? defaultPort;
    const version = properties.engineVersion ?? '6.2';
    const group = securityGroupId(names, name);
    stack.add(name, group, {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupName: names.physicalName(`${name}-sg`, 255),
        GroupDescription: `Redis ${name} of stack ${names.stackName}`,
        VpcId: network.vpcId,
        SecurityGroupIngress: isScoped(resource) ? undefined : [tcpFrom(network.cidrBlock, port)],
      },
    });
    const subnetGroup = names.logicalId(name, 'AWS::ElastiCache::SubnetGroup');
    stack.add(name, subnetGroup, {
      Type: 'AWS::ElastiCache::SubnetGroup',
      Properties: {
        Description: `Redis ${name} of stack ${names.stackName}`,
        SubnetIds: network.subnetIds,
      },
    });
    const parameterGroup = names.logicalId(name, 'AWS::ElastiCache::ParameterGroup');
    stack.add(name, parameterGroup, {
      Type: 'AWS::ElastiCache::ParameterGroup',
      Properties: {
        CacheParameterGroupFamily: version.startsWith('6') ? 'redis6.x' : 'redis7',
        Description: `Redis ${name} of stack ${names.stackName}`,
        Properties: { 'cluster-enabled': properties.enableSharding ? 'yes' : 'no' },
      },
    });
    const logGroup = names.logicalId(name, 'AWS::Logs::LogGroup');
    const logged = !properties.logging?.disabled;
    if (logged) {
      stack.add(name, logGroup, {
        Type: 'AWS::Logs::LogGroup',
        Properties: {
          LogGroupName: `/aws/vendedlogs/${names.stackName}/redis/${name}/slow-log`,
          RetentionInDays: properties.logging?.retentionDays ?? 90,
        },
      });
    }
    const replicas = properties.numReplicaNodes ?? 0;
    const failover = properties.enableSharding || properties.enableAutomaticFailover;
    stack.add(name, replicationGroupId(names, name), {
      Type: 'AWS::ElastiCache::ReplicationGroup',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: {
        // ElastiCache takes no two hyphens in a row.
        ReplicationGroupId: names.physicalName(name, 40).toLowerCase().replaceAll(/-+/g, '-'),
        ReplicationGroupDescription: `Redis ${name} of stack ${names.stackName}`,
        Engine: 'redis',
        EngineVersion: version,
        CacheNodeType: properties.instanceSize,
        Port: port,
        // AUTH goes over encrypted connections only.
        AuthToken: properties.defaultUserPassword,
        TransitEncryptionEnabled: true,
        AtRestEncryptionEnabled: true,
        AutomaticFailoverEnabled: failover ?? false,
        MultiAZEnabled: replicas > 0 && failover ? true : undefined,
        NumCacheClusters: properties.enableSharding ? undefined : replicas + 1,
        NumNodeGroups: properties.enableSharding ? (properties.numShards ?? 1) : undefined,
        ReplicasPerNodeGroup: properties.enableSharding ? replicas : undefined,
        SnapshotRetentionLimit: properties.automatedBackupRetentionDays,
        CacheSubnetGroupName: ref(subnetGroup),
        CacheParameterGroupName: ref(parameterGroup),
        SecurityGroupIds: [getAtt(group, 'GroupId')],
        LogDeliveryConfigurations: logged
          ? [
              {
                DestinationType: 'cloudwatch-logs',
                DestinationDetails: { CloudWatchLogsDetails: { LogGroup: ref(logGroup) } },
                LogFormat: properties.logging?.format ?? 'json',
                LogType: 'slow-log',
              },
            ]
          : undefined,
      },
    });
  },

  params: (resource, names) => redisParams(resource, names),

  connect(resource, names) {
    const { host, port, readerHost } = redisParams(resource, names);
    return {
      statements: [],
      variables: {
        ...(host === undefined ? {} : { HOST: host }),
        ...(readerHost === undefined ? {} : { READER_HOST: readerHost }),
        ...(port === undefined ? {} : { PORT: port }),
      },
      ...(isScoped(resource)
        ? {
            ingress: {
              securityGroup: securityGroupId(names, resource.name),
              port: resource.properties.port ?? defaultPort,
            },
          }
        : {}),
    };
  },
});

const isScoped = ({ properties }: Redis): boolean =>
  properties.accessibility?.accessibilityMode === 'scoping-workloads-in-vpc';

function redisParams({ name, properties }: Redis, names: Names): Record<string, Value> {
  const id = replicationGroupId(names, name);
  const sharded = properties.enableSharding === true;
  const endpoint = sharded ? 'ConfigurationEndPoint' : 'PrimaryEndPoint';
  const host = getAtt(id, `${endpoint}.Address`);
  const port = getAtt(id, `${endpoint}.Port`);
  const password: Value = properties.defaultUserPassword;
  return {
    host,
    port,
    sharding: sharded ? 'enabled' : 'disabled',
    connectionString: join('', [
      'rediss://:',
      isKnownLater(password) ? password : encodeURIComponent(String(password)),
      '@',
      host,
      ':',
      port,
    ]),
    // Clients of a cluster with shards find the replicas by themselves.
    ...(sharded
      ? {}
      : { readerHost: getAtt(id, 'ReaderEndPoint.Address'), readerPort: getAtt(id, 'ReaderEndPoint.Port') }),
  };
}
