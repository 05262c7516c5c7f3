import * as Type from 'typebox';
import { defineEvent } from '../../../model/descriptor.ts';
import { getAtt, type Value } from '../../../model/intrinsic.ts';
import { kinesisEvent } from '../../../model/payloads/kinesis.ts';
import { checkArn, subjectOf } from '../../arns/subject.ts';
import { closedObject, staticSwitch } from '../../schema.ts';
import { eventId } from './event-ids.ts';
import { addEventSourceMapping, checkMappedOnce } from './event-source-mapping.ts';
import {
  allowFailureDestination,
  checkFailureDestination,
  streamMapping,
  streamProperties,
} from './record-stream.ts';

const standardBatch = 10;

const schema = closedObject(
  {
    streamArn: Type.String({
      title: 'Stream',
      description: 'ARN of the stream.',
      examples: ['arn:aws:kinesis:us-east-1:000000000000:stream/clicks'],
      minLength: 1,
    }),
    consumerArn: Type.Optional(
      Type.String({
        title: 'Consumer',
        description: 'ARN of a consumer with enhanced fan-out.',
        examples: ['arn:aws:kinesis:us-east-1:000000000000:stream/clicks/consumer/own:1767225600'],
      }),
    ),
    autoCreateConsumer: Type.Optional(
      staticSwitch({
        title: 'Own consumer',
        description: 'Makes a consumer with enhanced fan-out, which does not share its throughput.',
        default: false,
      }),
    ),
    ...streamProperties(standardBatch),
  },
  { 'stp:later': ['kinesisStreamName'] },
);

/** Spec 6.7. */
export const kinesisStreamEvent = defineEvent({
  type: 'kinesis-stream',
  title: 'Kinesis stream',
  description: 'Records of a stream.',
  schema,

  *check({ properties }, _owner, context) {
    const { streamArn, consumerArn } = properties;
    yield* checkArn(streamArn, { path: ['streamArn'], types: ['AWS::Kinesis::Stream'] }, context);
    yield* checkArn(consumerArn, { path: ['consumerArn'], types: ['AWS::Kinesis::StreamConsumer'] }, context);
    yield* checkFailureDestination(properties, context);
    if (properties.consumerArn !== undefined && properties.autoCreateConsumer) {
      yield {
        code: 'conflicting-properties',
        path: ['autoCreateConsumer'],
        at: 'key',
        message: '"consumerArn" and "autoCreateConsumer" cannot be used together.',
        suggestion: 'Remove "consumerArn" to have a consumer made, or "autoCreateConsumer" to use yours.',
      };
    }
  },

  // A consumer that is made is a source of its own each time.
  *checkAll(uses, context) {
    yield* checkMappedOnce(uses, ({ streamArn, consumerArn, autoCreateConsumer }) =>
      autoCreateConsumer
        ? { property: 'streamArn', subject: undefined }
        : {
            property: consumerArn === undefined ? 'streamArn' : 'consumerArn',
            subject: subjectOf(consumerArn ?? streamArn, context),
          },
    );
  },

  synth({ index, properties }, owner, stack) {
    const stream: Value = properties.streamArn;
    let consumer: Value | undefined = properties.consumerArn;
    if (properties.autoCreateConsumer) {
      const id = eventId(stack.names, owner.name, index, 'AWS::Kinesis::StreamConsumer');
      stack.add(owner.name, id, {
        Type: 'AWS::Kinesis::StreamConsumer',
        Properties: {
          StreamARN: stream,
          ConsumerName: stack.names.physicalName(`${owner.name}-event${index}-kinesis-consumer`, 128),
        },
      });
      consumer = getAtt(id, 'ConsumerARN');
    }
    addEventSourceMapping(stack, {
      owner: owner.name,
      index,
      EventSourceArn: consumer ?? stream,
      ...streamMapping(properties, standardBatch),
    });
    stack.allow(owner.name, 'custom-iam-role-statements', [
      {
        Effect: 'Allow',
        Action: consumer === undefined ? [...readActions, 'kinesis:DescribeStream'] : readActions,
        Resource: [stream],
      },
      ...(consumer === undefined
        ? // Of no stream: IAM knows no resource for it.
          [{ Effect: 'Allow' as const, Action: ['kinesis:ListStreams'], Resource: '*' }]
        : [{ Effect: 'Allow' as const, Action: consumerActions, Resource: [consumer] }]),
    ]);
    allowFailureDestination(properties, owner.name, stack);
  },

  sample: () =>
    kinesisEvent({
      sourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/sample',
      roleArn: 'arn:aws:iam::000000000000:role/sample',
      records: [
        {
          partitionKey: '1',
          sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
          shardId: 'shardId-000000000006',
          data: Buffer.from('Hello'),
          arrival: 1_767_225_600_000,
        },
      ],
    }),
});

/** Spec 6.7 and AWS's own policy AWSLambdaKinesisExecutionRole. */
const readActions = [
  'kinesis:GetRecords',
  'kinesis:GetShardIterator',
  'kinesis:DescribeStreamSummary',
  'kinesis:ListShards',
];
const consumerActions = ['kinesis:SubscribeToShard', 'kinesis:DescribeStreamConsumer'];
