import * as Type from 'typebox';
import { defineResource } from '../model/descriptor.ts';
import { getAtt, ref } from '../model/intrinsic.ts';
import { fifoName, needsFifo } from './fifo.ts';
import { closedObject, staticSwitch } from './schema.ts';

const schema = closedObject({
  smsDisplayName: Type.Optional(
    Type.String({
      title: 'Name in text messages',
      description: 'Whom they come from.',
      minLength: 1,
      maxLength: 11,
    }),
  ),
  fifoEnabled: Type.Optional(
    staticSwitch({
      title: 'First in, first out',
      description: 'Keeps the order, delivers once.',
      default: false,
    }),
  ),
  contentBasedDeduplication: Type.Optional(
    staticSwitch({ description: 'Messages with the same content are one message.', default: false }),
  ),
});

/** Spec 13.3. */
export const snsTopic = defineResource({
  type: 'sns-topic',
  title: 'SNS topic',
  description: 'Hands each message to everyone who has subscribed.',
  schema,

  *check({ properties }) {
    yield* needsFifo(properties, ['contentBasedDeduplication']);
  },

  synth({ name, properties }, stack) {
    stack.add(name, stack.names.logicalId(name, 'AWS::SNS::Topic'), {
      Type: 'AWS::SNS::Topic',
      Properties: {
        TopicName: fifoName(stack.names, name, properties.fifoEnabled, 256),
        DisplayName: properties.smsDisplayName,
        FifoTopic: properties.fifoEnabled || undefined,
        ContentBasedDeduplication: properties.contentBasedDeduplication || undefined,
      },
    });
  },

  params({ name }, names) {
    const id = names.logicalId(name, 'AWS::SNS::Topic');
    return { arn: ref(id), name: getAtt(id, 'TopicName') };
  },

  connect({ name }, names) {
    const id = names.logicalId(name, 'AWS::SNS::Topic');
    return {
      statements: [
        { Effect: 'Allow', Action: topicActions, Resource: [ref(id)] },
        // Of a subscription, not of a topic: SNS knows no resource for it.
        { Effect: 'Allow', Action: ['sns:Unsubscribe'], Resource: '*' },
      ],
      variables: { ARN: ref(id), NAME: getAtt(id, 'TopicName') },
    };
  },
});

/**
 * Spec 5.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 */
const topicActions = [
  'sns:ConfirmSubscription',
  'sns:GetTopicAttributes',
  'sns:ListSubscriptionsByTopic',
  'sns:Publish',
  'sns:Subscribe',
];
