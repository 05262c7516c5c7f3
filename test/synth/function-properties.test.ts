import { describe, expect, test } from 'vitest';
import { evaluate } from '../../source/iam/evaluate.ts';
import { handlerOf, runtimeOf } from '../../source/resources/function/runtimes.ts';
import { resolve, rolePolicies } from './resolve-template.ts';
import { configText, property, synthesize } from './synthesize.ts';

const stack = synthesize(configText('function-properties'));
const of = (id: string, ...path: (string | number)[]) => property(stack, id, ...path);

describe('a function', () => {
  test('of which all is said', () => {
    expect(of('FullFunction')).toMatchObject({
      FunctionName: 'functions-dev-full',
      Handler: 'index.run',
      Runtime: 'nodejs22.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 30,
      EphemeralStorage: { Size: 2048 },
      Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:tools:1'],
      ReservedConcurrentExecutions: 10,
      // The stack's own come from the deploy, and one of the same name is the function's here.
      Tags: [
        { Key: 'team', Value: 'readers' },
        { Key: 'cost', Value: 'shared' },
      ],
    });
    expect(of('FullLogGroup', 'RetentionInDays')).toBe(30);
    expect(Object.values(stack.template.Resources)).toContainEqual(
      expect.objectContaining({
        Type: 'AWS::Lambda::Alias',
        Properties: expect.objectContaining({
          ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
        }),
      }),
    );
  });

  test('of which nothing is said', () => {
    expect(of('PlainFunction')).toMatchObject({
      Handler: 'index.default',
      Runtime: 'nodejs24.x',
      Architectures: ['x86_64'],
      MemorySize: 1024,
      Timeout: 3,
    });
    for (const name of ['EphemeralStorage', 'Layers', 'ReservedConcurrentExecutions', 'Tags', 'VpcConfig'])
      expect(of('PlainFunction', name)).toBeUndefined();
    expect(of('PlainLogGroup')).toMatchObject({
      LogGroupName: '/aws/lambda/functions-dev-plain',
      RetentionInDays: 90,
    });
  });

  test('variables of every kind become text', () => {
    expect(of('FullFunction', 'Environment', 'Variables')).toEqual({
      TEXT: 'hello',
      NUMBER: '1.5',
      SWITCH: 'false',
      EMPTY: '',
      TOPIC: { Ref: 'Topic' },
      SECRET: expect.stringContaining('{{resolve:secretsmanager:mail:SecretString:password'),
      PLACE: 'us-east-1',
      NODE_OPTIONS:
        '--enable-source-maps --experimental-require-module --experimental-detect-module --max-old-space-size=400',
    });
  });

  test.each([
    ['nodejs18.x', '--enable-source-maps'],
    ['nodejs20.x', '--enable-source-maps'],
    ['nodejs22.x', '--enable-source-maps --experimental-require-module --experimental-detect-module'],
    ['nodejs24.x', '--enable-source-maps --experimental-require-module --experimental-detect-module'],
  ])('NODE_OPTIONS on %s', (runtime, options) => {
    const text = configText('function-properties').replace(
      'entryfilePath: src/plain.js } }',
      `entryfilePath: src/plain.js } }\n      runtime: ${runtime}`,
    );
    expect(property(synthesize(text), 'PlainFunction', 'Environment', 'Variables', 'NODE_OPTIONS')).toBe(
      options,
    );
  });

  test('no other language has NODE_OPTIONS, nor an artifact of their own', () => {
    for (const id of ['SilentFunction', 'ToDatadogFunction', 'ArtifactFunction'])
      expect(of(id, 'Environment')).toBeUndefined();
  });
});

test('runtimes and handlers by the ending of the entry file', () => {
  const said = ['Silent', 'ToDatadog', 'ToHighlight', 'Artifact'].map((name) => [
    of(`${name}Function`, 'Runtime'),
    of(`${name}Function`, 'Handler'),
  ]);
  expect(said).toEqual([
    ['python3.14', 'silent.handler'],
    ['provided.al2023', 'bootstrap'],
    ['java25', 'posts.GetPosts'],
    ['nodejs24.x', 'dist/api/index.handler'],
  ]);
});

test.each([
  ['src/get-posts.mts', undefined, 'index.default'],
  ['src/get-posts.tsx', 'run', 'index.run'],
  ['src/get_posts.py', undefined, 'get_posts.handler'],
  ['src/get_posts.py', 'run', 'get_posts.run'],
  ['./api/src/main/java/posts/GetPosts.java', undefined, 'posts.GetPosts'],
  ['api/src/main/java/posts/GetPosts.java', 'run', 'posts.GetPosts::run'],
  ['src/main/java/GetPosts.java', undefined, 'GetPosts'],
  ['cmd/main.go', undefined, 'bootstrap'],
])('the handler of %s with handlerFunction %s is %s', (entryfilePath, handlerFunction, handler) => {
  const properties = { entryfilePath, ...(handlerFunction === undefined ? {} : { handlerFunction }) };
  expect(handlerOf({ packaging: { type: 'stacktape-lambda-buildpack', properties } })).toBe(handler);
});

