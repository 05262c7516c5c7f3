import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import { ref } from '../../model/intrinsic.ts';
import type { TemplateResource } from '../../model/template.ts';
import { oneOf, staticSwitch } from '../schema.ts';

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

/** Properties of a user pool that its client has: how programs sign users in. */
export const clientProperties = {
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
};

type ClientProperties = Type.Static<Type.TObject<typeof clientProperties>>;

/** What Cognito refuses of a client's OAuth flows. */
export function* checkFlows({
  allowedOAuthFlows = [],
  allowedOAuthScopes,
  callbackURLs = [],
  generateClientSecret,
}: Partial<ClientProperties>): Iterable<LocalFinding> {
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

/** The client of a user pool with the logical id `pool`. */
export function userPoolClient(
  properties: ClientProperties,
  pool: string,
  clientName: string,
): TemplateResource {
  const flowsOfClient =
    properties.allowedOAuthFlows ?? ((properties.callbackURLs ?? []).length > 0 ? ['code'] : undefined);
  return {
    Type: 'AWS::Cognito::UserPoolClient',
    Properties: {
      ClientName: clientName,
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
  };
}
