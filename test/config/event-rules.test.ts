import { describe, expect, test } from 'vitest';
import { read } from './read.ts';

/** Two functions and what their events and properties can be about. */
const config = (first: string, second = '') => `resources:
  orders: { type: sqs-queue }
  ordered: { type: sqs-queue, properties: { fifoEnabled: true } }
  slow: { type: sqs-queue, properties: { visibilityTimeoutSeconds: 20 } }
  news: { type: sns-topic }
  bus: { type: event-bus }
  files: { type: bucket }
  api: { type: http-api-gateway }
  pool: { type: user-auth-pool }
  door: { type: application-load-balancer }
  posts:
    type: dynamo-db-table
    properties:
      streamType: KEYS_ONLY
      primaryKey: { partitionKey: { name: id, type: string } }
  one:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/one.ts } }
${first.replaceAll(/^/gm, '      ')}
  two:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/two.ts } }
${second.replaceAll(/^/gm, '      ')}
cloudformationResources:
  RawQueue: { Type: AWS::SQS::Queue }
  RawOrdered: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true, VisibilityTimeout: 300 } }
  RawTopic: { Type: AWS::SNS::Topic, Properties: { FifoTopic: true } }
  RawStream: { Type: AWS::Kinesis::Stream, Properties: { ShardCount: 1 } }
  RawConsumer: { Type: AWS::Kinesis::StreamConsumer, Properties: { ConsumerName: c, StreamARN: "$CfResourceParam('RawStream', 'Arn')" } }
`;

const problems = (first: string, second?: string) =>
  read(config(first, second)).problems.map(({ severity, code, message }) =>
    [...(severity === 'warning' ? [severity] : []), code, message].join(' | '),
  );

const events = (...list: [type: string, properties: string][]) =>
  `events: [${list.map(([type, properties]) => `{ type: ${type}, properties: { ${properties} } }`).join(', ')}]`;

const param = (name: string, key = 'arn') => `"$ResourceParam('${name}', '${key}')"`;
const attribute = (id: string, name = 'Arn') => `"$CfResourceParam('${id}', '${name}')"`;

describe('what a property that takes an ARN refuses', () => {
  test.each([
    [
      `destinations: { onSuccess: ${param('orders', 'url')} }`,
      "$ResourceParam('orders', 'url') is not the ARN of a queue, a topic, an event bus or a function.",
    ],
    [
      'destinations: { onSuccess: "arn:aws:s3:::files" }',
      '"arn:aws:s3:::files" is the ARN of a bucket, and not of a queue, a topic, an event bus or a function.',
    ],
    [
      `destinations: { onFailure: ${attribute('RawStream')} }`,
      'this is the ARN of stream RawStream, and not of a queue, a topic, an event bus or a function.',
    ],
    [
      events(['sqs', 'sqsQueueArn: "https://sqs.us-east-1.amazonaws.com/000000000000/orders"']),
      '"https://sqs.us-east-1.amazonaws.com/000000000000/orders" is not the ARN of a queue.',
    ],
    [
      events(['sns', `snsTopicArn: ${param('orders')}`]),
      'this is the ARN of queue orders, and not of a topic.',
    ],
    [
      events(['event-bus', `eventBusArn: ${param('news')}, eventPattern: { source: [a] }`]),
      'this is the ARN of topic news, and not of an event bus.',
    ],
    [
      events(['kinesis-stream', `streamArn: ${attribute('RawStream', 'Name')}`]),
      "$CfResourceParam('RawStream', 'Name') is not the ARN of a stream.",
    ],
    [
      events([
        'kinesis-stream',
        `streamArn: ${attribute('RawStream')}, consumerArn: ${attribute('RawStream')}`,
      ]),
      'this is the ARN of stream RawStream, and not of a consumer.',
    ],
    [
      events([
        'kinesis-stream',
        `streamArn: ${attribute('RawStream')}, onFailure: { type: sns, arn: ${param('orders')} }`,
      ]),
      'this is the ARN of queue orders, and not of a topic.',
    ],
    [
      events(['dynamo-db-stream', `streamArn: ${param('posts')}`]),
      'this is the ARN of table posts, and not of a table stream.',
    ],
    [
      events(['cloudwatch-log', 'logGroupArn: /aws/lambda/other']),
      '"/aws/lambda/other" is not the ARN of a log group.',
    ],
    [
      events(['cloudwatch-log', 'logGroupArn: "arn:aws:lambda:us-east-1:000000000000:function:other"']),
      '"arn:aws:lambda:us-east-1:000000000000:function:other" is the ARN of a function, and not of a log group.',
    ],
    [
      events([
        'kafka-topic',
        'customKafkaConfiguration: { bootstrapServers: ["a.example.com:9092"], topicName: orders, authentication: { type: MTLS, properties: { clientCertificate: certificate } } }',
      ]),
      '"certificate" is not the ARN of a secret.',
    ],
    [
      events(['s3', 'bucketArn: "arn:aws:s3:::other/*", s3EventType: "s3:ObjectCreated:*"']),
      '"arn:aws:s3:::other/*" is not the ARN of a bucket.',
    ],
  ])('%s', (properties, message) => {
    expect(problems(properties)).toEqual([`wrong-arn | Function one: ${message}`]);
  });

  test('not what only the deployment knows, nor a generated id', () => {
    expect(
      problems(
        events(
          ['sqs', `sqsQueueArn: "$SsmParam('/queue')"`],
          ['sns', `snsTopicArn: ${attribute('NewsTopic')}`],
          [
            'kinesis-stream',
            `streamArn: ${attribute('RawStream')}, consumerArn: ${attribute('RawConsumer', 'ConsumerARN')}`,
          ],
          ['cloudwatch-log', `logGroupArn: ${attribute('TwoLogGroup')}`],
          ['dynamo-db-stream', `streamArn: ${attribute('PostsTable', 'StreamArn')}`],
          ['s3', `bucketArn: ${attribute('FilesBucket')}, s3EventType: "s3:ObjectCreated:*"`],
        ),
      ),
    ).toEqual([]);
  });
});

