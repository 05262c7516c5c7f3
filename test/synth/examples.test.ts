import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printTemplate } from '../../source/synth/print-template.ts';
import { type SynthesizedStack, synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { readRight } from '../config/read.ts';
import { configText, property } from './synthesize.ts';

/** What a function is in itself. */
const functions = (...names: string[]) =>
  names.flatMap((name) => [`${name}Function`, `${name}Role`, `${name}LogGroup`]);

const vpc = [
  'StpVpc',
  'StpInternetGateway',
  'StpVpcGatewayAttachment',
  ...[1, 2, 3].flatMap((number) => [
    `StpPublicSubnet${number}`,
    `StpPublicSubnet${number}RouteTable`,
    `StpPublicSubnet${number}SubnetRouteTableAssociation`,
    `StpInternetGatewayRoute${number}`,
  ]),
];

const database = [
  'MyDatabaseDbCluster',
  'MyDatabaseDbSubnetGroup',
  'MyDatabaseSecurityGroup',
  'MyDatabaseDbClusterParameterGroup',
  'MyDatabaseErrorLogGroup',
];

const gradual = [
  'StpLambdaCodeDeployApplication',
  'StpCodeDeployRole',
  'MyLambdaDeploymentGroup',
  'MyLambdaStpAlias',
  'MyLambdaVersion',
];

type Holds = [logicalId: string, path: (string | number)[], value: unknown];

const getAtt = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
const bucketName = { 'Fn::Sub': 'project-dev-mybucket-${AWS::AccountId}-${AWS::Region}' };
const variables = ['Environment', 'Variables'];

/** Appendix A of the specification: the resources of each example, and what must hold besides. */
const examples: Record<string, { resources: string[]; holds: Holds[] }> = {
  '01-basic': {
    resources: functions('MyLambda'),
    holds: [
      ['MyLambdaFunction', ['Handler'], 'index.default'],
      ['MyLambdaFunction', ['Runtime'], 'nodejs24.x'],
      ['MyLambdaFunction', ['Timeout'], 3],
      ['MyLambdaFunction', ['MemorySize'], 1024],
    ],
  },
  '02-timeout-memory': {
    resources: functions('MyLambda'),
    holds: [
      ['MyLambdaFunction', ['Timeout'], 10],
      ['MyLambdaFunction', ['MemorySize'], 2048],
    ],
  },
  '03-memory': {
    resources: functions('MyLambda'),
    holds: [['MyLambdaFunction', ['MemorySize'], 1024]],
  },
  '04-timeout': {
    resources: functions('MyLambda'),
    holds: [['MyLambdaFunction', ['Timeout'], 300]],
  },
  '05-environment': {
    resources: [...functions('MyLambda'), ...database, ...vpc],
    holds: [
      [
        'MyLambdaFunction',
        variables,
        expect.objectContaining({
          STATIC_ENV_VAR: 'my-env-var',
          DYNAMICALLY_SET_ENV_VAR: 'made of input-for-my-directive',
          DB_HOST: getAtt('MyDatabaseDbCluster', 'Endpoint.Address'),
          DB_PASSWORD: '{{resolve:secretsmanager:dbSecret:SecretString:password}}',
        }),
      ],
      [
        'MyDatabaseDbCluster',
        ['MasterUserPassword'],
        '{{resolve:secretsmanager:dbSecret:SecretString:password}}',
      ],
    ],
  },
  '06-http-api': {
    resources: [
      ...functions('MyLambda'),
      'MyHttpApiApi',
      'MyHttpApiStage',
      'MyHttpApiLogGroup',
      'StpMyHttpApiGetHelloRoute',
      'MyLambdaMyHttpApiIntegration',
      'MyLambdaMyHttpApiPermission',
    ],
    holds: [
      ['StpMyHttpApiGetHelloRoute', ['RouteKey'], 'GET /hello'],
      ['MyLambdaMyHttpApiIntegration', ['PayloadFormatVersion'], '1.0'],
      ['MyLambdaMyHttpApiIntegration', ['TimeoutInMillis'], 3500],
    ],
  },
  '07-schedule': {
    resources: [
      ...functions('MyLambda'),
      'MyLambdaEvent0Rule',
      'MyLambdaEvent0Permission',
      'MyLambdaEvent1Rule',
      'MyLambdaEvent1Permission',
    ],
    holds: [
      ['MyLambdaEvent0Rule', ['ScheduleExpression'], 'rate(2 hours)'],
      ['MyLambdaEvent1Rule', ['ScheduleExpression'], 'cron(0 10 * * ? *)'],
      ['MyLambdaEvent1Permission', ['SourceArn'], getAtt('MyLambdaEvent1Rule')],
    ],
  },
  '08-event-bus-default': {
    resources: [...functions('MyLambda'), 'MyLambdaEvent0Rule', 'MyLambdaEvent0Permission'],
    holds: [
      ['MyLambdaEvent0Rule', ['EventBusName'], undefined],
      ['MyLambdaEvent0Rule', ['EventPattern'], { source: ['aws.autoscaling'], region: ['us-west-2'] }],
    ],
  },
  '09-event-bus-custom': {
    resources: [
      ...functions('MyLambda'),
      'MyEventBusEventBus',
      'MyLambdaEvent0Rule',
      'MyLambdaEvent0Permission',
    ],
    holds: [['MyLambdaEvent0Rule', ['EventBusName'], getAtt('MyEventBusEventBus')]],
  },
  '10-kafka-upstash': {
    resources: [...functions('MyConsumer'), 'MyConsumerEvent0Secret', 'MyConsumerEvent0EventSourceMapping'],
    holds: [
      ['MyConsumerEvent0EventSourceMapping', ['Topics'], [{ Ref: 'MyTopicTopicName' }]],
      ['MyConsumerEvent0EventSourceMapping', ['StartingPosition'], 'TRIM_HORIZON'],
      [
        'MyConsumerRole',
        ['Policies', 1, 'PolicyDocument', 'Statement'],
        [
          {
            Effect: 'Allow',
            Action: ['secretsmanager:GetSecretValue'],
            Resource: [{ Ref: 'MyConsumerEvent0Secret' }],
          },
        ],
      ],
    ],
  },
  '11-kafka-custom': {
    resources: [...functions('MyConsumer'), 'MyConsumerEvent0EventSourceMapping'],
    holds: [
      [
        'MyConsumerEvent0EventSourceMapping',
        ['SelfManagedEventSource', 'Endpoints', 'KafkaBootstrapServers'],
        ['my-kafka-broker-1.my-domain.com:9092', 'my-kafka-broker-2.my-domain.com:9092'],
      ],
      ['MyConsumerEvent0EventSourceMapping', ['Topics'], ['myTopic']],
      [
        'MyConsumerEvent0EventSourceMapping',
        ['SourceAccessConfigurations'],
        [
          {
            Type: 'SASL_SCRAM_256_AUTH',
            URI: 'arn:aws:secretsmanager:eu-west-1:xxxxxxxxxxx:secret:mySecret',
          },
        ],
      ],
      ['MyConsumerEvent0EventSourceMapping', ['StartingPosition'], 'TRIM_HORIZON'],
      ['MyConsumerEvent0EventSourceMapping', ['BatchSize'], 100],
    ],
  },
  '12-sns': {
    resources: [
      ...functions('MyLambda'),
      'MySnsTopicTopic',
      'MyLambdaEvent0Subscription',
      'MyLambdaEvent0Permission',
    ],
    holds: [
      ['MyLambdaEvent0Subscription', ['TopicArn'], { Ref: 'MySnsTopicTopic' }],
      ['MyLambdaEvent0Subscription', ['Protocol'], 'lambda'],
      ['MyLambdaEvent0Permission', ['SourceArn'], { Ref: 'MySnsTopicTopic' }],
    ],
  },
  '13-sqs': {
    resources: [...functions('MyLambda'), 'MySqsQueueQueue', 'MyLambdaEvent0EventSourceMapping'],
    holds: [
      [
        'MyLambdaRole',
        ['Policies', 1, 'PolicyDocument', 'Statement'],
        [
          {
            Effect: 'Allow',
            Action: expect.toSatisfy(
              (actions: string[]) =>
                actions.toSorted().join() ===
                'sqs:ChangeMessageVisibility,sqs:DeleteMessage,sqs:GetQueueAttributes,sqs:GetQueueUrl,sqs:ReceiveMessage',
            ),
            Resource: [getAtt('MySqsQueueQueue')],
          },
        ],
      ],
      // Left to AWS, whose 30 seconds are more than six times the function's 3.
      ['MySqsQueueQueue', ['VisibilityTimeout'], undefined],
    ],
  },
  '14-kinesis': {
    resources: [
      ...functions('MyLambda'),
      'MyLambdaEvent0StreamConsumer',
      'MyLambdaEvent0EventSourceMapping',
      'myKinesisStream',
      'myOnFailureSqsQueue',
    ],
    holds: [
      [
        'MyLambdaEvent0EventSourceMapping',
        [],
        {
          FunctionName: getAtt('MyLambdaFunction'),
          Enabled: true,
          EventSourceArn: getAtt('MyLambdaEvent0StreamConsumer', 'ConsumerARN'),
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 200,
          MaximumBatchingWindowInSeconds: 30,
          DestinationConfig: { OnFailure: { Destination: getAtt('myOnFailureSqsQueue') } },
        },
      ],
      ['MyLambdaRole', ['Policies', 1, 'PolicyDocument', 'Statement', 'length'], 3],
    ],
  },
  '15-dynamo-db-stream': {
    resources: [...functions('MyLambda'), 'MyDynamoDbTableTable', 'MyLambdaEvent0EventSourceMapping'],
    holds: [
      ['MyDynamoDbTableTable', ['StreamSpecification'], { StreamViewType: 'NEW_AND_OLD_IMAGES' }],
      ['MyLambdaEvent0EventSourceMapping', ['BatchSize'], 200],
      ['MyLambdaEvent0EventSourceMapping', ['EventSourceArn'], getAtt('MyDynamoDbTableTable', 'StreamArn')],
    ],
  },
  '16-s3': {
    resources: [...functions('MyLambda'), 'MyBucketBucket', 'MyLambdaEvent0Permission'],
    holds: [
      [
        'MyBucketBucket',
        ['NotificationConfiguration', 'LambdaConfigurations'],
        [
          {
            Event: 's3:ObjectCreated:*',
            Function: getAtt('MyLambdaFunction'),
            Filter: {
              S3Key: {
                Rules: [
                  { Name: 'prefix', Value: 'order-' },
                  { Name: 'suffix', Value: '.jpg' },
                ],
              },
            },
          },
        ],
      ],
      // Written out: the bucket waits for the permission, which may therefore not wait for the bucket.
      [
        'MyLambdaEvent0Permission',
        ['SourceArn', 'Fn::Sub'],
        'arn:${AWS::Partition}:s3:::project-dev-mybucket-${AWS::AccountId}-${AWS::Region}',
      ],
    ],
  },
  '17-cloudwatch-log': {
    resources: [
      ...functions('MyLogProducingLambda', 'MyLogConsumingLambda'),
      'MyLogConsumingLambdaEvent0SubscriptionFilter',
      'MyLogConsumingLambdaEvent0Permission',
    ],
    holds: [
      [
        'MyLogConsumingLambdaEvent0SubscriptionFilter',
        ['LogGroupName'],
        { Ref: 'MyLogProducingLambdaLogGroup' },
      ],
      ['MyLogProducingLambdaLogGroup', ['LogGroupName'], '/aws/lambda/project-dev-myLogProducingLambda'],
      ['MyLogConsumingLambdaEvent0Permission', ['SourceArn'], getAtt('MyLogProducingLambdaLogGroup')],
    ],
  },
  '18-alarm-in-config': {
    resources: [
      ...functions('MyFunction'),
      ...database,
      ...vpc,
      'DatabaseCpuUtilizationForMyDatabase0Alarm',
      'MyFunctionEvent0Rule',
      'MyFunctionEvent0Permission',
    ],
    holds: [
      [
        'MyFunctionEvent0Rule',
        ['EventPattern', 'resources'],
        [getAtt('DatabaseCpuUtilizationForMyDatabase0Alarm')],
      ],
      ['DatabaseCpuUtilizationForMyDatabase0Alarm', ['Threshold'], 80],
      ['DatabaseCpuUtilizationForMyDatabase0Alarm', ['ComparisonOperator'], 'GreaterThanThreshold'],
      [
        'DatabaseCpuUtilizationForMyDatabase0Alarm',
        ['Metrics', 0, 'MetricStat'],
        {
          Metric: {
            Namespace: 'AWS/RDS',
            MetricName: 'CPUUtilization',
            Dimensions: [{ Name: 'DBClusterIdentifier', Value: { Ref: 'MyDatabaseDbCluster' } }],
          },
          Period: 60,
          Stat: 'Average',
        },
      ],
    ],
  },
  '19-alarm-global': {
    resources: [
      ...functions('MyFunction'),
      ...database,
      ...vpc,
      'DatabaseCpuUtilizationForMyDatabaseCpuUtilizationAlarm',
      'MyFunctionEvent0Rule',
      'MyFunctionEvent0Permission',
    ],
    holds: [
      [
        'MyFunctionEvent0Rule',
        ['EventPattern', 'resources'],
        [getAtt('DatabaseCpuUtilizationForMyDatabaseCpuUtilizationAlarm')],
      ],
      ['DatabaseCpuUtilizationForMyDatabaseCpuUtilizationAlarm', ['Threshold'], 80],
    ],
  },
  '20-application-load-balancer': {
    resources: [
      ...functions('MyLambda'),
      ...vpc,
      'MyLoadBalancerLoadBalancer',
      'MyLoadBalancerLbSecurityGroup',
      'MyLoadBalancerPort80Listener',
      'MyLoadBalancerPort80Priority1ListenerRule',
      'MyLambdaMyLoadBalancerTargetGroup',
      'MyLambdaMyLoadBalancerTargetGroupPermission',
    ],
    holds: [
      ['MyLoadBalancerPort80Priority1ListenerRule', ['Priority'], 1],
      [
        'MyLoadBalancerPort80Priority1ListenerRule',
        ['Conditions'],
        [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/invoke-my-lambda', '/another-path'] } }],
      ],
      ['MyLoadBalancerPort80Listener', ['DefaultActions', 0, 'FixedResponseConfig', 'StatusCode'], '404'],
    ],
  },
  '21-destinations': {
    resources: [
      ...functions('MyLambda', 'MySuccessLambda'),
      'MyEventBusEventBus',
      'MyLambdaEventInvokeConfig',
    ],
    holds: [
      [
        'MyLambdaEventInvokeConfig',
        ['DestinationConfig'],
        {
          OnSuccess: {
            Destination: {
              'Fn::Sub':
                'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:project-dev-mySuccessLambda',
            },
          },
          OnFailure: { Destination: getAtt('MyEventBusEventBus') },
        },
      ],
      ['MyLambdaRole', ['Policies', 1, 'PolicyName'], 'allow-destinations'],
    ],
  },
  '22-connect-to': {
    resources: [...functions('MyLambda'), 'MyBucketBucket'],
    holds: [
      [
        'MyLambdaFunction',
        variables,
        expect.objectContaining({
          MY_BUCKET_NAME: bucketName,
          STP_MY_BUCKET_NAME: bucketName,
          STP_MY_BUCKET_ARN: { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${bucketName['Fn::Sub']}` },
        }),
      ],
      ['MyLambdaRole', ['Policies', 1, 'PolicyDocument', 'Statement', 'length'], 3],
      [
        'MyLambdaRole',
        ['Policies', 1, 'PolicyDocument', 'Statement', 2],
        { Effect: 'Allow', Action: ['ses:*'], Resource: '*' },
      ],
    ],
  },
  '23-iam-role-statements': {
    resources: [...functions('MyFunction'), 'NotificationTopic'],
    holds: [
      ['MyFunctionFunction', [...variables, 'TOPIC_ARN'], { Ref: 'NotificationTopic' }],
      [
        'MyFunctionRole',
        ['Policies', 1, 'PolicyDocument', 'Statement'],
        [{ Effect: 'Allow', Action: ['sns:Publish'], Resource: [{ Ref: 'NotificationTopic' }] }],
      ],
    ],
  },
  '24-deployment': {
    resources: [...functions('MyLambda'), ...gradual],
    holds: [
      [
        'MyLambdaDeploymentGroup',
        ['DeploymentConfigName'],
        'CodeDeployDefault.LambdaLinear10PercentEvery1Minute',
      ],
    ],
  },
  '25-deployment-hook': {
    resources: [...functions('MyLambda', 'ValidateDeployment'), ...gradual],
    holds: [
      [
        'ValidateDeploymentRole',
        ['Policies', 0, 'PolicyDocument', 'Statement', 0, 'Action'],
        ['codedeploy:PutLifecycleEventHookExecutionStatus'],
      ],
      [
        'StpCodeDeployRole',
        ['Policies', 0, 'PolicyDocument', 'Statement', 0, 'Action'],
        ['lambda:InvokeFunction'],
      ],
    ],
  },
  '26-join-default-vpc': {
    resources: [...functions('MyLambda'), ...vpc, 'MyLambdaSecurityGroup'],
    holds: [
      ['MyLambdaFunction', ['VpcConfig', 'SecurityGroupIds'], [getAtt('MyLambdaSecurityGroup', 'GroupId')]],
      ['MyLambdaFunction', ['VpcConfig', 'SubnetIds', 'length'], 3],
      ['MyLambdaRole', ['Policies', 1, 'PolicyName'], 'allow-vpc-network-interfaces-policy'],
    ],
  },
};

const alarms = {
  file: '/project/stacktape.alarms.yml',
  text: readFileSync(new URL('./example-companions/stacktape.alarms.yml', import.meta.url), 'utf8'),
};

function synthesizeExample(name: string): SynthesizedStack {
  // What the directive of the example's own file gives is put in its place; test/e2e runs that file.
  const text = configText(`examples/${name}`)
    .replace(/^directives:\n(?: .*\n)+/, '')
    .replace("$MyCustomDirective('input-for-my-directive')", 'made of input-for-my-directive');
  return synthesizeStack(readRight(text, name === '19-alarm-global' ? { alarms } : {}));
}

test('there are twenty-six', () => {
  const files = globSync('test/synth/configs/examples/*.yml').map((file) => basename(file, '.yml'));
  expect(files.sort()).toEqual(Object.keys(examples));
  expect(files).toHaveLength(26);
});

describe.each(Object.entries(examples))('%s', (name, { resources, holds }) => {
  const stack = synthesizeExample(name);

  test('becomes these resources, and no finding is an error', () => {
    const ids = Object.keys(stack.template.Resources).map((id) =>
      id.replace(/^MyLambdaVersion[0-9a-f]+$/, 'MyLambdaVersion'),
    );
    expect(ids.toSorted()).toEqual(resources.toSorted());
    expect(stack.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test.each(holds)('%s %j', (id, path, value) => {
    expect(stack.template.Resources[id], `${id} is there`).toBeDefined();
    expect(property(stack, id, ...path)).toEqual(value);
  });

  test('is, to the letter', async () => {
    await expect(printTemplate(stack.template, 'json')).toMatchFileSnapshot(`golden/${name}.json`);
  });
});
