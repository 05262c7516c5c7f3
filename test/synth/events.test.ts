import { describe, expect, test } from 'vitest';
import type { Value } from '../../source/model/intrinsic.ts';
import { resolve } from './resolve-template.ts';
import { property, synthesize } from './synthesize.ts';

const lambda = (name: string, properties = '') => `  ${name}:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/${name}.ts } }
${properties.replaceAll(/^/gm, '      ')}
`;

const others = `resources:
  orders: { type: sqs-queue }
  news: { type: sns-topic }
  bus: { type: event-bus }
  files: { type: bucket }
  api: { type: http-api-gateway }
  door: { type: application-load-balancer }
  posts:
    type: dynamo-db-table
    properties:
      streamType: KEYS_ONLY
      primaryKey: { partitionKey: { name: id, type: string } }
`;

const everyEvent = `events:
  - { type: http-api-gateway, properties: { httpApiGatewayName: api, method: GET, path: /, authorizer: { type: lambda, properties: { functionName: one } } } }
  - { type: schedule, properties: { scheduleRate: rate(1 day) } }
  - { type: event-bus, properties: { eventBusName: bus, eventPattern: { source: [a] } } }
  - { type: kafka-topic, properties: { customKafkaConfiguration: { bootstrapServers: ["a.example.com:9092"], topicName: orders, authentication: { type: BASIC_AUTH, properties: { authenticationSecretArn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:kafka-secret" } } } } }
  - { type: sns, properties: { snsTopicName: news } }
  - { type: sqs, properties: { sqsQueueName: orders } }
  - { type: kinesis-stream, properties: { streamArn: "arn:aws:kinesis:us-east-1:111122223333:stream/s" } }
  - { type: dynamo-db-stream, properties: { streamArn: "$ResourceParam('posts', 'streamArn')" } }
  - { type: s3, properties: { bucketArn: "$ResourceParam('files', 'arn')", s3EventType: "s3:ObjectCreated:*" } }
  - { type: cloudwatch-log, properties: { logGroupArn: "$ResourceParam('two', 'arn')" } }
  - { type: cloudwatch-alarm, properties: { alarmName: one.alarms.0 } }
  - { type: application-load-balancer, properties: { loadBalancerName: door, priority: 1, paths: [/] } }
alarms: [{ trigger: { type: lambda-error-rate, properties: { thresholdPercent: 1 } } }]
`;

test('with an alias nothing invokes the function but through it', () => {
  const gradual = `deployment: { strategy: AllAtOnce }\nurl: { enabled: true }\n${everyEvent}`;
  const stack = synthesize(
    others +
      lambda('one', gradual) +
      lambda('two', `destinations: { onSuccess: "$ResourceParam('one', 'arn')" }`),
  );
  expect(stack.findings).toEqual([]);
  const alias = { Ref: 'OneStpAlias' };
  const ofType = (type: string) =>
    Object.entries(stack.template.Resources).filter(([, resource]) => resource.Type === type);
  const permissions = ofType('AWS::Lambda::Permission').map(([, { Properties }]) => Properties?.FunctionName);
  // Two of the URL, one of the authorizer, and one of each event but those that Lambda polls itself.
  expect(permissions).toEqual(Array.from({ length: 11 }, () => alias));
  expect(ofType('AWS::Lambda::EventSourceMapping').map(([, one]) => one.Properties?.FunctionName)).toEqual(
    Array.from({ length: 4 }, () => alias),
  );
  expect(ofType('AWS::Events::Rule').map(([id]) => property(stack, id, 'Targets', 0, 'Arn'))).toEqual(
    Array.from({ length: 3 }, () => alias),
  );
  for (const [id, ...path] of [
    ['OneApiIntegration', 'IntegrationUri'],
    ['ApiOneAuthorizer', 'AuthorizerUri', 'Fn::Sub', 1, 'target'],
    ['OneEvent4Subscription', 'Endpoint'],
    ['FilesBucket', 'NotificationConfiguration', 'LambdaConfigurations', 0, 'Function'],
    ['OneEvent9SubscriptionFilter', 'DestinationArn'],
    ['OneDoorTargetGroup', 'Targets', 0, 'Id'],
    ['TwoEventInvokeConfig', 'DestinationConfig', 'OnSuccess', 'Destination'],
  ] as const) {
    expect([id, property(stack, id, ...path)]).toEqual([id, alias]);
  }
});

