import { describe, expect, test } from 'vitest';
import { property, synthesize } from '../synth/synthesize.ts';
import { read } from './read.ts';

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