test.each([
  ['nodejs24.x', 'dist/api/index.js:handler', 'dist/api/index.handler'],
  ['nodejs24.x', 'index:handler', 'index.handler'],
  ['python3.14', 'app/main.py:run', 'app/main.run'],
  ['python3.14', './app/main.py:run', 'app/main.run'],
  ['ruby3.4', 'lib/app.rb:App.run', 'lib/app.App.run'],
  ['java25', 'posts.GetPosts::handle', 'posts.GetPosts::handle'],
  ['dotnet10', 'Posts::Posts.Function::Handle', 'Posts::Posts.Function::Handle'],
  ['provided.al2023', undefined, 'bootstrap'],
])('the handler of an artifact for %s, %s, is %s', (runtime, given, handler) => {
  const properties = { packagePath: 'build', ...(given === undefined ? {} : { handler: given }) };
  expect(handlerOf({ packaging: { type: 'custom-artifact', properties }, runtime })).toBe(handler);
});

test.each([
  [3.11, 'python3.11'],
  ['3.10', 'python3.10'],
  [3.1, 'python3.10'],
  [undefined, 'python3.14'],
])('pythonVersion %s chooses the runtime %s', (pythonVersion, runtime) => {
  const languageSpecificConfig = pythonVersion === undefined ? {} : { pythonVersion };
  const properties = { entryfilePath: 'main.py', languageSpecificConfig };
  expect(runtimeOf({ packaging: { type: 'stacktape-lambda-buildpack', properties } })).toBe(runtime);
});

describe('logs', () => {
  test('that are not kept: no group, and no permission by which Lambda would make one', () => {
    expect(of('SilentLogGroup')).toBeUndefined();
    expect(of('SilentRole', 'Policies')).toBeUndefined();
    expect(of('PlainRole', 'Policies', 0, 'PolicyName')).toBe('allow-cloudwatch-logging-policy');
  });

  const destination = (name: string) =>
    of(`${name}LogForwardingDeliveryStream`, 'HttpEndpointDestinationConfiguration') as Record<
      string,
      unknown
    >;

  test('for any HTTP endpoint', () => {
    expect(destination('Full')).toMatchObject({
      EndpointConfiguration: {
        Url: 'https://logs.example.com/in',
        Name: 'HttpEndpoint',
        AccessKey: expect.stringContaining('{{resolve:secretsmanager:logs:SecretString:key'),
      },
      BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 1 },
      RequestConfiguration: {
        ContentEncoding: 'GZIP',
        CommonAttributes: [{ AttributeName: 'source', AttributeValue: 'lambda' }],
      },
      RetryOptions: { DurationInSeconds: 7200 },
      S3BackupMode: 'FailedDataOnly',
    });
  });

  test('for Datadog and Highlight', () => {
    expect(destination('ToDatadog')).toMatchObject({
      EndpointConfiguration: {
        Url: 'https://aws-kinesis-http-intake.logs.datadoghq.com/v1/input',
        AccessKey: expect.stringContaining('{{resolve:secretsmanager:datadog:SecretString:key'),
      },
      BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 4 },
      RequestConfiguration: { ContentEncoding: 'GZIP' },
      RetryOptions: { DurationInSeconds: 300 },
    });
    expect(destination('ToHighlight')).toMatchObject({
      EndpointConfiguration: { Url: 'https://pub.highlight.io/v1/logs/firehose' },
      BufferingHints: { SizeInMBs: 1 },
      RequestConfiguration: {
        ContentEncoding: 'GZIP',
        CommonAttributes: [{ AttributeName: 'x-highlight-project', AttributeValue: 'abc' }],
      },
    });
  });

  test('that could not be sent are kept for a month, where nobody else reads them', () => {
    expect(of('FullLogForwardingBucket')).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] },
    });
  });

  test('each role may what it is for and nothing else', () => {
    const arnOf = (id: string) => String(resolve(stack.template, { 'Fn::GetAtt': [id, 'Arn'] }));
    const may = (role: string, action: string, resource: string) =>
      evaluate(rolePolicies(stack.template, role), { action, resource }).decision === 'allow';
    const bucket = arnOf('FullLogForwardingBucket');
    const other = arnOf('ToDatadogLogForwardingBucket');
    const firehose = 'FullLogForwardingFirehoseRole';
    expect(may(firehose, 's3:PutObject', `${bucket}/2026/failed`)).toBe(true);
    expect(may(firehose, 's3:AbortMultipartUpload', `${bucket}/2026/failed`)).toBe(true);
    expect(may(firehose, 's3:ListBucket', bucket)).toBe(true);
    expect(may(firehose, 's3:DeleteObject', `${bucket}/2026/failed`)).toBe(false);
    expect(may(firehose, 's3:PutObject', `${other}/2026/failed`)).toBe(false);
    const stream = arnOf('FullLogForwardingDeliveryStream');
    const logs = 'FullLogForwardingLogsRole';
    expect(may(logs, 'firehose:PutRecord', stream)).toBe(true);
    expect(may(logs, 'firehose:PutRecordBatch', stream)).toBe(true);
    expect(may(logs, 'firehose:DeleteDeliveryStream', stream)).toBe(false);
    expect(may(logs, 'firehose:PutRecord', arnOf('ToDatadogLogForwardingDeliveryStream'))).toBe(false);
    expect(of(logs, 'AssumeRolePolicyDocument', 'Statement', 0)).toMatchObject({
      Principal: { Service: 'logs.amazonaws.com' },
      Condition: { StringLike: { 'aws:SourceArn': expect.anything() } },
    });
  });
});
