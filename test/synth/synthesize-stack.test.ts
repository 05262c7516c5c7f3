import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { printTemplate } from '../../source/synth/print-template.ts';
import { stackTags, synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { functionWith, readRight } from '../config/read.ts';
import { configText, property, synthesize } from './synthesize.ts';

describe('golden templates', () => {
  test.each(['http-api-with-table', 'everything'])('%s', async (name) => {
    const text = printTemplate(synthesize(configText(name)).template, 'json');
    await expect(text).toMatchFileSnapshot(`golden/${name}.json`);
  });

  test('the same config gives the same bytes, also twice from one object, which stays as it was', () => {
    const config = readRight(configText('everything'));
    const before = structuredClone(config);
    const first = synthesizeStack(config);
    for (const format of ['json', 'yaml'] as const) {
      expect(printTemplate(synthesizeStack(config).template, format)).toBe(
        printTemplate(first.template, format),
      );
      expect(printTemplate(synthesize(configText('everything')).template, format)).toBe(
        printTemplate(first.template, format),
      );
    }
    expect(config).toEqual(before);
  });

  test('YAML says the same as JSON, also to a reader of YAML 1.1', () => {
    const { template } = synthesize(configText('everything'));
    const json = JSON.parse(printTemplate(template, 'json'));
    const yaml = printTemplate(template, 'yaml');
    expect(parse(yaml, { version: '1.1' })).toEqual(json);
    expect(parse(yaml)).toEqual(json);
  });
});

describe('functions', () => {
  test('each has a parameter for its artifact, in the order of the config', () => {
    const { artifacts, template } = synthesize(configText('http-api-with-table'));
    expect(artifacts).toEqual([
      { functionName: 'savePost', keyParameter: 'SavePostArtifactKey' },
      { functionName: 'getPosts', keyParameter: 'GetPostsArtifactKey' },
    ]);
    expect(Object.keys(template.Parameters ?? {})).toEqual([
      'ArtifactBucket',
      'SavePostArtifactKey',
      'GetPostsArtifactKey',
    ]);
  });

  test('two that call each other do not wait for each other', () => {
    const stack = synthesize(configText('everything'));
    expect(stack.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(property(stack, 'ListFunction', 'Environment', 'Variables', 'STP_TELL_ARN')).toEqual({
      'Fn::Sub': 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:blog-dev-tell',
    });
  });

  test("a variable of the user's own wins, with a warning", () => {
    const stack = synthesize(configText('everything'));
    expect(property(stack, 'TellFunction', 'Environment', 'Variables', 'STP_POSTS_NAME')).toBe('mine');
    expect(stack.findings).toMatchObject([
      {
        severity: 'warning',
        code: 'variable-kept',
        path: ['resources', 'tell', 'properties', 'environment'],
      },
    ]);
  });

  test('without logs there is no log group, and no permission by which Lambda would make one', () => {
    const stack = synthesize(configText('everything'));
    expect(stack.template.Resources.TellLogGroup).toBeUndefined();
    expect(JSON.stringify(property(stack, 'TellRole', 'Policies'))).not.toContain('logs:');
  });
});

describe('tables', () => {
  const tableName = (primaryKey: string, more = '') =>
    property(
      synthesize(
        `resources:\n  posts:\n    type: dynamo-db-table\n    properties: { primaryKey: { ${primaryKey} }${more} }\n`,
      ),
      'PostsTable',
      'TableName',
    );
  const id = 'partitionKey: { name: id, type: string }';

  test('a new key is a new name, since CloudFormation replaces no resource under its own name', () => {
    const name = tableName(id);
    expect(name).toMatch(/^project-dev-posts-[0-9a-f]{8}$/);
    expect(tableName('partitionKey: { name: id, type: number }')).not.toBe(name);
    expect(tableName('partitionKey: { name: key, type: string }')).not.toBe(name);
    expect(tableName(`${id}, sortKey: { name: at, type: string }`)).not.toBe(name);
  });

  test('nothing else is, or data would be lost', () => {
    const name = tableName(id);
    expect(tableName(id, ', streamType: KEYS_ONLY')).toBe(name);
    expect(tableName(id, ', enablePointInTimeRecovery: true')).toBe(name);
    expect(tableName(id, ', provisionedThroughput: { readUnits: 1, writeUnits: 1 }')).toBe(name);
    expect(
      tableName(id, ', secondaryIndexes: [{ name: byAge, partitionKey: { name: age, type: number } }]'),
    ).toBe(name);
  });
});

test('every resource of the config names itself in what it becomes', () => {
  const { template } = synthesize(configText('everything'));
  const owners = Object.entries(template.Resources).map(([id, { Metadata }]) => [
    id,
    Metadata?.['stp:resource'],
  ]);
  expect(owners.filter(([, owner]) => owner === undefined).map(([id]) => id)).toEqual([
    'Topic',
    'Subscription',
  ]);
});

test('tags of the stack', () => {
  expect(stackTags(readRight(configText('everything')))).toEqual([
    { Key: 'stp:stack-name', Value: 'blog-dev' },
    { Key: 'stp:project-name', Value: 'blog' },
    { Key: 'stp:stage', Value: 'dev' },
    { Key: 'team', Value: 'writers' },
  ]);
});

describe('what only the whole template shows', () => {
  const codesOf = (text: string) => synthesize(text).findings.map(({ code }) => code);

  test('paths that come to one logical id are told apart', () => {
    const ids = Object.keys(synthesize(configText('everything')).template.Resources).filter((one) =>
      one.startsWith('StpQuietGetSave'),
    );
    expect(ids[0]).toBe('StpQuietGetSaveKeyValueRoute');
    expect(ids[1]).toMatch(/^StpQuietGetSaveKeyValueRoute[0-9a-f]{8}$/);
  });

  test('resources that come to one logical id', () => {
    const { findings } = synthesize(
      'resources:\n  myApi:\n    type: http-api-gateway\n  myAPI:\n    type: http-api-gateway\n',
    );
    expect(findings[0]).toMatchObject({
      code: 'logical-id-collision',
      path: ['resources', 'myAPI'],
      message: 'Resources myApi and myAPI both come to the CloudFormation resource MyApiApi.',
    });
  });

  test('a raw resource under a generated logical id', () => {
    expect(
      codesOf(`${functionWith('')}cloudformationResources:\n  PostsTable: { Type: AWS::SNS::Topic }\n`),
    ).toEqual(['logical-id-collision']);
  });

  test('references to logical ids and attributes that are not there', () => {
    const raw = (value: string) =>
      synthesize(
        `${functionWith(`      environment: [{ name: VALUE, value: "${value}" }]\n`)}cloudformationResources:\n  Topic: { Type: AWS::SNS::Topic }\n`,
      ).findings;
    expect(raw("$CfResourceParam('Topc', 'Arn')")).toMatchObject([
      {
        code: 'unknown-logical-id',
        path: ['resources', 'getPosts', 'properties', 'environment', 0, 'value'],
        message: '$CfResourceParam: the stack has no CloudFormation resource "Topc".',
        suggestion: 'Did you mean "Topic"?',
      },
    ]);
    expect(raw("$CfResourceParam('posts', 'Arn')")).toMatchObject([
      { suggestion: '"posts" is a resource of this config: use $ResourceParam.' },
    ]);
    expect(raw("$CfResourceParam('Topic', 'Url')")).toMatchObject([
      { code: 'unknown-attribute', expected: 'one of TopicArn, TopicName' },
    ]);
    expect(raw("$CfResourceParam('PostsTable', 'Name')")).toEqual([]);
  });

  test('raw resources that refer to nothing, or to each other in a circle', () => {
    const api = 'resources:\n  api:\n    type: http-api-gateway\ncloudformationResources:\n';
    expect(codesOf(`${api}  A: { Type: AWS::X::Y, Properties: { B: { Ref: Nothing } } }\n`)).toEqual([
      'unknown-logical-id',
    ]);
    const { findings } = synthesize(
      `${api}  A: { Type: AWS::X::Y, Properties: { B: { 'Fn::Sub': 'x-\${B.Arn}' } } }\n  B: { Type: AWS::X::Y, DependsOn: A }\n`,
    );
    expect(findings).toMatchObject([
      {
        code: 'circular-dependency',
        path: ['cloudformationResources', 'A'],
        message: 'CloudFormation could not create the stack: A → B → A wait for each other.',
      },
    ]);
  });

  test('an override of what the resource does not have', () => {
    const { findings } = synthesize(
      'resources:\n  api:\n    type: http-api-gateway\n    overrides: { ApiFunction: { Timeout: 5 } }\n',
    );
    expect(findings).toMatchObject([
      { code: 'unknown-override', expected: 'one of ApiApi, ApiLogGroup, ApiStage' },
    ]);
  });
});

describe('limits', () => {
  const functions = (count: number, properties = '') =>
    Array.from(
      { length: count },
      (_, index) =>
        `  f${index}:\n    type: function\n    properties:\n      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/f.ts } }\n${properties}`,
    ).join('');

  test('500 resources, with a warning before', () => {
    expect(synthesize(`resources:\n${functions(157)}`).findings).toMatchObject([
      { severity: 'warning', code: 'many-resources' },
    ]);
    expect(synthesize(`resources:\n${functions(167)}`).findings).toMatchObject([
      {
        severity: 'error',
        code: 'too-many-resources',
        message: 'The stack would have 501 CloudFormation resources; CloudFormation allows 500.',
      },
    ]);
    expect(synthesize(`resources:\n${functions(156)}`).findings).toEqual([]);
  });

  test('200 parameters', () => {
    const quiet = '      logging: { disabled: true }\n';
    expect(synthesize(`resources:\n${functions(199, quiet)}`).findings).toEqual([]);
    expect(synthesize(`resources:\n${functions(200, quiet)}`).findings).toMatchObject([
      {
        severity: 'error',
        code: 'too-many-functions',
        message:
          'The stack has 200 functions; it can have 199, since each takes a template parameter and CloudFormation allows 200.',
      },
    ]);
  });

  test('1 MB of template', () => {
    const topics = (bytes: number) =>
      `resources: {}\ncloudformationResources:\n  Small: { Type: AWS::SNS::Topic }\n  Large: { Type: AWS::SNS::Topic, Properties: { DisplayName: ${'x'.repeat(bytes)} } }\n`;
    const small = Buffer.byteLength(JSON.stringify(synthesize(topics(1)).template));
    expect(synthesize(topics(1_000_001 - small)).findings).toEqual([]);
    expect(synthesize(topics(1_000_002 - small)).findings).toMatchObject([
      {
        severity: 'error',
        code: 'template-too-large',
        message: 'The template would have 1000001 bytes; CloudFormation allows 1000000.',
        suggestion:
          'Split the service into several configs, or make resources smaller; the largest is Large.',
      },
    ]);
  });

  test('60 references to secrets', () => {
    const secrets = (count: number) =>
      functionWith(
        `      environment:\n${Array.from({ length: count }, (_, index) => `        - { name: S${index}0, value: "$Secret('s')" }\n`).join('')}`,
      );
    expect(synthesize(secrets(60)).findings).toEqual([]);
    expect(synthesize(secrets(61)).findings).toMatchObject([
      {
        code: 'too-many-dynamic-references',
        message: 'The stack has 61 references to secretsmanager; CloudFormation allows 60.',
      },
    ]);
  });

  test('4 KB of variables, with those of connections', () => {
    const variable = (length: number) =>
      functionWith(
        `      environment: [{ name: LONG, value: "$CfFormat('${'x'.repeat(length)}{}{}', $Region(), $Secret('s'))" }]\n      connectTo: [posts]\n`,
      );
    const options = '--enable-source-maps --experimental-require-module --experimental-detect-module';
    // Nobody knows yet how long the name and the ARN of the table and the secret will be; an ARN has 16 at the least.
    const known = ['LONG', 'us-east-1', 'NODE_OPTIONS', options, 'STP_POSTS_NAME', 'STP_POSTS_ARN'].join('');
    const room = 4096 - known.length - 16;
    expect(synthesize(variable(room - 1000)).findings).toEqual([]);
    expect(synthesize(variable(room)).findings.map(({ severity }) => severity)).toEqual(['warning']);
    expect(synthesize(variable(room + 1)).findings).toMatchObject([
      {
        severity: 'error',
        code: 'environment-too-large',
        path: ['resources', 'getPosts'],
        message:
          'Function getPosts: its environment variables take at least 4097 bytes, those of its connections among them; Lambda allows 4096.',
        suggestion:
          'Connect it to fewer resources, or move large values to a file, a table or Secrets Manager.',
      },
    ]);
  });

  test('10,240 characters of policies', () => {
    const statement = `        - { Resource: 'arn:aws:s3:::${'x'.repeat(500)}', Action: ['s3:GetObject'] }\n`;
    const { findings } = synthesize(functionWith(`      iamRoleStatements:\n${statement.repeat(20)}`));
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ['policies-too-large', ['resources', 'getPosts']],
    ]);
    const job = `resources:
  render:
    type: batch-job
    properties:
      container: { packaging: { type: prebuilt-image, properties: { image: busybox } } }
      resources: { cpu: 1 }
      iamRoleStatements:\n${statement.repeat(20)}`;
    const role = `resources: {}\ncloudformationResources:\n  Own: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {}, Policies: [{ PolicyName: a, PolicyDocument: { Statement: ['${'x'.repeat(10_240)}'] } }] } }\n`;
    const paths = [job, role].map((text) => synthesize(text).findings.map(({ code, path }) => [code, path]));
    expect(paths).toEqual([
      [['policies-too-large', ['resources', 'render']]],
      [['policies-too-large', ['cloudformationResources', 'Own']]],
    ]);
  });
  test('10,240 characters of policies of a container', () => {
    const statements = `{ Resource: 'arn:aws:s3:::${'x'.repeat(500)}', Action: 's3:GetObject' },`.repeat(20);
    const { findings } = synthesize(`resources:
  prices:
    type: private-service
    properties:
      packaging: { type: prebuilt-image, properties: { image: nginx } }
      resources: { cpu: 0.25, memory: 512 }
      iamRoleStatements: [${statements}]
`);
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ['policies-too-large', ['resources', 'prices']],
    ]);
  });

  test('4,096 bytes of variables, with those of what the function is connected to', () => {
    const queues = (count: number) => Array.from({ length: count }, (_, index) => `queueOfWork${index}`);
    const connected = (count: number) =>
      synthesize(
        `${functionWith(`      connectTo: [${queues(count).join(', ')}]\n`)}${queues(count)
          .map((name) => `  ${name}: { type: sqs-queue }\n`)
          .join('')}`,
      ).findings.map(({ severity, code, path }) => [severity, code, path]);
    expect(connected(5)).toEqual([]);
    expect(connected(20)).toEqual([['warning', 'environment-too-large', ['resources', 'getPosts']]]);
  });

  test.each([
    ['type: bucket', 'project-dev-myfiles-AccountId-Region'],
    [
      'type: relational-database, properties: { credentials: { masterUserPassword: some-password }, engine: { type: aurora-mysql-serverless-v2 } }',
      'project-dev-myfiles',
    ],
    [
      'type: redis-cluster, properties: { instanceSize: cache.t4g.micro, defaultUserPassword: 0123456789abcdef }',
      'project-dev-myfiles',
    ],
    [
      'type: private-service, properties: { packaging: { type: prebuilt-image, properties: { image: nginx } }, resources: { cpu: 0.25, memory: 512 } }',
      'myfiles',
    ],
    ['type: user-auth-pool, properties: { enableHostedUi: true }', 'project-dev-myfiles-AccountId'],
  ])('names that AWS writes in small letters: %s', (resource, name) => {
    const { findings } = synthesize(`resources:\n  myFiles: { ${resource} }\n  myfiles: { ${resource} }\n`);
    expect(findings[0]).toMatchObject({
      severity: 'error',
      code: 'name-taken',
      path: ['resources', 'myfiles'],
      message: `Resources myFiles and myfiles would have one name at AWS, ${name}.`,
    });
  });
});
