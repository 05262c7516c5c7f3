import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeployEvent } from '../../../source/deploy/deploy-event.ts';
import { startTestAws, type TestAws } from '../../local/start-test-aws.ts';
import { noticesOf } from '../deploy-harness.ts';
import { providedProject, showFunction } from './provided-project.ts';
import { startUpstashFake, type UpstashFake } from './upstash-fake.ts';

let aws: TestAws;
let upstash: UpstashFake;
beforeAll(async () => {
  [aws, upstash] = await Promise.all([startTestAws(), startUpstashFake('me@example.com', 'key')]);
});
beforeEach(() => {
  upstash.requests.length = 0;
});
afterAll(() => aws.stop());

const account = (apiKey = 'key') =>
  `providerConfig: { upstash: { accountEmail: me@example.com, apiKey: ${apiKey} } }\n`;
const redis = (properties: string, apiKey?: string) =>
  `${account(apiKey)}resources:\n${showFunction('cache')}  cache: { type: upstash-redis, properties: { ${properties} } }\n`;
const without = `${account()}resources:\n${showFunction('')}`;
const failing = `${redis('')}cloudformationResources:
  Broken: { Type: 'AWS::S3::Bucket', Properties: { BucketName: Not_A_Name } }
`;

const project = (serviceName: string) =>
  providedProject(serviceName, { upstash: upstash.address }, () => aws);

const planned = ({ state }: { state: { plan: { changes: readonly object[] } | undefined } }) =>
  (state.plan?.changes ?? []).filter((change) => 'provider' in change);

test('a Redis database comes before the stack, is changed as the config is, and goes with it', async () => {
  const { deploy, variables, remove } = project('redis');
  const first = await deploy(redis(''));
  expect(first.state.error).toBeUndefined();
  expect(first.state.result?.status).toBe('succeeded');
  expect(first.questions).toEqual([]);
  expect(planned(first)).toEqual([
    {
      action: 'add',
      resource: 'cache',
      logicalId: 'cache',
      resourceType: 'upstash-redis',
      provider: 'Upstash',
      losesData: false,
    },
  ]);
  const [database] = [...upstash.databases.values()];
  expect(database).toMatchObject({
    database_name: 'redis-test-us-east-1-cache',
    primary_region: 'us-east-1',
    tls: true,
    eviction: false,
  });
  const host = database?.endpoint;
  expect(await variables()).toEqual({
    STP_CACHE_HOST: host,
    STP_CACHE_PORT: '6379',
    STP_CACHE_PASSWORD: 'redis-password',
    STP_CACHE_REST_TOKEN: 'token',
    STP_CACHE_READ_ONLY_REST_TOKEN: 'read-token',
    STP_CACHE_REST_URL: `https://${host}`,
    STP_CACHE_REDIS_URL: `rediss://default:redis-password@${host}:6379`,
  });

  upstash.requests.length = 0;
  const again = await deploy(redis(''));
  expect(again.state.result?.status).toBe('unchanged');
  expect(upstash.changes()).toEqual([]);

  const evicting = await deploy(redis('enableEviction: true'));
  expect(evicting.state.result?.status).toBe('succeeded');
  expect(planned(evicting)).toMatchObject([{ action: 'modify', reason: 'enableEviction changes' }]);
  expect(upstash.databases.get(database?.database_id ?? '')?.eviction).toBe(true);

  const declined = await deploy(without, { answer: false });
  expect(declined.questions[0]?.reasons).toContain('removes cache (upstash-redis), its data is lost');
  expect(declined.questions[0]?.losesData).toBe(true);
  expect(upstash.databases.size).toBe(1);

  const removed = await deploy(without);
  expect(removed.state.result?.status).toBe('succeeded');
  expect(upstash.databases.size).toBe(0);
  expect(noticesOf(removed.events)).toContain('Removing cache at Upstash.');
  expect((await deploy(without)).state.result?.status).toBe('unchanged');

  await deploy(redis(''));
  expect(upstash.databases.size).toBe(1);
  const deleted = await remove(redis(''));
  expect(deleted.questions[0]?.reasons).toContain('deletes cache (upstash-redis) and its data');
  expect(deleted.state.result?.status).toBe('succeeded');
  expect(upstash.databases.size).toBe(0);
});

