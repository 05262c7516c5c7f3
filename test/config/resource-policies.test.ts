import { describe, expect, test } from 'vitest';
import { property, synthesize } from '../synth/synthesize.ts';
import { functionWith, read } from './read.ts';

const problemsOf = (text: string) =>
  read(text).problems.map(({ severity, code, message, expected }) =>
    [severity, code, message, expected].filter((part) => part !== undefined).join(' | '),
  );

const bucket = (statement: string, mode = 'private') => `resources:
  files:
    type: bucket
    properties:
      accessibility: { accessibilityMode: ${mode}, accessPolicyStatements: [{ Action: 's3:GetObject', ${statement} }] }
`;
const queue = (statement: string) => `resources:
  jobs:
    type: sqs-queue
    properties: { policyStatements: [{ Action: ['sqs:SendMessage'], ${statement} }] }
`;

describe('who a statement is about', () => {
  const expected = '"*", or a mapping of AWS, Service, Federated, CanonicalUser to names';

  test.each([
    ['Principal:', 'A statement of a policy has to say who it is about; null is nobody.'],
    ['Principal: everyone', 'A statement of a policy has to say who it is about; "everyone" is nobody.'],
    ['Principal: { Service: [] }', 'Principal "Service" names nobody.'],
    ['Principal: { User: me }', 'IAM has no principals of kind "User".'],
  ])('%s is refused for buckets and queues', (statement, message) => {
    const lower = message.charAt(0).toLowerCase() + message.slice(1);
    const said = (prefix: string) => [
      `error | invalid-principal | ${prefix}: ${message.startsWith('IAM') ? message : lower} | ${expected}`,
    ];
    expect(problemsOf(bucket(statement))).toEqual(said('Bucket files'));
    expect(problemsOf(queue(statement))).toEqual(said('SQS queue jobs'));
  });

  test.each([
    "Principal: '*'",
    'Principal: { Service: sns.amazonaws.com }',
    "Principal: { AWS: ['111122223333'] }",
  ])('%s is taken, and allows unless it says something else', (statement) => {
    expect(problemsOf(queue(statement))).toEqual([]);
    const stack = synthesize(queue(statement));
    expect(property(stack, 'JobsQueuePolicy', 'PolicyDocument', 'Statement', 0, 'Effect')).toBe('Allow');
  });
});

test('a private bucket whose policy lets everyone in says so, and S3 is not told to refuse the policy', () => {
  const open = bucket("Principal: '*'");
  expect(problemsOf(open)).toEqual([
    'warning | public-policy | Bucket files: this statement lets everyone in, though the bucket is private.',
  ]);
  const blocked = (text: string) =>
    property(synthesize(text), 'FilesBucket', 'PublicAccessBlockConfiguration');
  expect(blocked(open)).toMatchObject({ BlockPublicPolicy: false, RestrictPublicBuckets: false });
  const named = bucket("Principal: { AWS: 'arn:aws:iam::111122223333:root' }");
  expect(problemsOf(named)).toEqual([]);
  expect(blocked(named)).toMatchObject({ BlockPublicPolicy: true, RestrictPublicBuckets: true });
  expect(problemsOf(bucket("Principal: '*'", 'public-read'))).toEqual([]);
});

test('a directive gives names, and no kind of those who are named', () => {
  const raw = "cloudformationResources: { Role: { Type: 'AWS::IAM::Role' } }\n";
  const arn = "\"$CfResourceParam('Role', 'Arn')\"";
  expect(problemsOf(`${queue(`Principal: { AWS: ${arn} }`)}${raw}`)).toEqual([]);
  expect(problemsOf(`${queue(`Principal: ${arn}`)}${raw}`)).toEqual([
    'error | invalid-principal | SQS queue jobs: what a directive gives can be the name of who a statement is about; the kind has to stand before it. | "*", or a mapping of AWS, Service, Federated, CanonicalUser to names',
  ]);
});