describe('first in, first out', () => {
  const fifo = 'first in, first out; failed deliveries go only to queues that are not.';
  const pattern = 'eventPattern: { source: [a] }';
  test.each([
    [events(['sns', 'snsTopicName: news, onDeliveryFailure: { sqsQueueName: ordered }']), fifo],
    [events(['sns', `snsTopicName: news, onFailure: { sqsQueueArn: ${attribute('RawOrdered')} }`]), fifo],
    [
      events(['event-bus', `eventBusName: bus, ${pattern}, onDeliveryFailure: { sqsQueueName: ordered }`]),
      fifo,
    ],
    [
      events([
        'dynamo-db-stream',
        `streamArn: ${param('posts', 'streamArn')}, onFailure: { type: sqs, arn: ${param('ordered')} }`,
      ]),
      'first in, first out; Lambda tells of failed batches only to those that are not.',
    ],
    [
      'destinations: { onFailure: "arn:aws:sqs:us-east-1:000000000000:a.fifo" }',
      'first in, first out; Lambda sends results only to queues and topics that are not.',
    ],
    [
      `destinations: { onFailure: ${attribute('RawTopic')} }`,
      'first in, first out; Lambda sends results only to queues and topics that are not.',
    ],
    [
      events(['sns', `snsTopicArn: ${attribute('RawTopic')}`]),
      'first in, first out; those deliver to queues and not to functions.',
    ],
  ])('%s', (properties, message) => {
    expect(problems(properties)).toEqual([expect.stringContaining(message)]);
  });

  test('queues of cloudformationResources and of other stacks have the same bounds', () => {
    for (const arn of [attribute('RawOrdered'), '"arn:aws:sqs:us-east-1:000000000000:a.fifo"']) {
      expect(
        problems(events(['sqs', `sqsQueueArn: ${arn}, batchSize: 11, maxBatchWindowSeconds: 1`])),
      ).toEqual([
        'fifo-batch-size | Function one: a first-in-first-out queue hands over 10 messages at once at most, not 11.',
        'fifo-batch-window | Function one: a first-in-first-out queue has no batch window.',
      ]);
    }
  });
});

