import { documentText, orMissing } from './calls.ts';
import type { Properties, ResourceContext, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html */
export const bucketPolicy: ResourceProvider = {
  type: 'AWS::S3::BucketPolicy',
  service: 'S3',
  required: ['Bucket', 'PolicyDocument'],
  known: ['Bucket', 'PolicyDocument'],
  attributes: [],
  createOnly: ['Bucket'],
  name: ({ Bucket }) => String(Bucket),
  async find({ properties: { Bucket }, name }, { backend }) {
    const found = await orMissing(backend.call('s3', 'GetBucketPolicy', { Bucket }));
    return found === undefined ? undefined : { physicalId: name, attributes: {} };
  },
  async create({ properties, name }, context) {
    await put(properties, context);
    return { physicalId: name, attributes: {} };
  },
  async update({ attributes, after }, context) {
    await put(after, context);
    return attributes;
  },
  async delete({ properties: { Bucket } }, { backend }) {
    await orMissing(backend.call('s3', 'DeleteBucketPolicy', { Bucket }));
  },
};

const put = ({ Bucket, PolicyDocument }: Properties, { backend }: ResourceContext) =>
  backend.call('s3', 'PutBucketPolicy', { Bucket, Policy: documentText(PolicyDocument) });
