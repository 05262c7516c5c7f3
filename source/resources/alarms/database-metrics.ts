import { ref } from '../../model/intrinsic.ts';
import { clusterId, clusterInstanceId, instanceClasses } from '../relational-database/cluster.ts';
import { engineOf } from '../relational-database/engines.ts';
import { instanceId } from '../relational-database/instances.ts';
import type { Database } from '../relational-database/properties.ts';
import {
  type Dimensions,
  expression,
  greater,
  less,
  metric,
  operatorOf,
  propertyOf,
  type Source,
  type Watch,
} from './watch.ts';

const symbols: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
};

const databaseMetrics: Readonly<
  Record<
    string,
    {
      name: string;
      property: string;
      factor?: number;
      operator: string;
      stat?: string;
      missing: Watch['missing'] & string;
    }
  >
> = {
  'database-cpu-utilization': {
    name: 'CPUUtilization',
    property: 'thresholdPercent',
    operator: greater,
    missing: 'breaching',
  },
  'database-connection-count': {
    name: 'DatabaseConnections',
    property: 'thresholdCount',
    operator: greater,
    missing: 'breaching',
  },
  'database-free-storage': {
    name: 'FreeStorageSpace',
    property: 'thresholdMB',
    factor: 1024 ** 2,
    operator: less,
    stat: 'min',
    missing: 'breaching',
  },
  'database-free-memory': {
    name: 'FreeableMemory',
    property: 'thresholdMB',
    factor: 1024 ** 2,
    operator: less,
    missing: 'breaching',
  },
  'database-read-latency': {
    name: 'ReadLatency',
    property: 'thresholdSeconds',
    operator: greater,
    missing: 'notBreaching',
  },
  'database-write-latency': {
    name: 'WriteLatency',
    property: 'thresholdSeconds',
    operator: greater,
    missing: 'notBreaching',
  },
};

export function watchDatabase(source: Source): Watch {
  const { alarm, names } = source;
  const resource = source.resource as Database;
  const known = databaseMetrics[alarm.trigger.type];
  if (!known) throw new Error(`No trigger ${alarm.trigger.type}: the config was not checked`);
  const operator = operatorOf(source, known.operator);
  const threshold = propertyOf(source, known.property) * (known.factor ?? 1);
  const ownStatistic = alarm.trigger.properties?.statistic;
  const stat = typeof ownStatistic === 'string' ? ownStatistic : (known.stat ?? 'avg');
  const of = { namespace: 'AWS/RDS', name: known.name, stat };
  const one = (dimensions: Dimensions): Watch => ({
    metrics: [metric(source, { ...of, id: 'value', dimensions }, true)],
    operator,
    threshold,
    missing: known.missing,
  });
  const { kind } = engineOf(resource.properties.engine.type);
  if (kind === 'instance') return one({ DBInstanceIdentifier: ref(instanceId(names, resource.name)) });
  const cluster = { DBClusterIdentifier: ref(clusterId(names, resource.name)) };
  if (kind === 'serverless-v1') return one(cluster);
  const instances = instanceClasses(resource);
  if (alarm.trigger.type.endsWith('-latency')) {
    const reads = alarm.trigger.type === 'database-read-latency' && instances.length > 1;
    return one({ ...cluster, Role: reads ? 'READER' : 'WRITER' });
  }
  // Any instance beyond the threshold is enough; the expression itself compares.
  const compared = instances.map((_, index) => `instance${index} ${symbols[operator]} ${threshold}`);
  return {
    metrics: [
      ...instances.map((_, index) =>
        metric(
          source,
          {
            ...of,
            id: `instance${index}`,
            dimensions: { DBInstanceIdentifier: ref(clusterInstanceId(names, resource.name, index)) },
          },
          false,
        ),
      ),
      expression(`IF(${compared.join(' OR ')}, 1, 0)`, `${known.name} of any instance`),
    ],
    operator: greater,
    threshold: 0,
    missing: known.missing,
  };
}
