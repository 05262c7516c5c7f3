import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';
import { impossibleTable, stackClient, table } from './stack-client.ts';

let aws: TestAws;
let stacks: ReturnType<typeof stackClient>;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  aws = await startTestAws({ services: ['dynamodb', 'cloudformation'] });
  stacks = stackClient(aws.client(CloudFormationClient));
  dynamodb = aws.client(DynamoDBClient);
});
afterAll(() => aws.stop());

const tableOf = async (stackName: string, logicalId = 'Posts'): Promise<string> => {
  const { StackResourceDetail } = await stacks.client.send(
    new DescribeStackResourceCommand({ StackName: stackName, LogicalResourceId: logicalId }),
  );
  return StackResourceDetail?.PhysicalResourceId ?? '';
};

describe('an update that fails', () => {
  it('gives a replaced table back with its items', async () => {
    await stacks.create('posts', { Resources: { Posts: table('id') } });
    const old = await tableOf('posts');
    expect(old).toMatch(/^posts-Posts-[A-Z0-9]{12}$/);
    const Item = { id: { S: 'first' }, text: { S: 'kept' } };
    await dynamodb.send(new PutItemCommand({ TableName: old, Item }));

    const stack = await stacks.update('posts', {
      Resources: { Posts: table('slug'), Later: impossibleTable(['Posts']) },
    });

    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await tableOf('posts')).toBe(old);
    const read = await dynamodb.send(new GetItemCommand({ TableName: old, Key: { id: { S: 'first' } } }));
    expect(read.Item).toEqual(Item);
    const { TableNames } = await dynamodb.send(new ListTablesCommand({}));
    expect(TableNames).toEqual([old]);

    const story = (await stacks.story('posts')).slice(5);
    expect(story.map((line) => line.replace(/"(.*)" \(RequestToken.*/, '"…"'))).toEqual([
      'posts: UPDATE_IN_PROGRESS (User Initiated)',
      'Posts: UPDATE_IN_PROGRESS (Requested update requires the creation of a new physical resource; hence creating one.)',
      'Posts: UPDATE_IN_PROGRESS (Resource creation Initiated)',
      'Posts: UPDATE_COMPLETE',
      'Later: CREATE_IN_PROGRESS',
      'Later: CREATE_FAILED (Resource handler returned message: "…"',
      'posts: UPDATE_ROLLBACK_IN_PROGRESS (The following resource(s) failed to create: [Later]. )',
      'Posts: UPDATE_IN_PROGRESS',
      'Posts: UPDATE_COMPLETE',
      'posts: UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'Later: DELETE_COMPLETE',
      'Posts: DELETE_IN_PROGRESS',
      'Posts: DELETE_COMPLETE',
      'posts: UPDATE_ROLLBACK_COMPLETE',
    ]);
    const { StackResourceSummaries } = await stacks.client.send(
      new ListStackResourcesCommand({ StackName: 'posts' }),
    );
    expect(StackResourceSummaries?.map((resource) => resource.LogicalResourceId)).toEqual(['Posts']);
  });
});
