import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  clusterBody,
  differencesOf,
  withScaledSizes,
} from '../../../source/deploy/providers/atlas-cluster.ts';
import { startTestAws, type TestAws } from '../../local/start-test-aws.ts';
import { noticesOf } from '../deploy-harness.ts';
import { type AtlasFake, startAtlasFake } from './atlas-fake.ts';
import { providedProject, showFunction } from './provided-project.ts';

let aws: TestAws;
let atlas: AtlasFake;
beforeAll(async () => {
  [aws, atlas] = await Promise.all([startTestAws(), startAtlasFake('public', 'private')]);
});
beforeEach(() => {
  atlas.requests.length = 0;
});
afterAll(() => aws.stop());

const account = (more = '', privateKey = 'private') =>
  `providerConfig:\n  mongoDbAtlas: { publicKey: public, privateKey: ${privateKey}, organizationId: org1${more} }\n`;
const cluster = (name: string, properties: string) =>
  `  ${name}: { type: mongo-db-atlas-cluster, properties: { ${properties} } }\n`;
const one = (properties: string, more = '') =>
  `${account(more)}resources:\n${showFunction('posts')}${cluster('posts', properties)}`;
const none = `${account()}resources:\n${showFunction('')}`;

const project = (serviceName: string) =>
  providedProject(serviceName, { mongoDbAtlas: atlas.address }, () => aws);
const projectNamed = (name: string) => [...atlas.projects.values()].find((other) => other.name === name);
const roleArn = (serviceName: string) =>
  expect.stringMatching(new RegExp(`^arn:aws:iam::\\d{12}:role/${serviceName}-test-show-us-east-1$`));

test('a cluster, its project and the role of the function that uses it', async () => {
  const { deploy, variables, remove } = project('blog');
  const first = await deploy(one('clusterTier: M10'));
  expect(first.state.error).toBeUndefined();
  expect(first.state.result?.status).toBe('succeeded');
  expect(await variables()).toEqual({
    STP_POSTS_CONNECTION_STRING: 'mongodb+srv://posts.ab1cd.mongodb.net',
  });
  const made = projectNamed('blog-test-us-east-1');
  expect(made?.orgId).toBe('org1');
  expect(made?.clusters.get('posts')).toMatchObject({
    clusterType: 'REPLICASET',
    mongoDBMajorVersion: '7.0',
    replicationSpecs: [
      {
        regionConfigs: [
          {
            providerName: 'AWS',
            regionName: 'US_EAST_1',
            priority: 7,
            electableSpecs: { instanceSize: 'M10', nodeCount: 3 },
            autoScaling: { compute: { enabled: false }, diskGB: { enabled: true } },
          },
        ],
      },
    ],
  });
  expect([...(made?.accessList.keys() ?? [])]).toEqual(['0.0.0.0/0']);
  expect([...(made?.databaseUsers.values() ?? [])]).toEqual([
    {
      databaseName: '$external',
      username: roleArn('blog'),
      awsIAMType: 'ROLE',
      roles: [{ databaseName: 'admin', roleName: 'readWriteAnyDatabase' }],
      scopes: [{ name: 'posts', type: 'CLUSTER' }],
    },
  ]);

  atlas.requests.length = 0;
  expect((await deploy(one('clusterTier: M10'))).state.result?.status).toBe('unchanged');
  expect(atlas.changes()).toEqual([]);

  const larger = await deploy(one('clusterTier: M20, enableBackups: true'), { answer: true });
  expect(larger.state.plan?.changes).toMatchObject([
    {
      action: 'modify',
      resource: 'posts',
      provider: 'MongoDB Atlas',
      reason: 'enableBackups, clusterTier change',
    },
  ]);
  expect(atlas.changes()).toEqual([`PATCH /groups/${made?.id}/clusters/posts`]);

  const deleted = await remove(one('clusterTier: M20'));
  expect(deleted.questions[0]?.reasons).toContain('deletes posts (mongo-db-atlas-cluster) and its data');
  expect(deleted.state.result?.status).toBe('succeeded');
  expect(projectNamed('blog-test-us-east-1')).toBeUndefined();
});

