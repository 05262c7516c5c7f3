import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import { type CheckContext, defineResource, type LocalFinding } from '../../model/descriptor.ts';
import { getAtt, ref, type Value } from '../../model/intrinsic.ts';
import { perConfig } from '../../model/per-config.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { checkAlarms } from '../alarms/resolve-alarms.ts';
import { alarmProperties } from '../alarms/schema.ts';
import { checkArn, isFifo, subjectNamed } from '../arns/subject.ts';
import { exactlyOne } from '../exactly-one.ts';
import { fifoName, needsFifo } from '../fifo.ts';
import { timeoutOf } from '../function/limits.ts';
import { functionEvents } from '../function-events.ts';
import { namesOf } from '../names.ts';
import { checkPrincipal } from '../policies/principal.ts';
import { checkStatements } from '../policies/statements.ts';
import { closedObject, staticSwitch, staticText } from '../schema.ts';
import { type NamedQueue, queueArn } from './arn.ts';
import { addQueueEvents, checkQueueEvents, queueEventSchema } from './events.ts';
import { addQueuePolicy, policyStatementsSchema } from './policy.ts';

const schema = closedObject({
  delayMessagesSecond: Type.Optional(
    Type.Integer({
      title: 'Delay',
      description: 'Seconds before a message can be received.',
      default: 0,
      minimum: 0,
      maximum: 900,
    }),
  ),
  maxMessageSizeBytes: Type.Optional(
    Type.Integer({
      title: 'Largest message',
      description: 'Bytes.',
      default: 1_048_576,
      minimum: 1024,
      maximum: 1_048_576,
    }),
  ),
  messageRetentionPeriodSeconds: Type.Optional(
    Type.Integer({
      title: 'Retention',
      description: 'Seconds that a message is kept.',
      default: 345_600,
      minimum: 60,
      maximum: 1_209_600,
    }),
  ),
  longPollingSeconds: Type.Optional(
    Type.Integer({
      title: 'Long polling',
      description: 'Seconds that a receiver waits for messages.',
      default: 0,
      minimum: 0,
      maximum: 20,
    }),
  ),
  visibilityTimeoutSeconds: Type.Optional(
    Type.Integer({
      title: 'Visibility timeout',
      description:
        'Seconds that a received message is hidden from others. Default: 30, or six times the timeout of the function that consumes the queue.',
      minimum: 0,
      maximum: 43_200,
    }),
  ),
  fifoEnabled: Type.Optional(
    staticSwitch({
      title: 'First in, first out',
      description: 'Keeps the order, delivers once.',
      default: false,
    }),
  ),
  fifoHighThroughput: Type.Optional(
    staticSwitch({ description: 'More messages per second, in order within a group.', default: false }),
  ),
  contentBasedDeduplication: Type.Optional(
    staticSwitch({ description: 'Messages with the same content are one message.', default: false }),
  ),
  redrivePolicy: Type.Optional(
    closedObject(
      {
        targetSqsQueueName: Type.Optional(
          staticText({ description: 'Queue of this config.', 'stp:resource': ['sqs-queue'] }),
        ),
        targetSqsQueueArn: Type.Optional(
          Type.String({
            description: 'Any other queue.',
            examples: ['arn:aws:sqs:us-east-1:000000000000:orders'],
          }),
        ),
        maxReceiveCount: Type.Integer({
          description: 'How often a message is received before it is moved.',
          minimum: 1,
          maximum: 1000,
        }),
      },
      { title: 'Dead letters', description: 'Where messages go that could not be handled.' },
    ),
  ),
  policyStatements: Type.Optional(policyStatementsSchema),
  events: Type.Optional(queueEventSchema),
  ...alarmProperties('sqs-queue'),
});

type SqsQueueProperties = Type.Static<typeof schema>;

