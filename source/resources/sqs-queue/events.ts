import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import { getAtt, type Value } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import {
  checkInput,
  checkPattern,
  eventPatternSchema,
  inputProperties,
  targetInput,
} from '../event-bus/rule.ts';
import { busName, busProperties, checkBus } from '../event-bus/rule-source.ts';
import { closedObject, type VariantOf, variants } from '../schema.ts';

const branches = {
  'event-bus': {
    title: 'Event bus',
    description: 'An event that fits a pattern.',
    schema: closedObject({
      ...busProperties,
      eventPattern: eventPatternSchema,
      ...inputProperties,
      messageGroupId: Type.Optional(
        Type.String({
          description: 'Group of the messages; first-in-first-out queues need it.',
          minLength: 1,
        }),
      ),
    }),
  },
} as const;

/** What sends messages to a queue (spec 13.4). */
export const queueEventSchema = Type.Array(variants(branches, { noun: 'event type' }), {
  title: 'Events',
  description: 'Events that become messages of the queue.',
});

type QueueEvents = VariantOf<typeof branches>[];

export const queueRuleId = (names: Names, queue: string, index: number): string =>
  names.logicalId(queue, 'AWS::Events::Rule', { specifier: `event${index}` });

export function* checkQueueEvents(
  events: QueueEvents,
  fifo: boolean,
  context: CheckContext,
): Iterable<LocalFinding> {
  for (const [index, { properties }] of events.entries()) {
    const prefix = ['events', index, 'properties'];
    const findings = [
      ...checkBus(properties, context),
      ...checkPattern(properties.eventPattern),
      ...checkInput(properties),
    ];
    for (const finding of findings) yield { ...finding, path: [...prefix, ...finding.path] };
    if (fifo && properties.messageGroupId === undefined) {
      yield {
        code: 'missing-property',
        path: prefix,
        at: 'key',
        message: 'A first-in-first-out queue needs "messageGroupId" in each of its events.',
      };
    }
  }
}

export function addQueueEvents(
  { name, properties }: ConfigResource<{ events?: QueueEvents }>,
  stack: StackBuilder,
): void {
  for (const [index, { properties: event }] of (properties.events ?? []).entries()) {
    stack.add(name, queueRuleId(stack.names, name, index), {
      Type: 'AWS::Events::Rule',
      Properties: {
        State: 'ENABLED',
        EventBusName: busName(event, stack),
        EventPattern: event.eventPattern as Value,
        Targets: [
          {
            Arn: getAtt(stack.names.logicalId(name, 'AWS::SQS::Queue'), 'Arn'),
            Id: `event-${index}`,
            ...targetInput(event),
            SqsParameters:
              event.messageGroupId === undefined ? undefined : { MessageGroupId: event.messageGroupId },
          },
        ],
      },
    });
  }
}
