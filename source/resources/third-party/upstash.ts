import * as Type from 'typebox';
import { defineResource } from '../../model/descriptor.ts';
import { closedObject, oneOf, staticSwitch } from '../schema.ts';
import { addProvided, checkProvider, providedParams, providedVariables } from './provided.ts';

/** Spec 13.10. */
export const upstashKafkaTopic = defineResource({
  type: 'upstash-kafka-topic',
  title: 'Upstash Kafka topic',
  description: 'A topic at Upstash, which has ended this service; for those who still have it.',
  schema: closedObject({
    partitions: Type.Optional(
      Type.Integer({
        'stp:static': true,
        title: 'Partitions',
        description: 'Cannot be changed later.',
        default: 1,
        minimum: 1,
        maximum: 100,
      }),
    ),
    retentionDays: Type.Optional(
      Type.Integer({
        'stp:static': true,
        title: 'Retention',
        description: 'Days that messages are kept. Default: as long as there is room.',
        minimum: 1,
        maximum: 365,
      }),
    ),
    cleanupPolicy: Type.Optional(
      oneOf(['delete', 'compact'], {
        title: 'Cleanup policy',
        description: 'Whether old messages or older ones of a key go. Cannot be changed later.',
        default: 'delete',
      }),
    ),
  }),

  *check({ type }, { config }) {
    yield* checkProvider(type, config);
    yield {
      severity: 'warning',
      code: 'upstash-kafka-ended',
      path: [],
      at: 'key',
      message: 'Upstash has ended its Kafka service and makes no new topics.',
      suggestion: 'Use another cluster with customKafkaConfiguration.',
    };
  },

  synth: addProvided,
  params: (resource, names) => providedParams(resource, names),
  connect: (resource, names) => ({ statements: [], variables: providedVariables(resource, names) }),
});

export const upstashRedis = defineResource({
  type: 'upstash-redis',
  title: 'Upstash Redis',
  description: 'Redis at Upstash, paid by request and reached from everywhere.',
  schema: closedObject({
    enableTls: Type.Optional(
      staticSwitch({ title: 'TLS', description: 'Cannot be switched off later.', default: true }),
    ),
    enableEviction: Type.Optional(
      staticSwitch({
        title: 'Eviction',
        description: 'Old keys go where there is no room for new ones.',
        default: false,
      }),
    ),
  }),

  *check({ type }, { config }) {
    yield* checkProvider(type, config);
  },

  synth: addProvided,
  params: (resource, names) => providedParams(resource, names),
  connect: (resource, names) => ({ statements: [], variables: providedVariables(resource, names) }),
});
