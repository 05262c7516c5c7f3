import { ref, type Value } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { networkOf } from '../vpc/vpc.ts';
import {
  type ClusterProperties,
  databaseName,
  engineOf,
  minorUpgrades,
  parameterFamily,
  portOf,
  type ServerlessProperties,
  type ServerlessV2Properties,
  versionOf,
} from './engines.ts';
import { addLogGroups, databaseIdentifier, securityGroups, sharedProperties } from './placement.ts';
import { type Database, isPublic } from './properties.ts';

export const clusterId = (names: Names, name: string): string => names.logicalId(name, 'AWS::RDS::DBCluster');

/** Instances of a cluster: the first one writes. */
export const clusterInstanceId = (names: Names, name: string, index: number): string =>
  names.logicalId(name, 'AWS::RDS::DBInstance', { index });

/** Classes of the cluster's instances; the first version of Aurora Serverless has none. */
export function instanceClasses({ properties: { engine } }: Database): readonly string[] {
  switch (engineOf(engine.type).kind) {
    case 'cluster':
      return (engine.properties as ClusterProperties).instances.map(({ instanceSize }) => instanceSize);
    case 'serverless-v2': {
      const { serverlessReadersCount = 0 } = (engine.properties ?? {}) as ServerlessV2Properties;
      return Array<string>(1 + serverlessReadersCount).fill('db.serverless');
    }
    default:
      return [];
  }
}

export function addCluster(resource: Database, stack: StackBuilder): void {
  const { name, properties } = resource;
  const { names } = stack;
  const { engine } = properties;
  const { kind, engine: Engine } = engineOf(engine.type);
  const version = versionOf(engine);
  const parameterGroup = names.logicalId(name, 'AWS::RDS::DBClusterParameterGroup');
  stack.add(name, parameterGroup, {
    Type: 'AWS::RDS::DBClusterParameterGroup',
    Properties: {
      Description: `Database ${name} of stack ${names.stackName}`,
      Family: parameterFamily(Engine, version),
      // A group without parameters is refused; these are the settings for texts of any language.
      Parameters: Engine.endsWith('mysql')
        ? { character_set_server: 'utf8mb4', collation_server: 'utf8mb4_unicode_ci' }
        : { client_encoding: 'UTF8' },
    },
  });
  const { ids, logs } = addLogGroups(resource, stack, 'cluster');
  const isFirstServerless = kind === 'serverless-v1';
  stack.add(name, clusterId(names, name), {
    Type: 'AWS::RDS::DBCluster',
    // The name is taken as long as the cluster is there. What loses data is asked for before it is done.
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
    ...(ids.length > 0 ? { DependsOn: ids } : {}),
    Properties: {
      DBClusterIdentifier: databaseIdentifier(names, name),
      Engine,
      EngineVersion: version,
      EngineMode: isFirstServerless ? 'serverless' : 'provisioned',
      ...sharedProperties(resource, stack),
      DatabaseName: databaseName(engine),
      VpcSecurityGroupIds: securityGroups(names, name),
      DBClusterParameterGroupName: ref(parameterGroup),
      // Aurora Serverless v1 chooses its port and hands its logs over by itself.
      Port: isFirstServerless ? undefined : portOf(engine),
      EnableCloudwatchLogsExports: isFirstServerless || logs.length === 0 ? undefined : logs,
      ScalingConfiguration: isFirstServerless
        ? scaling((engine.properties ?? {}) as ServerlessProperties)
        : undefined,
      ServerlessV2ScalingConfiguration:
        kind === 'serverless-v2' ? scalingV2((engine.properties ?? {}) as ServerlessV2Properties) : undefined,
    },
  });
  for (const [index, DBInstanceClass] of instanceClasses(resource).entries()) {
    stack.add(name, clusterInstanceId(names, name, index), {
      Type: 'AWS::RDS::DBInstance',
      DependsOn: [...networkOf(stack).gateway],
      Properties: {
        DBInstanceIdentifier: `${databaseIdentifier(names, `${name}-${index}`)}`,
        DBClusterIdentifier: ref(clusterId(names, name)),
        DBInstanceClass,
        Engine,
        DBSubnetGroupName: ref(names.logicalId(name, 'AWS::RDS::DBSubnetGroup')),
        PubliclyAccessible: isPublic(properties),
        AutoMinorVersionUpgrade: minorUpgrades(engine),
      },
    });
  }
}

function scaling({ minCapacity = 2, maxCapacity = 4, pauseAfterSeconds }: ServerlessProperties): Value {
  return {
    MinCapacity: minCapacity,
    MaxCapacity: maxCapacity,
    AutoPause: pauseAfterSeconds !== undefined,
    SecondsUntilAutoPause: pauseAfterSeconds,
  };
}

const scalingV2 = ({ minCapacity = 0, maxCapacity = 10 }: ServerlessV2Properties): Value => ({
  MinCapacity: minCapacity,
  MaxCapacity: maxCapacity,
});
