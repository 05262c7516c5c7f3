import { defineResource, type LocalFinding } from '../../model/descriptor.ts';
import type { Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { checkAlarms } from '../alarms/resolve-alarms.ts';
import { networkOf, securityGroupId } from '../vpc.ts';
import { addCluster } from './cluster.ts';
import { databaseParams } from './connection.ts';
import { databaseName, engineOf, portOf } from './engines.ts';
import { addInstances } from './instances.ts';
import { accessibilityOf, type Database, type DatabaseProperties, databaseSchema } from './properties.ts';

/** Spec 13.7. */
export const relationalDatabase = defineResource({
  type: 'relational-database',
  title: 'Relational database',
  description: 'A SQL database that AWS runs: MySQL, PostgreSQL, Aurora and others.',
  schema: databaseSchema,

  *check({ name, properties }) {
    if (properties.engine) {
      yield* checkEngine({ ...properties, engine: properties.engine });
      yield* checkAlarms({ name, type: 'relational-database', properties });
    }
  },

  synth(resource, stack) {
    const { name, properties } = resource;
    const { names } = stack;
    addSecurityGroup(resource, stack);
    stack.add(name, names.logicalId(name, 'AWS::RDS::DBSubnetGroup'), {
      Type: 'AWS::RDS::DBSubnetGroup',
      Properties: {
        DBSubnetGroupDescription: `Database ${name} of stack ${names.stackName}`,
        SubnetIds: networkOf(stack).subnetIds,
      },
    });
    if (engineOf(properties.engine.type).kind === 'instance') addInstances(resource, stack);
    else addCluster(resource, stack);
  },

  params: (resource, names) => databaseParams(resource, names),

  connect(resource, names) {
    const params = databaseParams(resource, names);
    const variables = {
      CONNECTION_STRING: params.connectionString,
      JDBC_CONNECTION_STRING: params.jdbcConnectionString,
      HOST: params.host,
      PORT: params.port,
      READER_CONNECTION_STRING: params.readerConnectionString,
      READER_JDBC_CONNECTION_STRING: params.readerJdbcConnectionString,
      READER_HOST: params.readerHost,
    };
    const known: ReturnType<typeof databaseParams> = {};
    for (const [key, value] of Object.entries(variables)) if (value !== undefined) known[key] = value;
    return {
      statements: [],
      variables: known,
      ...(accessibilityOf(resource.properties) === 'scoping-workloads-in-vpc'
        ? {
            ingress: {
              securityGroup: securityGroupId(names, resource.name),
              port: portOf(resource.properties.engine),
            },
          }
        : {}),
    };
  },
});

/**
 * Characters by the protocol of the engine.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CreateDBInstance.Settings.html
 */
const userNameLimits: Readonly<Record<string, number>> = {
  mysql: 16,
  postgresql: 63,
  oracle: 30,
  sqlserver: 128,
};

function* checkEngine(
  properties: Pick<DatabaseProperties, 'engine' | 'accessibility'> & Partial<DatabaseProperties>,
): Iterable<LocalFinding> {
  const { engine, accessibility } = properties;
  const { kind, protocol } = engineOf(engine.type);
  const mode = accessibilityOf(properties);
  if (kind === 'serverless-v1') {
    yield {
      severity: 'warning',
      code: 'aurora-serverless-v1',
      path: ['engine', 'type'],
      message: `AWS ended Aurora Serverless v1 on 2025-03-31 and takes no new clusters of it.`,
      suggestion: `Use ${engine.type}-v2.`,
    };
    if (mode === 'internet' || mode === 'whitelisted-ips-only') {
      yield {
        code: 'serverless-v1-in-vpc',
        path: ['accessibility', 'accessibilityMode'],
        message: `Aurora Serverless v1 has no public address and cannot have accessibilityMode ${mode}.`,
        expected: 'vpc or scoping-workloads-in-vpc',
      };
    }
  }
  if (mode === 'whitelisted-ips-only' && !accessibility?.whitelistedIps) {
    yield {
      code: 'missing-property',
      path: ['accessibility'],
      at: 'key',
      message: 'accessibilityMode whitelisted-ips-only needs "whitelistedIps".',
      expected: 'a list of addresses such as 203.0.113.7 or 203.0.113.0/24',
    };
  }
  const user = properties.credentials?.masterUserName ?? '';
  const limit = userNameLimits[protocol];
  if (limit !== undefined && user.length > limit) {
    yield {
      code: 'out-of-bounds',
      path: ['credentials', 'masterUserName'],
      message: `${engine.type} takes names of at most ${limit} characters for its master user, not ${user.length}.`,
    };
  }
  if (protocol === 'sqlserver' && databaseName(engine) !== undefined) {
    yield {
      code: 'sqlserver-name',
      path: ['engine', 'properties', 'dbName'],
      message: 'SQL Server makes its databases itself; RDS takes no "dbName" for it.',
      suggestion: 'Leave "dbName" out.',
    };
  }
  if (kind !== 'instance' && properties.automatedBackupRetentionDays === 0) {
    yield {
      code: 'aurora-backups',
      path: ['automatedBackupRetentionDays'],
      message: 'Aurora always keeps backups.',
      expected: 'an integer from 1 to 35',
    };
  }
}

function addSecurityGroup({ name, properties }: Database, stack: StackBuilder): void {
  const port = portOf(properties.engine);
  const from = (CidrIp: Value, Description: string) => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    CidrIp,
    Description,
  });
  const network = networkOf(stack);
  const mode = accessibilityOf(properties);
  const own = mode === 'scoping-workloads-in-vpc' ? [] : [from(network.cidrBlock, 'The VPC')];
  const others =
    mode === 'internet'
      ? [from('0.0.0.0/0', 'Everybody')]
      : mode === 'whitelisted-ips-only'
        ? (properties.accessibility?.whitelistedIps ?? []).map((ip) =>
            from(ip.includes('/') ? ip : `${ip}/32`, 'Allowed address'),
          )
        : [];
  const ingress = mode === 'internet' ? others : [...own, ...others];
  stack.add(name, securityGroupId(stack.names, name), {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupName: stack.names.physicalName(`${name}-sg`, 255),
      GroupDescription: `Database ${name} of stack ${stack.names.stackName}`,
      VpcId: network.vpcId,
      SecurityGroupIngress: ingress.length > 0 ? ingress : undefined,
    },
  });
}
