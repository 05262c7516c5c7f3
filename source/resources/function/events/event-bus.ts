import * as Type from 'typebox';
import { defineEvent } from '../../../model/descriptor.ts';
import type { Value } from '../../../model/intrinsic.ts';
import { eventBridgeEvent } from '../../../model/payloads/event-bridge.ts';
import {
  checkInput,
  checkPattern,
  eventPatternSchema,
  inputProperties,
  targetInput,
} from '../../event-bus/rule.ts';
import { busName, busProperties, checkBus } from '../../event-bus/rule-source.ts';
import { closedObject } from '../../schema.ts';
import { queueArn } from '../../sqs-queue/arn.ts';
import { checkDeliveryFailure, deliveryFailureSchema } from './delivery-failure.ts';
import { addFunctionRule } from './function-rule.ts';

const schema = closedObject({
  ...busProperties,
  eventPattern: eventPatternSchema,
  ...inputProperties,
  onDeliveryFailure: Type.Optional(deliveryFailureSchema),
});

/** Spec 6.3. */
export const eventBusEvent = defineEvent({
  type: 'event-bus',
  title: 'Event bus',
  description: 'An event on an event bus that fits a pattern.',
  schema,

  *check({ properties }, _owner, context) {
    yield* checkBus(properties, context);
    yield* checkPattern(properties.eventPattern);
    yield* checkInput(properties);
    yield* checkDeliveryFailure(properties.onDeliveryFailure, 'onDeliveryFailure', context);
  },

  synth({ index, properties }, owner, stack) {
    const failures = queueArn(properties.onDeliveryFailure ?? {}, stack.names);
    addFunctionRule(stack, {
      owner: owner.name,
      index,
      when: { EventBusName: busName(properties, stack), EventPattern: properties.eventPattern as Value },
      target: {
        ...targetInput(properties),
        DeadLetterConfig: failures === undefined ? undefined : { Arn: failures },
      },
    });
  },

  sample: () =>
    eventBridgeEvent({
      id: '17793124-05d4-b198-2fde-7ededc63b103',
      source: 'my.application',
      detailType: 'order placed',
      account: '000000000000',
      region: 'us-east-1',
      time: 1_767_225_600_000,
      resources: [],
      detail: { orderId: '1' },
    }),
});
