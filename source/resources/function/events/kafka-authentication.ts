import * as Type from 'typebox';
import type { CheckContext, LocalFinding } from '../../../model/descriptor.ts';
import type { Value } from '../../../model/intrinsic.ts';
import { checkArn } from '../../arns/subject.ts';
import { closedObject, type VariantOf, variants } from '../../schema.ts';

const secret = closedObject({
  authenticationSecretArn: Type.String({
    description: 'ARN of the secret with `username` and `password` as JSON.',
    examples: ['arn:aws:secretsmanager:us-east-1:000000000000:secret:kafka'],
    minLength: 1,
  }),
});

const branches = {
  BASIC_AUTH: { title: 'SASL/PLAIN', description: 'Name and password.', schema: secret },
  SASL_SCRAM_256_AUTH: { title: 'SASL/SCRAM-SHA-256', description: 'Name and password.', schema: secret },
  SASL_SCRAM_512_AUTH: { title: 'SASL/SCRAM-SHA-512', description: 'Name and password.', schema: secret },
  MTLS: {
    title: 'Certificates',
    description: 'A certificate of the client.',
    schema: closedObject({
      clientCertificate: Type.String({
        description: 'ARN of the secret with certificate and private key.',
        examples: ['arn:aws:secretsmanager:us-east-1:000000000000:secret:kafka'],
        minLength: 1,
      }),
      serverRootCaCertificate: Type.Optional(
        Type.String({
          description: "ARN of the secret with the certificate of the brokers' authority.",
          examples: ['arn:aws:secretsmanager:us-east-1:000000000000:secret:kafka'],
        }),
      ),
    }),
  },
} as const;

/** How a function signs in at the brokers (spec 6.4). */
export const kafkaAuthenticationSchema = variants(branches, {
  noun: 'authentication',
  title: 'Authentication',
  description: 'How the function signs in at the brokers.',
});

export type KafkaAuthentication = VariantOf<typeof branches>;

type SourceAccess = { Type: string; URI: Value };

/** What an event source mapping calls these, and the secrets in it. */
export function sourceAccess({ type, properties }: KafkaAuthentication): SourceAccess[] {
  if (type !== 'MTLS') return [{ Type: type, URI: properties.authenticationSecretArn }];
  const authority = properties.serverRootCaCertificate;
  return [
    { Type: 'CLIENT_CERTIFICATE_TLS_AUTH', URI: properties.clientCertificate },
    ...(authority === undefined ? [] : [{ Type: 'SERVER_ROOT_CA_CERTIFICATE', URI: authority }]),
  ];
}

/**
 * The ARN as IAM has to have it: Secrets Manager puts a hyphen and six characters behind each name, and takes ARNs
 * without them everywhere but in policies. A name may end in six letters of its own, as `kafka-secret` does.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
 */
export const secretResources = (arn: Value): Value[] =>
  typeof arn === 'string' ? [arn, `${arn}-??????`] : [arn];

/** That secrets are named by ARNs. */
export function* checkSecrets(
  { type, properties }: KafkaAuthentication,
  path: readonly string[],
  context: CheckContext,
): Iterable<LocalFinding> {
  const secrets: Record<string, unknown> =
    type === 'MTLS' ? properties : { authenticationSecretArn: properties.authenticationSecretArn };
  for (const [property, value] of Object.entries(secrets)) {
    const wanted = { path: [...path, property], types: ['AWS::SecretsManager::Secret'] };
    yield* checkArn(value, wanted, context);
  }
}