describe('what a target of a rule gets is JSON', () => {
  const given = (input: string) => {
    const stack = synthesize(
      others +
        lambda('one', `events: [{ type: schedule, properties: { scheduleRate: rate(1 day), ${input} } }]`),
    );
    const target = property(stack, 'OneEvent0Rule', 'Targets', 0) as {
      Input?: Value;
      InputTransformer?: { InputTemplate: Value };
    };
    return String(resolve(stack.template, target.Input ?? target.InputTransformer?.InputTemplate));
  };
  const queue = 'arn:aws:sqs:us-east-1:111122223333:project-dev-orders';

  test.each([
    ['input: text', 'text'],
    [`input: '{"a": 1}'`, { a: 1 }],
    ['input: { a: [1, null] }', { a: [1, null] }],
    [`input: "$ResourceParam('orders', 'arn')"`, queue],
    [`input: "it is $ResourceParam('orders', 'arn')"`, `it is ${queue}`],
    [`input: 'say "$ResourceParam(''orders'', ''arn'')"'`, `say "${queue}"`],
    [`input: { a: 'say "$ResourceParam(''orders'', ''arn'')"' }`, { a: `say "${queue}"` }],
    [`input: '{"a": "$ResourceParam(''orders'', ''arn'')"}'`, { a: queue }],
    ['inputTransformer: { inputTemplate: plain <aws.events.rule-name> }', 'plain <aws.events.rule-name>'],
    [`inputTransformer: { inputTemplate: '"<aws.events.rule-name>"' }`, '<aws.events.rule-name>'],
    [`inputTransformer: { inputTemplate: "$ResourceParam('orders', 'arn')" }`, queue],
    [`inputTransformer: { inputTemplate: '"on $ResourceParam(''orders'', ''arn'')"' }`, `on ${queue}`],
    [
      `inputTransformer: { inputTemplate: { q: "$ResourceParam('orders', 'arn')", t: <time> } }`,
      { q: queue, t: '<time>' },
    ],
  ])('%s', (input, value) => {
    expect(JSON.parse(given(input))).toEqual(value);
  });

  test('values of the event stay without quotes where the template has none', () => {
    expect(given(`inputTransformer: { inputPathsMap: { t: $.time }, inputTemplate: '{"time": <t>}' }`)).toBe(
      '{"time": <t>}',
    );
  });
});

test('a secret may be named without the characters that Secrets Manager adds', () => {
  const stack = synthesize(others + lambda('one', everyEvent) + lambda('two'));
  const secret = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:kafka-secret';
  expect(property(stack, 'OneRole', 'Policies', 1, 'PolicyDocument', 'Statement')).toContainEqual({
    Effect: 'Allow',
    Action: ['secretsmanager:GetSecretValue'],
    Resource: [secret, `${secret}-??????`],
  });
});

test('one queue takes what several events could not deliver', () => {
  const failures = 'onDeliveryFailure: { sqsQueueName: orders }';
  const pattern = 'eventPattern: { source: [a] }';
  const stack = synthesize(
    others +
      lambda(
        'one',
        `events:
  - { type: event-bus, properties: { eventBusName: bus, ${pattern}, ${failures} } }
  - { type: event-bus, properties: { useDefaultBus: true, ${pattern}, onDeliveryFailure: { sqsQueueArn: "$ResourceParam('orders', 'arn')" } } }
  - { type: sns, properties: { snsTopicName: news, ${failures} } }`,
      ) +
      lambda('two', `events: [{ type: sns, properties: { snsTopicName: news, ${failures} } }]`),
  );
  const send = (service: string, sources: unknown[]) => ({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: ['sqs:SendMessage'],
    Resource: { 'Fn::GetAtt': ['OrdersQueue', 'Arn'] },
    Condition: { ArnEquals: { 'aws:SourceArn': sources } },
  });
  expect(property(stack, 'OrdersQueuePolicy', 'PolicyDocument', 'Statement')).toEqual([
    send('events.amazonaws.com', [
      { 'Fn::GetAtt': ['OneEvent0Rule', 'Arn'] },
      { 'Fn::GetAtt': ['OneEvent1Rule', 'Arn'] },
    ]),
    send('sns.amazonaws.com', [{ Ref: 'NewsTopic' }]),
  ]);
});

