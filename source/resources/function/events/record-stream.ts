import * as Type from 'typebox';
import type { CheckContext, LocalFinding } from '../../../model/descriptor.ts';
import type { Value } from '../../../model/intrinsic.ts';
import type { StackBuilder } from '../../../model/stack-builder.ts';
import { checkArn, isFifo, subjectOf } from '../../arns/subject.ts';
import { closedObject, oneOf } from '../../schema.ts';
import { batchSize, maxBatchWindowSeconds } from './batching.ts';

/** What streams of records have in common (spec 6.7, 6.8). */
export const streamProperties = (standardBatch: number) => ({
  maxBatchWindowSeconds,
  batchSize: batchSize(standardBatch),
  startingPosition: Type.Optional(
    oneOf(['TRIM_HORIZON', 'LATEST'], {
      title: 'Start',
      description: 'With the oldest record that is there, or with the next that comes.',
      default: 'TRIM_HORIZON',
    }),
  ),
  maximumRetryAttempts: Type.Optional(
    Type.Integer({
      title: 'Retries',
      description: 'How often a batch that failed is tried again; -1 until it expires.',
      default: -1,
      minimum: -1,
      maximum: 10_000,
    }),
  ),
  parallelizationFactor: Type.Optional(
    Type.Integer({
      title: 'Batches at once',
      description: 'Of one shard.',
      default: 1,
      minimum: 1,
      maximum: 10,
    }),
  ),
  bisectBatchOnFunctionError: Type.Optional(
    Type.Boolean({ title: 'Split', description: 'Try the halves of a batch that failed.', default: false }),
  ),
  onFailure: Type.Optional(
    closedObject(
      {
        arn: Type.String({
          description: 'ARN of the queue or the topic.',
          examples: ['arn:aws:sns:us-east-1:000000000000:news'],
          minLength: 1,
        }),
        type: oneOf(['sns', 'sqs'], { description: 'Whether it is a topic or a queue.' }),
      },
      { title: 'Failed batches', description: 'Where to tell of batches that failed for good.' },
    ),
  ),
});

type Stream = {
  maxBatchWindowSeconds?: number;
  batchSize?: number;
  startingPosition?: string;
  maximumRetryAttempts?: number;
  parallelizationFactor?: number;
  bisectBatchOnFunctionError?: boolean;
  onFailure?: { arn: string; type: 'sns' | 'sqs' };
};

/** Properties of the event source mapping of a stream. */
export const streamMapping = (stream: Stream, standardBatch: number): Record<string, Value | undefined> => ({
  StartingPosition: stream.startingPosition ?? 'TRIM_HORIZON',
  BatchSize: stream.batchSize ?? standardBatch,
  MaximumBatchingWindowInSeconds: stream.maxBatchWindowSeconds,
  MaximumRetryAttempts: stream.maximumRetryAttempts,
  ParallelizationFactor: stream.parallelizationFactor,
  BisectBatchOnFunctionError: stream.bisectBatchOnFunctionError,
  DestinationConfig: stream.onFailure && { OnFailure: { Destination: stream.onFailure.arn } },
});

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
export function* checkFailureDestination(
  { onFailure }: Stream,
  context: CheckContext,
): Iterable<LocalFinding> {
  if (!onFailure) return;
  const path = ['onFailure', 'arn'];
  const types = [onFailure.type === 'sqs' ? 'AWS::SQS::Queue' : 'AWS::SNS::Topic'];
  yield* checkArn(onFailure.arn, { path, types }, context);
  const subject = subjectOf(onFailure.arn, context);
  if (!subject || !types.includes(subject.type) || !isFifo(subject)) return;
  yield {
    code: 'fifo-destination',
    path,
    message: `The ${onFailure.type === 'sqs' ? 'queue' : 'topic'} is first in, first out; Lambda tells of failed batches only to those that are not.`,
    suggestion: 'Name another one.',
  };
}

/** Lets the function's role tell of batches that failed. */
export function allowFailureDestination({ onFailure }: Stream, owner: string, stack: StackBuilder): void {
  if (!onFailure) return;
  stack.allow(owner, 'custom-iam-role-statements', [
    {
      Effect: 'Allow',
      Action: [onFailure.type === 'sqs' ? 'sqs:SendMessage' : 'sns:Publish'],
      Resource: [onFailure.arn],
    },
  ]);
}
