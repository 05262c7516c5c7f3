import * as Type from 'typebox';
import { closedObject, oneOf, staticText, variants } from '../schema.ts';

const operators = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
const statistics = ['avg', 'p90', 'p95', 'p99', 'min', 'max', 'sum'] as const;

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
const loadBalancerMetrics = [
  'ActiveConnectionCount',
  'ClientTLSNegotiationErrorCount',
  'ConsumedLCUs',
  'HTTP_Fixed_Response_Count',
  'HTTP_Redirect_Count',
  'HTTPCode_ELB_3XX_Count',
  'HTTPCode_ELB_4XX_Count',
  'HTTPCode_ELB_5XX_Count',
  'HTTPCode_Target_2XX_Count',
  'HTTPCode_Target_3XX_Count',
  'HTTPCode_Target_4XX_Count',
  'HTTPCode_Target_5XX_Count',
  'LambdaInternalError',
  'LambdaTargetProcessedBytes',
  'LambdaUserError',
  'NewConnectionCount',
  'ProcessedBytes',
  'RejectedConnectionCount',
  'RequestCount',
  'RuleEvaluations',
  'TargetConnectionErrorCount',
  'TargetResponseTime',
] as const;

const comparison = {
  comparisonOperator: Type.Optional(
    oneOf(operators, {
      title: 'Comparison',
      description: 'How the metric stands to the threshold when the alarm fires.',
    }),
  ),
};
const measured = {
  ...comparison,
  statistic: Type.Optional(
    oneOf(statistics, { title: 'Statistic', description: 'What is made of the values of a period.' }),
  ),
};
/** Known before the deployment: some are turned into other units, or stand in expressions. */
const threshold = (description: string) => Type.Number({ 'stp:static': true, description, minimum: 0 });

const percent = { thresholdPercent: threshold('Percent.') };
const milliseconds = { thresholdMilliseconds: threshold('Milliseconds.') };
const count = { thresholdCount: threshold('How many.') };
const megabytes = { thresholdMB: threshold('Megabytes.') };
const seconds = { thresholdSeconds: threshold('Seconds.') };

const trigger = <P extends Type.TProperties>(title: string, properties: P) => ({
  title,
  description: `${title}.`,
  schema: closedObject(properties),
});

/** What an alarm can watch, by the type of the resource (spec 11). */
const triggers = {
  function: {
    'lambda-error-rate': trigger('Share of invocations that fail', { ...percent, ...comparison }),
    'lambda-duration': trigger('How long an invocation takes', { ...milliseconds, ...measured }),
  },
  'sqs-queue': {
    'sqs-queue-received-messages-count': trigger('Messages that are received', { ...count, ...measured }),
    'sqs-queue-not-empty': trigger('Messages are in the queue', {}),
  },
  'relational-database': {
    'database-cpu-utilization': trigger('Use of the processor', { ...percent, ...measured }),
    'database-connection-count': trigger('Open connections', { ...count, ...measured }),
    'database-free-storage': trigger('Free storage', { ...megabytes, ...measured }),
    'database-free-memory': trigger('Free memory', { ...megabytes, ...measured }),
    'database-read-latency': trigger('How long reading takes', { ...seconds, ...measured }),
    'database-write-latency': trigger('How long writing takes', { ...seconds, ...measured }),
  },
  'http-api-gateway': {
    'http-api-gateway-error-rate': trigger('Share of requests that fail', { ...percent, ...comparison }),
    'http-api-gateway-latency': trigger('How long a request takes', { ...milliseconds, ...measured }),
  },
  'application-load-balancer': {
    'application-load-balancer-error-rate': trigger('Share of requests that fail', {
      ...percent,
      ...comparison,
    }),
    'application-load-balancer-unhealthy-targets': trigger('Share of targets that are not healthy', {
      ...percent,
      ...comparison,
      onlyIncludeTargets: Type.Optional(
        Type.Array(staticText(), { description: 'Names of the targets that count.' }),
      ),
    }),
    'application-load-balancer-custom': trigger('Any metric of the load balancer', {
      metric: oneOf(loadBalancerMetrics, { description: 'Its name in CloudWatch.' }),
      threshold: Type.Number({ 'stp:static': true, description: 'In the unit of the metric.' }),
      ...measured,
    }),
  },
} as const;

