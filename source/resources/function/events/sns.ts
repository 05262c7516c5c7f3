import * as Type from 'typebox';
import { type CheckContext, defineEvent, type LocalFinding } from '../../../model/descriptor.ts';
import { ref, type Value } from '../../../model/intrinsic.ts';
import { snsEvent as snsPayload } from '../../../model/payloads/sns.ts';
import { atMostOne, exactlyOne } from '../../exactly-one.ts';
import { closedObject, mapOf, staticText } from '../../schema.ts';
import type { SnsTopicProperties } from '../../sns-topic.ts';
import { checkDeliveryFailure, deliveryFailureArn, deliveryFailureSchema } from './delivery-failure.ts';
import { eventId } from './event-ids.ts';
import { addInvokePermission } from './invoke-permission.ts';

const schema = closedObject({
  snsTopicName: Type.Optional(
    staticText({ title: 'Topic', description: 'Topic of this config.', 'stp:resource': ['sns-topic'] }),
  ),
  snsTopicArn: Type.Optional(Type.String({ title: 'Topic', description: 'ARN of any other topic.' })),
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
    yield* checkDeliveryFailure(properties.onDeliveryFailure, 'onDeliveryFailure');
    yield* checkDeliveryFailure(properties.onFailure, 'onFailure');
    yield* checkFifo(properties, context);
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
    const failures = deliveryFailureArn(properties.onDeliveryFailure ?? properties.onFailure, stack);
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

function* checkFifo(
  { snsTopicName, snsTopicArn }: Properties,
  context: CheckContext,
): Iterable<LocalFinding> {
  const name = snsTopicName ?? context.paramOf(snsTopicArn)?.resource;
  const topic = name === undefined ? undefined : context.resource<SnsTopicProperties>(name, 'sns-topic');
  const endsFifo = typeof snsTopicArn === 'string' && snsTopicArn.endsWith('.fifo');
  if (!topic?.properties.fifoEnabled && !endsFifo) return;
  yield {
    code: 'fifo-topic',
    path: [snsTopicName === undefined ? 'snsTopicArn' : 'snsTopicName'],
    message: `Topic ${name ?? snsTopicArn} is first in, first out; those deliver to queues and not to functions.`,
    suggestion: 'Subscribe a queue to it, and let the function consume the queue.',
  };
}
