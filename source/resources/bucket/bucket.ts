import * as Type from 'typebox';
import { defineResource } from '../../model/descriptor.ts';
import { getAtt, ref, type Value } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { bucketOrigin, cdnSchema } from '../cdn/cdn-schema.ts';
import { checkCdn } from '../cdn/check-cdn.ts';
import { addCdn, cdnParams } from '../cdn/distribution.ts';
import { eventId } from '../function/events/event-ids.ts';
import { paramVariables } from '../names.ts';
import { closedObject, oneOf, staticSwitch } from '../schema.ts';
import { accessibilitySchema, addBucketPolicy, checkAccess, publicAccessBlock } from './access.ts';
import { checkDirectory, directoryUploadSchema } from './directory-upload.ts';
import { checkLifecycle, lifecycleConfiguration, lifecycleRulesSchema } from './lifecycle.ts';
import { bucketArn, bucketName } from './names.ts';
import { bucketEvents, filterRules } from './notifications.ts';

const texts = (description: string) => Type.Optional(Type.Array(Type.String(), { description }));

/** S3 knows no others, and no sign for all of them. */
const methods = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'] as const;

const corsSchema = closedObject(
  {
    enabled: staticSwitch({ description: 'Answers what browsers ask before they call.', default: false }),
    corsRules: Type.Optional(
      Type.Array(
        closedObject({
          allowedOrigins: texts('Origins of the pages that may use the bucket. Default: all.'),
          allowedHeaders: texts('Headers that they may send. Default: all.'),
          allowedMethods: Type.Optional(
            Type.Array(oneOf([...methods, '*']), { description: 'Default: all.' }),
          ),
          exposedResponseHeaders: texts('Headers that they may read.'),
          maxAge: Type.Optional(Type.Integer({ description: 'Seconds.', minimum: 0 })),
        }),
        { description: 'The first that fits counts.', maxItems: 100 },
      ),
    ),
  },
  { title: 'CORS', description: 'Which web pages of other origins may use the bucket.' },
);

const schema = closedObject({
  directoryUpload: Type.Optional(directoryUploadSchema),
  accessibility: Type.Optional(accessibilitySchema),
  cors: Type.Optional(corsSchema),
  versioning: Type.Optional(
    staticSwitch({ title: 'Versions', description: 'Keeps old versions of objects.', default: false }),
  ),
  encryption: Type.Optional(
    staticSwitch({
      title: 'Encryption',
      description: "Says S3's own encryption in the template; S3 encrypts without it too.",
      default: false,
    }),
  ),
  lifecycleRules: Type.Optional(lifecycleRulesSchema),
  enableEventBusNotifications: Type.Optional(
    staticSwitch({
      title: 'EventBridge',
      description: 'Tells the default event bus of every change of the objects.',
      default: false,
    }),
  ),
  cdn: Type.Optional(
    cdnSchema(
      {
        ...bucketOrigin,
        rewriteRoutesForSinglePageApp: Type.Optional(
          staticSwitch({
            description: 'Sends paths without an extension to the index, whose code knows them.',
            default: false,
          }),
        ),
      },
      'CloudFront in front of the bucket, which may stay private.',
    ),
  ),
});

type Properties = Type.Static<typeof schema>;

