import * as Type from 'typebox';
import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import { getAtt, type Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { checkArn } from '../arns/subject.ts';
import { exactlyOne } from '../exactly-one.ts';
import { staticSwitch, staticText } from '../schema.ts';

/** Which bus a rule listens to (spec 6.3). */
export const busProperties = {
  eventBusName: Type.Optional(
    staticText({
      title: 'Event bus',
      description: 'An event bus of this config.',
      'stp:resource': ['event-bus'],
    }),
  ),
  eventBusArn: Type.Optional(
    Type.String({
      title: 'Event bus',
      description: 'ARN of any other event bus.',
      examples: ['arn:aws:events:us-east-1:000000000000:event-bus/orders'],
    }),
  ),
  useDefaultBus: Type.Optional(
    staticSwitch({
      title: 'Default bus',
      description: 'The bus that every account has; AWS services use it.',
    }),
  ),
};

type Bus = { eventBusName?: string; eventBusArn?: string; useDefaultBus?: boolean };

export function* checkBus(
  { eventBusName, eventBusArn, useDefaultBus }: Bus,
  context: CheckContext,
): Iterable<LocalFinding> {
  yield* exactlyOne({ eventBusName, eventBusArn, useDefaultBus: useDefaultBus || undefined }, [
    'eventBusName',
    'eventBusArn',
    'useDefaultBus',
  ]);
  yield* checkArn(eventBusArn, { path: ['eventBusArn'], types: ['AWS::Events::EventBus'] }, context);
}

/** `EventBusName` of a rule; the default bus has none. */
export const busName = (bus: Bus, stack: StackBuilder): Value | undefined =>
  bus.eventBusName === undefined
    ? bus.eventBusArn
    : getAtt(stack.names.logicalId(bus.eventBusName, 'AWS::Events::EventBus'), 'Arn');