describe('one source for several events', () => {
  test.each([
    ['queue orders', ['sqs', 'sqsQueueName: orders'], ['sqs', `sqsQueueArn: ${attribute('OrdersQueue')}`]],
    [
      'topic news',
      ['sns', 'snsTopicName: news'],
      ['sns', `snsTopicArn: ${param('news')}, filterPolicy: { a: [b] }`],
    ],
    [
      'stream RawStream',
      ['kinesis-stream', `streamArn: ${attribute('RawStream')}`],
      ['kinesis-stream', `streamArn: ${attribute('RawStream')}, startingPosition: LATEST`],
    ],
    [
      'table stream posts',
      ['dynamo-db-stream', `streamArn: ${param('posts', 'streamArn')}`],
      ['dynamo-db-stream', `streamArn: ${param('posts', 'streamArn')}, batchSize: 5`],
    ],
  ] as [string, [string, string], [string, string]][])('%s twice', (name, first, second) => {
    expect(problems(events(first, second))).toEqual([
      `duplicate-source | Function one: there is an event for ${name} already; AWS takes one for a function and a source.`,
    ]);
  });

  test('consumers of one stream that are made are several', () => {
    const own = `streamArn: ${attribute('RawStream')}, autoCreateConsumer: true`;
    expect(problems(events(['kinesis-stream', own], ['kinesis-stream', own]))).toEqual([]);
  });

  test('two functions share the messages of a queue', () => {
    const queue = (arn: string) => events(['sqs', `sqsQueueArn: ${arn}`]);
    expect(problems(queue(param('orders')), queue(attribute('OrdersQueue')))).toEqual([
      'warning | shared-queue | Function two: function one consumes this queue too: each message goes to one of the two only.',
    ]);
  });
});

describe('how long messages stay hidden', () => {
  test.each([
    [
      'timeout: 21',
      'sqsQueueName: slow',
      'visibility-timeout',
      'queue slow are visible again after 20 s',
      'visibilityTimeoutSeconds',
    ],
    [
      'timeout: 31',
      `sqsQueueArn: ${attribute('RawQueue')}`,
      'visibility-timeout',
      'queue RawQueue are visible again after 30 s',
      'VisibilityTimeout',
    ],
    [
      'timeout: 6',
      `sqsQueueArn: ${attribute('RawQueue')}`,
      'short-visibility-timeout',
      'queue RawQueue are visible again after 30 s',
      'VisibilityTimeout',
    ],
  ])('%s, %s', (timeout, queue, code, message, key) => {
    const [problem, ...others] = read(config(`${timeout}\n${events(['sqs', queue])}`)).problems;
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(problem?.suggestion).toContain(`Set "${key}" of queue`);
  });
});

describe('patterns and policies', () => {
  test.each([
    [
      'detail: { state: running }',
      'pattern-value',
      '"state" of an event pattern has to be a list of what it may be.',
    ],
    [
      'detail: { a: { b: [] } }',
      'pattern-value',
      '"b" of an event pattern has to be a list of what it may be.',
    ],
  ])('%s', (part, code, message) => {
    const bus = `useDefaultBus: true, eventPattern: { source: [a], ${part} }`;
    expect(problems(events(['event-bus', bus]))).toEqual([`${code} | Function one: ${message}`]);
  });

  test('a filter policy lists values; a directive may stand for them', () => {
    const policy = `{ kind: order, size: { numeric: [1] }, ok: [1], from: ["$ResourceParam('bus', 'arn')"] }`;
    expect(problems(events(['sns', `snsTopicName: news, filterPolicy: ${policy}`]))).toEqual([
      'filter-policy | Function one: "kind" of a filter policy has to be a list of what the attribute of a message may be.',
      'filter-policy | Function one: "size" of a filter policy has to be a list of what the attribute of a message may be.',
    ]);
  });
});

describe('notifications of one bucket that overlap', () => {
  const of = (bucket: string, type: string, filter: string) =>
    ['s3', `bucketArn: ${bucket}, s3EventType: "s3:${type}", filterRule: { ${filter} }`] as [string, string];
  const [files, other] = [param('files'), '"arn:aws:s3:::other"'];

  test.each([
    [
      of(files, 'ObjectCreated:*', 'prefix: a/'),
      of(attribute('FilesBucket'), 'ObjectCreated:Put', 'prefix: a/b/'),
      true,
    ],
    [of(other, 'ObjectCreated:*', 'prefix: a/'), of(other, 'ObjectCreated:*', 'suffix: .jpg'), true],
    [of(files, 'ObjectCreated:*', 'prefix: a/'), of(files, 'ObjectCreated:*', 'prefix: b/'), false],
    [of(files, 'ObjectCreated:*', 'suffix: .jpg'), of(files, 'ObjectCreated:*', 'suffix: .png'), false],
    [of(files, 'ObjectCreated:Put', 'prefix: a'), of(files, 'ObjectCreated:Copy', 'prefix: a'), false],
    [of(files, 'ObjectCreated:*', ''), of(other, 'ObjectCreated:*', ''), false],
  ])('%j, %j', (first, second, overlap) => {
    expect(problems(events(first), events(second)).map((problem) => problem.split(' | ')[0])).toEqual(
      overlap ? ['overlapping-notifications'] : [],
    );
  });
});

