import { describe, expect, test } from 'vitest';
import { functionWith, places, read } from '../config/read.ts';
import { synthesize } from './synthesize.ts';

const raw = (text: string) => `resources: {}\ncloudformationResources:\n${text}`;

test('they stand in the template as they are written, in all sections', () => {
  const { template, findings } = synthesize(
    raw(`  Queue: { Type: AWS::SQS::Queue }
  Topic:
    Type: AWS::SNS::Topic
    DependsOn: [Queue]
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Metadata: { purpose: alerts }
    Properties: { DisplayName: "$Stage() $CfResourceParam('Queue', 'Name')" }
`),
  );
  expect(findings).toEqual([]);
  expect(template.Resources).toEqual({
    Queue: { Type: 'AWS::SQS::Queue' },
    Topic: {
      Type: 'AWS::SNS::Topic',
      DependsOn: ['Queue'],
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Metadata: { purpose: 'alerts' },
      Properties: {
        DisplayName: { 'Fn::Sub': ['dev ${sub0}', { sub0: { 'Fn::GetAtt': ['Queue', 'QueueName'] } }] },
      },
    },
  });
});

test("CloudFormation's functions in their short form", () => {
  const { template } = synthesize(
    raw(`  Queue: { Type: AWS::SQS::Queue }
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Sub "a-\${AWS::Region}"
      TopicName: !Join [ '-', [ !Ref Queue, !GetAtt Queue.QueueName ] ]
      KmsMasterKeyId: !ImportValue key
`),
  );
  expect(template.Resources.Topic?.Properties).toEqual({
    DisplayName: { 'Fn::Sub': 'a-${AWS::Region}' },
    TopicName: { 'Fn::Join': ['-', [{ Ref: 'Queue' }, { 'Fn::GetAtt': ['Queue', 'QueueName'] }]] },
    KmsMasterKeyId: { 'Fn::ImportValue': 'key' },
  });
});

describe('what is refused while the config is read', () => {
  test.each([
    ['  Q: { Type: AWS::SQS::Queue, properties: {} }', '3:31 unknown-property'],
    ['  Q: { Properties: {} }', '3:3 missing-property'],
    ['  Q: { Type: AWS::SQS::Queue, DeletionPolicy: Keep }', '3:47 wrong-value'],
    ['  Q: { Type: AWS::SQS::Queue, Properties: { A: !Reff x } }', '3:54 unknown-tag'],
    ['  a-b: { Type: AWS::SQS::Queue }', '3:3 invalid-logical-id'],
  ])('%s', (text, place) => {
    expect(places(raw(`${text}\n`))).toEqual([place]);
  });

  test('a directive without quotes in a mapping in brackets', () => {
    const { problems } = read(raw(`  Q: { Type: AWS::SQS::Queue, Metadata: { a: $Format('{}', 'b') } }\n`));
    expect(problems).toMatchObject([
      { code: 'yaml-syntax', suggestion: 'Inside of { } and [ ] a directive has to be in double quotes.' },
    ]);
  });
});

