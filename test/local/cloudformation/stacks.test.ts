import {
  CancelUpdateStackCommand,
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
  ListExportsCommand,
  RollbackStackCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';
import { handle, impossibleTable, role, stackClient, table } from './stack-client.ts';

let aws: TestAws;
let stacks: ReturnType<typeof stackClient>;
let dynamodb: DynamoDBClient;

const begin = async (pace = 0) => {
  aws = await startTestAws({ services: ['s3', 'iam', 'dynamodb', 'cloudformation'], pace });
  stacks = stackClient(aws.client(CloudFormationClient));
  dynamodb = aws.client(DynamoDBClient);
};
afterEach(() => aws.stop());

const tables = async () => (await dynamodb.send(new ListTablesCommand({}))).TableNames;

describe('a stack', () => {
  beforeEach(() => begin());

  it('is created in the order of its dependencies, with realistic events', async () => {
    const stack = await stacks.create(
      'blog',
      {
        Parameters: { Name: { Type: 'String' }, Secret: { Type: 'String', NoEcho: true, Default: 's3cret' } },
        Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
        Resources: {
          Second: { ...handle, DependsOn: 'First' },
          First: table('id', { TableName: { Ref: 'Name' } }),
          Never: { ...handle, Condition: 'No' },
        },
        Outputs: {
          Table: {
            Value: { 'Fn::GetAtt': ['First', 'Arn'] },
            Description: 'Where posts are',
            Export: { Name: 'blog-table' },
          },
          Absent: { Value: 'x', Condition: 'No' },
        },
      },
      {
        Parameters: [{ ParameterKey: 'Name', ParameterValue: 'posts' }],
        Tags: [{ Key: 'team', Value: 'web' }],
      },
    );
    expect(stack).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      Parameters: [
        { ParameterKey: 'Name', ParameterValue: 'posts' },
        { ParameterKey: 'Secret', ParameterValue: '****' },
      ],
      Outputs: [
        {
          OutputKey: 'Table',
          OutputValue: 'arn:aws:dynamodb:us-east-1:000000000000:table/posts',
          Description: 'Where posts are',
          ExportName: 'blog-table',
        },
      ],
      Tags: [{ Key: 'team', Value: 'web' }],
    });
    expect(await stacks.story('blog')).toEqual([
      'blog: CREATE_IN_PROGRESS (User Initiated)',
      'First: CREATE_IN_PROGRESS',
      'First: CREATE_IN_PROGRESS (Resource creation Initiated)',
      'First: CREATE_COMPLETE',
      'Second: CREATE_IN_PROGRESS',
      'Second: CREATE_IN_PROGRESS (Resource creation Initiated)',
      'Second: CREATE_COMPLETE',
      'blog: CREATE_COMPLETE',
    ]);
    const events = await stacks.events('blog');
    expect(new Set(events.map((event) => event.EventId)).size).toBe(events.length);
    expect(events[2]?.PhysicalResourceId).toBe('posts');
    const { Exports } = await stacks.client.send(new ListExportsCommand({}));
    expect(Exports).toMatchObject([{ Name: 'blog-table' }]);
    const { TemplateBody } = await stacks.client.send(new GetTemplateCommand({ StackName: 'blog' }));
    expect(JSON.parse(TemplateBody ?? '').Resources.First.Type).toBe('AWS::DynamoDB::Table');
  });

  it('leaves what has not changed untouched', async () => {
    await stacks.create('blog', { Resources: { Posts: table('id'), Users: table('id') } });
    const before = (await stacks.events('blog')).length;
    const stack = await stacks.update('blog', {
      Resources: {
        Posts: table('id'),
        Users: table('id', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }),
      },
      Outputs: { Users: { Value: { 'Fn::GetAtt': ['Users', 'StreamArn'] } } },
    });
    expect(stack.Outputs?.[0]?.OutputValue).toContain('/stream/');
    expect((await stacks.story('blog')).slice(before)).toEqual([
      'blog: UPDATE_IN_PROGRESS (User Initiated)',
      'Users: UPDATE_IN_PROGRESS',
      'Users: UPDATE_COMPLETE',
      'blog: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'blog: UPDATE_COMPLETE',
    ]);
  });

  it('replaces a table whose key changes, and what depends on it follows', async () => {
    const policyFor = (key: string) => ({
      Posts: table(key),
      Role: role({ read: 'dynamodb:GetItem' }, { Description: { 'Fn::Sub': 'reads ${Posts}' } }),
    });
    const Capabilities = ['CAPABILITY_IAM' as const];
    await stacks.create('blog', { Resources: policyFor('id') }, { Capabilities });
    const [old] = (await tables()) ?? [];
    const before = (await stacks.events('blog')).length;
    await stacks.update('blog', { Resources: policyFor('slug') }, { Capabilities });
    const now = await tables();
    expect(now).toHaveLength(1);
    expect(now).not.toContain(old);
    const events = (await stacks.events('blog')).slice(before);
    expect(events.map((event) => `${event.LogicalResourceId}: ${event.ResourceStatus}`)).toEqual([
      'blog: UPDATE_IN_PROGRESS',
      'Posts: UPDATE_IN_PROGRESS',
      'Posts: UPDATE_IN_PROGRESS',
      'Posts: UPDATE_COMPLETE',
      'Role: UPDATE_IN_PROGRESS',
      'Role: UPDATE_COMPLETE',
      'blog: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'Posts: DELETE_IN_PROGRESS',
      'Posts: DELETE_COMPLETE',
      'blog: UPDATE_COMPLETE',
    ]);
    expect(events[7]?.PhysicalResourceId).toBe(old);
    const { StackResources } = await stacks.client.send(
      new DescribeStackResourcesCommand({ StackName: 'blog' }),
    );
    expect(StackResources?.[0]).toMatchObject({
      PhysicalResourceId: now?.[0],
      ResourceStatus: 'UPDATE_COMPLETE',
    });
  });

  it('does not replace what has a name of its own', async () => {
    await stacks.create('blog', { Resources: { Posts: table('id', { TableName: 'posts' }) } });
    const stack = await stacks.update('blog', {
      Resources: { Posts: table('slug', { TableName: 'posts' }) },
    });
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await stacks.story('blog')).toContain(
      'Posts: UPDATE_FAILED (CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename posts and update the stack again.)',
    );
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'posts' }));
    expect(Table?.KeySchema?.[0]?.AttributeName).toBe('id');
  });

  it('puts back what was changed in place', async () => {
    const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
    const RoleName = 'writer';
    await stacks.create(
      'blog',
      { Resources: { Role: role({ read: 's3:Get*' }, { RoleName }) } },
      { Capabilities },
    );
    const stack = await stacks.update(
      'blog',
      { Resources: { Role: role({ write: 's3:Put*' }, { RoleName }), Bad: impossibleTable(['Role']) } },
      { Capabilities },
    );
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    const { PolicyNames } = await aws.client(IAMClient).send(new ListRolePoliciesCommand({ RoleName }));
    expect(PolicyNames).toEqual(['read']);
  });

  it('whose creation fails deletes what it made', async () => {
    const stack = await stacks.create('blog', {
      Resources: { Posts: table('id'), Bad: impossibleTable(['Posts']) },
    });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await tables()).toEqual([]);
    const story = await stacks.story('blog');
    expect(story).toContain(
      'blog: ROLLBACK_IN_PROGRESS (The following resource(s) failed to create: [Bad]. Rollback requested by user.)',
    );
    expect(story.slice(-4)).toEqual([
      'Bad: DELETE_COMPLETE',
      'Posts: DELETE_IN_PROGRESS',
      'Posts: DELETE_COMPLETE',
      'blog: ROLLBACK_COMPLETE',
    ]);
    await expect(stacks.update('blog', { Resources: { Posts: table('id') } })).rejects.toThrow(
      `Stack:${stack.StackId} is in ROLLBACK_COMPLETE state and can not be updated.`,
    );
    const { OperationEvents } = await stacks.client.send(
      new DescribeEventsCommand({ StackName: 'blog', Filters: { FailedEvents: true } }),
    );
    expect(OperationEvents?.map((event) => event.LogicalResourceId)).toEqual(['Bad']);
  });

  it('keeps what it made where rollback is disabled, and goes on from there', async () => {
    const stack = await stacks.create(
      'blog',
      { Resources: { Posts: table('id'), Bad: impossibleTable(['Posts']) } },
      { DisableRollback: true },
    );
    expect(stack.StackStatus).toBe('CREATE_FAILED');
    expect(await tables()).toHaveLength(1);
    const mended = await stacks.update('blog', { Resources: { Posts: table('id'), Bad: table('id') } });
    expect(mended.StackStatus).toBe('UPDATE_COMPLETE');
    expect(await tables()).toHaveLength(2);
  });

  it('returns from UPDATE_FAILED to what it was before the first of several updates', async () => {
    await stacks.create('blog', { Resources: { Posts: table('id') } });
    const before = await tables();
    const bad = { Bad: impossibleTable(['Posts']) };
    const keep = { DisableRollback: true };
    const failed = await stacks.update('blog', { Resources: { Posts: table('slug'), ...bad } }, keep);
    expect(failed.StackStatus).toBe('UPDATE_FAILED');
    await stacks.update('blog', { Resources: { Posts: table('third'), ...bad } }, keep);
    await stacks.client.send(new RollbackStackCommand({ StackName: 'blog' }));
    expect((await stacks.settled('blog')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await tables()).toEqual(before);
  });

  it('refuses an update that changes nothing', async () => {
    await stacks.create('blog', { Resources: { Posts: table('id') } });
    await expect(stacks.update('blog', { Resources: { Posts: table('id') } })).rejects.toThrow(
      'No updates are to be performed.',
    );
  });

  it('wants its IAM resources acknowledged', async () => {
    const create = (properties: Record<string, unknown>, Capabilities: 'CAPABILITY_IAM'[]) =>
      stacks.create('blog', { Resources: { Role: role({}, properties) } }, { Capabilities });
    await expect(create({}, [])).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_IAM]',
    });
    await expect(create({ RoleName: 'named' }, ['CAPABILITY_IAM'])).rejects.toThrow(
      'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    );
    expect((await create({}, ['CAPABILITY_IAM'])).StackStatus).toBe('CREATE_COMPLETE');
  });

  it('that is deleted can be described by its id alone', async () => {
    const { StackId = '' } = await stacks.create('blog', {
      Resources: { Posts: table('id'), Kept: { ...table('id'), DeletionPolicy: 'Retain' } },
    });
    await stacks.client.send(new DeleteStackCommand({ StackName: 'blog' }));
    expect((await stacks.settled(StackId)).StackStatus).toBe('DELETE_COMPLETE');
    expect(await tables()).toEqual([expect.stringMatching(/^blog-Kept-/)]);
    expect(await stacks.story(StackId)).toContain('Kept: DELETE_SKIPPED');
    await expect(stacks.describe('blog')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id blog does not exist',
    });
    await stacks.client.send(new DeleteStackCommand({ StackName: 'blog' }));
  });

  it('with termination protection is not deleted', async () => {
    await stacks.create('blog', { Resources: { Posts: handle } }, { EnableTerminationProtection: true });
    const remove = () => stacks.client.send(new DeleteStackCommand({ StackName: 'blog' }));
    await expect(remove()).rejects.toThrow(
      'Stack [blog] cannot be deleted while TerminationProtection is enabled',
    );
    await stacks.client.send(
      new UpdateTerminationProtectionCommand({ StackName: 'blog', EnableTerminationProtection: false }),
    );
    await remove();
  });

  it('with a bucket that is not empty fails to delete in the words of S3', async () => {
    const s3 = aws.client(S3Client);
    await stacks.create('blog', {
      Resources: {
        Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'blog-files' } },
        Posts: table('id'),
      },
    });
    await s3.send(new PutObjectCommand({ Bucket: 'blog-files', Key: 'a', Body: 'text' }));
    await stacks.client.send(new DeleteStackCommand({ StackName: 'blog' }));
    const stack = await stacks.settled('blog');
    expect(stack.StackStatus).toBe('DELETE_FAILED');
    expect(stack.StackStatusReason).toBe('The following resource(s) failed to delete: [Files]. ');
    expect((await stacks.story('blog')).join('\n')).toContain('The bucket you tried to delete is not empty');
    await s3.send(new DeleteObjectCommand({ Bucket: 'blog-files', Key: 'a' }));
    await stacks.client.send(new DeleteStackCommand({ StackName: 'blog' }));
    expect((await stacks.settled(stack.StackId ?? '')).StackStatus).toBe('DELETE_COMPLETE');
  });

  it('does not take a table that was there before it', async () => {
    await stacks.create('one', { Resources: { Posts: table('id', { TableName: 'posts' }) } });
    const stack = await stacks.create('two', { Resources: { Posts: table('id', { TableName: 'posts' }) } });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await stacks.story('two')).join('\n')).toContain('HandlerErrorCode: AlreadyExists');
    expect(await tables()).toEqual(['posts']);
  });

  it('keeps an export while another stack imports it', async () => {
    const exporting = (name: string) => ({
      Resources: { Posts: table('id') },
      Outputs: { Table: { Value: { Ref: 'Posts' }, Export: { Name: name } } },
    });
    await stacks.create('one', exporting('posts'));
    const { Outputs } = await stacks.create('two', {
      Resources: { Signal: handle },
      Outputs: { Imported: { Value: { 'Fn::ImportValue': 'posts' } } },
    });
    expect(Outputs?.[0]?.OutputValue).toMatch(/^one-Posts-/);
    const stack = await stacks.update('one', exporting('renamed'));
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    await stacks.client.send(new DeleteStackCommand({ StackName: 'one' }));
    expect(await stacks.settled('one')).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      StackStatusReason: 'Delete canceled. Cannot delete export posts as it is in use by two.',
    });
  });

  it('has its events in pages of a hundred, newest first', async () => {
    const Resources = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`R${index}`, handle]));
    await stacks.create('blog', { Resources });
    const first = await stacks.client.send(new DescribeStackEventsCommand({ StackName: 'blog' }));
    expect(first.StackEvents).toHaveLength(100);
    expect(first.StackEvents?.[0]).toMatchObject({
      LogicalResourceId: 'blog',
      ResourceStatus: 'CREATE_COMPLETE',
    });
    expect(await stacks.events('blog')).toHaveLength(152);
  });
});

