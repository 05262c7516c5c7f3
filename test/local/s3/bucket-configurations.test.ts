import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';

const Bucket = 'configured';
let aws: TestAws;
let s3: S3Client;
beforeAll(async () => {
  aws = await startTestAws();
  s3 = aws.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => aws.stop());

test('what is configured comes back, also after a restart', async () => {
  const blocked = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: false,
  };
  const date = new Date('2030-01-01T00:00:00Z');
  const Rules = [
    { ID: 'old', Status: 'Enabled' as const, Filter: { Prefix: 'logs/' }, Expiration: { Days: 30 } },
    { ID: 'at', Status: 'Disabled' as const, Filter: {}, Expiration: { Date: date } },
  ];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  const TagSet = [{ Key: 'a', Value: '1' }];
  const lambda = {
    LambdaFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
    Events: ['s3:ObjectCreated:*' as const],
  };
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: blocked }));
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { LambdaFunctionConfigurations: [lambda] },
    }),
  );
  await aws.restart();
  expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toEqual(
    blocked,
  );
  expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toMatchObject([
    { ID: 'old', Filter: { Prefix: 'logs/' }, Expiration: { Days: 30 } },
    { ID: 'at', Expiration: { Date: date } },
  ]);
  expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(TagSet);
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Suspended');
  expect(
    (await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).LambdaFunctionConfigurations,
  ).toMatchObject([lambda]);
});

test('what is not configured is an error or a default, as S3 has it', async () => {
  const Other = 'bare-bucket';
  await s3.send(new CreateBucketCommand({ Bucket: Other }));
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket: Other }))).rejects.toMatchObject({
    name: 'NoSuchBucketPolicy',
  });
  await expect(s3.send(new GetBucketTaggingCommand({ Bucket: Other }))).rejects.toMatchObject({
    name: 'NoSuchTagSet',
  });
  const { ServerSideEncryptionConfiguration } = await s3.send(
    new GetBucketEncryptionCommand({ Bucket: Other }),
  );
  expect(
    ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
  ).toBe('AES256');
  await s3.send(new DeleteBucketPolicyCommand({ Bucket: Other }));
  await expect(
    s3.send(new PutBucketPolicyCommand({ Bucket: Other, Policy: 'no json' })),
  ).rejects.toMatchObject({
    name: 'MalformedPolicy',
  });
});

test('tags of objects', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '' }));
  const TagSet = [{ Key: 'a b', Value: 'ü' }];
  await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'k', Tagging: { TagSet } }));
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' }))).TagSet).toEqual(TagSet);
});
