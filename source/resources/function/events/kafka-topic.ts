import * as Type from 'typebox';
import { defineEvent, type LocalFinding } from '../../../model/descriptor.ts';
import { isKnownLater, ref, sub, type Value } from '../../../model/intrinsic.ts';
import { kafkaEvent } from '../../../model/payloads/kafka.ts';
import type { StackBuilder } from '../../../model/stack-builder.ts';
import { exactlyOne } from '../../exactly-one.ts';
import { closedObject, staticText } from '../../schema.ts';
import { batchSize } from './batching.ts';
import { eventId } from './event-ids.ts';
import { addEventSourceMapping, checkMappedOnce } from './event-source-mapping.ts';
import {
  checkSecrets,
  kafkaAuthenticationSchema,
  secretResources,
  sourceAccess,
} from './kafka-authentication.ts';

const schema = closedObject({
  upstashKafkaTopic: Type.Optional(
    staticText({
      title: 'Upstash topic',
      description: 'An Upstash topic of this config.',
      'stp:resource': ['upstash-kafka-topic'],
    }),
  ),
  customKafkaConfiguration: Type.Optional(
    closedObject(
      {
        bootstrapServers: Type.Array(Type.String({ examples: ['broker-1.example.com:9092'], minLength: 1 }), {
          description: 'Brokers as `host:port`.',
          minItems: 1,
          maxItems: 10,
        }),
        topicName: Type.String({
          description: 'Name of the topic.',
          pattern: '^[A-Za-z0-9_-][A-Za-z0-9._-]+$',
          'stp:format': 'two or more letters, digits, hyphens, underscores and dots, no dot first',
          maxLength: 249,
        }),
        authentication: kafkaAuthenticationSchema,
      },
      { title: 'Cluster', description: 'A topic of any Kafka cluster that Lambda can reach.' },
    ),
  ),
  batchSize: batchSize(100),
  maxBatchWindowSeconds: Type.Optional(
    Type.Number({
      title: 'Batch window',
      description: 'Seconds that records are gathered, at most; half a second or whole seconds.',
      default: 0.5,
      minimum: 0,
      maximum: 300,
    }),
  ),
});

type Source = { servers: Value[]; topic: Value; access: { Type: string; URI: Value }[] };

/** Spec 6.4. */
export const kafkaTopicEvent = defineEvent({
  type: 'kafka-topic',
  title: 'Kafka topic',
  description: 'Records of a topic.',
  schema,

  *check({ properties }, _owner, context) {
    yield* exactlyOne(properties, ['upstashKafkaTopic', 'customKafkaConfiguration']);
    const custom = properties.customKafkaConfiguration;
    if (custom) {
      const path = ['customKafkaConfiguration'];
      yield* checkServers(custom.bootstrapServers, [...path, 'bootstrapServers']);
      yield* checkSecrets(custom.authentication, [...path, 'authentication', 'properties'], context);
    }
    const seconds = properties.maxBatchWindowSeconds;
    if (typeof seconds === 'number' && seconds !== 0.5 && !Number.isInteger(seconds)) {
      yield {
        code: 'fractional-window',
        path: ['maxBatchWindowSeconds'],
        message: `The batch window is half a second or whole seconds, not ${seconds}.`,
        expected: '0.5, or an integer from 0 to 300',
      };
    }
  },

  *checkAll(uses) {
    yield* checkMappedOnce(uses, ({ upstashKafkaTopic, customKafkaConfiguration: custom }) => ({
      property: custom ? 'customKafkaConfiguration' : 'upstashKafkaTopic',
      subject: {
        key: custom ? JSON.stringify([custom.bootstrapServers, custom.topicName]) : `${upstashKafkaTopic}`,
        name: `topic ${custom?.topicName ?? upstashKafkaTopic}`,
      },
    }));
  },

  synth({ index, properties }, owner, stack) {
    const custom = properties.customKafkaConfiguration;
    const source: Source = custom
      ? {
          servers: custom.bootstrapServers,
          topic: custom.topicName,
          access: sourceAccess(custom.authentication),
        }
      : upstashSource(stack, owner.name, index, properties.upstashKafkaTopic ?? '');
    addEventSourceMapping(stack, {
      owner: owner.name,
      index,
      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: source.servers } },
      Topics: [source.topic],
      SourceAccessConfigurations: source.access,
      // Kafka wants one, and CloudFormation has no default for it.
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: properties.batchSize ?? 100,
      // Half a second is what Lambda does by itself; CloudFormation takes whole seconds only.
      MaximumBatchingWindowInSeconds:
        properties.maxBatchWindowSeconds === 0.5 ? undefined : properties.maxBatchWindowSeconds,
    });
    stack.allow(owner.name, 'custom-iam-role-statements', [
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue'],
        Resource: source.access.flatMap(({ URI }) => secretResources(URI)),
      },
    ]);
  },

  sample: () =>
    kafkaEvent({
      bootstrapServers: ['kafka.example.com:9092'],
      topic: 'sample',
      records: [{ partition: 0, offset: 15, timestamp: 1_767_225_600_000, value: Buffer.from('Hello') }],
    }),
});

function* checkServers(servers: readonly string[], path: readonly string[]): Iterable<LocalFinding> {
  for (const [index, server] of servers.entries()) {
    if (typeof server !== 'string' || isKnownLater(server) || /^[A-Za-z0-9.-]+:\d{1,5}$/.test(server))
      continue;
    yield {
      code: 'invalid-server',
      path: [...path, index],
      message: `"${server}" is no address of a broker.`,
      expected: 'a host and its port, such as broker-1.example.com:9092',
    };
  }
}

/** Lambda signs in with a secret only, so that name and password of the topic are put into one. */
function upstashSource(stack: StackBuilder, owner: string, index: number, topicName: string): Source {
  const topic = stack.params(topicName);
  const id = eventId(stack.names, owner, index, 'AWS::SecretsManager::Secret');
  stack.add(owner, id, {
    Type: 'AWS::SecretsManager::Secret',
    Properties: {
      Name: stack.names.physicalName(`${owner}-event${index}-kafka`, 512),
      SecretString: sub('{"username":"${username}","password":"${password}"}', {
        username: topic.username ?? '',
        password: topic.password ?? '',
      }),
    },
  });
  return {
    servers: [topic.tcpEndpoint ?? ''],
    topic: topic.topicName ?? '',
    access: [{ Type: 'SASL_SCRAM_256_AUTH', URI: ref(id) }],
  };
}
