import { describe, expect, test } from 'vitest';
import { describeWidening } from '../../source/iam/widening.ts';
import type { Value } from '../../source/model/intrinsic.ts';
import type { Template, TemplateResource } from '../../source/model/template.ts';
import { functionWith } from '../config/read.ts';
import { configText, synthesize } from '../synth/synthesize.ts';

const template = (Resources: Record<string, TemplateResource>): Template => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Resources,
});

type Statement = { [key: string]: Value };

const role = (...statements: Statement[]): TemplateResource => ({
  Type: 'AWS::IAM::Role',
  Metadata: { 'stp:resource': 'getPosts' },
  Properties: {
    Policies: [{ PolicyName: 'custom', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});

const allow = (Action: Value, Resource: Value, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

/** What the role may after the change that it might not before. */
const newly = (before: Statement[], after: Statement[]): string[] =>
  describeWidening(template({ Role: role(...before) }), template({ Role: role(...after) })).flatMap(
    ({ sentences }) => sentences,
  );

const table = { 'Fn::GetAtt': ['PostsTable', 'Arn'] } as const;

describe('statements of a role', () => {
  test('new actions and new resources', () => {
    const read = allow(['dynamodb:GetItem'], table);
    expect(newly([read], [allow(['dynamodb:GetItem', 'dynamodb:PutItem'], table)])).toEqual([
      'getPosts may dynamodb:PutItem on PostsTable.Arn',
    ]);
    expect(
      newly([read], [allow(['dynamodb:GetItem'], [table, { 'Fn::Sub': '${PostsTable.Arn}/index/*' }])]),
    ).toEqual(['getPosts may dynamodb:GetItem on PostsTable.Arn/index/*']);
    expect(newly([], [allow('*', '*')])).toEqual(['getPosts may * on everything']);
  });

  test('what is the same, narrower or only written otherwise', () => {
    expect(newly([allow('s3:*', '*')], [allow(['s3:GetObject'], ['arn:aws:s3:::a/*'])])).toEqual([]);
    expect(
      newly([allow('S3:Get*', 'arn:aws:s3:::a/*')], [allow('s3:GetObject', 'arn:aws:s3:::a/b')]),
    ).toEqual([]);
    expect(newly([allow(['a:B', 'a:C'], '*')], [allow('a:C', '*'), allow('a:B', '*')])).toEqual([]);
    expect(newly([allow('a:B', '*')], [])).toEqual([]);
  });

  test('a pattern is no text of its own', () => {
    expect(
      newly([allow('s3:GetObject', 'arn:aws:s3:::a.b')], [allow('s3:GetObject', 'arn:aws:s3:::axb')]),
    ).toHaveLength(1);
    expect(newly([allow('s3:GetObject', '*')], [allow('s3:Get*', '*')])).toEqual([
      'getPosts may s3:Get* on everything',
    ]);
  });

  test('a condition that falls away, and one that is added', () => {
    const condition = { Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } };
    expect(newly([allow('a:B', '*', condition)], [allow('a:B', '*')])).toEqual([
      'getPosts may a:B on everything',
    ]);
    expect(newly([allow('a:B', '*')], [allow('a:B', '*', condition)])).toEqual([]);
  });

  test('denials that fall away, and everything but something', () => {
    const deny = { Effect: 'Deny', Action: 'a:B', Resource: '*' };
    expect(newly([allow('a:*', '*'), deny], [allow('a:*', '*')])).toEqual([
      'getPosts may no longer be denied a:B on everything',
    ]);
    expect(newly([], [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }])).toEqual([
      'getPosts may everything but iam:* on everything',
    ]);
  });
});

describe('stacks of ours', () => {
  const stack = (properties: string) => synthesize(functionWith(properties)).template;
  const events = `      events:
        - { type: http-api-gateway, properties: { httpApiGatewayName: api, method: GET, path: /a } }
`;

  test('the same template widens nothing, and neither does a property that grants nothing', () => {
    expect(describeWidening(stack(events), stack(events))).toEqual([]);
    expect(describeWidening(stack(events), stack(`      memory: 2048\n${events}`))).toEqual([]);
  });

  test('a connected table', () => {
    const [widening, ...rest] = describeWidening(stack(''), stack('      connectTo: [posts]\n'));
    expect(rest).toEqual([]);
    expect(widening?.logicalId).toBe('GetPostsRole');
    expect(widening?.sentences).toHaveLength(1);
    expect(widening?.sentences[0]).toMatch(
      /^getPosts may dynamodb:BatchGet\*, .* on PostsTable\.Arn, PostsTable\.Arn\/index\/\*$/,
    );
  });

  test('a function that is now invoked from outside', () => {
    expect(describeWidening(stack(''), stack(events))).toEqual([
      {
        logicalId: 'GetPostsApiPermission',
        sentences: [
          'apigateway.amazonaws.com may invoke GetPostsFunction from arn:aws:execute-api:Region:AccountId:ApiApi/*',
        ],
      },
    ]);
  });

  test('a new function with a route needs no more than every function', () => {
    const before = synthesize('resources:\n  api:\n    type: http-api-gateway\n').template;
    const after = stack(events);
    expect(describeWidening(before, after)).toEqual([]);
  });

  test('without a template before, all that it permits', () => {
    const widenings = describeWidening(undefined, synthesize(configText('http-api-with-table')).template);
    expect(widenings.map(({ logicalId }) => logicalId)).toEqual([
      'MainApiGatewayApi',
      'SavePostRole',
      'SavePostMainApiGatewayPermission',
      'GetPostsRole',
      'GetPostsMainApiGatewayPermission',
    ]);
  });
});

describe('what becomes public', () => {
  const change = (before: TemplateResource | undefined, after: TemplateResource) =>
    describeWidening(template(before ? { Thing: before } : {}), template({ Thing: after })).flatMap(
      ({ sentences }) => sentences,
    );
  const url = (AuthType: string): TemplateResource => ({
    Type: 'AWS::Lambda::Url',
    Properties: { AuthType },
  });
  const route = (AuthorizationType: string): TemplateResource => ({
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: { RouteKey: 'GET /a', AuthorizationType },
  });
  const policy = (Principal: Value): TemplateResource => ({
    Type: 'AWS::S3::BucketPolicy',
    Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Principal, Action: 's3:GetObject' }] } },
  });

  test('URLs, routes, buckets and permissions', () => {
    expect(change(url('AWS_IAM'), url('NONE'))).toEqual(['anyone can reach the URL of Thing']);
    expect(change(url('NONE'), url('NONE'))).toEqual([]);
    expect(change(route('JWT'), route('NONE'))).toEqual([
      'anyone can reach GET /a, which asked for authorization',
    ]);
    expect(change(policy({ AWS: 'arn:aws:iam::1:root' }), policy('*'))).toEqual([
      'anyone gets access by the policy Thing',
    ]);
    expect(
      change(undefined, {
        Type: 'AWS::Lambda::Permission',
        Properties: { Principal: '*', FunctionName: { Ref: 'F' } },
      }),
    ).toEqual(['anyone may invoke F']);
  });

  test('who may take on a role', () => {
    const trusting = (Service: Value): TemplateResource => ({
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
        },
      },
    });
    expect(
      change(trusting('lambda.amazonaws.com'), trusting(['lambda.amazonaws.com', 'ec2.amazonaws.com'])),
    ).toEqual(['ec2.amazonaws.com may take on the role of Thing']);
  });
});