/** Spec 13.6. */
export const bucket = defineResource({
  type: 'bucket',
  title: 'Bucket',
  description: 'Keeps files of any size.',
  schema,

  *check({ name, properties }, context) {
    const { accessibility, directoryUpload, cors, lifecycleRules } = properties;
    if (accessibility) yield* checkAccess(accessibility);
    if (directoryUpload) yield* checkDirectory(directoryUpload, context);
    if (lifecycleRules) yield* checkLifecycle(lifecycleRules, properties.versioning === true);
    if (properties.cdn) yield* checkCdn({ name, type: 'bucket', cdn: properties.cdn }, context);
    if (cors?.corsRules && !cors.enabled) {
      yield {
        severity: 'warning',
        code: 'cors-disabled',
        path: ['cors', 'corsRules'],
        at: 'key',
        message: '"corsRules" have no effect without "enabled: true".',
      };
    }
  },

  synth({ name, properties }, stack) {
    const { names } = stack;
    const id = names.logicalId(name, 'AWS::S3::Bucket');
    const notified = notifiedFunctions(name, stack);
    stack.add(name, id, {
      Type: 'AWS::S3::Bucket',
      // The permissions come first: S3 tries whether it may invoke the functions.
      ...(notified.length > 0 ? { DependsOn: notified.map(({ permission }) => permission) } : {}),
      Properties: {
        BucketName: bucketName(names, name),
        PublicAccessBlockConfiguration: publicAccessBlock(properties.accessibility),
        CorsConfiguration: corsConfiguration(properties.cors),
        VersioningConfiguration: properties.versioning ? { Status: 'Enabled' } : undefined,
        BucketEncryption: properties.encryption
          ? {
              ServerSideEncryptionConfiguration: [
                { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
              ],
            }
          : undefined,
        LifecycleConfiguration: properties.lifecycleRules?.length
          ? lifecycleConfiguration(properties.lifecycleRules)
          : undefined,
        NotificationConfiguration: notificationConfiguration(properties, notified),
      },
    });
    addBucketPolicy(name, properties.accessibility, stack);
    if (properties.cdn) addCdn({ name, type: 'bucket', cdn: properties.cdn }, stack);
  },

  params({ name, properties }, names, form) {
    return {
      ...(form === 'literal'
        ? { name: bucketName(names, name), arn: bucketArn(names, name) }
        : { name: ref(idOf(names, name)), arn: getAtt(idOf(names, name), 'Arn') }),
      ...cdnParams(name, properties.cdn, names),
    };
  },

  connect({ name, properties }, names) {
    return {
      statements: [
        {
          Effect: 'Allow',
          Action: ['s3:ListBucket', 's3:GetBucket*'],
          Resource: [bucketArn(names, name)],
        },
        {
          Effect: 'Allow',
          Action: ['s3:*Object*', 's3:Abort*', 's3:*MultipartUpload*'],
          Resource: [bucketArn(names, name, '/*')],
        },
      ],
      variables: {
        NAME: bucketName(names, name),
        ARN: bucketArn(names, name),
        ...paramVariables(cdnParams(name, properties.cdn, names)),
      },
      gatewayEndpoint: 's3',
    };
  },
});

const idOf = (names: Names, name: string): string => names.logicalId(name, 'AWS::S3::Bucket');

type Notified = { permission: string; configuration: Value };

/** The functions that the events of type s3 ask for (spec 6.9). */
function notifiedFunctions(name: string, stack: StackBuilder): Notified[] {
  return bucketEvents(stack.config, name).map(({ owner, index, properties }) => {
    const rules = filterRules(properties.filterRule);
    return {
      permission: eventId(stack.names, owner.name, index, 'AWS::Lambda::Permission'),
      configuration: {
        Event: properties.s3EventType ?? null,
        Function: stack.functionTarget(owner.name),
        Filter: rules.length > 0 ? { S3Key: { Rules: rules } } : undefined,
      },
    };
  });
}

function notificationConfiguration(
  { enableEventBusNotifications: eventBridge }: Properties,
  notified: readonly Notified[],
): Value | undefined {
  if (!eventBridge && notified.length === 0) return undefined;
  return {
    LambdaConfigurations:
      notified.length > 0 ? notified.map(({ configuration }) => configuration) : undefined,
    EventBridgeConfiguration: eventBridge ? { EventBridgeEnabled: true } : undefined,
  };
}

function corsConfiguration(cors: Properties['cors']): Value | undefined {
  if (!cors?.enabled) return undefined;
  return {
    CorsRules: (cors.corsRules ?? [{}]).map((rule) => ({
      AllowedOrigins: rule.allowedOrigins ?? ['*'],
      AllowedHeaders: rule.allowedHeaders ?? ['*'],
      AllowedMethods: rule.allowedMethods?.includes('*') ? methods : (rule.allowedMethods ?? methods),
      ExposedHeaders: rule.exposedResponseHeaders,
      MaxAge: rule.maxAge,
    })),
  };
}
