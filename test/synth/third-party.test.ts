import { expect, test } from 'vitest';
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
