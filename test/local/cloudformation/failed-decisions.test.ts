import {
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  RollbackStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';
import { handle, impossibleTable, role, stackClient, table } from './stack-client.ts';

let aws: TestAws;
let stacks: ReturnType<typeof stackClient>;
beforeEach(async () => {
  aws = await startTestAws({ services: ['s3', 'iam', 'dynamodb', 'cloudformation'] });
  stacks = stackClient(aws.client(CloudFormationClient));
});
afterEach(() => aws.stop());

const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'blog-files' } };
const reader = (action: string) => role({ read: action }, { RoleName: 'reader' });

it('a removed bucket that cannot be deleted does not fail the update', async () => {
  await stacks.create('blog', { Resources: { Files: bucket, Signal: handle } });
  const s3 = aws.client(S3Client);
  await s3.send(new PutObjectCommand({ Bucket: 'blog-files', Key: 'a', Body: 'text' }));
  const stack = await stacks.update('blog', { Resources: { Signal: handle } });
  expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
  const story = await stacks.story('blog');
  expect(story.filter((line) => line.startsWith('Files: DELETE_FAILED'))).toHaveLength(3);
  expect((await s3.send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
  const { StackResources } = await stacks.client.send(
    new DescribeStackResourcesCommand({ StackName: 'blog' }),
  );
  expect(StackResources?.map((resource) => resource.LogicalResourceId)).toEqual(['Signal']);
});

it('a rollback that fails can be continued without the resource it failed on', async () => {
  const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
  await stacks.create(
    'blog',
    { Resources: { Role: reader('s3:Get*'), Posts: table('id') } },
    { Capabilities },
  );
  const changed = { Role: reader('s3:Put*'), Posts: table('slug'), Bad: impossibleTable(['Role', 'Posts']) };
  await stacks.update('blog', { Resources: changed }, { Capabilities, DisableRollback: true });
  const iam = aws.client(IAMClient);
  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'reader', PolicyName: 'read' }));
  await iam.send(new DeleteRoleCommand({ RoleName: 'reader' }));

  await stacks.client.send(new RollbackStackCommand({ StackName: 'blog' }));
  expect(await stacks.settled('blog')).toMatchObject({
    StackStatus: 'UPDATE_ROLLBACK_FAILED',
    StackStatusReason: 'The following resource(s) failed to update: [Role]. ',
  });
  const resume = (ResourcesToSkip: string[]) =>
    stacks.client.send(new ContinueUpdateRollbackCommand({ StackName: 'blog', ResourcesToSkip }));
  await expect(resume(['Posts'])).rejects.toThrow('Posts');
  await resume(['Role']);
  expect((await stacks.settled('blog')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const { TableNames } = await aws.client(DynamoDBClient).send(new ListTablesCommand({}));
  expect(TableNames).toHaveLength(1);
});

it('what is to be retained when it is replaced stays', async () => {
  const kept = (key: string) => ({ Posts: { ...table(key), UpdateReplacePolicy: 'Retain' } });
  await stacks.create('blog', { Resources: kept('id') });
  await stacks.update('blog', { Resources: kept('slug') });
  const { TableNames } = await aws.client(DynamoDBClient).send(new ListTablesCommand({}));
  expect(TableNames).toHaveLength(2);
  expect((await stacks.story('blog')).at(-2)).toBe('Posts: DELETE_SKIPPED');
});

it('a bucket in the way of a deletion can be retained', async () => {
  const { StackId = '' } = await stacks.create('blog', { Resources: { Files: bucket, Signal: handle } });
  await aws.client(S3Client).send(new PutObjectCommand({ Bucket: 'blog-files', Key: 'a', Body: 'text' }));
  const remove = (RetainResources?: string[]) =>
    stacks.client.send(
      new DeleteStackCommand({ StackName: 'blog', ...(RetainResources && { RetainResources }) }),
    );
  await expect(remove(['Files'])).rejects.toThrow('RetainResources');
  await remove();
  expect((await stacks.settled(StackId)).StackStatus).toBe('DELETE_FAILED');
  await remove(['Files']);
  expect((await stacks.settled(StackId)).StackStatus).toBe('DELETE_COMPLETE');
  expect((await aws.client(S3Client).send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
});