describe('statements that IAM would refuse in the middle of a deploy', () => {
  const role = (statements: string) => functionWith(`      iamRoleStatements: ${statements}\n`);

  test('in the role of a function, each at its place', () => {
    expect(
      problemsOf(
        role(
          `[{ Sid: Read, Resource: posts, Action: s3 }, { Sid: Read, Resource: ['*', 'table/x'], Action: ['s3:Get*', '*', getObject] }, { Resource: '*', Condition: { StringEqual: { 'aws:RequestedRegion': eu-west-1 }, 'ForAnyValue:StringLikeIfExists': { a: b }, "Null": { a: 'true' } } }]`,
        ),
      ),
    ).toEqual([
      'error | wrong-arn | Function getPosts: "posts" is neither an ARN nor *. | an ARN, for example $ResourceParam(…) or $CfResourceParam(…) with the "arn" of a resource, or *',
      'error | wrong-action | Function getPosts: "s3" is no action of IAM. | a service and an action such as s3:GetObject, or *',
      'error | duplicate-entry | Function getPosts: another statement of the policy has the name "Read" already.',
      'error | wrong-arn | Function getPosts: "table/x" is neither an ARN nor *. | an ARN, for example $ResourceParam(…) or $CfResourceParam(…) with the "arn" of a resource, or *',
      'error | wrong-action | Function getPosts: "getObject" is no action of IAM. | a service and an action such as s3:GetObject, or *',
      'error | wrong-condition | Function getPosts: IAM has no condition operator "StringEqual". | an operator such as StringEquals, ArnLike or Bool',
    ]);
  });

  test.each([
    'Resource: "*"',
    "Resource: \"$ResourceParam('posts', 'arn')\", Action: ['dynamodb:PutItem']",
    "Resource: ['arn:aws:s3:::files/${aws:userid}/*', \"$SsmParam('/files/arn')\"], Action: 's3:*Object*'",
    "Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': $Region() } }",
  ])('{ %s } is taken', (statement) => {
    expect(problemsOf(role(`[{ ${statement} }]`))).toEqual([]);
  });

  test('in the policies of buckets and queues', () => {
    expect(problemsOf(bucket("Principal: '*', Condition: { IsTrue: { a: b } }"))).toEqual([
      'error | wrong-condition | Bucket files: IAM has no condition operator "IsTrue". | an operator such as StringEquals, ArnLike or Bool',
    ]);
    expect(
      problemsOf(queue("Principal: '*' }, { Principal: '*', Action: [send, '*', 'SQS:*', 's3:GetObject']")),
    ).toEqual([
      'error | wrong-action | SQS queue jobs: "send" is no action of SQS. | an action such as sqs:SendMessage, or *',
      'error | wrong-action | SQS queue jobs: "s3:GetObject" is no action of SQS. | an action such as sqs:SendMessage, or *',
    ]);
    expect(
      problemsOf(
        bucket(
          "Principal: '*' }, { Principal: { AWS: '111122223333' }, Action: 'sqs:SendMessage'",
          'public-read',
        ),
      ),
    ).toEqual([
      'error | wrong-action | Bucket files: "sqs:SendMessage" is no action of S3. | an action such as s3:GetObject, or *',
    ]);
  });

  test('in the roles of containers', () => {
    const image = 'packaging: { type: prebuilt-image, properties: { image: nginx } }';
    const statements = "iamRoleStatements: [{ Action: send, Resource: '*' }]";
    const said = '"send" is no action of IAM. | a service and an action such as s3:GetObject, or *';
    expect(
      problemsOf(`resources:
  render:
    type: batch-job
    properties: { container: { ${image} }, resources: { cpu: 1 }, ${statements} }
  prices:
    type: private-service
    properties: { ${image}, resources: { cpu: 0.25, memory: 512 }, ${statements} }
`),
    ).toEqual([
      `error | wrong-action | Batch job render: ${said}`,
      `error | wrong-action | Private service prices: ${said}`,
    ]);
  });
});
