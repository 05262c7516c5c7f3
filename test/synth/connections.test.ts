import { describe, expect, test } from 'vitest';
import { evaluate } from '../../source/iam/evaluate.ts';
import { resolve, rolePolicies } from './resolve-template.ts';
import { property, synthesize } from './synthesize.ts';

const packaging = 'packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/f.ts } }';
const fn = (name: string, properties = '') =>
  `  ${name}:\n    type: function\n    properties:\n      ${packaging}\n${properties}`;

/** Every kind of resource with a neighbour that the function is not connected to. */
const world = `
  files: { type: bucket }
  otherFiles: { type: bucket }
  topic: { type: sns-topic }
  otherTopic: { type: sns-topic }
  jobs: { type: sqs-queue }
  otherJobs: { type: sqs-queue }
  bus: { type: event-bus }
  otherBus: { type: event-bus }
  posts:
    type: dynamo-db-table
    properties: { primaryKey: { partitionKey: { name: id, type: string } }, streamType: NEW_IMAGE }
  otherPosts:
    type: dynamo-db-table
    properties: { primaryKey: { partitionKey: { name: id, type: string } }, streamType: NEW_IMAGE }
${fn('helper')}${fn('web', '      url: { enabled: true }\n')}`;

const connected = (target: string) =>
  synthesize(`resources:${world}${fn('user', `      connectTo: [${target}]\n`)}`);

/** ARNs as AWS makes them of the names in the template. */
const arns = (() => {
  const { template } = connected('aws:ses');
  const of = (id: string, attribute = 'Arn') => String(resolve(template, { 'Fn::GetAtt': [id, attribute] }));
  return {
    files: of('FilesBucket'),
    otherFiles: of('OtherFilesBucket'),
    topic: of('TopicTopic'),
    otherTopic: of('OtherTopicTopic'),
    jobs: of('JobsQueue'),
    otherJobs: of('OtherJobsQueue'),
    bus: of('BusEventBus'),
    otherBus: of('OtherBusEventBus'),
    posts: of('PostsTable'),
    postsStream: of('PostsTable', 'StreamArn'),
    otherPosts: of('OtherPostsTable'),
    helper: of('HelperFunction'),
    web: of('WebFunction'),
  };
})();

type Case = [target: string, allowed: [string, string][], denied: [string, string][]];