describe('a queue of cloudformationResources that takes failed deliveries', () => {
  const events = lambda(
    'one',
    `events:
  - { type: sns, properties: { snsTopicName: news, onFailure: { sqsQueueArn: "$CfResourceParam('Failed', 'Arn')" } } }
  - { type: event-bus, properties: { eventBusName: bus, eventPattern: { source: [a] }, onDeliveryFailure: { sqsQueueArn: "$CfResourceParam('Failed', 'Arn')" } } }`,
  );
  const raw =
    'cloudformationResources:\n  Failed: { Type: AWS::SQS::Queue }\n  Other: { Type: AWS::SQS::Queue }\n';
  const policies = (text: string) =>
    Object.entries(synthesize(text).template.Resources).filter(
      ([, { Type }]) => Type === 'AWS::SQS::QueuePolicy',
    );

  test('lets the services send', () => {
    const stack = synthesize(others + events + raw);
    expect(stack.findings).toEqual([]);
    const send = (service: string, source: Value) => ({
      Effect: 'Allow',
      Principal: { Service: service },
      Action: ['sqs:SendMessage'],
      Resource: { 'Fn::GetAtt': ['Failed', 'Arn'] },
      Condition: { ArnEquals: { 'aws:SourceArn': [source] } },
    });
    expect(policies(others + events + raw).map(([id]) => id)).toEqual(['FailedQueuePolicy']);
    expect(property(stack, 'FailedQueuePolicy')).toEqual({
      Queues: [{ Ref: 'Failed' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          send('events.amazonaws.com', { 'Fn::GetAtt': ['OneEvent1Rule', 'Arn'] }),
          send('sns.amazonaws.com', { Ref: 'NewsTopic' }),
        ],
      },
    });
  });

  test('keeps the policy that it has there', () => {
    const own = `  Mine: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: ["$CfResourceParam('Failed', 'QueueUrl')"], PolicyDocument: { Version: '2012-10-17', Statement: [] } } }\n`;
    expect(policies(others + events + raw + own).map(([id]) => id)).toEqual(['Mine']);
  });
});

describe('a log group that is not of the stack', () => {
  const log = (arn: string) =>
    synthesize(
      others + lambda('one', `events: [{ type: cloudwatch-log, properties: { logGroupArn: "${arn}" } }]`),
    );

  test.each([
    'arn:aws:logs:us-east-1:111122223333:log-group:/other',
    'arn:aws:logs:us-east-1:111122223333:log-group:/other:*',
    "arn:aws:logs:us-east-1:111122223333:log-group:/$CfResourceParam('OneRole', 'RoleId')/other",
    "arn:aws:logs:us-east-1:111122223333:log-group:/$CfResourceParam('OneRole', 'RoleId')",
  ])('%s invokes by its ARN with its streams', (arn) => {
    const stack = log(arn);
    expect(stack.findings).toEqual([]);
    const sourceArn = property(stack, 'OneEvent0Permission', 'SourceArn') as Value;
    expect(resolve(stack.template, sourceArn)).toMatch(
      /^arn:aws:logs:us-east-1:111122223333:log-group:\/[^:*]+:\*$/,
    );
  });

  test('has to have a name that CloudFormation can find', () => {
    expect(log("$SsmParam('/log')").findings).toMatchObject([
      {
        code: 'unknown-log-group',
        message: 'CloudFormation takes no name out of an ARN that a parameter or a secret holds.',
      },
    ]);
  });
});
