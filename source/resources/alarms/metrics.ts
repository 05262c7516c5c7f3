import { getAtt, ref } from '../../model/intrinsic.ts';
import { aliasName, hasAlias } from '../function/alias.ts';
import { lambdaName } from '../function/names.ts';
import { watchDatabase } from './database-metrics.ts';
import {
  type Dimensions,
  expression,
  greater,
  metric,
  operatorOf,
  propertyOf,
  type Source,
  type Watch,
} from './watch.ts';

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