test('what leaves the config takes its users along, and the last cluster the project', async () => {
  const { deploy } = project('two');
  const both = `${account()}resources:\n${showFunction('posts, users')}${cluster('posts', 'clusterTier: M10')}${cluster('users', 'clusterTier: M10')}`;
  await deploy(both);
  const made = projectNamed('two-test-us-east-1');
  const scopes = () =>
    [...(made?.databaseUsers.values() ?? [])].map((user) => user.scopes.map(({ name }) => name));
  expect(scopes()).toEqual([['posts', 'users']]);
  const kept = await deploy(one('clusterTier: M10'));
  expect(kept.state.result?.status).toBe('succeeded');
  expect(scopes()).toEqual([['posts']]);
  expect(made?.clusters.get('users')?.stateName ?? 'gone').toMatch(/^(DELETING|gone)$/);
  await deploy(none);
  expect(scopes()).toEqual([]);
  expect(projectNamed('two-test-us-east-1')).toBeUndefined();
});

test('addresses that may connect, and an administrator', async () => {
  const { deploy, remove } = project('closed');
  const admin = 'adminUserCredentials: { userName: root, password: a-long-password }';
  await deploy(one(`clusterTier: M10, ${admin}`));
  const made = projectNamed('closed-test-us-east-1');
  made?.accessList.set('198.51.100.0/24', { cidrBlock: '198.51.100.0/24', comment: 'the office' });
  expect(made?.databaseUsers.get('admin/root')).toMatchObject({
    password: 'a-long-password',
    roles: [{ databaseName: 'admin', roleName: 'atlasAdmin' }],
  });
  const listed =
    ', accessibility: { accessibilityMode: whitelisted-ips-only, whitelistedIps: [203.0.113.7, 192.0.2.0/24] }';
  await deploy(one('clusterTier: M10', listed));
  expect([...(made?.accessList.keys() ?? [])].sort()).toEqual([
    '192.0.2.0/24',
    '198.51.100.0/24',
    '203.0.113.7/32',
  ]);
  expect([...(made?.databaseUsers.keys() ?? [])]).not.toContain('admin/root');
  await remove(one('clusterTier: M10'));
});

test('M2 and M5 are Flex clusters, which do not become dedicated ones by a deploy', async () => {
  const { deploy, remove, variables } = project('flex');
  expect((await deploy(one('clusterTier: M2'))).state.result?.status).toBe('succeeded');
  const made = projectNamed('flex-test-us-east-1');
  expect(made?.flexClusters.get('posts')).toMatchObject({
    providerSettings: { backingProviderName: 'AWS', regionName: 'US_EAST_1' },
  });
  expect(await variables()).toEqual({
    STP_POSTS_CONNECTION_STRING: 'mongodb+srv://posts.ab1cd.mongodb.net',
  });
  expect((await deploy(one('clusterTier: M5'))).state.result?.status).toBe('unchanged');
  const { state } = await deploy(one('clusterTier: M10'));
  expect(state.error).toMatchObject({
    code: 'immutable-property',
    message: '"clusterTier" of posts cannot become M10: it is a Flex cluster at MongoDB Atlas.',
    hint: 'Upgrade the cluster at MongoDB Atlas first, and deploy again.',
  });
  await remove(one('clusterTier: M5'));
  expect(projectNamed('flex-test-us-east-1')).toBeUndefined();
});

