import * as Type from 'typebox';
import type { CheckContext, LocalFinding } from '../../../model/descriptor.ts';
import { checkArn, isFifo, subjectNamed } from '../../arns/subject.ts';
import { exactlyOne } from '../../exactly-one.ts';
import { closedObject, staticText } from '../../schema.ts';

/** Where deliveries go that failed for good (spec 6.3, 6.5). */
export const deliveryFailureSchema = closedObject(
  {
    sqsQueueName: Type.Optional(
      staticText({ description: 'Queue of this config.', 'stp:resource': ['sqs-queue'] }),
    ),
    sqsQueueArn: Type.Optional(
      Type.String({
        description:
          'Any other queue. The policy of one that is not of this config has to let the service send.',
        examples: ['arn:aws:sqs:us-east-1:000000000000:orders'],
      }),
    ),
  },
  { title: 'Failed deliveries', description: 'Queue for what could not be delivered to the function.' },
);

type DeliveryFailure = Type.Static<typeof deliveryFailureSchema>;

/** Neither EventBridge nor SNS puts what it could not deliver into queues that are first in, first out. */
export function* checkDeliveryFailure(
  failure: DeliveryFailure | undefined,
  property: string,
  context: CheckContext,
): Iterable<LocalFinding> {
  if (!failure) return;
  yield* exactlyOne(failure, ['sqsQueueName', 'sqsQueueArn'], [property]);
  const { sqsQueueName: name, sqsQueueArn: arn } = failure;
  yield* checkArn(arn, { path: [property, 'sqsQueueArn'], types: ['AWS::SQS::Queue'] }, context);
  const queue = subjectNamed(name, arn, context);
  if (!queue || !isFifo(queue)) return;
  yield {
    code: 'fifo-destination',
    path: [property, name === undefined ? 'sqsQueueArn' : 'sqsQueueName'],
    message: 'The queue is first in, first out; failed deliveries go only to queues that are not.',
    suggestion: 'Name another queue.',
  };
}
