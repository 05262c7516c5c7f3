import { describe, expect, test } from 'vitest';
import { property, synthesize } from './synthesize.ts';

const table = (overrides: string) => `resources:
  posts:
    type: dynamo-db-table
    properties:
      primaryKey: { partitionKey: { name: id, type: string } }
    overrides:
${overrides}`;

test('properties are set, mended and added, also in lists', () => {
  const stack = synthesize(
    table(`      PostsTable:
        TableClass: STANDARD_INFREQUENT_ACCESS
        PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled: true
        AttributeDefinitions.0.AttributeType: N
        AttributeDefinitions.1: { AttributeName: at, AttributeType: S }
        KinesisStreamSpecification.StreamArn: $CfResourceParam('Stream', 'Arn')
        Tags.0: { Key: team, Value: news }
cloudformationResources:
  Stream: { Type: AWS::Kinesis::Stream, Properties: { ShardCount: 1 } }
`),
  );
  expect(stack.findings).toEqual([]);
  expect(stack.template.Resources.PostsTable?.Properties).toMatchObject({
    TableClass: 'STANDARD_INFREQUENT_ACCESS',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'N' },
      { AttributeName: 'at', AttributeType: 'S' },
    ],
    Tags: [{ Key: 'team', Value: 'news' }],
  });
  expect(property(stack, 'PostsTable', 'KinesisStreamSpecification', 'StreamArn')).toEqual({
    'Fn::GetAtt': ['Stream', 'Arn'],
  });
});

test.each([
  ['PostsTabel: { A: 1 }', 'Resource posts has no CloudFormation resource PostsTabel to override.'],
  [
    'PostsTable: { KeySchema.3.AttributeName: a }',
    '"KeySchema.3.AttributeName" cannot be set in PostsTable: KeySchema is a list of 1, and "3" no place in it.',
  ],
  [
    'PostsTable: { Tags.1.Key: a }',
    '"Tags.1.Key" cannot be set in PostsTable: Tags is a list of 0, and "1" no place in it.',
  ],
  [
    'PostsTable: { KeySchema.first: a }',
    '"KeySchema.first" cannot be set in PostsTable: KeySchema is a list of 1, and "first" no place in it.',
  ],
  [
    'PostsTable: { BillingMode.a: b }',
    '"BillingMode.a" cannot be set in PostsTable: BillingMode is the value "PAY_PER_REQUEST".',
  ],
  [
    'PostsTable: { Properties.TableName: a }',
    '"Properties.TableName" cannot be set in PostsTable: paths begin inside of Properties.',
  ],
  ['PostsTable: { A..B: a }', '"A..B" cannot be set in PostsTable: a step of the path is empty.'],
  ['PostsTable: { TableClass: }', '"TableClass" has no value, and CloudFormation takes none without.'],
])('%s', (overrides, message) => {
  expect(synthesize(table(`      ${overrides}\n`)).findings.map((one) => one.message)).toEqual([message]);
});

test('what cannot be overridden is answered with what can', () => {
  expect(synthesize(table('      PostsTabel: { A: 1 }\n')).findings).toMatchObject([
    { expected: 'one of PostsTable', suggestion: 'Did you mean "PostsTable"?' },
  ]);
});

describe('names that others hold', () => {
  const files = (overrides: string, targets = 'files') => `resources:
  files:
    type: bucket
    overrides: { FilesBucket: { ${overrides} } }
  user:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/f.ts } }
      connectTo: [${targets}]
`;

  test('stay, where permissions and variables have them', () => {
    expect(synthesize(files('BucketName: our-files')).findings).toMatchObject([
      {
        severity: 'error',
        code: 'name-in-use',
        path: ['resources', 'files', 'overrides', 'FilesBucket', 'BucketName'],
        message:
          '"BucketName" cannot be overridden: UserRole, UserFunction have the name project-dev-files-AccountId-Region.',
      },
    ]);
    const own = 'BucketEncryption: { ServerSideEncryptionConfiguration: [] }';
    expect(synthesize(files(own)).findings).toEqual([]);
  });

  test('can be overridden where nobody has them', () => {
    expect(synthesize(files('BucketName: our-files', '')).findings).toEqual([]);
  });

  test('of functions stand in their own roles', () => {
    const text = `${files('Tags: []', '')}    overrides: { UserFunction: { FunctionName: mine } }\n`;
    expect(synthesize(text).findings).toMatchObject([
      {
        message:
          '"FunctionName" cannot be overridden: UserRole, UserLogGroup have the name project-dev-user.',
      },
    ]);
  });
});
