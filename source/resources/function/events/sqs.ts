import * as Type from 'typebox';
import type { ConfigResource } from '../../../model/config.ts';
import {
  type CheckContext,
  defineEvent,
  type EventUse,
  type LocalFinding,
} from '../../../model/descriptor.ts';
import { sqsEvent as sqsPayload } from '../../../model/payloads/sqs.ts';
import { type ArnSubject, checkArn, isFifo, subjectNamed } from '../../arns/subject.ts';
import { exactlyOne } from '../../exactly-one.ts';
import { closedObject, staticText } from '../../schema.ts';
import { queueArn } from '../../sqs-queue/arn.ts';
import { defaultVisibilityTimeout } from '../../sqs-queue/sqs-queue.ts';
import { timeoutOf } from '../limits.ts';
import { batchSize, maxBatchWindowSeconds } from './batching.ts';
import { addEventSourceMapping, checkMappedOnce } from './event-source-mapping.ts';

const schema = closedObject({
  sqsQueueName: Type.Optional(
    staticText({ title: 'Queue', description: 'Queue of this config.', 'stp:resource': ['sqs-queue'] }),
  ),
  sqsQueueArn: Type.Optional(
    Type.String({
      title: 'Queue',
      description: 'ARN of any other queue.',
      examples: ['arn:aws:sqs:us-east-1:000000000000:orders'],
    }),
  ),
  batchSize: batchSize(10),
  maxBatchWindowSeconds,
});

type Properties = Type.Static<typeof schema>;

/** Spec 6.6. */
export const sqsEvent = defineEvent({
  type: 'sqs',
  title: 'SQS queue',
  description: 'Messages in a queue.',
  schema,

  *check({ properties }, owner, context) {
    yield* exactlyOne(properties, ['sqsQueueName', 'sqsQueueArn']);
    yield* checkArn(properties.sqsQueueArn, { path: ['sqsQueueArn'], types: ['AWS::SQS::Queue'] }, context);
    const queue = queueOf(properties, context);
    yield* checkBatch(properties, queue !== undefined && isFifo(queue));
    if (queue) yield* checkVisibility(queue, owner, properties);
  },

  *checkAll(uses, context) {
    yield* checkMappedOnce(uses, (properties) => ({
      property: propertyOf(properties),
      subject: queueOf(properties, context),
    }));
    const consumers = new Map<string, EventUse>();
    for (const use of uses) {
      const queue = queueOf(use.event.properties, context);
      if (!queue) continue;
      const first = consumers.get(queue.key);
      if (!first) consumers.set(queue.key, use as EventUse);
      else if (first.owner.name !== use.owner.name) yield sharedQueue(use, first);
    }
  },

  synth({ index, properties }, owner, stack) {
    const arn = queueArn(properties, stack.names) ?? null;
    addEventSourceMapping(stack, {
      owner: owner.name,
      index,
      EventSourceArn: arn,
      BatchSize: properties.batchSize ?? 10,
      MaximumBatchingWindowInSeconds: properties.maxBatchWindowSeconds,
    });
    stack.allow(owner.name, 'custom-iam-role-statements', [
      { Effect: 'Allow', Action: consumerActions, Resource: [arn] },
    ]);
  },

  sample: () =>
    sqsPayload({
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:sample',
      messages: [
        {
          messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
          receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
          body: 'Hello',
          md5OfBody: '8b1a9953c4611296a827abf8c47804d7',
          sentTimestamp: 1_767_225_600_000,
          firstReceiveTimestamp: 1_767_225_600_100,
          receiveCount: 1,
          senderId: 'AIDAIENQZJOLO23YVJ4VO',
        },
      ],
    }),
});

/** Spec 6.6. */
const consumerActions = [
  'sqs:ReceiveMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueUrl',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
];

const propertyOf = ({ sqsQueueName }: Properties): string =>
  sqsQueueName === undefined ? 'sqsQueueArn' : 'sqsQueueName';

const queueOf = ({ sqsQueueName, sqsQueueArn }: Properties, context: CheckContext): ArnSubject | undefined =>
  subjectNamed(sqsQueueName, sqsQueueArn, context);

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
function* checkBatch(
  { batchSize: size, maxBatchWindowSeconds: window }: Properties,
  isFifo: boolean,
): Iterable<LocalFinding> {
  if (isFifo) {
    if (typeof size === 'number' && size > 10) {
      yield {
        code: 'fifo-batch-size',
        path: ['batchSize'],
        message: `A first-in-first-out queue hands over 10 messages at once at most, not ${size}.`,
        expected: 'an integer from 1 to 10',
      };
    }
    if (window !== undefined && window !== 0) {
      yield {
        code: 'fifo-batch-window',
        path: ['maxBatchWindowSeconds'],
        at: 'key',
        message: 'A first-in-first-out queue has no batch window.',
        suggestion: 'Remove "maxBatchWindowSeconds".',
      };
    }
  } else if (typeof size === 'number' && size > 10 && (window === undefined || window === 0)) {
    yield {
      code: 'batch-window-missing',
      path: ['batchSize'],
      message: `A batch of ${size} messages needs a batch window; without one SQS hands over 10 at most.`,
      suggestion: 'Set "maxBatchWindowSeconds" to 1 or more.',
    };
  }
}

/** Trap 13: AWS refuses the mapping when a message would become visible while the function may still run. */
function* checkVisibility(
  queue: ArnSubject,
  owner: ConfigResource,
  properties: Properties,
): Iterable<LocalFinding> {
  const visible = visibilityOf(queue);
  const timeout = timeoutOf(owner);
  if (visible === undefined || visible >= timeout * 6) return;
  const key = queue.raw ? 'VisibilityTimeout' : 'visibilityTimeoutSeconds';
  const at = {
    path: [propertyOf(properties)],
    suggestion: `Set "${key}" of ${queue.name} to ${timeout * 6}, six times the timeout.`,
    related: [{ path: queue.path ?? [], message: `${visible} s` }],
  };
  if (visible < timeout) {
    yield {
      ...at,
      code: 'visibility-timeout',
      message: `Messages of ${queue.name} are visible again after ${visible} s, while ${handlerOf(owner)} may still handle them: its timeout is ${timeout} s. AWS refuses that.`,
    };
  } else {
    yield {
      ...at,
      severity: 'warning',
      code: 'short-visibility-timeout',
      message: `Messages of ${queue.name} are visible again after ${visible} s; AWS advises six times the timeout of ${handlerOf(owner)}, which is ${timeout * 6} s.`,
    };
  }
}

const handlerOf = ({ name, type }: ConfigResource): string =>
  type === 'batch-job' ? `the function that starts ${name}` : `function ${name}`;

/** Seconds, where they are known; a queue of `resources` without them gets enough by itself. */
function visibilityOf({ resource, raw }: ArnSubject): number | undefined {
  const own = raw
    ? (raw.VisibilityTimeout ?? defaultVisibilityTimeout)
    : resource?.properties.visibilityTimeoutSeconds;
  return typeof own === 'number' ? own : undefined;
}

function sharedQueue(use: EventUse<Properties>, first: EventUse): LocalFinding & { about: EventUse } {
  return {
    about: use as EventUse,
    severity: 'warning',
    code: 'shared-queue',
    path: [propertyOf(use.event.properties)],
    message: `Function ${first.owner.name} consumes this queue too: each message goes to one of the two only.`,
    suggestion:
      'Give each function a queue of its own; an SNS topic or an event bus hands the same message to several.',
    related: [
      {
        path: ['resources', first.owner.name, 'properties', 'events', first.event.index],
        message: 'the other consumer',
      },
    ],
  };
}
