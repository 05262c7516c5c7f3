import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DeleteSubscriptionFilterCommand,
  DescribeLogGroupsCommand,
  DescribeSubscriptionFiltersCommand,
  ListTagsForResourceCommand,
  ListTagsLogGroupCommand,
  type LogGroup,
  PutRetentionPolicyCommand,
  PutSubscriptionFilterCommand,
  paginateDescribeLogGroups,
  TagLogGroupCommand,
  TagResourceCommand,
  UntagLogGroupCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failure, startLogs, type TestLogs } from './start-logs.ts';

let logs: TestLogs;
const start = Date.now();

beforeAll(async () => {
  logs = await startLogs();
});

afterAll(async () => {
  await logs.aws.stop();
});

const describe = async (logGroupNamePrefix: string): Promise<LogGroup | undefined> =>
  (await logs.client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }))).logGroups?.[0];

test('a group is described with both forms of its ARN and the bytes of its events', async () => {
  await logs.group('/described', 'a', 'b');
  await logs.put('/described', 'a', [start, 'žluť'], [start, 'x']);
  await logs.put('/described', 'b', [start, '12345']);
  expect(await describe('/described')).toEqual({
    logGroupName: '/described',
    creationTime: expect.any(Number),
    metricFilterCount: 0,
    arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/described:*',
    logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/described',
    storedBytes: 6 + 1 + 5 + 3 * 26,
    logGroupClass: 'STANDARD',
    deletionProtectionEnabled: false,
  });
});

test('groups are found by prefix, by a part of the name, by identifiers, and over pages', async () => {
  for (const name of ['/find/c', '/find/a', '/find/b', '/other/find']) await logs.group(name);
  const names = async (input: object) =>
    (await logs.client.send(new DescribeLogGroupsCommand(input))).logGroups?.map((g) => g.logGroupName);
  expect(await names({ logGroupNamePrefix: '/find' })).toEqual(['/find/a', '/find/b', '/find/c']);
  expect(await names({ logGroupNamePattern: 'find' })).toEqual([
    '/find/a',
    '/find/b',
    '/find/c',
    '/other/find',
  ]);
  const arn = 'arn:aws:logs:us-east-1:000000000000:log-group:/find/b';
  expect(await names({ logGroupIdentifiers: [arn, '/other/find', '/missing'] })).toEqual([
    '/find/b',
    '/other/find',
  ]);
  const pages: (string | undefined)[][] = [];
  const paging = { client: logs.client, pageSize: 2 };
  for await (const { logGroups = [] } of paginateDescribeLogGroups(paging, { logGroupNamePattern: 'find' })) {
    pages.push(logGroups.map(({ logGroupName }) => logGroupName));
  }
  expect(pages).toEqual([
    ['/find/a', '/find/b'],
    ['/find/c', '/other/find'],
  ]);
});

test('a deleted group takes its streams and events with it', async () => {
  await logs.group('/deleted', 's');
  await logs.put('/deleted', 's', [start, 'gone']);
  await logs.client.send(new DeleteLogGroupCommand({ logGroupName: '/deleted' }));
  expect(await failure(logs.filter({ logGroupName: '/deleted' }))).toEqual({
    name: 'ResourceNotFoundException',
    message: 'The specified log group does not exist.',
  });
  await logs.group('/deleted', 's');
  expect(await logs.filter({ logGroupName: '/deleted' })).toEqual([]);
});

test('tags are set, removed and listed by ARN and by name', async () => {
  const logGroupName = '/tagged';
  await logs.client.send(new CreateLogGroupCommand({ logGroupName, tags: { a: '1' } }));
  const arn = 'arn:aws:logs:us-east-1:000000000000:log-group:/tagged';
  await logs.client.send(new TagResourceCommand({ resourceArn: arn, tags: { b: '2', a: '3' } }));
  await logs.client.send(new TagLogGroupCommand({ logGroupName, tags: { c: '4', d: '5' } }));
  const byName = new ListTagsLogGroupCommand({ logGroupName });
  expect((await logs.client.send(byName)).tags).toEqual({ a: '3', b: '2', c: '4', d: '5' });
  await logs.client.send(new UntagResourceCommand({ resourceArn: `${arn}:*`, tagKeys: ['a', 'x'] }));
  await logs.client.send(new UntagLogGroupCommand({ logGroupName, tags: ['d'] }));
  const byArn = new ListTagsForResourceCommand({ resourceArn: arn });
  expect((await logs.client.send(byArn)).tags).toEqual({ b: '2', c: '4' });
  const tags = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`k${index}`, '']));
  expect((await failure(logs.client.send(new TagResourceCommand({ resourceArn: arn, tags })))).name).toBe(
    'TooManyTagsException',
  );
});

test('a retention policy is shown and taken away again', async () => {
  const logGroupName = '/kept';
  await logs.group(logGroupName);
  await logs.client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 14 }));
  expect((await describe(logGroupName))?.retentionInDays).toBe(14);
  expect(
    (await failure(logs.client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 }))))
      .name,
  ).toBe('InvalidParameterException');
  await logs.client.send(new DeleteRetentionPolicyCommand({ logGroupName }));
  expect((await describe(logGroupName))?.retentionInDays).toBeUndefined();
});

test('a group has two subscription filters at most', async () => {
  const logGroupName = '/subscribed';
  await logs.group(logGroupName);
  const put = (filterName: string, filterPattern = 'ERROR') =>
    logs.client.send(
      new PutSubscriptionFilterCommand({
        logGroupName,
        filterName,
        filterPattern,
        destinationArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      }),
    );
  const list = async () =>
    (await logs.client.send(new DescribeSubscriptionFiltersCommand({ logGroupName }))).subscriptionFilters;
  await put('one');
  await put('two');
  await put('one', '');
  expect((await failure(put('three'))).name).toBe('LimitExceededException');
  expect(await list()).toMatchObject([
    { filterName: 'one', filterPattern: '', logGroupName, distribution: 'ByLogStream' },
    { filterName: 'two', filterPattern: 'ERROR', creationTime: expect.any(Number) },
  ]);
  const remove = () =>
    logs.client.send(new DeleteSubscriptionFilterCommand({ logGroupName, filterName: 'one' }));
  await remove();
  expect(await list()).toHaveLength(1);
  expect((await failure(remove())).name).toBe('ResourceNotFoundException');
});

test('what is wrong is said in the words of AWS', async () => {
  await logs.group('/there');
  const create = (logGroupName: string) =>
    failure(logs.client.send(new CreateLogGroupCommand({ logGroupName })));
  expect(await create('/there')).toEqual({
    name: 'ResourceAlreadyExistsException',
    message: 'The specified log group already exists',
  });
  expect((await create('with space')).name).toBe('InvalidParameterException');
  expect(await failure(logs.client.send(new DeleteLogGroupCommand({ logGroupName: '/nowhere' })))).toEqual({
    name: 'ResourceNotFoundException',
    message: 'The specified log group does not exist.',
  });
  expect((await failure(logs.client.send(new DescribeLogGroupsCommand({ nextToken: 'x' })))).name).toBe(
    'InvalidParameterException',
  );
});