describe('while an operation is underway', () => {
  beforeEach(() => begin(0.1));
  const hasEvent = async (logicalId: string, status: string) =>
    (await stacks.story('blog')).some((line) => line.startsWith(`${logicalId}: ${status}`));

  it('an update can be cancelled, and another is refused', async () => {
    await stacks.create('blog', { Resources: { Posts: handle } });
    const { StackId } = await stacks.describe('blog');
    const update = () =>
      stacks.client.send(
        new UpdateStackCommand({
          StackName: 'blog',
          TemplateBody: JSON.stringify({ Resources: { Posts: handle, Added: table('id') } }),
        }),
      );
    await update();
    await expect(update()).rejects.toThrow(
      `Stack:${StackId} is in UPDATE_IN_PROGRESS state and can not be updated.`,
    );
    await expect
      .poll(() => hasEvent('Added', 'CREATE_IN_PROGRESS (Resource'), { timeout: 20_000 })
      .toBe(true);
    await stacks.client.send(new CancelUpdateStackCommand({ StackName: 'blog' }));
    expect((await stacks.settled('blog')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await tables()).toEqual([]);
    const story = await stacks.story('blog');
    expect(story).toContain('Added: CREATE_FAILED (Resource creation cancelled)');
    await expect(stacks.client.send(new CancelUpdateStackCommand({ StackName: 'blog' }))).rejects.toThrow(
      'CancelUpdateStack cannot be called from current stack status',
    );
  });

  it('siblings of what fails are cancelled', async () => {
    const stack = await stacks.create('blog', { Resources: { Posts: table('id'), Bad: impossibleTable() } });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    const story = await stacks.story('blog');
    expect(story).toContain('Posts: CREATE_FAILED (Resource creation cancelled)');
    expect(story).toContain(
      'blog: ROLLBACK_IN_PROGRESS (The following resource(s) failed to create: [Posts, Bad]. Rollback requested by user.)',
    );
    expect(await tables()).toEqual([]);
  });

  it('a creation gives way to a deletion', async () => {
    const { StackId = '' } = await stacks.client.send(
      new CreateStackCommand({
        StackName: 'blog',
        TemplateBody: JSON.stringify({
          Resources: { Posts: table('id'), Next: { ...handle, DependsOn: 'Posts' } },
        }),
      }),
    );
    await expect
      .poll(() => hasEvent('Posts', 'CREATE_IN_PROGRESS (Resource'), { timeout: 20_000 })
      .toBe(true);
    await stacks.client.send(new DeleteStackCommand({ StackName: 'blog' }));
    expect((await stacks.settled(StackId)).StackStatus).toBe('DELETE_COMPLETE');
    expect(await tables()).toEqual([]);
  });

  it('the server can be stopped, and the next one finishes it', async () => {
    await stacks.create('blog', { Resources: { Posts: handle } });
    const TemplateBody = JSON.stringify({ Resources: { Posts: handle, Added: table('id') } });
    await stacks.client.send(new UpdateStackCommand({ StackName: 'blog', TemplateBody }));
    await expect
      .poll(() => hasEvent('Added', 'CREATE_IN_PROGRESS (Resource'), { timeout: 20_000 })
      .toBe(true);
    await aws.restart();
    expect((await stacks.settled('blog')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await tables()).toEqual([]);
  });
});
