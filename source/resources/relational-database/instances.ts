import { asText, ref } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { networkOf } from '../vpc/vpc.ts';
import {
  databaseName,
  engineOf,
  type InstanceProperties,
  minorUpgrades,
  portOf,
  versionOf,
} from './engines.ts';
import { addLogGroups, databaseIdentifier, securityGroups, sharedProperties } from './placement.ts';
import { type Database, isPublic } from './properties.ts';

export const instanceId = (names: Names, name: string): string =>
  names.logicalId(name, 'AWS::RDS::DBInstance');

export const replicaId = (names: Names, name: string, index: number): string =>
  names.logicalId(name, 'AWS::RDS::DBInstance', { specifier: 'ReadReplica', index });

export const replicasOf = ({ properties: { engine } }: Database) =>
  (engine.properties as InstanceProperties).readReplicas ?? [];

/** An instance of RDS and its read replicas. */
export function addInstances(resource: Database, stack: StackBuilder): void {
  const { name, properties } = resource;
  const { names } = stack;
  const { engine } = properties;
  const { engine: Engine, license } = engineOf(engine.type);
  const { primaryInstance, storage } = engine.properties as InstanceProperties;
  const { ids, logs } = addLogGroups(resource, stack, 'instance');
  const PubliclyAccessible = isPublic(properties);
  const AutoMinorVersionUpgrade = minorUpgrades(engine);
  stack.add(name, instanceId(names, name), {
    Type: 'AWS::RDS::DBInstance',
    // The name is taken as long as the instance is there. What loses data is asked for before it is done.
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
    DependsOn: [...ids, ...networkOf(stack).gateway],
    Properties: {
      DBInstanceIdentifier: databaseIdentifier(names, name),
      DBInstanceClass: primaryInstance.instanceSize,
      MultiAZ: primaryInstance.multiAz,
      Engine,
      EngineVersion: versionOf(engine),
      LicenseModel: license,
      AllocatedStorage: asText(storage?.initialSize ?? 20),
      MaxAllocatedStorage: storage?.maxSize ?? 200,
      ...sharedProperties(resource, stack),
      DBName: databaseName(engine),
      Port: String(portOf(engine)),
      VPCSecurityGroups: securityGroups(names, name),
      PubliclyAccessible,
      AutoMinorVersionUpgrade,
      EnableCloudwatchLogsExports: logs.length > 0 ? logs : undefined,
    },
  });
  for (const [index, replica] of replicasOf(resource).entries()) {
    stack.add(name, replicaId(names, name, index), {
      Type: 'AWS::RDS::DBInstance',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: {
        DBInstanceIdentifier: databaseIdentifier(names, `${name}-replica-${index}`),
        SourceDBInstanceIdentifier: ref(instanceId(names, name)),
        DBInstanceClass: replica.instanceSize,
        MultiAZ: replica.multiAz,
        VPCSecurityGroups: securityGroups(names, name),
        PubliclyAccessible,
        AutoMinorVersionUpgrade,
      },
    });
  }
}
