import * as Type from 'typebox';
import { type ConfigResource, stackNameOf } from '../model/config.ts';
import { defineResource, type LocalFinding } from '../model/descriptor.ts';
import { getAtt, ref, sub } from '../model/intrinsic.ts';
import type { Names } from '../model/stack-builder.ts';
import { closedObject, oneOf, staticSwitch } from './schema.ts';

const required = (what: string) =>
  Type.Optional(
    Type.Boolean({ title: `Require ${what}`, description: `Passwords need ${what}.`, default: true }),
  );

/**
 * HTTPS, HTTP at this machine alone, or a scheme of an app.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */
const address = Type.String({
  description: 'Address.',
  maxLength: 1024,
  pattern:
    '^(?!http://(?!(?:localhost|127\\.0\\.0\\.1|\\[::1\\])(?:[:/]|$)))[A-Za-z][A-Za-z0-9+.-]*://[^#\\s]+$',
  'stp:format': 'an address with https (http at localhost alone), or with a scheme of an app, without #',
});

const addresses = (description: string) =>
  Type.Optional(
    Type.Array(address, { description, maxItems: 100, examples: [['https://example.com/signed-in']] }),
  );

const seconds = (title: string, fallback: number) =>
  Type.Optional(
    Type.Integer({ title, description: 'Seconds.', default: fallback, minimum: 300, maximum: 86_400 }),
  );

const flows = ['code', 'implicit', 'client_credentials'] as const;
const scopes = ['phone', 'email', 'openid', 'profile', 'aws.cognito.signin.user.admin'];
const scopeSign = '[!#-\\[\\]-~]';