describe('what is refused when the template is there', () => {
  test.each([
    [
      '{ Type: AWS::SQS::Queue, DependsOn: Qeue }',
      ['cloudformationResources', 'X', 'DependsOn'],
      'The stack has no CloudFormation resource "Qeue", which is referred to here.',
    ],
    [
      '{ Type: AWS::SQS::Queue, Properties: { A: [!Ref Qeue] } }',
      ['cloudformationResources', 'X', 'Properties', 'A', 0, 'Ref'],
      'The stack has no CloudFormation resource "Qeue", which is referred to here.',
    ],
    [
      '{ Type: AWS::SNS::Topic, Properties: { TopicName: !GetAtt Queue.Nmae } }',
      ['cloudformationResources', 'X', 'Properties', 'TopicName', 'Fn::GetAtt'],
      'AWS::SQS::Queue has no attribute "Nmae".',
    ],
    [
      "{ Type: AWS::SNS::Topic, Properties: { TopicName: !Sub 'a-${Queue.Nmae}' } }",
      ['cloudformationResources', 'X', 'Properties', 'TopicName', 'Fn::Sub'],
      'AWS::SQS::Queue has no attribute "Nmae".',
    ],
    [
      '{ Type: AWS::SQS::Queue, Condition: IsProd }',
      ['cloudformationResources', 'X', 'Condition'],
      'The stack has no condition "IsProd".',
    ],
    [
      '{ Type: AWS::SQS::Queue, Properties: { A: { B: } } }',
      ['cloudformationResources', 'X', 'Properties', 'A', 'B'],
      '"B" has no value, and CloudFormation takes none without.',
    ],
    [
      `{ Type: Custom::X, Properties: { A: { B: "$Secret('s')" } } }`,
      ['cloudformationResources', 'X', 'Properties', 'A', 'B'],
      'CloudFormation resolves no secrets in the properties of a custom resource (A.B).',
    ],
  ])('%s', (text, path, message) => {
    const { findings } = synthesize(raw(`  Queue: { Type: AWS::SQS::Queue }\n  X: ${text}\n`));
    expect(findings).toMatchObject([{ path, message }]);
  });

  test('a logical id that a resource has already', () => {
    const text = `resources:\n  posts: { type: sqs-queue }\ncloudformationResources:\n  PostsQueue: { Type: AWS::SNS::Topic }\n`;
    expect(synthesize(text).findings).toMatchObject([
      {
        code: 'logical-id-collision',
        path: ['cloudformationResources', 'PostsQueue'],
        message: 'The stack has an AWS::SQS::Queue PostsQueue already.',
      },
    ]);
  });
});

describe('secure parameters', () => {
  const secure = `"$SsmParam('/p', 'secure')"`;

  test.each([
    ['AWS::RDS::DBInstance', `{ MasterUserPassword: ${secure} }`],
    ['AWS::IAM::User', `{ LoginProfile: { Password: ${secure} } }`],
    ['AWS::OpsWorks::Stack', `{ RdsDbInstances: [{ DbPassword: ${secure} }] }`],
  ])('%s takes one', (type, properties) => {
    expect(synthesize(raw(`  X: { Type: ${type}, Properties: ${properties} }\n`)).findings).toEqual([]);
  });

  test('a function takes none', () => {
    const text = functionWith(`      environment: [{ name: KEY, value: "a-$SsmParam('/p', 'secure')" }]\n`);
    expect(synthesize(text).findings).toMatchObject([
      {
        code: 'secure-parameter-not-taken',
        path: ['resources', 'getPosts', 'properties', 'environment', 0, 'value'],
        message:
          'CloudFormation resolves no secure parameter in Environment.Variables.KEY of AWS::Lambda::Function.',
      },
    ]);
  });
});

test('references in lists and texts with values count too', () => {
  const values = Array.from({ length: 61 }, (_, index) => `"$Secret('s')-$SsmParam('/p${index}')"`).join(
    ', ',
  );
  const { findings } = synthesize(raw(`  X: { Type: AWS::SQS::Queue, Properties: { A: [${values}] } }\n`));
  expect(findings.map(({ message }) => message)).toEqual([
    'The stack has 61 references to secretsmanager; CloudFormation allows 60.',
    'The stack has 61 references to ssm; CloudFormation allows 60.',
  ]);
});