/**
 * Actions and what they are about, from AWS's tables of actions, resources and condition keys.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const cases: Case[] = [
  [
    'files',
    [
      ['s3:ListBucket', arns.files],
      ['s3:GetBucketLocation', arns.files],
      ['s3:GetObject', `${arns.files}/a/b.txt`],
      ['s3:PutObject', `${arns.files}/a`],
      ['s3:DeleteObject', `${arns.files}/a`],
      ['s3:PutObjectTagging', `${arns.files}/a`],
      ['s3:AbortMultipartUpload', `${arns.files}/a`],
    ],
    [
      ['s3:DeleteBucket', arns.files],
      ['s3:PutBucketPolicy', arns.files],
      ['s3:PutBucketAcl', arns.files],
      ['s3:PutLifecycleConfiguration', arns.files],
      ['s3:GetObject', `${arns.otherFiles}/a`],
      ['s3:ListBucket', arns.otherFiles],
      ['s3:ListAllMyBuckets', '*'],
    ],
  ],
  [
    'posts',
    [
      ['dynamodb:GetItem', arns.posts],
      ['dynamodb:PutItem', arns.posts],
      ['dynamodb:UpdateItem', arns.posts],
      ['dynamodb:DeleteItem', arns.posts],
      ['dynamodb:BatchWriteItem', arns.posts],
      ['dynamodb:BatchGetItem', arns.posts],
      ['dynamodb:ConditionCheckItem', arns.posts],
      ['dynamodb:DescribeTable', arns.posts],
      ['dynamodb:Query', `${arns.posts}/index/byDate`],
      ['dynamodb:Scan', arns.posts],
      ['dynamodb:DescribeStream', arns.postsStream],
    ],
    [
      ['dynamodb:DeleteTable', arns.posts],
      ['dynamodb:UpdateTable', arns.posts],
      ['dynamodb:CreateBackup', arns.posts],
      ['dynamodb:GetItem', arns.otherPosts],
      ['dynamodb:GetItem', `${arns.posts}2`],
      ['dynamodb:ListTables', '*'],
    ],
  ],
  [
    'topic',
    [
      ['sns:Publish', arns.topic],
      ['sns:Subscribe', arns.topic],
      ['sns:ConfirmSubscription', arns.topic],
      ['sns:ListSubscriptionsByTopic', arns.topic],
      ['sns:GetTopicAttributes', arns.topic],
      // SNS has no resource type for it.
      ['sns:Unsubscribe', '*'],
    ],
    [
      ['sns:DeleteTopic', arns.topic],
      ['sns:SetTopicAttributes', arns.topic],
      ['sns:AddPermission', arns.topic],
      ['sns:Publish', arns.otherTopic],
      ['sns:ListTopics', '*'],
    ],
  ],
  [
    'jobs',
    [
      ['sqs:SendMessage', arns.jobs],
      ['sqs:ReceiveMessage', arns.jobs],
      ['sqs:DeleteMessage', arns.jobs],
      ['sqs:ChangeMessageVisibility', arns.jobs],
      ['sqs:PurgeQueue', arns.jobs],
      ['sqs:GetQueueUrl', arns.jobs],
      ['sqs:GetQueueAttributes', arns.jobs],
      ['sqs:ListQueueTags', arns.jobs],
    ],
    [
      ['sqs:DeleteQueue', arns.jobs],
      ['sqs:SetQueueAttributes', arns.jobs],
      ['sqs:AddPermission', arns.jobs],
      ['sqs:SendMessage', arns.otherJobs],
      ['sqs:ListQueues', '*'],
    ],
  ],
  [
    'bus',
    [['events:PutEvents', arns.bus]],
    [
      ['events:PutEvents', arns.otherBus],
      ['events:PutEvents', 'arn:aws:events:us-east-1:111122223333:event-bus/default'],
      ['events:DeleteEventBus', arns.bus],
      ['events:PutRule', 'arn:aws:events:us-east-1:111122223333:rule/any'],
    ],
  ],
  [
    'helper',
    [
      ['lambda:InvokeFunction', arns.helper],
      ['lambda:InvokeFunction', `${arns.helper}:stp-live`],
    ],
    [
      ['lambda:InvokeFunctionUrl', arns.helper],
      ['lambda:UpdateFunctionCode', arns.helper],
      ['lambda:GetFunction', arns.helper],
      ['lambda:InvokeFunction', arns.web],
      ['lambda:InvokeFunction', `${arns.helper}2`],
    ],
  ],
  [
    'web',
    [
      ['lambda:InvokeFunction', arns.web],
      ['lambda:InvokeFunctionUrl', arns.web],
      ['lambda:InvokeFunctionUrl', `${arns.web}:stp-live`],
    ],
    [
      ['lambda:InvokeFunctionUrl', arns.helper],
      ['lambda:DeleteFunctionUrlConfig', arns.web],
    ],
  ],
  [
    'aws:ses',
    [
      ['ses:SendEmail', 'arn:aws:ses:us-east-1:111122223333:identity/example.com'],
      ['ses:SendRawEmail', '*'],
    ],
    [
      ['sns:Publish', arns.topic],
      ['iam:PassRole', '*'],
    ],
  ],
];

describe.each(cases)('a function connected to %s', (target, allowed, denied) => {
  const policies = rolePolicies(connected(target).template, 'UserRole');
  const decision = (action: string, resource: string) => evaluate(policies, { action, resource }).decision;

  test.each(allowed)('may %s on %s', (action, resource) => {
    expect(decision(action, resource)).toBe('allow');
  });
  test.each(denied)('may not %s on %s', (action, resource) => {
    expect(decision(action, resource)).toBe('implicit-deny');
  });
});

describe('streams that invoke a function', () => {
  const stream = 'arn:aws:kinesis:us-east-1:111122223333:stream/orders';
  const changes = 'arn:aws:dynamodb:us-east-1:111122223333:table/posts/stream/2026-01-01T00:00:00.000';
  const decide = (type: string, streamArn: string, action: string, resource: string) => {
    const { template } = synthesize(
      `resources:\n${fn('user', `      events: [{ type: ${type}, properties: { streamArn: '${streamArn}' } }]\n`)}`,
    );
    return evaluate(rolePolicies(template, 'UserRole'), { action, resource }).decision;
  };

  test.each([
    ['kinesis-stream', stream, 'kinesis', ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListShards']],
    ['dynamo-db-stream', changes, 'dynamodb', ['GetRecords', 'GetShardIterator', 'DescribeStream']],
  ] as const)(
    '%s: it reads that one, and lists them, for which IAM has no resource',
    (type, arn, service, actions) => {
      for (const action of actions) {
        expect(decide(type, arn, `${service}:${action}`, arn)).toBe('allow');
        expect(decide(type, arn, `${service}:${action}`, arn.replace('us-east-1', 'eu-west-1'))).toBe(
          'implicit-deny',
        );
      }
      expect(decide(type, arn, `${service}:ListStreams`, '*')).toBe('allow');
      expect(decide(type, arn, `${service}:GetItem`, arn)).toBe('implicit-deny');
      expect(decide(type, arn, `${service}:PutRecord`, arn)).toBe('implicit-deny');
    },
  );
});

test('a table without a stream has no variable and no statement of one', () => {
  const { template } = synthesize(
    `resources:
  posts:
    type: dynamo-db-table
    properties: { primaryKey: { partitionKey: { name: id, type: string } } }
${fn('user', '      connectTo: [posts]\n')}`,
  );
  expect(JSON.stringify(template.Resources.UserFunction)).not.toContain('STREAM');
  const policies = rolePolicies(template, 'UserRole');
  const resource = `${arns.posts}/stream/2026-01-01T00:00:00.000`;
  expect(evaluate(policies, { action: 'dynamodb:GetRecords', resource }).decision).toBe('implicit-deny');
});

describe('variables', () => {
  test('each target has those of the specification', () => {
    const stack = synthesize(
      `resources:${world}${fn('user', '      connectTo: [files, posts, topic, jobs, bus, helper, web, aws:ses]\n')}`,
    );
    const variables = property(stack, 'UserFunction', 'Environment', 'Variables') as object;
    expect(Object.keys(variables).filter((name) => name.startsWith('STP_'))).toEqual([
      'STP_FILES_NAME',
      'STP_FILES_ARN',
      'STP_POSTS_NAME',
      'STP_POSTS_ARN',
      'STP_POSTS_STREAM_ARN',
      'STP_TOPIC_ARN',
      'STP_TOPIC_NAME',
      'STP_JOBS_ARN',
      'STP_JOBS_NAME',
      'STP_JOBS_URL',
      'STP_BUS_ARN',
      'STP_HELPER_ARN',
      'STP_WEB_ARN',
      'STP_WEB_URL',
    ]);
    const named = resolve(stack.template, variables as never) as Record<string, string>;
    expect(named.STP_FILES_ARN).toBe(arns.files);
    expect(named.STP_FILES_NAME).toBe('project-dev-files-111122223333-us-east-1');
    expect(named.STP_TOPIC_ARN).toBe(arns.topic);
    expect(named.STP_HELPER_ARN).toBe(arns.helper);
  });

  test('functions with addresses that are connected to each other do without the address, and wait for nobody', () => {
    const url = '      url: { enabled: true }\n';
    const stack = synthesize(
      `resources:\n${fn('a', `${url}      connectTo: [b]\n`)}${fn('b', `${url}      connectTo: [c]\n`)}${fn('c', `${url}      connectTo: [a, d]\n`)}${fn('d', url)}`,
    );
    expect(stack.findings).toEqual([]);
    const urls = ['A', 'B', 'C'].map((name) =>
      Object.keys(property(stack, `${name}Function`, 'Environment', 'Variables') as object).filter((key) =>
        key.endsWith('_URL'),
      ),
    );
    expect(urls).toEqual([[], [], ['STP_D_URL']]);
  });
});
