import { getAtt, type Value } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';

/** Settled. A queue of the config by its name, or any by its ARN; nothing where neither is given. */
export type NamedQueue = { sqsQueueName?: string | undefined; sqsQueueArn?: Value | undefined };

export const queueArn = ({ sqsQueueName, sqsQueueArn }: NamedQueue, names: Names): Value | undefined =>
  sqsQueueName === undefined ? sqsQueueArn : getAtt(names.logicalId(sqsQueueName, 'AWS::SQS::Queue'), 'Arn');