describe('outputs', () => {
  const output = (value: string) =>
    `resources:\n  q: { type: sqs-queue }\nstackConfig:\n  outputs: [{ name: a, value: ${value} }]\n`;

  test.each([
    ['5', '5'],
    ['true', 'true'],
    ['!GetAtt QQueue.Arn', { 'Fn::GetAtt': ['QQueue', 'Arn'] }],
  ])('%s', (written, value) => {
    expect(synthesize(output(written)).template.Outputs?.a?.Value).toEqual(value);
  });

  test.each([
    ['[a]', 'The value of an output has to be a text, not a list.'],
    ['{ a: b }', 'The value of an output has to be a text, not a mapping.'],
    ['', 'The value of an output has to be a text, not nothing.'],
  ])('%s is refused', (written, message) => {
    expect(synthesize(output(written)).findings).toMatchObject([
      { code: 'wrong-output', path: ['stackConfig', 'outputs', 0, 'value'], message },
    ]);
  });

  test('what a description, an export and a name may be', () => {
    const { template } = synthesize(
      `resources:\n  q: { type: sqs-queue }\nstackConfig:\n  outputs: [{ name: a, value: b, description: c, export: true }]\n`,
    );
    expect(template.Outputs?.a).toEqual({
      Value: 'b',
      Description: 'c',
      Export: { Name: 'project-dev-a' },
    });
    const refused = `resources:\n  q: { type: sqs-queue }\nstackConfig:\n  outputs: [{ name: a-b, value: b }, { name: c, value: d }, { name: c, value: x, description: ${'x'.repeat(1025)} }]\n`;
    expect(places(refused)).toEqual(['4:21 wrong-format', '4:69 duplicate-entry', '4:95 too-long']);
  });
});

test('what is waited for has to be known before the deployment', () => {
  const { problems } = read(raw('  X: { Type: AWS::SNS::Topic, DependsOn: $AwsAccountId() }\n'));
  expect(problems.map(({ code }) => code)).toEqual(['needs-static-value']);
});

test('outputs hold no secrets', () => {
  const output = (value: string) =>
    `resources:\n  q: { type: sqs-queue }\nstackConfig:\n  outputs: [{ name: a, value: "${value}" }]\n`;
  expect(synthesize(output("$SsmParam('/p')")).findings).toEqual([]);
  for (const value of [
    "x-$Secret('s')",
    "$SsmParam('/p', 'secure')",
    "$CfFormat('{}-{}', $Secret('s'), $AwsAccountId())",
  ]) {
    expect(synthesize(output(value)).findings).toMatchObject([
      { code: 'secret-in-output', path: ['stackConfig', 'outputs', 0, 'value'] },
    ]);
  }
});

test('outputs: 200 of them, and none of the names that the stack has', () => {
  const outputs = (names: readonly string[]) =>
    `resources:\n  api: { type: http-api-gateway }\nstackConfig:\n  outputs:\n${names.map((name) => `    - { name: ${name}, value: b }\n`).join('')}`;
  const names = (count: number) => Array.from({ length: count }, (_, index) => `o${index}`);
  // The address of the API is one more.
  expect(synthesize(outputs(names(199))).findings).toEqual([]);
  expect(synthesize(outputs(names(200))).findings.map(({ message }) => message)).toEqual([
    'The stack has 201 outputs; CloudFormation allows 200.',
  ]);
  expect(synthesize(outputs(['a', 'ApiUrl'])).findings).toMatchObject([
    {
      code: 'duplicate-output',
      path: ['stackConfig', 'outputs', 1, 'name'],
      message: 'The stack has an output ApiUrl already.',
      suggestion: 'Rename yours.',
    },
  ]);
});

test('tags: 45 of them, and none of the names that are taken', () => {
  const tags = (count: number, name = 'a') =>
    `resources:\n  q: { type: sqs-queue }\nstackConfig:\n  tags:\n${Array.from({ length: count }, (_, index) => `    - { name: ${name}${index}, value: b }\n`).join('')}`;
  expect(places(tags(45))).toEqual([]);
  expect(places(tags(46))).toEqual(['4:3 wrong-length']);
  expect(places(tags(1, 'aws:x'))).toEqual(['5:15 wrong-format']);
  expect(places(tags(1, 'stp:stage'))).toEqual(['5:15 wrong-format']);
});
