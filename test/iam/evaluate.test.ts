import { describe, expect, test } from 'vitest';
import { type AccessRequest, evaluate, type PolicyDocument } from '../../source/iam/evaluate.ts';
import type { Statement } from '../../source/iam/new-grants.ts';

const policy = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const allow = (
  Action: string | string[],
  Resource: string | string[],
  more: Partial<Statement> = {},
): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (
  Action: string | string[],
  Resource: string | string[],
  more: Partial<Statement> = {},
): Statement => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});
const decide = (
  policies: PolicyDocument[],
  action: string,
  resource: string,
  more: Partial<AccessRequest> = {},
) => evaluate(policies, { action, resource, ...more }).decision;

const bucket = 'arn:aws:s3:::DOC-EXAMPLE-BUCKET';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
describe('how AWS decides', () => {
  test('by default everything is denied', () => {
    expect(decide([], 's3:GetObject', `${bucket}/a`)).toBe('implicit-deny');
    expect(decide([policy(allow('s3:GetObject', `${bucket}/b`))], 's3:GetObject', `${bucket}/a`)).toBe(
      'implicit-deny',
    );
  });

  test('a permission overrides the default, and is told', () => {
    const statement = allow('s3:GetObject', `${bucket}/*`);
    expect(evaluate([policy(statement)], { action: 's3:GetObject', resource: `${bucket}/a` })).toEqual({
      decision: 'allow',
      statement,
    });
  });

  test('a denial overrides every permission, wherever it stands', () => {
    const permission = policy(allow('*', '*'));
    const denial = policy(deny('s3:DeleteObject', '*'));
    for (const policies of [
      [permission, denial],
      [denial, permission],
      [policy(allow('*', '*'), deny('s3:*', bucket, {}), deny('s3:DeleteObject', '*'))],
    ]) {
      expect(decide(policies, 's3:DeleteObject', `${bucket}/a`)).toBe('explicit-deny');
      expect(decide(policies, 's3:GetObject', `${bucket}/a`)).toBe('allow');
    }
  });

  // The policy with three statements on the page "Example policies: identity-based and resource-based".
  test('one action for all, others for one resource', () => {
    const policies = [
      policy(
        {
          Effect: 'Allow',
          Action: ['s3:ListAllMyBuckets', 's3:GetBucketLocation'],
          Resource: 'arn:aws:s3:::*',
        },
        { Effect: 'Allow', Action: 's3:*', Resource: [`${bucket}`, `${bucket}/*`] },
        {
          Effect: 'Deny',
          Action: 's3:*',
          NotResource: [`${bucket}`, `${bucket}/*`, 'arn:aws:s3:::*'],
        },
      ),
    ];
    expect(decide(policies, 's3:PutObject', `${bucket}/x`)).toBe('allow');
    expect(decide(policies, 's3:GetBucketLocation', 'arn:aws:s3:::other')).toBe('allow');
    expect(decide(policies, 's3:GetBucketAcl', 'arn:aws:s3:::other')).toBe('implicit-deny');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html and …_notaction.html
describe('actions', () => {
  test.each([
    ['s3:GetObject', 's3:GetObject', true],
    ['S3:getobject', 's3:GetObject', true],
    ['s3:Get*', 's3:GetObjectAcl', true],
    ['s3:*Object*', 's3:PutObjectTagging', true],
    ['s3:Get?bject', 's3:GetObject', true],
    ['s3:Get?', 's3:GetObject', false],
    ['*', 'iam:CreateUser', true],
    ['iam:*AccessKey*', 'iam:ListAccessKeys', true],
    ['iam:*AccessKey*', 'iam:ListUsers', false],
    ['s3:GetObject', 's3:GetObjectAcl', false],
    ['dynamodb:Get*', 'dynamodb:BatchGetItem', false],
    ['s3:Get.*', 's3:GetObject', false],
  ])('%s takes in %s: %s', (pattern, action, fits) => {
    expect(decide([policy(allow(pattern, '*'))], action, '*') === 'allow').toBe(fits);
  });

  test('NotAction permits all but those', () => {
    const policies = [policy({ Effect: 'Allow', NotAction: 's3:DeleteBucket', Resource: 'arn:aws:s3:::*' })];
    expect(decide(policies, 's3:GetObject', `${bucket}/a`)).toBe('allow');
    expect(decide(policies, 's3:DeleteBucket', bucket)).toBe('implicit-deny');
    const noMore = [policy(allow('*', '*'), { Effect: 'Deny', NotAction: ['iam:*', 's3:*'], Resource: '*' })];
    expect(decide(noMore, 'iam:ListUsers', '*')).toBe('allow');
    expect(decide(noMore, 'ec2:RunInstances', '*')).toBe('explicit-deny');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
describe('resources', () => {
  test.each([
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/a/b/c.txt', true],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket', false],
    ['arn:aws:s3:::bucket/*/test/*', 'arn:aws:s3:::bucket/1/2/test/x', true],
    ['arn:aws:s3:::bucket/a*b', 'arn:aws:s3:::bucket/a:b', true],
    ['arn:aws:sqs:*:111122223333:queue', 'arn:aws:sqs:us-east-1:111122223333:queue', true],
    ['arn:aws:sqs:us-*-1:111122223333:q', 'arn:aws:sqs:us-east-1:111122223333:q', true],
    ['arn:aws:sqs:us*st-1:q', 'arn:aws:sqs:us-east-1:111122223333:q', false],
    [
      'arn:aws:lambda:us-east-1:111122223333:function:f:*',
      'arn:aws:lambda:us-east-1:111122223333:function:f:3',
      true,
    ],
    [
      'arn:aws:lambda:us-east-1:111122223333:function:f',
      'arn:aws:lambda:us-east-1:111122223333:function:f:3',
      false,
    ],
    ['arn:aws:lambda:*', 'arn:aws:lambda:us-east-1:111122223333:function:f', true],
    ['arn:aws:iam::111122223333:user/?ob', 'arn:aws:iam::111122223333:user/Bob', true],
    ['arn:aws:iam::111122223333:user/?ob', 'arn:aws:iam::111122223333:user/bob/x', false],
    ['arn:aws:s3:::Bucket', 'arn:aws:s3:::bucket', false],
    ['arn:aws:secretsmanager:r:a:secret:s-??????', 'arn:aws:secretsmanager:r:a:secret:s-AbC123', true],
  ])('%s takes in %s: %s', (pattern, arn, fits) => {
    expect(decide([policy(allow('*', pattern))], 'any:Thing', arn) === 'allow').toBe(fits);
  });

  test('NotResource is about all others', () => {
    const policies = [policy({ Effect: 'Allow', Action: 's3:*', NotResource: `${bucket}/secret/*` })];
    expect(decide(policies, 's3:GetObject', `${bucket}/open`)).toBe('allow');
    expect(decide(policies, 's3:GetObject', `${bucket}/secret/a`)).toBe('implicit-deny');
  });

  test('what is not resolved permits nothing, and denies where it stands in a denial', () => {
    const reference = { 'Fn::GetAtt': ['Table', 'Arn'] } as const;
    const of = (Effect: 'Allow' | 'Deny'): Statement => ({ Effect, Action: '*', Resource: reference });
    expect(decide([policy(of('Allow'))], 's3:GetObject', bucket)).toBe('implicit-deny');
    expect(decide([policy(allow('*', '*'), of('Deny'))], 's3:GetObject', bucket)).toBe('explicit-deny');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe('conditions', () => {
  const holds = (Condition: NonNullable<Statement['Condition']>, context: AccessRequest['context'] = {}) =>
    decide([policy(allow('*', '*', { Condition }))], 's3:GetObject', bucket, { context }) === 'allow';

  test.each<[string, NonNullable<Statement['Condition']>, NonNullable<AccessRequest['context']>, boolean]>([
    [
      'equal',
      { StringEquals: { 'aws:PrincipalTag/job': 'iamuser-admin' } },
      { 'aws:PrincipalTag/job': 'iamuser-admin' },
      true,
    ],
    ['other case', { StringEquals: { k: 'a' } }, { k: 'A' }, false],
    ['key in other case', { StringEquals: { 'aws:SourceAccount': '1' } }, { 'AWS:sourceaccount': '1' }, true],
    ['one of several', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    ['key is missing', { StringEquals: { k: 'a' } }, {}, false],
    ['key is missing, if there', { StringEqualsIfExists: { k: 'a' } }, {}, true],
    ['not equal, key is missing', { StringNotEquals: { k: 'a' } }, {}, true],
    ['none of several', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    ['like', { StringLike: { 's3:prefix': 'home/*' } }, { 's3:prefix': 'home/bob' }, true],
    ['all keys have to hold', { StringEquals: { a: '1', b: '2' } }, { a: '1', b: '3' }, false],
    [
      'all operators have to hold',
      { StringEquals: { a: '1' }, Bool: { b: 'true' } },
      { a: '1', b: 'true' },
      true,
    ],
    ['switch', { Bool: { 'aws:SecureTransport': false } }, { 'aws:SecureTransport': 'false' }, true],
    ['switch is missing', { Bool: { 'aws:SecureTransport': 'false' } }, {}, false],
    ['number', { NumericLessThanEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': '9' }, true],
    ['number too large', { NumericLessThanEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': '11' }, false],
    [
      'date',
      { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
      { 'aws:CurrentTime': '2026-01-02T00:00:00Z' },
      true,
    ],
    ['missing, as wanted', { Null: { 'aws:TokenIssueTime': 'true' } }, {}, true],
    [
      'there, and should not be',
      { Null: { 'aws:TokenIssueTime': 'true' } },
      { 'aws:TokenIssueTime': 'x' },
      false,
    ],
    [
      'ARN',
      { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:1:topic' } },
      { 'aws:SourceArn': 'arn:aws:sns:us-east-1:1:topic' },
      true,
    ],
    [
      'other ARN',
      { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:us-east-1:1:a' } },
      { 'aws:SourceArn': 'arn:aws:sns:us-east-1:1:b' },
      false,
    ],
    ['any of the values', { 'ForAnyValue:StringEquals': { k: ['a'] } }, { k: ['b', 'a'] }, true],
    ['all of the values', { 'ForAllValues:StringEquals': { k: ['a'] } }, { k: ['b', 'a'] }, false],
    ['all of no values', { 'ForAllValues:StringEquals': { k: ['a'] } }, {}, true],
    ['any of no values', { 'ForAnyValue:StringEquals': { k: ['a'] } }, {}, false],
    [
      'any of the values is another',
      { 'ForAnyValue:StringNotEquals': { k: ['a'] } },
      { k: ['a', 'b'] },
      true,
    ],
    ['none of the values is another', { 'ForAnyValue:StringNotEquals': { k: ['a'] } }, { k: ['a'] }, false],
    ['none of the values fits', { 'ForAllValues:StringNotEquals': { k: ['a'] } }, { k: ['b', 'c'] }, true],
    ['any of no values, if there', { 'ForAnyValue:StringLikeIfExists': { k: ['a*'] } }, {}, true],
    ['ARN is missing, if there', { ArnLikeIfExists: { 'aws:SourceArn': 'arn:aws:sns:*' } }, {}, true],
    [
      'address',
      { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      { 'aws:SourceIp': '203.0.113.77' },
      true,
    ],
    [
      'other address',
      { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      { 'aws:SourceIp': '203.0.114.1' },
      false,
    ],
    [
      'one address',
      { IpAddress: { 'aws:SourceIp': '203.0.113.5' } },
      { 'aws:SourceIp': '203.0.113.5' },
      true,
    ],
    [
      'address of the newer kind',
      { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:DB8:1234:5678::/64'] } },
      { 'aws:SourceIp': '2001:db8:1234:5678::1' },
      true,
    ],
    [
      'not the address',
      { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      { 'aws:SourceIp': '203.0.113.1' },
      false,
    ],
    [
      'a range that is none',
      { IpAddress: { 'aws:SourceIp': '203.0.113.0/99' } },
      { 'aws:SourceIp': '203.0.113.1' },
      false,
    ],
    ['bytes', { BinaryEquals: { k: 'QmluYXJ5VmFsdWU=' } }, { k: 'QmluYXJ5VmFsdWU=' }, true],
    ['an operator that nobody knows', { StringEqual: { k: 'a' } }, { k: 'a' }, false],
    ['a property of every object', { constructor: { k: 'a' } }, { k: 'a' }, false],
  ])('%s', (_, condition, context, result) => {
    expect(holds(condition, context)).toBe(result);
  });

  test('a denial under a condition that is not understood denies', () => {
    const policies = [policy(allow('*', '*'), deny('*', '*', { Condition: { StringEqual: { k: 'a' } } }))];
    expect(decide(policies, 's3:GetObject', bucket)).toBe('explicit-deny');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
describe('variables of a policy', () => {
  const user = { 'aws:username': 'Bob', 'aws:PrincipalTag/team': 'web', 's3:prefix': 'Bob/in' };
  const mayRead = (Resource: string, resource: string, context: AccessRequest['context'] = user) =>
    decide([policy(allow('s3:GetObject', Resource))], 's3:GetObject', resource, { context }) === 'allow';

  test.each<[string, string, boolean]>([
    [`${bucket}/\${aws:username}/*`, `${bucket}/Bob/in`, true],
    [`${bucket}/\${AWS:UserName}/*`, `${bucket}/Bob/in`, true],
    [`${bucket}/\${aws:username}/*`, `${bucket}/Carol/in`, false],
    [`${bucket}/\${aws:PrincipalTag/team}/\${aws:username}`, `${bucket}/web/Bob`, true],
    [`${bucket}/\${aws:PrincipalTag/city, 'every''where'}`, `${bucket}/every'where`, true],
    [`${bucket}/\${aws:PrincipalTag/team, 'none'}`, `${bucket}/none`, false],
    [`${bucket}/\${aws:PrincipalTag/city}`, `${bucket}/`, false],
    [`${bucket}/\${*}`, `${bucket}/*`, true],
    [`${bucket}/\${*}`, `${bucket}/a`, false],
    [`${bucket}/what\${?}`, `${bucket}/what?`, true],
    [`${bucket}/what\${?}`, `${bucket}/whats`, false],
    [`${bucket}/\${$}{aws:username}`, `${bucket}/\${aws:username}`, true],
  ])('%s takes in %s: %s', (Resource, resource, fits) => {
    expect(mayRead(Resource, resource)).toBe(fits);
  });

  test('what a value holds is no wildcard, and a key with several values is no variable', () => {
    const home = `${bucket}/\${aws:username}/x`;
    expect(mayRead(home, `${bucket}/Bob/x`, { 'aws:username': '*' })).toBe(false);
    expect(mayRead(home, `${bucket}/*/x`, { 'aws:username': '*' })).toBe(true);
    expect(mayRead(home, `${bucket}/Bob/x`, { 'aws:username': ['Bob'] })).toBe(false);
  });

  test('a policy of the first version has none', () => {
    const statement = allow('s3:GetObject', `${bucket}/\${aws:username}`);
    for (const first of [{ Statement: statement }, { Version: '2008-10-17', Statement: statement }]) {
      const read = (resource: string) => decide([first], 's3:GetObject', resource, { context: user });
      expect(read(`${bucket}/Bob`)).toBe('implicit-deny');
      expect(read(`${bucket}/\${aws:username}`)).toBe('allow');
    }
  });

  test('a denial whose variable has no value is about nothing', () => {
    const policies = [policy(allow('*', '*'), deny('*', `${bucket}/\${aws:username}`))];
    expect(decide(policies, 's3:GetObject', `${bucket}/`, { context: {} })).toBe('allow');
  });

  test.each<[NonNullable<Statement['Condition']>, boolean]>([
    [{ StringLike: { 's3:prefix': '${aws:username}/*' } }, true],
    [{ StringEquals: { 's3:prefix': '${aws:username}/in' } }, true],
    [{ StringEquals: { 's3:prefix': '${aws:userid}/in' } }, false],
    [{ StringNotEquals: { 's3:prefix': '${aws:userid}/in' } }, true],
    [{ StringEquals: { 's3:prefix': ['${aws:userid}', '${aws:username}/in'] } }, true],
    [{ StringEquals: { 's3:prefix': 'Bob/${*}' } }, false],
    [{ Bool: { 's3:prefix': '${s3:prefix}' } }, false],
  ])('in the condition %j: %s', (Condition, holds) => {
    const policies = [policy(allow('*', '*', { Condition }))];
    expect(decide(policies, 's3:ListBucket', bucket, { context: user }) === 'allow').toBe(holds);
  });
});

describe('policies of resources', () => {
  const queue = 'arn:aws:sqs:us-east-1:111122223333:q';
  const send = (Principal: Statement['Principal']) => [
    policy(allow('sqs:SendMessage', queue, Principal === undefined ? {} : { Principal })),
  ];
  const by = (type: 'AWS' | 'Service', name: string) => ({ principal: { type, name } });

  test.each<[Statement['Principal'], 'AWS' | 'Service', string, boolean]>([
    [{ Service: 'sns.amazonaws.com' }, 'Service', 'sns.amazonaws.com', true],
    [{ Service: 'sns.amazonaws.com' }, 'Service', 'events.amazonaws.com', false],
    [{ Service: ['sns.amazonaws.com', 'events.amazonaws.com'] }, 'Service', 'events.amazonaws.com', true],
    ['*', 'AWS', 'arn:aws:iam::111122223333:role/a', true],
    [{ AWS: '*' }, 'AWS', 'arn:aws:iam::111122223333:role/a', true],
    [{ AWS: '111122223333' }, 'AWS', 'arn:aws:iam::111122223333:role/a', true],
    [{ AWS: 'arn:aws:iam::111122223333:root' }, 'AWS', 'arn:aws:iam::444455556666:role/a', false],
    [{ AWS: 'arn:aws:iam::111122223333:role/a' }, 'AWS', 'arn:aws:iam::111122223333:role/b', false],
  ])('%j for %s %s: %s', (principal, type, name, fits) => {
    expect(decide(send(principal), 'sqs:SendMessage', queue, by(type, name)) === 'allow').toBe(fits);
  });

  test('a trust policy names no resource', () => {
    const trust: PolicyDocument = {
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    };
    expect(
      decide([trust], 'sts:AssumeRole', 'arn:aws:iam::1:role/r', by('Service', 'lambda.amazonaws.com')),
    ).toBe('allow');
    expect(
      decide([trust], 'sts:AssumeRole', 'arn:aws:iam::1:role/r', by('Service', 'ec2.amazonaws.com')),
    ).toBe('implicit-deny');
  });
});
