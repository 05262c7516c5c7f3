import type { Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';

/** Whether a settled value is the ARN of a queue of the config, as `$ResourceParam('queue', 'arn')` becomes it. */
export function isQueueArn(value: Value | undefined, queueName: string, stack: StackBuilder): boolean {
  if (typeof value !== 'object' || value === null || !('Fn::GetAtt' in value)) return false;
  const reference = value['Fn::GetAtt'];
  const id = stack.names.logicalId(queueName, 'AWS::SQS::Queue');
  return Array.isArray(reference) && reference[0] === id && reference[1] === 'Arn';
}
