import type { ConfigResource } from '../../model/config.ts';
import { getAtt, ref, type Value } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';
import { aliasName, hasAlias } from '../function/alias.ts';
import { lambdaName } from '../function/names.ts';
import { clusterId, clusterInstanceId, instanceClasses } from '../relational-database/cluster.ts';
import { engineOf } from '../relational-database/engines.ts';
import { instanceId } from '../relational-database/instances.ts';
import type { Database } from '../relational-database/properties.ts';
import type { Alarm } from './schema.ts';

/** What an alarm looks at and when it fires. */
type Watch = {
  metrics: Value[];
  operator: string;
  threshold: number;
  /** What counts where nothing was measured. */
  missing?: 'breaching' | 'notBreaching';
};

type Source = { resource: ConfigResource; alarm: Alarm; names: Names };
type Dimensions = Record<string, Value>;

const greater = 'GreaterThanThreshold';
const less = 'LessThanThreshold';
const symbols: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
};
const statistics: Readonly<Record<string, string>> = {
  avg: 'Average',
  min: 'Minimum',
  max: 'Maximum',
  sum: 'Sum',
};

type MetricOf = { id: string; namespace: string; name: string; dimensions: Dimensions; stat?: string };

const propertyOf = ({ alarm }: Source, key: string): number => Number(alarm.trigger.properties?.[key] ?? 0);

function operatorOf({ alarm }: Source, usual: string): string {
  const own = alarm.trigger.properties?.comparisonOperator;
  return typeof own === 'string' ? own : usual;
}

/** One metric; only the last one of an alarm gives the value that is compared. */
function metric(source: Source, of: MetricOf, returned: boolean): Value {
  const own = source.alarm.trigger.properties?.statistic;
  const chosen = of.stat ?? (typeof own === 'string' ? own : 'avg');
  return {
    Id: of.id,
    MetricStat: {
      Metric: {
        Namespace: of.namespace,
        MetricName: of.name,
        Dimensions: Object.entries(of.dimensions).map(([Name, value]) => ({ Name, Value: value })),
      },
      Period: source.alarm.evaluation?.period ?? 60,
      Stat: statistics[chosen] ?? chosen,
    },
    ReturnData: returned,
  };
}

const expression = (text: string, label: string): Value => ({
  Id: 'result',
  Expression: text,
  Label: label,
  ReturnData: true,
});

/** The metrics, operator and threshold of an alarm (spec 11). */
export function watchOf(source: Source): Watch {
  switch (source.resource.type) {
    case 'function':
      return watchFunction(source);
    case 'sqs-queue':
      return watchQueue(source);
    case 'relational-database':
      return watchDatabase(source);
    case 'http-api-gateway':
      return watchApi(source);
    case 'application-load-balancer':
      return watchLoadBalancer(source);
    default:
      throw new Error(`No alarms for ${source.resource.type}: the config was not checked`);
  }
}

function watchFunction(source: Source): Watch {
  const { resource, names, alarm } = source;
  const name = lambdaName(names, resource.name);
  const dimensions = {
    FunctionName: ref(names.logicalId(resource.name, 'AWS::Lambda::Function')),
    Resource: hasAlias(resource.properties) ? `${name}:${aliasName}` : name,
  };
  const of = { namespace: 'AWS/Lambda', dimensions };
  if (alarm.trigger.type === 'lambda-duration') {
    return {
      metrics: [metric(source, { ...of, id: 'duration', name: 'Duration' }, true)],
      operator: operatorOf(source, greater),
      threshold: propertyOf(source, 'thresholdMilliseconds'),
      missing: 'notBreaching',
    };
  }
  return {
    metrics: [
      metric(source, { ...of, id: 'error_count', name: 'Errors', stat: 'sum' }, false),
      metric(source, { ...of, id: 'invocations', name: 'Invocations', stat: 'sum' }, false),
      expression('(error_count / invocations) * 100', 'Error rate'),
    ],
    operator: operatorOf(source, greater),
    threshold: propertyOf(source, 'thresholdPercent'),
    missing: 'notBreaching',
  };
}

function watchQueue(source: Source): Watch {
  const { resource, names, alarm } = source;
  const dimensions = { QueueName: getAtt(names.logicalId(resource.name, 'AWS::SQS::Queue'), 'QueueName') };
  const of = { namespace: 'AWS/SQS', dimensions };
  if (alarm.trigger.type === 'sqs-queue-received-messages-count') {
    return {
      metrics: [metric(source, { ...of, id: 'received', name: 'NumberOfMessagesReceived' }, true)],
      operator: operatorOf(source, greater),
      threshold: propertyOf(source, 'thresholdCount'),
      missing: 'breaching',
    };
  }
  const parts = {
    received: 'NumberOfMessagesReceived',
    visible: 'ApproximateNumberOfMessagesVisible',
    not_visible: 'ApproximateNumberOfMessagesNotVisible',
    sent: 'NumberOfMessagesSent',
  };
  return {
    metrics: [
      ...Object.entries(parts).map(([id, name]) => metric(source, { ...of, id, name, stat: 'sum' }, false)),
      expression(Object.keys(parts).join(' + '), 'Messages'),
    ],
    operator: greater,
    threshold: 0,
  };
}

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

function watchDatabase(source: Source): Watch {
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

function watchApi(source: Source): Watch {
  const { resource, names, alarm } = source;
  const of = {
    namespace: 'AWS/ApiGateway',
    dimensions: { ApiId: ref(names.logicalId(resource.name, 'AWS::ApiGatewayV2::Api')) },
  };
  if (alarm.trigger.type === 'http-api-gateway-latency') {
    return {
      metrics: [metric(source, { ...of, id: 'latency', name: 'Latency' }, true)],
      operator: operatorOf(source, greater),
      threshold: propertyOf(source, 'thresholdMilliseconds'),
      missing: 'notBreaching',
    };
  }
  return errorRate(source, of, { '4xx': '4xx', '5xx': '5xx', count: 'Count' });
}

function watchLoadBalancer(source: Source): Watch {
  const { resource, names, alarm } = source;
  const id = names.logicalId(resource.name, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  const of = {
    namespace: 'AWS/ApplicationELB',
    dimensions: { LoadBalancer: getAtt(id, 'LoadBalancerFullName') },
  };
  if (alarm.trigger.type === 'application-load-balancer-custom') {
    const name = String(alarm.trigger.properties?.metric);
    return {
      metrics: [metric(source, { ...of, id: 'value', name }, true)],
      operator: operatorOf(source, greater),
      threshold: propertyOf(source, 'threshold'),
    };
  }
  return errorRate(source, of, {
    '4xx': 'HTTPCode_Target_4XX_Count',
    '5xx': 'HTTPCode_Target_5XX_Count',
    count: 'RequestCount',
  });
}

/** CloudWatch keeps no zeros of these: a minute without a failure has no metric of failures at all. */
function errorRate(
  source: Source,
  of: { namespace: string; dimensions: Dimensions },
  names: { '4xx': string; '5xx': string; count: string },
): Watch {
  return {
    metrics: [
      metric(source, { ...of, id: 'errors_4xx', name: names['4xx'], stat: 'sum' }, false),
      metric(source, { ...of, id: 'errors_5xx', name: names['5xx'], stat: 'sum' }, false),
      metric(source, { ...of, id: 'requests', name: names.count, stat: 'sum' }, false),
      expression('((FILL(errors_4xx, 0) + FILL(errors_5xx, 0)) / requests) * 100', 'Error rate'),
    ],
    operator: operatorOf(source, greater),
    threshold: propertyOf(source, 'thresholdPercent'),
    missing: 'notBreaching',
  };
}
