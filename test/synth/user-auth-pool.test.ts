import { expect, test } from 'vitest';
import { functionWith, read } from '../config/read.ts';
import { property, synthesize } from './synthesize.ts';

const pool = (properties: string, rest = '') =>
  `${functionWith(rest)}  users:\n    type: user-auth-pool\n    properties: { ${properties} }\n`;

test('a pool and its client with defaults, and what a connected function gets', () => {
  const stack = synthesize(pool('', '      connectTo: [users]\n'));
  expect(property(stack, 'UsersUserPool')).toMatchObject({
    UsernameAttributes: ['email'],
    AutoVerifiedAttributes: ['email'],
    Policies: { PasswordPolicy: { MinimumLength: 8, RequireSymbols: true } },
  });
  expect(property(stack, 'UsersUserPoolClient')).toMatchObject({
    UserPoolId: { Ref: 'UsersUserPool' },
    GenerateSecret: false,
  });
  expect(property(stack, 'GetPostsFunction', 'Environment', 'Variables')).toMatchObject({
    STP_USERS_ID: { Ref: 'UsersUserPool' },
    STP_USERS_CLIENT_ID: { Ref: 'UsersUserPoolClient' },
    STP_USERS_ARN: { 'Fn::GetAtt': ['UsersUserPool', 'Arn'] },
  });
  expect(property(stack, 'GetPostsRole', 'Policies', 1, 'PolicyDocument', 'Statement')).toEqual([
    { Effect: 'Allow', Action: ['cognito-idp:*'], Resource: { 'Fn::GetAtt': ['UsersUserPool', 'Arn'] } },
  ]);
});

test('a client that signs in through the hosted pages', () => {
  const stack = synthesize(
    pool('enableHostedUi: true, callbackURLs: ["https://example.com"], userVerificationType: email-link'),
  );
  expect(property(stack, 'UsersUserPoolClient')).toMatchObject({
    AllowedOAuthFlows: ['code'],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ['email', 'openid', 'profile'],
  });
  expect(property(stack, 'UsersUserPoolDomain', 'Domain')).toEqual({
    'Fn::Sub': 'project-dev-users-${AWS::AccountId}',
  });
});

test('a route that asks for a token of the pool', () => {
  const stack = synthesize(
    pool(
      '',
      '      events: [{ type: http-api-gateway, properties: { httpApiGatewayName: api, method: GET, path: /, authorizer: { type: cognito, properties: { userPoolName: users } } } }]\n',
    ),
  );
  expect(property(stack, 'StpApiGetRoute', 'AuthorizationType')).toBe('JWT');
});

test.each([
  ['userVerificationType: email-link', 'link-needs-domain'],
  ['enableHostedUi: true, hostedUiDomainPrefix: my-aws-shop', 'reserved-domain'],
  ['allowedOAuthFlows: [client_credentials], allowedOAuthScopes: [shop/read]', 'flow-needs-secret'],
  ['allowedOAuthFlows: [client_credentials], generateClientSecret: true', 'flow-needs-scope'],
  [
    'allowedOAuthFlows: [client_credentials], generateClientSecret: true, allowedOAuthScopes: [shop/read, openid]',
    'flow-needs-scope',
  ],
  [
    'allowedOAuthFlows: [client_credentials, code], generateClientSecret: true, callbackURLs: ["https://a.example"]',
    'conflicting-flows',
  ],
  ['allowedOAuthFlows: [implicit]', 'flow-needs-address'],
  ['allowedOAuthScopes: [emial]', 'wrong-format'],
  ['hostedUiDomainPrefix: shop', 'no-effect'],
  ['callbackURLs: ["http://example.com"]', 'wrong-format'],
  ['callbackURLs: ["http://localhost.example.com"]', 'wrong-format'],
  ['callbackURLs: ["https://example.com/#in"]', 'wrong-format'],
  ['logoutURLs: [example.com]', 'wrong-format'],
  ['passwordPolicy: { minimumLength: 5 }', 'out-of-bounds'],
])('{ %s } is refused', (properties, code) => {
  expect(read(pool(properties)).problems.map((one) => one.code)).toEqual([code]);
});

test('an address made of the names of the service, which Cognito would not take', () => {
  const { problems } = read(`serviceName: laws\n${pool('enableHostedUi: true')}`);
  expect(problems.map(({ message, suggestion }) => [message, suggestion])).toEqual([
    [
      'User pool users: Cognito takes no address with aws, amazon or cognito in it, and this one would begin with laws-dev-users.',
      'Set "hostedUiDomainPrefix".',
    ],
  ]);
  const own = 'enableHostedUi: true, hostedUiDomainPrefix: our-shop';
  expect(read(`serviceName: laws\n${pool(own)}`).problems).toEqual([]);
});

test.each([
  'https://example.com/in?a=b',
  'http://localhost:3000',
  'http://localhost',
  'http://127.0.0.1/in',
  'myapp://in',
])('%s is an address', (address) => {
  expect(read(pool(`callbackURLs: ['${address}']`)).problems).toEqual([]);
});

test('a client of a server, with a scope of its own', () => {
  const stack = synthesize(
    pool(
      'allowedOAuthFlows: [client_credentials], generateClientSecret: true, allowedOAuthScopes: [shop/read]',
    ),
  );
  expect(property(stack, 'UsersUserPoolClient')).toMatchObject({
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: ['shop/read'],
    GenerateSecret: true,
  });
});
