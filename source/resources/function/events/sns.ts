import * as Type from 'typebox';
import { type CheckContext, defineEvent, type LocalFinding } from '../../../model/descriptor.ts';
import { ref, type Value } from '../../../model/intrinsic.ts';
import { snsEvent as snsPayload } from '../../../model/payloads/sns.ts';
import { type ArnSubject, checkArn, isFifo, subjectNamed } from '../../arns/subject.ts';
import { atMostOne, exactlyOne } from '../../exactly-one.ts';
import { isMapping } from '../../mapping.ts';
import { closedObject, mapOf, staticText } from '../../schema.ts';
import { queueArn } from '../../sqs-queue/arn.ts';
import { checkDeliveryFailure, deliveryFailureSchema } from './delivery-failure.ts';
import { eventId } from './event-ids.ts';
import { checkMappedOnce } from './event-source-mapping.ts';
import { addInvokePermission } from './invoke-permission.ts';

const schema = closedObject({
  snsTopicName: Type.Optional(
    staticText({ title: 'Topic', description: 'Topic of this config.', 'stp:resource': ['sns-topic'] }),
  ),
  snsTopicArn: Type.Optional(
    Type.String({
      title: 'Topic',
      description: 'ARN of any other topic.',
      examples: ['arn:aws:sns:us-east-1:000000000000:news'],
    }),
  ),
  filterPolicy: Type.Optional(
    mapOf(Type.Unknown(), {
      title: 'Filter policy',
      description: 'Attributes that a message has to have.',
      examples: [{ kind: ['order'] }],
    }),
  ),
  onDeliveryFailure: Type.Optional(deliveryFailureSchema),
  onFailure: Type.Optional(deliveryFailureSchema),
});

type Properties = Type.Static<typeof schema>;

/** Spec 6.5; `onFailure` is another name of `onDeliveryFailure` (section 7). */
export const snsEvent = defineEvent({
  type: 'sns',
  title: 'SNS topic',
  description: 'A message of a topic.',
  schema,

  *check({ properties }, _owner, context) {
    yield* exactlyOne(properties, ['snsTopicName', 'snsTopicArn']);
    yield* atMostOne(properties, ['onDeliveryFailure', 'onFailure']);
    yield* checkDeliveryFailure(properties.onDeliveryFailure, 'onDeliveryFailure', context);
    yield* checkDeliveryFailure(properties.onFailure, 'onFailure', context);
    yield* checkArn(properties.snsTopicArn, { path: ['snsTopicArn'], types: ['AWS::SNS::Topic'] }, context);
    yield* checkFifo(properties, context);
    yield* checkFilterPolicy(properties.filterPolicy);
  },

  *checkAll(uses, context) {
    // SNS has one subscription for a topic and an endpoint: a second event would change the first.
    yield* checkMappedOnce(uses, (properties) => ({
      property: properties.snsTopicName === undefined ? 'snsTopicArn' : 'snsTopicName',
      subject: topicOf(properties, context),
    }));
  },

  synth({ index, properties }, owner, stack) {
    const { snsTopicName, snsTopicArn } = properties;
    const topic: Value =
      snsTopicName === undefined
        ? (snsTopicArn ?? null)
        : ref(stack.names.logicalId(snsTopicName, 'AWS::SNS::Topic'));
    const permission = addInvokePermission(stack, {
      owner: owner.name,
      index,
      principal: 'sns.amazonaws.com',
      sourceArn: topic,
    });
    const failures = queueArn(properties.onDeliveryFailure ?? properties.onFailure ?? {}, stack.names);
    stack.add(owner.name, eventId(stack.names, owner.name, index, 'AWS::SNS::Subscription'), {
      Type: 'AWS::SNS::Subscription',
      // A message that comes before the permission is there would be lost.
      DependsOn: [permission],
      Properties: {
        TopicArn: topic,
        Protocol: 'lambda',
        Endpoint: stack.functionTarget(owner.name),
        Region: otherRegion(topic, stack.config.region),
        FilterPolicy: properties.filterPolicy as Value | undefined,
        RedrivePolicy: failures === undefined ? undefined : { deadLetterTargetArn: failures },
      },
    });
  },

  sample: () =>
    snsPayload({
      topicArn: 'arn:aws:sns:us-east-1:000000000000:sample',
      subscriptionArn: 'arn:aws:sns:us-east-1:000000000000:sample:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55',
      messageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
      subject: null,
      message: 'Hello',
      timestamp: 1_767_225_600_000,
    }),
});

/** CloudFormation has to be told where a topic is that is not in the Region of the stack. */
function otherRegion(topic: Value, region: string): string | undefined {
  const named = typeof topic === 'string' ? topic.split(':')[3] : undefined;
  return named === undefined || named === '' || named === region ? undefined : named;
}

const topicOf = ({ snsTopicName, snsTopicArn }: Properties, context: CheckContext): ArnSubject | undefined =>
  subjectNamed(snsTopicName, snsTopicArn, context);

function* checkFifo(properties: Properties, context: CheckContext): Iterable<LocalFinding> {
  const topic = topicOf(properties, context);
  if (!topic || !isFifo(topic)) return;
  yield {
    code: 'fifo-topic',
    path: [properties.snsTopicName === undefined ? 'snsTopicArn' : 'snsTopicName'],
    message: `${topic.literal === undefined ? `Topic ${topic.path?.[1]}` : `Topic ${topic.literal}`} is first in, first out; those deliver to queues and not to functions.`,
    suggestion: 'Subscribe a queue to it, and let the function consume the queue.',
  };
}

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html */
function* checkFilterPolicy(policy: Properties['filterPolicy']): Iterable<LocalFinding> {
  for (const [attribute, value] of Object.entries(policy ?? {})) {
    if (Array.isArray(value) ? value.length > 0 : !isMapping(value) && typeof value === 'object') continue;
    yield {
      code: 'filter-policy',
      path: ['filterPolicy', attribute],
      message: `"${attribute}" of a filter policy has to be a list of what the attribute of a message may be.`,
      expected: `for example ${attribute}: [order]`,
    };
  }
}