describe('logs', () => {
  const log = (name: string, more = '') =>
    ['cloudwatch-log', `logGroupArn: ${param(name)}${more}`] as [string, string];

  test('one’s own, however it is named', () => {
    for (const arn of [param('one'), param('one', 'logGroupArn'), attribute('OneLogGroup')]) {
      expect(problems(events(['cloudwatch-log', `logGroupArn: ${arn}, filter: ERROR`]))).toEqual([
        'own-log-group | Function one: function one would be invoked by its own log without end.',
      ]);
    }
  });

  test('a batch job that its own log would start', () => {
    const job = `resources:
  resize:
    type: batch-job
    properties:
      container: { packaging: { type: stacktape-image-buildpack, properties: { entryfilePath: src/resize.ts } } }
      resources: { cpu: 1, memory: 1024 }
      ${events(['cloudwatch-log', `logGroupArn: ${param('resize', 'logGroupArn')}`])}
`;
    expect(read(job).problems.map(({ message }) => message)).toEqual([
      'Batch job resize: batch job resize would be invoked by its own log without end.',
    ]);
  });

  test('two functions that take each other’s log', () => {
    expect(problems(events(log('two')), events(log('one')))).toEqual([
      'log-circle | Function two: functions one and two would invoke each other by their logs without end.',
    ]);
    expect(problems(events(log('two', ', filter: ERROR')), events(log('one')))).toEqual([]);
  });

  test('the third subscription counts however the log group is named', () => {
    const all = events(
      log('two'),
      ['cloudwatch-log', `logGroupArn: ${param('two', 'logGroupArn')}`],
      ['cloudwatch-log', `logGroupArn: ${attribute('TwoLogGroup')}`],
    );
    expect(problems(all)).toEqual([
      'too-many-log-filters | Function one: a log group has room for 2 subscriptions, and this is one more.',
    ]);
  });
});

describe('load balancers', () => {
  const rule = (conditions: string) =>
    events(['application-load-balancer', `loadBalancerName: door, priority: 1, ${conditions}`]);

  test.each([
    [
      'paths: [/a, /b, /c, /d]',
      "too-many-conditions | Function one: one condition of a load balancer's rule can have 3 values, not 4.",
    ],
    [
      'paths: [/a, /b, /c], methods: [GET, PUT, HEAD]',
      'too-many-conditions | Function one: the conditions have 6 values; a rule of a load balancer can have 5.',
    ],
    [
      'methods: [get]',
      'invalid-condition | Function one: "get" is nothing that a load balancer compares with.',
    ],
    [
      'paths: [posts]',
      'invalid-condition | Function one: "posts" is nothing that a load balancer compares with.',
    ],
    [
      'sourceIps: [203.0.113.7]',
      'invalid-condition | Function one: "203.0.113.7" is nothing that a load balancer compares with.',
    ],
    [
      'headers: [{ headerName: x, values: [] }]',
      'wrong-length | Function one: "values" has 0 entries and needs at least 1.',
    ],
  ])('%s', (conditions, problem) => {
    expect(problems(rule(conditions))).toEqual([problem]);
  });

  test('as much as one rule takes', () => {
    expect(
      problems(rule('paths: ["/a", "*.php", "/c"], methods: [GET], sourceIps: ["2001:db8::/32"]')),
    ).toEqual([]);
  });
});

test('where an authorizer looks', () => {
  const route = (authorizer: string) =>
    events(['http-api-gateway', `httpApiGatewayName: api, method: GET, path: /, authorizer: ${authorizer}`]);
  const header = '$request.header.Authorization';
  expect(
    problems(
      route(
        `{ type: cognito, properties: { userPoolName: pool, identitySources: [${header}, ${header}2] } }`,
      ),
    ),
  ).toEqual(['wrong-length | Function one: "identitySources" has 2 entries and may have at most 1.']);
  expect(
    problems(route('{ type: lambda, properties: { functionName: two, identitySources: [Authorization] } }')),
  ).toEqual(['wrong-format | Function one: entry 1 of "identitySources" cannot be "Authorization".']);
  expect(
    problems(
      route(
        `{ type: lambda, properties: { functionName: two, identitySources: [${header}, $context.identity.sourceIp] } }`,
      ),
    ),
  ).toEqual([]);
});