/** Spec 13.4. */
export const sqsQueue = defineResource({
  type: 'sqs-queue',
  title: 'SQS queue',
  description: 'Keeps messages until someone has handled them.',
  schema,

  *check({ name, properties }, context) {
    yield* checkAlarms({ name, type: 'sqs-queue', properties }, context);
    yield* needsFifo(properties, ['fifoHighThroughput', 'contentBasedDeduplication']);
    if (properties.redrivePolicy) yield* checkRedrive(name, properties, properties.redrivePolicy, context);
    const { policyStatements = [] } = properties;
    yield* checkStatements(policyStatements, ['policyStatements'], 'sqs');
    for (const [index, { Principal }] of policyStatements.entries()) {
      yield* checkPrincipal(Principal, ['policyStatements', index]);
    }
    if (properties.events)
      yield* checkQueueEvents(properties.events, properties.fifoEnabled === true, context);
  },

  synth(queue, stack) {
    const { name, properties } = queue;
    const { names } = stack;
    const id = names.logicalId(name, 'AWS::SQS::Queue');
    const fifo = properties.fifoEnabled;
    const redrive = properties.redrivePolicy;
    stack.add(name, id, {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: fifoName(names, name, fifo, 80),
        DelaySeconds: properties.delayMessagesSecond,
        MaximumMessageSize: properties.maxMessageSizeBytes,
        MessageRetentionPeriod: properties.messageRetentionPeriodSeconds,
        ReceiveMessageWaitTimeSeconds: properties.longPollingSeconds,
        VisibilityTimeout: visibilityTimeout(name, properties, stack),
        FifoQueue: fifo || undefined,
        ContentBasedDeduplication: properties.contentBasedDeduplication || undefined,
        DeduplicationScope: properties.fifoHighThroughput ? 'messageGroup' : undefined,
        FifoThroughputLimit: properties.fifoHighThroughput ? 'perMessageGroupId' : undefined,
        RedrivePolicy: redrive && {
          deadLetterTargetArn: queueArn(
            { sqsQueueName: redrive.targetSqsQueueName, sqsQueueArn: redrive.targetSqsQueueArn },
            names,
          ),
          maxReceiveCount: redrive.maxReceiveCount,
        },
      },
    });
    addQueueEvents(queue, stack);
    addQueuePolicy(queue, stack);
  },

  params({ name }, names) {
    const id = names.logicalId(name, 'AWS::SQS::Queue');
    return { arn: getAtt(id, 'Arn'), name: getAtt(id, 'QueueName'), url: ref(id) };
  },

  connect({ name }, names) {
    const id = names.logicalId(name, 'AWS::SQS::Queue');
    return {
      statements: [{ Effect: 'Allow', Action: queueActions, Resource: [getAtt(id, 'Arn')] }],
      variables: { ARN: getAtt(id, 'Arn'), NAME: getAtt(id, 'QueueName'), URL: ref(id) },
    };
  },
});

/** Spec 5. */
const queueActions = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ListQueueTags',
  'sqs:PurgeQueue',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
];

function* checkRedrive(
  name: string,
  properties: Partial<SqsQueueProperties>,
  redrive: NonNullable<SqsQueueProperties['redrivePolicy']>,
  context: CheckContext,
): Iterable<LocalFinding> {
  yield* exactlyOne(redrive, ['targetSqsQueueName', 'targetSqsQueueArn'], ['redrivePolicy']);
  const key = redrive.targetSqsQueueName === undefined ? 'targetSqsQueueArn' : 'targetSqsQueueName';
  const path = ['redrivePolicy', key];
  yield* checkArn(redrive.targetSqsQueueArn, { path, types: ['AWS::SQS::Queue'] }, context);
  const target = subjectNamed(redrive.targetSqsQueueName, redrive.targetSqsQueueArn, context);
  if (target?.type !== 'AWS::SQS::Queue') return;
  // One of the config that has errors of its own.
  if (target.path?.[0] === 'resources' && !target.resource) return;
  if (target.resource?.name === name) {
    yield {
      code: 'own-dead-letters',
      path,
      message: `Queue ${name} cannot be the queue of its own dead letters.`,
    };
  } else if (isFifo(target) !== (properties.fifoEnabled ?? false)) {
    yield {
      code: 'redrive-type',
      path,
      message: `Queue ${name} and the queue of its dead letters, ${target.literal ?? target.path?.[1]}, have to be of one kind, both first in, first out or both not.`,
    };
  }
}

/** What SQS takes where nothing is said, in seconds. */
export const defaultVisibilityTimeout = 30;

/** The events that take messages, by the ARN of the queue. */
const consumers = perConfig((config) => {
  const names = namesOf(config);
  return Map.groupBy(functionEvents(config, 'sqs'), ({ properties }) =>
    JSON.stringify(queueArn(properties as NamedQueue, names)),
  );
});

/**
 * A message that becomes visible again while a function handles it would be handled twice; AWS refuses an event
 * source whose function may run longer, and advises six times the function's timeout (spec, trap 13).
 */
function visibilityTimeout(
  name: string,
  properties: SqsQueueProperties,
  stack: StackBuilder,
): Value | undefined {
  if (properties.visibilityTimeoutSeconds !== undefined) return properties.visibilityTimeoutSeconds;
  let longest: ConfigResource | undefined;
  const arn = JSON.stringify(queueArn({ sqsQueueName: name }, stack.names));
  for (const { owner } of consumers(stack.config).get(arn) ?? []) {
    if (!longest || timeoutOf(owner) > timeoutOf(longest)) longest = owner;
  }
  if (!longest) return undefined;
  const wanted = timeoutOf(longest) * 6;
  if (wanted <= defaultVisibilityTimeout) return undefined;
  stack.report({
    severity: 'warning',
    code: 'visibility-timeout-raised',
    path: ['resources', name],
    at: 'key',
    message: `Queue ${name}: its messages stay hidden for ${wanted} s, six times the timeout of function ${longest.name}, and not for the ${defaultVisibilityTimeout} s that SQS has.`,
    suggestion: `Set "visibilityTimeoutSeconds: ${wanted}" to have it in the config.`,
  });
  return wanted;
}
