import { setTimeout as delay } from 'node:timers/promises';
import {
  type ChangeSetType,
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';
import { handle, stackClient, type TemplateParts, table } from './stack-client.ts';

let aws: TestAws;
let stacks: ReturnType<typeof stackClient>;
beforeEach(async () => {
  aws = await startTestAws({ services: ['s3', 'dynamodb', 'iam', 'cloudformation'] });
  stacks = stackClient(aws.client(CloudFormationClient));
});
afterEach(() => aws.stop());

async function changeSet(
  type: ChangeSetType,
  name: string,
  template: TemplateParts | { url: string },
): Promise<DescribeChangeSetCommandOutput> {
  const source =
    'url' in template ? { TemplateURL: template.url } : { TemplateBody: JSON.stringify(template) };
  const { Id } = await stacks.client.send(
    new CreateChangeSetCommand({ StackName: 'blog', ChangeSetName: name, ChangeSetType: type, ...source }),
  );
  for (;;) {
    const described = await stacks.client.send(new DescribeChangeSetCommand({ ChangeSetName: Id }));
    if (described.Status === 'CREATE_COMPLETE' || described.Status === 'FAILED') return described;
    await delay(5);
  }
}
const execute = async (name: string) => {
  await stacks.client.send(new ExecuteChangeSetCommand({ StackName: 'blog', ChangeSetName: name }));
  return stacks.settled('blog');
};

it('a new stack is in review until its change set is executed', async () => {
  const { StackId, Changes, ExecutionStatus } = await changeSet('CREATE', 'first', {
    Resources: { Posts: table('id'), Signal: handle },
  });
  expect(ExecutionStatus).toBe('AVAILABLE');
  expect(Changes?.map((change) => change.ResourceChange)).toMatchObject([
    { Action: 'Add', LogicalResourceId: 'Posts', ResourceType: 'AWS::DynamoDB::Table' },
    { Action: 'Add', LogicalResourceId: 'Signal' },
  ]);
  expect((await stacks.describe('blog')).StackStatus).toBe('REVIEW_IN_PROGRESS');
  const stack = await execute('first');
  expect(stack).toMatchObject({ StackId, StackStatus: 'CREATE_COMPLETE' });
  expect((await stacks.story('blog')).slice(0, 2)).toEqual([
    'blog: REVIEW_IN_PROGRESS (User Initiated)',
    'blog: CREATE_IN_PROGRESS (User Initiated)',
  ]);
  const executed = await stacks.client.send(
    new DescribeChangeSetCommand({ StackName: 'blog', ChangeSetName: 'first' }),
  );
  expect(executed.ExecutionStatus).toBe('EXECUTE_COMPLETE');
  await expect(execute('first')).rejects.toMatchObject({
    name: 'InvalidChangeSetStatusException',
    message: expect.stringContaining('cannot be executed in its current status of [EXECUTE_COMPLETE]'),
  });
  await expect(changeSet('CREATE', 'again', { Resources: { Signal: handle } })).rejects.toThrow(
    'Stack [blog] already exists and cannot be created again with the changeSet [again].',
  );
});

it('a stack in review can be deleted', async () => {
  const { StackId = '' } = await changeSet('CREATE', 'first', { Resources: { Posts: table('id') } });
  await stacks.client.send(new DeleteStackCommand({ StackName: 'blog' }));
  expect((await stacks.settled(StackId)).StackStatus).toBe('DELETE_COMPLETE');
});

it('says what it modifies, replaces and removes, and why', async () => {
  const template = (key: string, size: string) => ({
    Parameters: { Note: { Type: 'String', Default: size } },
    Resources: {
      Posts: table(key),
      Users: table('id', { Tags: [{ Key: 'note', Value: { Ref: 'Note' } }] }),
      Reader: {
        Type: 'AWS::S3::Bucket',
        Properties: { Tags: [{ Key: 'table', Value: { Ref: 'Posts' } }] },
      },
    },
  });
  await stacks.create('blog', {
    ...template('id', 'a'),
    Resources: { ...template('id', 'a').Resources, Gone: handle },
  });
  const { Changes } = await changeSet('UPDATE', 'second', template('slug', 'b'));
  const changes = Object.fromEntries(
    Changes?.map(({ ResourceChange }) => [ResourceChange?.LogicalResourceId, ResourceChange]) ?? [],
  );
  expect(changes.Posts).toMatchObject({
    Action: 'Modify',
    Replacement: 'True',
    PolicyAction: 'ReplaceAndDelete',
    Scope: ['Properties'],
  });
  expect(changes.Posts?.Details).toContainEqual({
    Target: { Attribute: 'Properties', Name: 'KeySchema', RequiresRecreation: 'Always' },
    Evaluation: 'Static',
    ChangeSource: 'DirectModification',
  });
  expect(changes.Users).toMatchObject({
    Replacement: 'False',
    Scope: ['Tags'],
    Details: [{ ChangeSource: 'ParameterReference', CausingEntity: 'Note' }],
  });
  expect(changes.Reader).toMatchObject({
    Replacement: 'False',
    Details: [{ Evaluation: 'Dynamic', ChangeSource: 'ResourceReference', CausingEntity: 'Posts' }],
  });
  expect(changes.Gone).toMatchObject({ Action: 'Remove', PolicyAction: 'Delete' });
  expect((await execute('second')).StackStatus).toBe('UPDATE_COMPLETE');
});

it('without changes it fails in the words of AWS', async () => {
  await stacks.create('blog', { Resources: { Posts: table('id') } });
  const described = await changeSet('UPDATE', 'same', { Resources: { Posts: table('id') } });
  expect(described).toMatchObject({
    Status: 'FAILED',
    ExecutionStatus: 'UNAVAILABLE',
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
  });
  const { Summaries } = await stacks.client.send(new ListChangeSetsCommand({ StackName: 'blog' }));
  expect(Summaries).toMatchObject([{ ChangeSetName: 'same', Status: 'FAILED' }]);
});

it('reads a large template from S3', async () => {
  const s3 = aws.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket: 'artifacts' }));
  const Resources = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [
      `Signal${index}`,
      { ...handle, Metadata: { text: 'x'.repeat(200) } },
    ]),
  );
  const Body = JSON.stringify({ Resources });
  await s3.send(new PutObjectCommand({ Bucket: 'artifacts', Key: 'templates/a.json', Body }));
  await expect(changeSet('CREATE', 'first', { Resources })).rejects.toThrow('less than or equal to 51200');
  const { Status, Changes } = await changeSet('CREATE', 'second', {
    url: `${aws.server.endpoint}/artifacts/templates/a.json`,
  });
  expect(Status).toBe('CREATE_COMPLETE');
  expect(Changes).toHaveLength(100);
  expect((await execute('second')).StackStatus).toBe('CREATE_COMPLETE');
});

it('of a stack or by a name that is not there is refused', async () => {
  await expect(changeSet('UPDATE', 'first', { Resources: { Posts: handle } })).rejects.toThrow(
    'Stack [blog] does not exist',
  );
  await stacks.create('blog', { Resources: { Posts: handle } });
  await expect(
    stacks.client.send(new DescribeChangeSetCommand({ StackName: 'blog', ChangeSetName: 'none' })),
  ).rejects.toMatchObject({ name: 'ChangeSetNotFoundException', message: 'ChangeSet [none] does not exist' });
  const { StackSummaries } = await stacks.client.send(new ListStacksCommand({}));
  expect(StackSummaries).toHaveLength(1);
});