test('TLS cannot be switched off again', async () => {
  const { deploy, remove } = project('tls');
  await deploy(redis('enableTls: false'));
  expect((await deploy(redis('enableTls: true'))).state.result?.status).toBe('succeeded');
  expect(upstash.changes().at(-1)).toMatch(/^POST \/redis\/enable-tls\//);
  const { state } = await deploy(redis('enableTls: false'));
  expect(state.error).toMatchObject({
    code: 'immutable-property',
    message: '"enableTls" of cache is true at Upstash and cannot become false.',
    exitCode: 2,
  });
  await remove(redis(''));
});

describe('what was made for a stack that did not come to be', () => {
  test('is taken back when the stack is rolled back', async () => {
    const { state } = await project('broken').deploy(failing);
    expect(state.result?.status).toBe('rolledBack');
    expect(upstash.databases.size).toBe(0);
    const [stack] = [...state.stacks.values()];
    expect(stack?.resources.get('cache')?.progress).toBe('rolled-back');
  });

  test('is taken back when the deploy is interrupted', async () => {
    const steering = {
      on: interruptAt('Upstash makes the Redis database interrupted-test-us-east-1-cache.'),
    };
    const { state } = await project('interrupted').deploy(redis(''), steering);
    expect(state.result).toMatchObject({ status: 'cancelled', interrupted: true });
    expect(upstash.changes().map((one) => one.split('/')[0])).toEqual(['POST ', 'DELETE ']);
    expect(upstash.databases.size).toBe(0);
  });

  test('is found by a deletion, where the deploy was killed', async () => {
    const body = {
      name: 'killed-test-us-east-1-cache',
      region: 'global',
      primary_region: 'us-east-1',
      tls: true,
    };
    await fetch(`${upstash.address}/redis/database`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('me@example.com:key').toString('base64')}` },
      body: JSON.stringify(body),
    });
    const { questions, state } = await project('killed').remove(redis(''));
    expect(questions).toMatchObject([
      {
        message: 'There is no stack killed-test. Delete what is left of it?',
        reasons: ['deletes cache (upstash-redis) and its data at Upstash'],
        losesData: true,
      },
    ]);
    expect(state.result?.status).toBe('succeeded');
    expect(upstash.databases.size).toBe(0);
  });
});

test('what leaves during a deploy that nobody watches goes with the next one', async () => {
  const { deploy, remove } = project('detached');
  await deploy(redis(''));
  const detached = await deploy(without, {}, { detach: true });
  expect(noticesOf(detached.events)).toContain(
    'cache at Upstash: removed by the next deploy that is watched to its end.',
  );
  expect(upstash.databases.size).toBe(1);
  await expect
    .poll(async () => (await deploy(without)).state.result?.status ?? 'busy', { timeout: 20_000 })
    .toBe('succeeded');
  expect(upstash.databases.size).toBe(0);
  await remove(without);
});

test('a key that Upstash does not know is told, and nothing is made', async () => {
  const { state } = await project('stranger').deploy(redis('', 'wrong'));
  expect(state.error).toMatchObject({
    code: 'provider-credentials',
    message: 'Upstash refuses the account of "providerConfig": Unauthorized',
    hint: 'Check the keys, and what they may do.',
    exitCode: 1,
  });
  expect(state.stacks.size).toBe(0);
});

test('a provider that cannot be reached is told with its address', async () => {
  const { deploy } = providedProject('away', { upstash: 'http://127.0.0.1:9' }, () => aws);
  const { state } = await deploy(redis(''));
  expect(state.error).toMatchObject({ code: 'provider-unreachable', exitCode: 1 });
  expect(state.error?.message).toContain('Upstash cannot be reached at http://127.0.0.1:9');
});

test('the embedded AWS has no Upstash, and says what to do', async () => {
  const { deploy } = providedProject('nowhere', {}, () => aws);
  const { state } = await deploy(redis(''));
  expect(state.error).toMatchObject({
    code: 'provider-unavailable',
    message: 'cache (upstash-redis) is made by Upstash, which is no part of the embedded AWS.',
    hint: 'Deploy to AWS, or set STP_UPSTASH_URL to the address of what stands for Upstash.',
    exitCode: 2,
  });
});

test('topics share a cluster, which goes with the last of them', async () => {
  const { deploy, variables, remove } = project('kafka');
  const topics = (properties: string) =>
    `${account()}resources:\n${showFunction('orders, audit')}  orders: { type: upstash-kafka-topic, properties: { ${properties} } }\n  audit: { type: upstash-kafka-topic }\n`;
  expect((await deploy(topics('partitions: 3'))).state.result?.status).toBe('succeeded');
  expect([...upstash.clusters.values()].map(({ name }) => name)).toEqual(['kafka-test-us-east-1']);
  const [orders] = [...upstash.topics.values()];
  expect(orders).toMatchObject({
    topic_name: 'orders',
    partitions: 3,
    cleanup_policy: 'delete',
    retention_time: -1,
  });
  expect(await variables()).toMatchObject({
    STP_ORDERS_TOPIC_NAME: 'orders',
    STP_ORDERS_TOPIC_ID: orders?.topic_id,
    STP_ORDERS_USERNAME: 'user',
    STP_ORDERS_PASSWORD: 'kafka-password',
    STP_ORDERS_TCP_ENDPOINT: 'kafka.upstash.io:9092',
    STP_ORDERS_REST_URL: 'https://rest.upstash.io',
  });
  const kept = await deploy(topics('partitions: 3, retentionDays: 2'));
  expect(planned(kept)).toMatchObject([{ action: 'modify', reason: 'retentionDays changes' }]);
  expect(upstash.topics.get(orders?.topic_id ?? '')?.retention_time).toBe(172_800_000);
  const { state } = await deploy(topics('partitions: 4, retentionDays: 2'));
  expect(state.error?.message).toBe('"partitions" of orders is 3 at Upstash and cannot become 4.');
  const compacted = await deploy(topics('partitions: 3, retentionDays: 2, cleanupPolicy: compact'));
  expect(compacted.state.error?.message).toBe(
    '"cleanupPolicy" of orders is delete at Upstash and cannot become compact.',
  );
  expect((await remove(topics('partitions: 3'))).state.result?.status).toBe('succeeded');
  expect([upstash.topics.size, upstash.clusters.size]).toEqual([0, 0]);
});

function interruptAt(notice: string) {
  return (event: DeployEvent, steer: { cancel(): void }) => {
    if (event.type === 'notice' && event.message === notice) steer.cancel();
  };
}
