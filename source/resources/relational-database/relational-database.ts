import { defineResource } from '../../model/descriptor.ts';
import type { Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { checkAlarms } from '../alarms/resolve-alarms.ts';
import { cidrOf, tcpFrom } from '../vpc/ip-ranges.ts';
import { networkOf, securityGroupId } from '../vpc/vpc.ts';
import { checkDatabase } from './checks.ts';
import { addCluster } from './cluster.ts';
import { databaseParams } from './connection.ts';
import { engineOf, portOf } from './engines.ts';
import { addInstances } from './instances.ts';
import { accessibilityOf, type Database, databaseSchema } from './properties.ts';

/** Spec 13.7. */
export const relationalDatabase = defineResource({
  type: 'relational-database',
  title: 'Relational database',
  description: 'A SQL database that AWS runs: MySQL, PostgreSQL, Aurora and others.',
  schema: databaseSchema,

  *check({ name, properties }, context) {
    if (properties.engine) {
      yield* checkDatabase({ ...properties, engine: properties.engine });
      yield* checkAlarms({ name, type: 'relational-database', properties }, context);
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

function addSecurityGroup({ name, properties }: Database, stack: StackBuilder): void {
  const port = portOf(properties.engine);
  const from = (range: Value, Description: string) => ({ ...tcpFrom(range, port), Description });
  const network = networkOf(stack);
  const mode = accessibilityOf(properties);
  const listed: readonly Value[] = properties.accessibility?.whitelistedIps ?? [];
  const ingress =
    mode === 'internet'
      ? [from('0.0.0.0/0', 'Everybody')]
      : [
          ...(mode === 'vpc' ? [from(network.cidrBlock, 'The VPC')] : []),
          ...listed.map((address) => from(cidrOf(address), 'Allowed address')),
        ];
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
