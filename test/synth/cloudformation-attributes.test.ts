import { expect, test } from 'vitest';
import { resolveAttribute } from '../../source/synth/cloudformation-attributes.ts';

const getAtt = (attribute: string) => ({ 'Fn::GetAtt': ['X', attribute] });

test.each([
  ['AWS::SNS::Topic', 'Arn', { Ref: 'X' }],
  ['AWS::SNS::Topic', 'Name', getAtt('TopicName')],
  ['AWS::SQS::Queue', 'Arn', getAtt('Arn')],
  ['AWS::SQS::Queue', 'Name', getAtt('QueueName')],
  ['AWS::SQS::Queue', 'QueueUrl', getAtt('QueueUrl')],
  ['AWS::S3::Bucket', 'Name', { Ref: 'X' }],
  ['AWS::Kinesis::Stream', 'Arn', getAtt('Arn')],
  ['AWS::Kinesis::Stream', 'Name', { Ref: 'X' }],
  ['AWS::SecretsManager::Secret', 'Arn', { Ref: 'X' }],
  ['AWS::S3::Bucket', 'Url', undefined],
  ['Custom::Anything', 'Whatever', getAtt('Whatever')],
])('%s %s', (type, attribute, value) => {
  expect(resolveAttribute('X', type, attribute)).toEqual(value);
});