test('a cluster that somebody else has made keeps the project', async () => {
  const { deploy, remove } = project('shared');
  await deploy(one('clusterTier: M10'));
  const made = projectNamed('shared-test-us-east-1');
  made?.clusters.set('theirs', { name: 'theirs', stateName: 'IDLE', busyFor: 0 });
  const { state } = await remove(one('clusterTier: M10'));
  expect(state.result?.status).toBe('succeeded');
  expect(projectNamed('shared-test-us-east-1')).toBe(made);
  expect(made?.clusters.get('theirs')?.stateName).toBe('IDLE');
  expect(made?.clusters.get('posts')?.stateName).toBe('DELETING');
});

test('a key that Atlas does not know is told, and nothing is made', async () => {
  const config = one('clusterTier: M10').replace('privateKey: private', 'privateKey: wrong');
  const { state } = await project('stranger').deploy(config);
  expect(state.error).toMatchObject({
    code: 'provider-credentials',
    message:
      'MongoDB Atlas refuses the account of "providerConfig": You are not authorized for this resource.',
  });
  expect(projectNamed('stranger-test-us-east-1')).toBeUndefined();
});

test('a cluster that was made for a stack that is rolled back goes', async () => {
  const failing = `${one('clusterTier: M10')}cloudformationResources:
  Broken: { Type: 'AWS::S3::Bucket', Properties: { BucketName: Not_A_Name } }
`;
  const { state, events } = await project('broken').deploy(failing);
  expect(state.result?.status).toBe('rolledBack');
  expect(noticesOf(events)).toContain('Removing posts at MongoDB Atlas.');
  expect(projectNamed('broken-test-us-east-1')?.clusters.get('posts')?.stateName).toBe('DELETING');
});

describe('the request for a cluster', () => {
  test('has each setting in its place', () => {
    expect(
      clusterBody(
        'posts',
        {
          clusterTier: 'M40 Low-CPU (R40)',
          version: '8.0',
          region: 'eu-west-1',
          diskSizeGB: 80,
          numShards: 2,
          replication: { numElectableNodes: 5, numReadOnlyNodes: 1, numAnalyticsNodes: 2 },
          enableBackups: true,
          enablePointInTimeRecovery: true,
          biConnector: { enabled: true, readPreference: 'analytics' },
          autoScaling: { maxClusterTier: 'M60', disableScaleDown: true, disableDiskScaling: true },
        },
        'us-east-1',
      ),
    ).toEqual({
      name: 'posts',
      clusterType: 'SHARDED',
      mongoDBMajorVersion: '8.0',
      backupEnabled: true,
      pitEnabled: true,
      biConnector: { enabled: true, readPreference: 'analytics' },
      replicationSpecs: Array(2).fill({
        regionConfigs: [
          {
            providerName: 'AWS',
            regionName: 'EU_WEST_1',
            priority: 7,
            electableSpecs: { instanceSize: 'R40', nodeCount: 5, diskSizeGB: 80 },
            readOnlySpecs: { instanceSize: 'R40', nodeCount: 1, diskSizeGB: 80 },
            analyticsSpecs: { instanceSize: 'R40', nodeCount: 2, diskSizeGB: 80 },
            autoScaling: {
              compute: { enabled: true, maxInstanceSize: 'M60', scaleDownEnabled: false },
              diskGB: { enabled: false },
            },
          },
        ],
      }),
    });
  });

  test('leaves the sizes that Atlas has scaled, and names what else differs', () => {
    const properties = { diskSizeGB: 20, autoScaling: { maxClusterTier: 'M40' as const } };
    const body = (clusterTier: 'M10' | 'M20', diskSizeGB: number) =>
      clusterBody('posts', { ...properties, clusterTier, diskSizeGB }, 'us-east-1') as never;
    const found = body('M20', 60);
    const wanted = withScaledSizes(body('M10', 20), found);
    expect(wanted.replicationSpecs[0]?.regionConfigs[0]?.electableSpecs).toEqual({
      instanceSize: 'M20',
      nodeCount: 3,
      diskSizeGB: 60,
    });
    // Its bounds are the user's, and the smallest is the tier of the config.
    expect(differencesOf(wanted, found)).toEqual(['autoScaling']);
  });
});