const schema = closedObject(
  {
    userVerificationType: Type.Optional(
      oneOf(['email-link', 'email-code', 'none'], {
        title: 'Verification',
        description: 'How a new user shows that the address is theirs.',
        default: 'email-code',
      }),
    ),
    allowEmailAsUserName: Type.Optional(
      staticSwitch({ description: 'Users sign in with their e-mail address.', default: true }),
    ),
    allowPhoneNumberAsUserName: Type.Optional(
      staticSwitch({ description: 'Users sign in with their phone number.', default: false }),
    ),
    allowOnlyAdminsToCreateAccount: Type.Optional(
      Type.Boolean({ description: 'Nobody signs up alone.', default: false }),
    ),
    passwordPolicy: Type.Optional(
      closedObject(
        {
          minimumLength: Type.Optional(
            Type.Integer({ description: 'Characters.', default: 8, minimum: 6, maximum: 99 }),
          ),
          requireLowercase: required('small letters'),
          requireUppercase: required('capital letters'),
          requireNumbers: required('digits'),
          requireSymbols: required('symbols'),
          temporaryPasswordValidityDays: Type.Optional(
            Type.Integer({ description: 'Days.', default: 7, minimum: 1, maximum: 365 }),
          ),
        },
        { title: 'Passwords', description: 'What a password has to have.' },
      ),
    ),
    callbackURLs: addresses('Where users may be sent after signing in.'),
    logoutURLs: addresses('Where users may be sent after signing out.'),
    allowedOAuthFlows: Type.Optional(
      Type.Array(oneOf(flows, { description: 'OAuth flow.' }), {
        description: 'OAuth flows of the client. Default: code, where there are callback addresses.',
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    allowedOAuthScopes: Type.Optional(
      Type.Array(
        Type.String({
          description: 'OAuth scope.',
          maxLength: 256,
          pattern: `^(?:${scopes.join('|').replaceAll('.', '\\.')}|${scopeSign}+/${scopeSign}+)$`,
          'stp:format': `one of ${scopes.join(', ')}, or a scope of a resource server such as shop/read`,
        }),
        {
          description: 'What a token tells, and what it is good for. Default: email, openid, profile.',
          minItems: 1,
          maxItems: 50,
          uniqueItems: true,
        },
      ),
    ),
    enableHostedUi: Type.Optional(
      staticSwitch({ title: 'Hosted UI', description: 'Pages to sign in, made by AWS.', default: false }),
    ),
    hostedUiDomainPrefix: Type.Optional(
      Type.String({
        'stp:static': true,
        description: 'First part of their address, which nobody else may have.',
        examples: ['my-shop'],
        pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
        'stp:format': 'up to 63 lower-case letters, digits and hyphens, no hyphen at either end',
      }),
    ),
    generateClientSecret: Type.Optional(
      staticSwitch({ description: 'For clients on servers, which can keep one.', default: false }),
    ),
    accessTokenValiditySeconds: seconds('Validity of access tokens', 3600),
    idTokenValiditySeconds: seconds('Validity of identity tokens', 3600),
    refreshTokenValidityDays: Type.Optional(
      Type.Integer({
        title: 'Validity of refresh tokens',
        description: 'Days.',
        default: 30,
        minimum: 1,
        maximum: 3650,
      }),
    ),
  },
  {
    'stp:later': [
      'unusedAccountValidityDays',
      'requireEmailVerification',
      'requirePhoneNumberVerification',
      'hostedUiCSS',
      'mfaConfiguration',
      'hooks',
      'emailConfiguration',
      'inviteMessageConfig',
      'userVerificationMessageConfig',
      'schema',
      'identityProviders',
      'allowOnlyExternalIdentityProviders',
      'customDomain',
      'useFirewall',
    ],
  },
);

type Pool = ConfigResource<Type.Static<typeof schema>>;

const ids = (names: Names, name: string) => ({
  pool: names.logicalId(name, 'AWS::Cognito::UserPool'),
  client: names.logicalId(name, 'AWS::Cognito::UserPoolClient'),
});

const domainPrefix = ({ name, properties }: Pool, names: Names) =>
  properties.hostedUiDomainPrefix ??
  sub(`${names.physicalName(name, 63 - 13).toLowerCase()}-\${AWS::AccountId}`);

/** What Cognito refuses of a client's OAuth flows. */
function* checkFlows({
  allowedOAuthFlows = [],
  allowedOAuthScopes,
  callbackURLs = [],
  generateClientSecret,
}: Partial<Pool['properties']>): Iterable<LocalFinding> {
  const ofUsers = allowedOAuthFlows.find((flow) => flow !== 'client_credentials');
  if (ofUsers !== undefined && callbackURLs.length === 0) {
    yield {
      code: 'flow-needs-address',
      path: ['allowedOAuthFlows'],
      message: `Flow ${ofUsers} ends at an address of the client.`,
      expected: '"callbackURLs" with one or more',
    };
  }
  if (!allowedOAuthFlows.includes('client_credentials')) return;
  if (!generateClientSecret) {
    yield {
      code: 'flow-needs-secret',
      path: ['allowedOAuthFlows'],
      message: 'Flow client_credentials needs a client with a secret.',
      suggestion: 'Set generateClientSecret: true.',
    };
  }
  if (ofUsers !== undefined) {
    yield {
      code: 'conflicting-flows',
      path: ['allowedOAuthFlows'],
      message: `One client cannot have flow client_credentials together with ${ofUsers}.`,
      suggestion: 'Keep one of them.',
    };
    return;
  }
  const ofPeople = allowedOAuthScopes?.find((scope) => scopes.includes(scope));
  if (allowedOAuthScopes && ofPeople === undefined) return;
  yield {
    code: 'flow-needs-scope',
    path: [allowedOAuthScopes ? 'allowedOAuthScopes' : 'allowedOAuthFlows'],
    message: `Flow client_credentials is about no user, and has no scope such as ${ofPeople ?? 'openid'}.`,
    expected: '"allowedOAuthScopes" with scopes of a resource server such as shop/read',
  };
}

/** Spec 13.12. */
export const userAuthPool = defineResource({
  type: 'user-auth-pool',
  title: 'User pool',
  description: 'Users who sign up and sign in, kept by Amazon Cognito.',
  schema,

  *check({ name, properties }, { config }) {
    const { userVerificationType, enableHostedUi, hostedUiDomainPrefix } = properties;
    if (userVerificationType === 'email-link' && !enableHostedUi) {
      yield {
        code: 'link-needs-domain',
        path: ['userVerificationType'],
        message: 'Links in e-mails lead to a page of the hosted UI, which is not enabled.',
        suggestion: 'Set enableHostedUi: true, or use email-code.',
      };
    }
    const reserved = /aws|amazon|cognito/;
    if (hostedUiDomainPrefix !== undefined && reserved.test(hostedUiDomainPrefix)) {
      yield {
        code: 'reserved-domain',
        path: ['hostedUiDomainPrefix'],
        message: 'Cognito takes no address with aws, amazon or cognito in it.',
        suggestion: 'Choose another one.',
      };
    }
    const byDefault = `${stackNameOf(config)}-${name}`.toLowerCase();
    if (enableHostedUi && hostedUiDomainPrefix === undefined && reserved.test(byDefault)) {
      yield {
        code: 'reserved-domain',
        path: ['enableHostedUi'],
        message: `Cognito takes no address with aws, amazon or cognito in it, and this one would begin with ${byDefault}.`,
        suggestion: 'Set "hostedUiDomainPrefix".',
      };
    }
    if (hostedUiDomainPrefix !== undefined && !enableHostedUi) {
      yield {
        severity: 'warning',
        code: 'no-effect',
        path: ['hostedUiDomainPrefix'],
        at: 'key',
        message: '"hostedUiDomainPrefix" has no effect without the hosted UI.',
        suggestion: 'Set enableHostedUi: true.',
      };
    }
    yield* checkFlows(properties);
  },

  synth(resource, stack) {
    const { name, properties } = resource;
    const { names } = stack;
    const { pool, client } = ids(names, name);
    const password = properties.passwordPolicy ?? {};
    const verification = properties.userVerificationType ?? 'email-code';
    const userNames = [
      ...((properties.allowEmailAsUserName ?? true) ? ['email'] : []),
      ...(properties.allowPhoneNumberAsUserName ? ['phone_number'] : []),
    ];
    stack.add(name, pool, {
      Type: 'AWS::Cognito::UserPool',
      Properties: {
        UserPoolName: names.physicalName(name, 128),
        UsernameAttributes: userNames.length > 0 ? userNames : undefined,
        AutoVerifiedAttributes: verification === 'none' ? undefined : ['email'],
        VerificationMessageTemplate:
          verification === 'none'
            ? undefined
            : {
                DefaultEmailOption: verification === 'email-link' ? 'CONFIRM_WITH_LINK' : 'CONFIRM_WITH_CODE',
              },
        AdminCreateUserConfig: {
          AllowAdminCreateUserOnly: properties.allowOnlyAdminsToCreateAccount ?? false,
        },
        Policies: {
          PasswordPolicy: {
            MinimumLength: password.minimumLength ?? 8,
            RequireLowercase: password.requireLowercase ?? true,
            RequireUppercase: password.requireUppercase ?? true,
            RequireNumbers: password.requireNumbers ?? true,
            RequireSymbols: password.requireSymbols ?? true,
            TemporaryPasswordValidityDays: password.temporaryPasswordValidityDays ?? 7,
          },
        },
        AccountRecoverySetting: {
          RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }],
        },
      },
    });
    const flowsOfClient =
      properties.allowedOAuthFlows ?? ((properties.callbackURLs ?? []).length > 0 ? ['code'] : undefined);
    stack.add(name, client, {
      Type: 'AWS::Cognito::UserPoolClient',
      Properties: {
        ClientName: names.physicalName(`${name}-client`, 128),
        UserPoolId: ref(pool),
        GenerateSecret: properties.generateClientSecret ?? false,
        AllowedOAuthFlows: flowsOfClient,
        AllowedOAuthFlowsUserPoolClient: flowsOfClient ? true : undefined,
        AllowedOAuthScopes: flowsOfClient
          ? (properties.allowedOAuthScopes ?? ['email', 'openid', 'profile'])
          : undefined,
        CallbackURLs: properties.callbackURLs,
        LogoutURLs: properties.logoutURLs,
        SupportedIdentityProviders: ['COGNITO'],
        ExplicitAuthFlows: [
          'ALLOW_ADMIN_USER_PASSWORD_AUTH',
          'ALLOW_USER_PASSWORD_AUTH',
          'ALLOW_USER_SRP_AUTH',
          'ALLOW_REFRESH_TOKEN_AUTH',
        ],
        AccessTokenValidity: properties.accessTokenValiditySeconds ?? 3600,
        IdTokenValidity: properties.idTokenValiditySeconds ?? 3600,
        RefreshTokenValidity: properties.refreshTokenValidityDays ?? 30,
        TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'seconds', RefreshToken: 'days' },
        PreventUserExistenceErrors: 'ENABLED',
      },
    });
    if (!properties.enableHostedUi) return;
    stack.add(name, names.logicalId(name, 'AWS::Cognito::UserPoolDomain'), {
      Type: 'AWS::Cognito::UserPoolDomain',
      Properties: { UserPoolId: ref(pool), Domain: domainPrefix(resource, names) },
    });
  },

  params(resource, names) {
    const { pool, client } = ids(names, resource.name);
    const domain = names.logicalId(resource.name, 'AWS::Cognito::UserPoolDomain');
    return {
      id: ref(pool),
      clientId: ref(client),
      arn: getAtt(pool, 'Arn'),
      providerUrl: getAtt(pool, 'ProviderURL'),
      ...(resource.properties.generateClientSecret ? { clientSecret: getAtt(client, 'ClientSecret') } : {}),
      ...(resource.properties.enableHostedUi
        ? { domain: sub(`\${${domain}}.auth.\${AWS::Region}.amazoncognito.com`) }
        : {}),
    };
  },

  connect({ name }, names) {
    const { pool, client } = ids(names, name);
    const arn = getAtt(pool, 'Arn');
    return {
      statements: [{ Effect: 'Allow', Action: ['cognito-idp:*'], Resource: arn }],
      variables: { ID: ref(pool), CLIENT_ID: ref(client), ARN: arn },
    };
  },
});