export type AlarmedType = keyof typeof triggers;

const allTriggers = Object.assign({}, ...Object.values(triggers)) as Record<string, Trigger>;
type Trigger = { title: string; description: string; schema: Type.TObject };

/** The resource type that each trigger watches. */
export const alarmedTypeOf = (triggerType: string): AlarmedType | undefined =>
  (Object.keys(triggers) as AlarmedType[]).find((type) => Object.hasOwn(triggers[type], triggerType));

/** What is the same of all alarms, in the file and global. */
export type Alarm = {
  trigger: { type: string; properties?: Record<string, string | number | readonly string[] | undefined> };
  evaluation?: { period?: number; evaluationPeriods?: number; breachedPeriods?: number };
  notificationTargets?: { type: 'sns'; properties: { snsTopicArn: string } }[];
  description?: string;
};

const periods = (description: string) =>
  Type.Optional(Type.Integer({ 'stp:static': true, description, default: 1, minimum: 1 }));

const notification = variants(
  {
    sns: {
      title: 'SNS topic',
      description: 'Hears when the alarm fires and when it ends.',
      schema: closedObject({
        snsTopicArn: Type.String({
          description: 'ARN of the topic.',
          examples: ['arn:aws:sns:us-east-1:000000000000:news'],
        }),
      }),
    },
  },
  {
    noun: 'notification target',
    'stp:laterTypes': ['slack', 'ms-teams', 'email', 'discord', 'webhook'],
  },
);

const alarmMembers = (branches: Record<string, Trigger>) => ({
  trigger: variants(branches, { noun: 'trigger', title: 'Trigger', description: 'When the alarm fires.' }),
  evaluation: Type.Optional(
    closedObject(
      {
        period: Type.Optional(
          Type.Integer({
            'stp:static': true,
            description: 'Seconds, whole minutes.',
            default: 60,
            minimum: 60,
          }),
        ),
        evaluationPeriods: periods('How many periods are looked at.'),
        breachedPeriods: periods('How many of them have to be beyond the threshold.'),
      },
      { title: 'Evaluation', description: 'For how long the metric has to be beyond the threshold.' },
    ),
  ),
  notificationTargets: Type.Optional(
    Type.Array(notification, { title: 'Notifications', description: 'Who is told.' }),
  ),
  description: Type.Optional(
    Type.String({
      title: 'Description',
      description: 'What the alarm is about, for people.',
      maxLength: 1024,
    }),
  ),
});

/** `alarms` and `disabledGlobalAlarms` of a resource type that can have them. */
export const alarmProperties = (type: AlarmedType) => ({
  alarms: Type.Optional(
    Type.Unsafe<Alarm[]>(
      Type.Array(closedObject(alarmMembers(triggers[type])), {
        title: 'Alarms',
        description: 'What is watched; functions can be invoked by it.',
      }),
    ),
  ),
  disabledGlobalAlarms: Type.Optional(
    Type.Array(staticText(), {
      title: 'Disabled global alarms',
      description: 'Names of alarms of stacktape.alarms.yml that this resource does not get.',
      uniqueItems: true,
    }),
  ),
});

const everywhere = (description: string) =>
  Type.Optional(Type.Array(staticText(), { description, default: ['*'], minItems: 1 }));

/** One alarm of `stacktape.alarms.yml`. */
export const globalAlarmSchema = closedObject({
  name: Type.String({
    'stp:static': true,
    title: 'Name',
    examples: ['CpuUtilization'],
    description: 'Functions name it as {resource}.alarms.{NameInPascalCase}.',
    pattern: '^[A-Za-z][A-Za-z0-9]*(?:[-_ ][A-Za-z0-9]+)*$',
    'stp:format': 'letters and digits, a letter first, with a hyphen, an underscore or a space between words',
    maxLength: 100,
  }),
  forServices: everywhere('Services that get it; * for all.'),
  forStages: everywhere('Stages that get it; * for all.'),
  ...alarmMembers(allTriggers),
});
