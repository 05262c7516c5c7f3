import * as Type from 'typebox';
import { type ConfigResource, stackNameOf } from '../../model/config.ts';
import { defineResource } from '../../model/descriptor.ts';
import { getAtt, ref, sub } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';
import { closedObject, oneOf, staticSwitch } from '../schema.ts';
import { checkFlows, clientProperties, userPoolClient } from './client.ts';

const required = (what: string) =>
  Type.Optional(
    Type.Boolean({ title: `Require ${what}`, description: `Passwords need ${what}.`, default: true }),
  );

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
    ...clientProperties,
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
    stack.add(name, client, userPoolClient(properties, pool, names.physicalName(`${name}-client`, 128)));
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
