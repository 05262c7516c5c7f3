import type { Backend } from '../../../backend.ts';
import { sameValue } from '../diff.ts';
import { generatedName } from '../names.ts';
import { isObject } from '../template/template.ts';
import { booleanOf, defined, objectsOf, orMissing, orUnavailable } from './calls.ts';
import type { Made, Properties, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export const bucket: ResourceProvider = {
  type: 'AWS::S3::Bucket',
  service: 'S3',
  required: [],
  known: [
    'AccelerateConfiguration',
    'AccessControl',
    'AnalyticsConfigurations',
    'BucketEncryption',
    'BucketName',
    'CorsConfiguration',
    'IntelligentTieringConfigurations',
    'InventoryConfigurations',
    'LifecycleConfiguration',
    'LoggingConfiguration',
    'MetricsConfigurations',
    'NotificationConfiguration',
    'ObjectLockConfiguration',
    'ObjectLockEnabled',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'ReplicationConfiguration',
    'Tags',
    'VersioningConfiguration',
    'WebsiteConfiguration',
  ],
  attributes: ['Arn', 'DomainName', 'DualStackDomainName', 'RegionalDomainName', 'WebsiteURL'],
  createOnly: ['BucketName'],
  nameProperty: 'BucketName',
  tags: 'list',
  name: ({ BucketName }, { stackName, logicalId }) =>
    BucketName === undefined ? generatedName(stackName, logicalId, 63).toLowerCase() : String(BucketName),

  async find({ name }, { backend }) {
    const found = await orMissing(backend.call('s3', 'HeadBucket', { Bucket: name }));
    return found === undefined ? undefined : describe(backend, name);
  },

  async create({ properties, name, made }, { backend }) {
    await backend.call(
      's3',
      'CreateBucket',
      defined({ Bucket: name, ObjectLockEnabledForBucket: booleanOf(properties.ObjectLockEnabled) }),
    );
    made(describe(backend, name));
    await configure(backend, name, {}, properties);
    return describe(backend, name);
  },

  async update({ physicalId, attributes, before, after }, { backend }) {
    await configure(backend, physicalId, before, after);
    return attributes;
  },

  async delete({ physicalId }, { backend }) {
    await orMissing(backend.call('s3', 'DeleteBucket', { Bucket: physicalId }));
  },
};

const describe = ({ region }: Backend, name: string): Made => ({
  physicalId: name,
  attributes: {
    Arn: `arn:aws:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
  },
});

/** A property of the template, how it is put, and how it is taken away. */
type Setting = {
  property: string;
  put: string;
  remove?: string;
  input(value: unknown): Record<string, unknown>;
};

const settings: Setting[] = [
  {
    property: 'VersioningConfiguration',
    put: 'PutBucketVersioning',
    input: (value) => ({ VersioningConfiguration: value ?? { Status: 'Suspended' } }),
  },
  {
    property: 'CorsConfiguration',
    put: 'PutBucketCors',
    remove: 'DeleteBucketCors',
    input: (value) => ({ CORSConfiguration: { CORSRules: rulesOf(value, 'CorsRules').map(corsRule) } }),
  },
  {
    property: 'LifecycleConfiguration',
    put: 'PutBucketLifecycleConfiguration',
    remove: 'DeleteBucketLifecycle',
    input: (value) => ({ LifecycleConfiguration: { Rules: rulesOf(value, 'Rules').map(lifecycleRule) } }),
  },
  {
    property: 'BucketEncryption',
    put: 'PutBucketEncryption',
    remove: 'DeleteBucketEncryption',
    input: (value) => ({
      ServerSideEncryptionConfiguration: {
        Rules: rulesOf(value, 'ServerSideEncryptionConfiguration').map((rule) =>
          defined({
            ApplyServerSideEncryptionByDefault: rule.ServerSideEncryptionByDefault,
            BucketKeyEnabled: booleanOf(rule.BucketKeyEnabled),
          }),
        ),
      },
    }),
  },
  {
    property: 'PublicAccessBlockConfiguration',
    put: 'PutPublicAccessBlock',
    remove: 'DeletePublicAccessBlock',
    input: (value) => ({
      PublicAccessBlockConfiguration: Object.fromEntries(
        Object.entries(isObject(value) ? value : {}).map(([name, flag]) => [name, booleanOf(flag)]),
      ),
    }),
  },
  {
    property: 'OwnershipControls',
    put: 'PutBucketOwnershipControls',
    remove: 'DeleteBucketOwnershipControls',
    input: (value) => ({ OwnershipControls: value }),
  },
  {
    property: 'Tags',
    put: 'PutBucketTagging',
    remove: 'DeleteBucketTagging',
    input: (value) => ({ Tagging: { TagSet: objectsOf(value) } }),
  },
];

/** What S3 here does not know is recorded with the stack and has no effect. */
async function configure(
  backend: Backend,
  Bucket: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  for (const { property, put, remove, input } of settings) {
    const value = after[property];
    if (sameValue(before[property], value)) continue;
    if (value === undefined && remove !== undefined) {
      await orMissing(orUnavailable(backend.call('s3', remove, { Bucket })));
    } else {
      await orUnavailable(backend.call('s3', put, { Bucket, ...input(value) }));
    }
  }
}

const rulesOf = (value: unknown, member: string) => objectsOf(isObject(value) ? value[member] : undefined);

/** The template's singular names are the service's plural ones. */
const corsRule = (rule: Record<string, unknown>) =>
  defined({
    ID: rule.Id,
    AllowedHeaders: rule.AllowedHeaders,
    AllowedMethods: rule.AllowedMethods,
    AllowedOrigins: rule.AllowedOrigins,
    ExposeHeaders: rule.ExposedHeaders,
    MaxAgeSeconds: rule.MaxAge === undefined ? undefined : Number(rule.MaxAge),
  });

const lifecycleRule = (rule: Record<string, unknown>) =>
  defined({
    ID: rule.Id,
    Status: rule.Status,
    Filter: { Prefix: rule.Prefix ?? '' },
    Expiration: rule.ExpirationInDays === undefined ? undefined : { Days: Number(rule.ExpirationInDays) },
    AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration,
  });
