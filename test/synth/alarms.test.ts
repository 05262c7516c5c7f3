import { expect, test } from 'vitest';
import { functionWith } from '../config/read.ts';
import { property, synthesize } from './synthesize.ts';

const alarmOn = (type: string, trigger: string, more = '') =>
  `${functionWith('')}  watched:\n    type: ${type}\n    properties:\n      alarms: [{ trigger: { ${trigger} }${more} }]\n`;

type Metric = { Id: string; Expression?: string; MetricStat?: { Metric: { MetricName: string } } };
const names = (metrics: unknown) =>
  (metrics as Metric[]).map(({ MetricStat, Expression }) => Expression ?? MetricStat?.Metric.MetricName);

test.each([
  [
    'sqs-queue',
    'type: sqs-queue-received-messages-count, properties: { thresholdCount: 9 }',
    'SqsQueueReceivedMessagesCountForWatched0Alarm',
    ['NumberOfMessagesReceived'],
    { Threshold: 9, TreatMissingData: 'breaching' },
  ],
  [
    'sqs-queue',
    'type: sqs-queue-not-empty',
    'SqsQueueNotEmptyForWatched0Alarm',
    [
      'NumberOfMessagesReceived',
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesNotVisible',
      'NumberOfMessagesSent',
      'received + visible + not_visible + sent',
    ],
    { Threshold: 0, TreatMissingData: undefined },
  ],
  [
    'http-api-gateway',
    'type: http-api-gateway-latency, properties: { thresholdMilliseconds: 250, statistic: p95 }',
    'HttpApiGatewayLatencyForWatched0Alarm',
    ['Latency'],
    { Threshold: 250, TreatMissingData: 'notBreaching' },
  ],
  [
    'http-api-gateway',
    'type: http-api-gateway-error-rate, properties: { thresholdPercent: 5 }',
    'HttpApiGatewayErrorRateForWatched0Alarm',
    ['4xx', '5xx', 'Count', '((FILL(errors_4xx, 0) + FILL(errors_5xx, 0)) / requests) * 100'],
    { Threshold: 5 },
  ],
  [
    'application-load-balancer',
    'type: application-load-balancer-custom, properties: { metric: RequestCount, threshold: 1, comparisonOperator: LessThanThreshold, statistic: sum }',
    'ApplicationLoadBalancerCustomForWatched0Alarm',
    ['RequestCount'],
    { Threshold: 1, ComparisonOperator: 'LessThanThreshold' },
  ],
])('%s: %s', (type, trigger, id, metrics, properties) => {
  const stack = synthesize(alarmOn(type, trigger));
  expect(names(property(stack, id, 'Metrics'))).toEqual(metrics);
  expect(property(stack, id)).toMatchObject(properties);
});

test('how long it has to last, who hears of it, and what it is called', () => {
  const stack = synthesize(
    alarmOn(
      'sqs-queue',
      'type: sqs-queue-not-empty',
      ", description: Work waits, evaluation: { period: 300, evaluationPeriods: 3, breachedPeriods: 2 }, notificationTargets: [{ type: sns, properties: { snsTopicArn: 'arn:aws:sns:us-east-1:000000000000:calls' } }]",
    ),
  );
  expect(property(stack, 'SqsQueueNotEmptyForWatched0Alarm')).toMatchObject({
    AlarmName: 'project-dev-SqsQueueNotEmptyForWatched0',
    AlarmDescription: 'Work waits',
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    AlarmActions: ['arn:aws:sns:us-east-1:000000000000:calls'],
    OKActions: ['arn:aws:sns:us-east-1:000000000000:calls'],
  });
});
