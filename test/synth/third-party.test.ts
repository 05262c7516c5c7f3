import { describe, expect, test } from 'vitest';
import { functionWith, read } from '../config/read.ts';
import { configText, property, synthesize } from './synthesize.ts';

test('10-kafka-upstash: what the provider tells are parameters, as far as something asks for it', () => {
  const stack = synthesize(configText('examples/10-kafka-upstash'));
  expect(stack.findings).toEqual([]);
  expect(stack.provided).toEqual([
    {
      name: 'myTopic',
      type: 'upstash-kafka-topic',
      provider: 'upstash',
      properties: {},
      roleNames: [],
      parameters: {
        topicName: 'MyTopicTopicName',
        username: 'MyTopicUsername',
        password: 'MyTopicPassword',
        tcpEndpoint: 'MyTopicTcpEndpoint',
      },
    },
  ]);
  expect(stack.template.Parameters?.MyTopicPassword?.NoEcho).toBe(true);
  expect(property(stack, 'MyConsumerEvent0EventSourceMapping', 'Topics')).toEqual([
    { Ref: 'MyTopicTopicName' },
  ]);
});

const connected = (type: string, properties: string, provider: string) =>
  `${provider}${functionWith('      connectTo: [other]\n')}  other:\n    type: ${type}\n    properties: { ${properties} }\n`;
const upstash = 'providerConfig: { upstash: { accountEmail: a@example.com, apiKey: key } }\n';
const atlas = 'providerConfig: { mongoDbAtlas: { publicKey: a, privateKey: b, organizationId: c } }\n';

test.each([
  [
    'upstash-kafka-topic',
    '',
    upstash,
    ['TOPIC_NAME', 'TOPIC_ID', 'USERNAME', 'PASSWORD', 'TCP_ENDPOINT', 'REST_URL'],
  ],
  [
    'upstash-redis',
    '',
    upstash,
    ['HOST', 'PORT', 'PASSWORD', 'REST_TOKEN', 'READ_ONLY_REST_TOKEN', 'REST_URL', 'REDIS_URL'],
  ],
  ['mongo-db-atlas-cluster', 'clusterTier: M10', atlas, ['CONNECTION_STRING']],
])('a function connected to %s', (type, properties, provider, variables) => {
  const stack = synthesize(connected(type, properties, provider));
  const all = Object.keys(property(stack, 'GetPostsFunction', 'Environment', 'Variables') as object);
  expect(all.filter((name) => name.startsWith('STP_'))).toEqual(variables.map((name) => `STP_OTHER_${name}`));
  const errors = read(connected(type, properties, '')).problems.filter(
    ({ severity }) => severity === 'error',
  );
  expect(errors.map(({ code }) => code)).toEqual(['provider-missing']);
});

test('the template says what the stack has at providers, so that it can be removed from everywhere', () => {
  const stack = synthesize(connected('upstash-redis', '', upstash));
  expect(stack.template.Metadata).toEqual({
    'stp:provided': [{ name: 'other', type: 'upstash-redis', provider: 'upstash' }],
  });
  expect(synthesize(functionWith('')).template.Metadata).toBeUndefined();
});

test('Atlas is told the roles of what is connected, so that they have names', () => {
  const text = `${connected('mongo-db-atlas-cluster', 'clusterTier: M10', atlas)}  nightly:
    type: batch-job
    properties:
      container: { packaging: { type: prebuilt-image, properties: { image: busybox } } }
      resources: { cpu: 1, memory: 1024 }
      connectTo: [other]
`;
  const stack = synthesize(text);
  expect(stack.provided[0]?.roleNames).toEqual([
    'project-dev-getPosts-${AWS::Region}',
    'project-dev-nightly-${AWS::Region}',
  ]);
  const nameOf = (role: string) => property(stack, role, 'RoleName');
  expect([nameOf('GetPostsRole'), nameOf('NightlyRole')]).toEqual([
    { 'Fn::Sub': 'project-dev-getPosts-${AWS::Region}' },
    { 'Fn::Sub': 'project-dev-nightly-${AWS::Region}' },
  ]);
});

describe('an Atlas cluster', () => {
  const problemsOf = (properties: string, provider = atlas) =>
    read(connected('mongo-db-atlas-cluster', properties, provider)).problems.map(
      ({ severity, path, message }) => [
        severity,
        path.slice(3).join('.'),
        message.replace(/^MongoDB Atlas cluster other: /, ''),
      ],
    );

  test.each([
    [
      'clusterTier: M2',
      'warning',
      'clusterTier',
      'there is no M2 at Atlas any more; it makes a Flex cluster in its place.',
    ],
    [
      'clusterTier: M20, numShards: 2',
      'error',
      'numShards',
      'more than one shard needs M30 or larger, and this is M20.',
    ],
    [
      'clusterTier: M10, enablePointInTimeRecovery: true',
      'error',
      'enablePointInTimeRecovery',
      'Point-in-time recovery needs "enableBackups: true".',
    ],
    [
      'clusterTier: M10, autoScaling: { minClusterTier: M10 }',
      'error',
      'autoScaling.minClusterTier',
      '"minClusterTier" has no effect without "maxClusterTier".',
    ],
  ])('of { %s }: %s', (properties, ...expected) => {
    expect(problemsOf(properties)).toEqual([expected]);
  });

  test('that is a Flex cluster takes nothing but its tier', () => {
    expect(problemsOf('clusterTier: M5, version: "7.0", enableBackups: true').slice(1)).toEqual([
      ['error', 'version', '"version" needs a cluster of M10 or larger, and M5 is a Flex cluster.'],
      [
        'error',
        'enableBackups',
        '"enableBackups" needs a cluster of M10 or larger, and M5 is a Flex cluster.',
      ],
    ]);
  });

  test('in the VPC alone needs what is not made here', () => {
    const provider = atlas.replace(
      'organizationId: c',
      'organizationId: c, accessibility: { accessibilityMode: vpc }',
    );
    expect(problemsOf('clusterTier: M10', provider)).toEqual([
      [
        'error',
        '',
        '"accessibilityMode: vpc" in "providerConfig" needs a network peering of Atlas with the VPC, which this version does not make.',
      ],
    ]);
  });
});
