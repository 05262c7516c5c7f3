import { describe, expect, test } from 'vitest';
import type { Config } from '../../source/model/config.ts';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { functionWith, read, readRight } from '../config/read.ts';
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

describe('alarms of stacktape.alarms.yml', () => {
  const alarms = (...list: string[]) => ({
    alarms: {
      file: '/project/stacktape.alarms.yml',
      text: `alarms:\n${list.map((one) => `  - { ${one} }\n`).join('')}`,
    },
  });
  const duration = 'trigger: { type: lambda-duration, properties: { thresholdMilliseconds: 1 } }';
  const alarmIds = (config: Config) =>
    Object.keys(synthesizeStack(config).template.Resources).filter((id) => id.endsWith('Alarm'));

  test('are called in PascalCase', () => {
    for (const name of ['slow-start', 'slow_start', 'slow start', 'slowStart', 'SlowStart']) {
      const text = functionWith(
        '      events: [{ type: cloudwatch-alarm, properties: { alarmName: getPosts.alarms.SlowStart } }]\n',
      );
      expect(alarmIds(readRight(text, alarms(`name: ${name}, ${duration}`)))).toEqual([
        'LambdaDurationForGetPostsSlowStartAlarm',
      ]);
      const without = functionWith(`      disabledGlobalAlarms: [${name}]\n`);
      expect(alarmIds(readRight(without, alarms(`name: ${name}, ${duration}`)))).toEqual([]);
    }
  });

  test('go to the services and stages that they name', () => {
    const config = readRight(
      functionWith(''),
      alarms(
        `name: here, forServices: [project], forStages: [dev, prod], ${duration}`,
        `name: prodOnly, forStages: [prod], ${duration}`,
        `name: otherService, forServices: [other], ${duration}`,
        `name: everywhere, forServices: ['*'], ${duration}`,
        'name: queues, trigger: { type: sqs-queue-not-empty }',
      ),
    );
    expect(alarmIds(config)).toEqual([
      'LambdaDurationForGetPostsHereAlarm',
      'LambdaDurationForGetPostsEverywhereAlarm',
    ]);
  });

  test('have their errors where they stand', () => {
    const { problems } = read(
      functionWith(''),
      alarms(
        `name: slow-start, ${duration}`,
        `name: slowStart, ${duration}`,
        `name: long, evaluation: { period: 90 }, ${duration}`,
      ),
    );
    expect(
      problems.map(({ range: { file, line, column }, code, message }) => [file, line, column, code, message]),
    ).toEqual([
      [
        '/project/stacktape.alarms.yml',
        3,
        13,
        'duplicate-name',
        '"slowStart" and "slow-start" are both called SlowStart.',
      ],
      [
        '/project/stacktape.alarms.yml',
        4,
        41,
        'alarm-period',
        '"period" has to be whole minutes, not 90 seconds.',
      ],
    ]);
  });
});

test('what is told of an alarm is a topic, and what is disabled is there', () => {
  const targets =
    "notificationTargets: [{ type: sns, properties: { snsTopicArn: \"$ResourceParam('posts', 'arn')\" } }]";
  expect(read(alarmOn('sqs-queue', 'type: sqs-queue-not-empty', `, ${targets}`)).problems).toMatchObject([
    { code: 'wrong-arn', message: 'SQS queue watched: this is the ARN of table posts, and not of a topic.' },
  ]);
  const alarms = {
    file: '/project/stacktape.alarms.yml',
    text: 'alarms: [{ name: waiting, trigger: { type: sqs-queue-not-empty } }]',
  };
  const disabled = functionWith('      disabledGlobalAlarms: [Waiting, waitin]\n');
  expect(read(disabled, { alarms }).problems).toMatchObject([
    {
      severity: 'warning',
      code: 'unknown-alarm',
      message: 'Function getPosts: there is no global alarm "waitin" that could be disabled.',
      suggestion: 'Did you mean "waiting"?',
    },
  ]);
});

test.each([
  ['period: 60, evaluationPeriods: 1440', undefined],
  ['period: 60, evaluationPeriods: 1441', 86_460],
  ['period: 3600, evaluationPeriods: 168', undefined],
  ['period: 3600, evaluationPeriods: 169', 608_400],
])('CloudWatch looks back a day, or a week by the hour: %s', (evaluation, seconds) => {
  const text = alarmOn('sqs-queue', 'type: sqs-queue-not-empty', `, evaluation: { ${evaluation} }`);
  expect(
    read(text).problems.map(({ code, message }) => [code, message.includes(`is ${seconds} seconds`)]),
  ).toEqual(seconds === undefined ? [] : [['alarm-periods', true]]);
});
