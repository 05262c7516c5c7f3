import * as Type from 'typebox';
import { defineEvent } from '../../../model/descriptor.ts';
import { dynamoDbStreamEvent as streamPayload } from '../../../model/payloads/dynamodb-stream.ts';
import { checkArn, subjectOf } from '../../arns/subject.ts';
import { closedObject } from '../../schema.ts';
import { addEventSourceMapping, checkMappedOnce } from './event-source-mapping.ts';
import {
  allowFailureDestination,
  checkFailureDestination,
  streamMapping,
  streamProperties,
} from './record-stream.ts';

const standardBatch = 100;

const schema = closedObject({
  streamArn: Type.String({
    title: 'Stream',
    description: 'ARN of the stream of a table.',
    examples: [
      "$ResourceParam('myTable', 'streamArn')",
      'arn:aws:dynamodb:us-east-1:000000000000:table/posts/stream/2026-01-01T00:00:00.000',
    ],
    minLength: 1,
  }),
  ...streamProperties(standardBatch),
});

/** Spec 6.8. */
export const dynamoDbStreamEvent = defineEvent({
  type: 'dynamo-db-stream',
  title: 'DynamoDB stream',
  description: 'Changes of the items of a table.',
  schema,

  *check({ properties }, _owner, context) {
    yield* checkFailureDestination(properties, context);
    const wanted = { path: ['streamArn'], types: ['AWS::DynamoDB::Stream'] };
    yield* checkArn(properties.streamArn, wanted, context);
    const named = context.paramOf(properties.streamArn);
    const table = named && context.resource<{ streamType?: string }>(named.resource, 'dynamo-db-table');
    if (table && named.param === 'streamArn' && table.properties.streamType === undefined) {
      yield {
        code: 'table-without-stream',
        path: ['streamArn'],
        message: `Table ${table.name} has no stream.`,
        suggestion: `Set "streamType" of ${table.name}, for example to NEW_AND_OLD_IMAGES.`,
      };
    }
  },

  *checkAll(uses, context) {
    yield* checkMappedOnce(uses, ({ streamArn }) => ({
      property: 'streamArn',
      subject: subjectOf(streamArn, context),
    }));
  },

  synth({ index, properties }, owner, stack) {
    addEventSourceMapping(stack, {
      owner: owner.name,
      index,
      EventSourceArn: properties.streamArn,
      ...streamMapping(properties, standardBatch),
    });
    stack.allow(owner.name, 'custom-iam-role-statements', [
      { Effect: 'Allow', Action: readActions, Resource: [properties.streamArn] },
      // Of no stream: IAM knows no resource for it.
      { Effect: 'Allow', Action: ['dynamodb:ListStreams'], Resource: '*' },
    ]);
    allowFailureDestination(properties, owner.name, stack);
  },

  sample: () =>
    streamPayload({
      streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/sample/stream/2026-01-01T00:00:00.000',
      viewType: 'NEW_AND_OLD_IMAGES',
      changes: [
        {
          eventId: 'c4ca4238a0b923820dcc509a6f75849b',
          eventName: 'INSERT',
          createdAt: 1_767_225_600_000,
          keys: { id: { S: '1' } },
          newImage: { id: { S: '1' }, title: { S: 'Hello' } },
          sequenceNumber: '4421584500000000017450439091',
          sizeBytes: 20,
        },
      ],
    }),
});

/** Spec 6.8. */
const readActions = ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream'];
