import * as Type from 'typebox';
import type { LocalFinding } from '../../../model/descriptor.ts';
import { getAtt, type Value } from '../../../model/intrinsic.ts';
import type { StackBuilder } from '../../../model/stack-builder.ts';
import { exactlyOne } from '../../exactly-one.ts';
import { closedObject, staticText } from '../../schema.ts';

/** Where deliveries go that failed for good (spec 6.3, 6.5). */
export const deliveryFailureSchema = closedObject(
  {
    sqsQueueName: Type.Optional(
      staticText({ description: 'Queue of this config.', 'stp:resource': ['sqs-queue'] }),
    ),
    sqsQueueArn: Type.Optional(
      Type.String({ description: 'Any other queue; its policy has to let the service send.' }),
    ),
  },
  { title: 'Failed deliveries', description: 'Queue for what could not be delivered to the function.' },
);

type DeliveryFailure = Type.Static<typeof deliveryFailureSchema>;

export function* checkDeliveryFailure(
  failure: DeliveryFailure | undefined,
  property: string,
): Iterable<LocalFinding> {
  if (failure) yield* exactlyOne(failure, ['sqsQueueName', 'sqsQueueArn'], [property]);
}

/** ARN of the queue; a queue of the config lets the service send by its own policy. */
export function deliveryFailureArn(
  failure: DeliveryFailure | undefined,
  stack: StackBuilder,
): Value | undefined {
  if (failure?.sqsQueueName === undefined) return failure?.sqsQueueArn;
  return getAtt(stack.names.logicalId(failure.sqsQueueName, 'AWS::SQS::Queue'), 'Arn');
}
