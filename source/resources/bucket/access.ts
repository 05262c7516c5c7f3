import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import { ref, type Value } from '../../model/intrinsic.ts';
import type { PolicyStatement } from '../../model/policy.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { cdnsOfBucket } from '../cdn/cdn-target.ts';
import { distributionArn } from '../cdn/origins.ts';
import { policyDocument } from '../policies/documents.ts';
import { checkPrincipal, isPublic } from '../policies/principal.ts';
import { checkStatements, statementProperties } from '../policies/statements.ts';
import { closedObject, oneOf, oneOrMany } from '../schema.ts';
import { bucketArn } from './names.ts';

export const accessibilitySchema = closedObject(
  {
    accessibilityMode: Type.Optional(
      oneOf(['private', 'public-read', 'public-read-write'], {
        title: 'Mode',
        description: 'Whether everyone may read, or read and write, the objects.',
        default: 'private',
      }),
    ),
    accessPolicyStatements: Type.Optional(
      Type.Array(
        closedObject({
          Sid: statementProperties.Sid,
          Effect: statementProperties.Effect,
          Action: oneOrMany(Type.String({ minLength: 1 }), {
            description: 'Actions such as s3:GetObject; * stands for any text.',
          }),
          Principal: statementProperties.Principal,
          Resource: Type.Optional(
            oneOrMany(Type.String({ minLength: 1 }), { description: 'Default: the bucket and its objects.' }),
          ),
          Condition: statementProperties.Condition,
        }),
        {
          title: 'Policy',
          description: 'Statements of the policy of the bucket, with keys as IAM has them.',
        },
      ),
    ),
  },
  { title: 'Access', description: 'Who may use the bucket besides functions that are connected to it.' },
);

type Accessibility = Type.Static<typeof accessibilitySchema> | undefined;

/**
 * Private unless something else is said: then S3 refuses everything that would make it public. Public access comes
 * by the policy; lists of access at objects stay blocked, since they cannot be reviewed in one place.
 */
export function publicAccessBlock(accessibility: Accessibility): Value {
  const isPrivate =
    (accessibility?.accessibilityMode ?? 'private') === 'private' &&
    !accessibility?.accessPolicyStatements?.some(isPublic);
  return {
    BlockPublicAcls: true,
    BlockPublicPolicy: isPrivate,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: isPrivate,
  };
}

export function* checkAccess(accessibility: NonNullable<Accessibility>): Iterable<LocalFinding> {
  const { accessibilityMode = 'private', accessPolicyStatements = [] } = accessibility;
  yield* checkStatements(accessPolicyStatements, ['accessibility', 'accessPolicyStatements'], 's3');
  for (const [index, statement] of accessPolicyStatements.entries()) {
    const path = ['accessibility', 'accessPolicyStatements', index];
    yield* checkPrincipal(statement.Principal, path);
    if (accessibilityMode === 'private' && isPublic(statement)) {
      yield {
        severity: 'warning',
        code: 'public-policy',
        path: [...path, 'Principal'],
        message: 'This statement lets everyone in, though the bucket is private.',
        suggestion: 'Name who may, or add a Condition.',
      };
    }
  }
}

export function addBucketPolicy(name: string, accessibility: Accessibility, stack: StackBuilder): void {
  const { names } = stack;
  const objects = bucketArn(names, name, '/*');
  const everyone = (Action: string[], Resource: Value): PolicyStatement => ({
    Effect: 'Allow',
    Principal: '*',
    Action,
    Resource,
  });
  const statements: PolicyStatement[] = [];
  if (accessibility?.accessibilityMode === 'public-read') {
    statements.push(everyone(['s3:GetObject'], objects));
  } else if (accessibility?.accessibilityMode === 'public-read-write') {
    statements.push(everyone(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], objects));
    statements.push(everyone(['s3:ListBucket'], bucketArn(names, name)));
  }
  for (const own of accessibility?.accessPolicyStatements ?? []) {
    statements.push({
      Effect: 'Allow',
      ...own,
      Action: [own.Action].flat(),
      Resource: own.Resource ?? [bucketArn(names, name), objects],
    } as PolicyStatement);
  }
  statements.push(...readByCdns(name, stack));
  if (statements.length === 0) return;
  stack.add(name, names.logicalId(name, 'AWS::S3::BucketPolicy'), {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: ref(names.logicalId(name, 'AWS::S3::Bucket')),
      PolicyDocument: policyDocument(statements),
    },
  });
}

/**
 * CDNs read the objects, each distribution by its ARN. That of the bucket itself may list it too: S3 says then that an
 * object is not there, where it would otherwise refuse the request. The list itself cannot be had by it, since `/` is
 * the index document; of a route of another CDN that is not sure.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
function* readByCdns(name: string, { names, config }: StackBuilder): Iterable<PolicyStatement> {
  const owners = cdnsOfBucket(name, config);
  const allow = (action: string, Resource: Value, by: readonly string[]): PolicyStatement => ({
    Effect: 'Allow',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Action: [action],
    Resource,
    Condition: { StringEquals: { 'AWS:SourceArn': by.map((owner) => distributionArn(names, owner)) } },
  });
  if (owners.length > 0) yield allow('s3:GetObject', bucketArn(names, name, '/*'), owners);
  if (owners.includes(name)) yield allow('s3:ListBucket', bucketArn(names, name), [name]);
}