test('routes that differ in names of parameters only', () => {
  const route = (method: string, path: string) =>
    ['http-api-gateway', `httpApiGatewayName: api, method: '${method}', path: '${path}'`] as [string, string];
  expect(problems(events(route('GET', '/posts/{id}')), events(route('GET', '/posts/{name}')))).toEqual([
    'conflicting-route | Function two: route "GET /posts/{name}" of api differs from "GET /posts/{id}" of function one in names of parameters only, and API Gateway refuses the second.',
  ]);
  expect(problems(events(route('GET', '/posts/{id}'), route('GET', '/posts/{id}')))).toEqual([
    'duplicate-route | Function one: route "GET /posts/{id}" of api is taken already by an earlier event of the same function.',
  ]);
  const others = [route('GET', '/posts/{id}'), route('GET', '/posts/id'), route('GET', '/posts/{id+}')];
  expect(problems(events(...others, route('*', '/posts/{id}'), route('*', '*')))).toEqual([]);
});

test('one topic of Kafka has one event for a function', () => {
  const kafka = (topic: string) =>
    `customKafkaConfiguration: { bootstrapServers: ["a.example.com:9092"], topicName: ${topic}, authentication: { type: BASIC_AUTH, properties: { authenticationSecretArn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:s" } } }`;
  expect(problems(events(['kafka-topic', kafka('one')], ['kafka-topic', kafka('two')]))).toEqual([]);
  expect(problems(events(['kafka-topic', kafka('one')], ['kafka-topic', kafka('one')]))).toEqual([
    'duplicate-source | Function one: there is an event for topic one already; AWS takes one for a function and a source.',
  ]);
});

test('brokers of Kafka have ports, topics have names of Kafka', () => {
  const kafka = (server: string, topic = 'orders') =>
    events([
      'kafka-topic',
      `customKafkaConfiguration: { bootstrapServers: ["${server}"], topicName: ${topic}, authentication: { type: BASIC_AUTH, properties: { authenticationSecretArn: "arn:aws:secretsmanager:eu-west-1:xxxxxxxxxxx:secret:mySecret" } } }`,
    ]);
  expect(problems(kafka('broker.example.com'))).toEqual([
    'invalid-server | Function one: "broker.example.com" is no address of a broker.',
  ]);
  expect(problems(kafka('broker.example.com:9092', 'my topic'))).toEqual([
    'wrong-format | Function one: "topicName" cannot be "my topic".',
  ]);
  expect(problems(kafka('broker.example.com:9092', 'my.topic_1-a'))).toEqual([]);
});

describe('queues of dead letters', () => {
  const dead = (redrive: string, more = '') =>
    read(
      config('', '').replace(
        '  files: { type: bucket }',
        `  mine: { type: sqs-queue, properties: { redrivePolicy: { ${redrive}, maxReceiveCount: 3 }${more} } }`,
      ),
    ).problems.map(({ code, message }) => `${code} | ${message}`);
  const kinds = 'have to be of one kind, both first in, first out or both not.';

  test.each([
    [
      'targetSqsQueueName: mine',
      '',
      'own-dead-letters | SQS queue mine: queue mine cannot be the queue of its own dead letters.',
    ],
    [
      `targetSqsQueueArn: ${param('mine')}`,
      '',
      'own-dead-letters | SQS queue mine: queue mine cannot be the queue of its own dead letters.',
    ],
    [
      'targetSqsQueueName: ordered',
      '',
      `redrive-type | SQS queue mine: queue mine and the queue of its dead letters, ordered, ${kinds}`,
    ],
    [
      `targetSqsQueueArn: ${attribute('RawOrdered')}`,
      '',
      `redrive-type | SQS queue mine: queue mine and the queue of its dead letters, RawOrdered, ${kinds}`,
    ],
    [
      'targetSqsQueueArn: "arn:aws:sqs:us-east-1:111122223333:dead"',
      ', fifoEnabled: true',
      `redrive-type | SQS queue mine: queue mine and the queue of its dead letters, arn:aws:sqs:us-east-1:111122223333:dead, ${kinds}`,
    ],
    [
      `targetSqsQueueArn: ${param('news')}`,
      '',
      'wrong-arn | SQS queue mine: this is the ARN of topic news, and not of a queue.',
    ],
  ])('%s%s', (redrive, more, problem) => {
    expect(dead(redrive, more)).toEqual([problem]);
  });

  test('of the same kind', () => {
    expect(dead(`targetSqsQueueArn: ${attribute('RawQueue')}`)).toEqual([]);
    expect(dead('targetSqsQueueName: ordered', ', fifoEnabled: true')).toEqual([]);
  });
});
