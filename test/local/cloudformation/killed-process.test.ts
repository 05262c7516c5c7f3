import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient, DeleteStackCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { handle, stackClient, table } from './stack-client.ts';

const program = fileURLToPath(new URL('./server-process.ts', import.meta.url));
/** The same before and after a kill; at random, out of the way of tests in other processes. */
const port = 10_000 + 20 * Math.floor(Math.random() * 1_000) + 10;
let directory: string;
let server: ChildProcess;
let stacks: ReturnType<typeof stackClient>;
let dynamodb: DynamoDBClient;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stp-killed-'));
});
afterEach(async () => {
  await kill();
  await rm(directory, { recursive: true, force: true });
});

async function start(pace: number): Promise<void> {
  server = spawn(process.execPath, [program, directory, String(pace), String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of server.stdout ?? []) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  const { endpoint, region, ...credentials } = JSON.parse(text);
  const config = { endpoint, region, credentials };
  stacks = stackClient(new CloudFormationClient(config));
  dynamodb = new DynamoDBClient(config);
}

async function kill(): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

const hasEvent = async (stack: string, logicalId: string, status: string, reason?: string) =>
  (await stacks.events(stack)).some(
    (event) =>
      event.LogicalResourceId === logicalId &&
      event.ResourceStatus === status &&
      (reason === undefined || event.ResourceStatusReason === reason),
  );

it('a server killed in the middle of an update rolls the stack back at its next start', async () => {
  await start(0);
  const tags = (value: string) => ({ Tags: [{ Key: 'state', Value: value }] });
  await stacks.create('blog', { Resources: { Posts: table('id'), Users: table('id', tags('old')) } });
  const before = await dynamodb.send(new ListTablesCommand({}));
  const posts = before.TableNames?.find((name) => name.startsWith('blog-Posts')) ?? '';
  const Item = { id: { S: 'first' }, text: { S: 'kept' } };
  await dynamodb.send(new PutItemCommand({ TableName: posts, Item }));
  await kill();

  await start(0.2);
  const TemplateBody = JSON.stringify({
    Resources: { Posts: table('slug'), Users: table('id', tags('new')), Added: table('id'), Signal: handle },
  });
  await stacks.client.send(new UpdateStackCommand({ StackName: 'blog', TemplateBody }));
  while (!(await hasEvent('blog', 'Posts', 'UPDATE_IN_PROGRESS', 'Resource creation Initiated')));
  await kill();

  await start(0);
  const stack = await stacks.settled('blog');
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const after = await dynamodb.send(new ListTablesCommand({}));
  expect(after.TableNames).toEqual(before.TableNames);
  const read = await dynamodb.send(new GetItemCommand({ TableName: posts, Key: { id: { S: 'first' } } }));
  expect(read.Item).toEqual(Item);
  const story = await stacks.story('blog');
  expect(story).toContain(
    'Posts: UPDATE_FAILED (The embedded AWS was stopped while this resource was being updated.)',
  );
  expect(story).toContain(
    'blog: UPDATE_ROLLBACK_IN_PROGRESS (The embedded AWS was stopped during the operation.)',
  );
  expect(story.at(-1)).toBe('blog: UPDATE_ROLLBACK_COMPLETE');

  const times = (await stacks.events('blog')).map((event) => event.Timestamp?.getTime() ?? 0);
  expect(times).toEqual([...new Set(times)].sort((left, right) => left - right));

  const updated = await stacks.update('blog', { Resources: { Posts: table('id') } });
  expect(updated.StackStatus).toBe('UPDATE_COMPLETE');
});

it('a server killed in the middle of a deletion goes on with it', async () => {
  await start(0);
  const { StackId = '' } = await stacks.create('blog', {
    Resources: { Posts: table('id'), Users: table('id') },
  });
  await kill();
  await start(0.2);
  await stacks.client.send(new DeleteStackCommand({ StackName: 'blog' }));
  while (!(await hasEvent(StackId, 'Posts', 'DELETE_IN_PROGRESS')));
  await kill();
  await start(0);
  expect((await stacks.settled(StackId)).StackStatus).toBe('DELETE_COMPLETE');
  expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
});

it('a server killed in the middle of a creation deletes what it made', async () => {
  await start(0.2);
  void stacks.create('blog', { Resources: { Posts: table('id'), Users: table('id') } }).catch(() => {});
  await expect
    .poll(
      () => hasEvent('blog', 'Posts', 'CREATE_IN_PROGRESS', 'Resource creation Initiated').catch(() => false),
      {
        timeout: 20_000,
      },
    )
    .toBe(true);
  await kill();
  await start(0);
  expect((await stacks.settled('blog')).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
});
