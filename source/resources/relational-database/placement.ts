import { getAtt, ref, type Value } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { securityGroupId } from '../vpc/vpc.ts';
import { engineOf } from './engines.ts';
import type { Database } from './properties.ts';

/** RDS's name of a database; it keeps them in small letters and takes no two hyphens in a row. */
export const databaseIdentifier = (names: Names, name: string): string =>
  names.physicalName(name, 63).toLowerCase().replaceAll(/-+/g, '-');

/** Properties that a cluster and an instance of their own both have. */
export function sharedProperties({ name, properties }: Database, stack: StackBuilder) {
  return {
    DBSubnetGroupName: ref(stack.names.logicalId(name, 'AWS::RDS::DBSubnetGroup')),
    MasterUsername: properties.credentials.masterUserName ?? 'db_master_user',
    MasterUserPassword: properties.credentials.masterUserPassword,
    StorageEncrypted: true,
    DeletionProtection: properties.deletionProtection,
    BackupRetentionPeriod: properties.automatedBackupRetentionDays ?? 1,
    PreferredMaintenanceWindow: properties.preferredMaintenanceWindow,
  };
}

export const securityGroups = (names: Names, name: string): Value => [
  getAtt(securityGroupId(names, name), 'GroupId'),
];

/**
 * The log groups that RDS writes to, which it would make without an end to their retention. Gives their logical ids
 * and the logs to hand over.
 */
export function addLogGroups(
  { name, properties }: Database,
  stack: StackBuilder,
  kind: 'cluster' | 'instance',
): { ids: string[]; logs: string[] } {
  const { names } = stack;
  if (properties.logging?.disabled) return { ids: [], logs: [] };
  const logs = [...engineOf(properties.engine.type).logs];
  const ids = logs.map((log) => names.logicalId(name, 'AWS::Logs::LogGroup', { specifier: log }));
  for (const [index, id] of ids.entries()) {
    stack.add(name, id, {
      Type: 'AWS::Logs::LogGroup',
      Properties: {
        LogGroupName: `/aws/rds/${kind}/${databaseIdentifier(names, name)}/${logs[index]}`,
        RetentionInDays: properties.logging?.retentionDays ?? 90,
      },
    });
  }
  return { ids, logs };
}
