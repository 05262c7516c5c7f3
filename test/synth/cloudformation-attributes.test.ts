import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { describe, expect, test } from 'vitest';
import {
  attributesOf,
  isAttribute,
  resolveAttribute,
  returnValues,
} from '../../source/synth/cloudformation-attributes.ts';
import { synthesize } from './synthesize.ts';

const getAtt = (attribute: string) => ({ 'Fn::GetAtt': ['X', attribute] });

test.each([
  ['AWS::SNS::Topic', 'Arn', { Ref: 'X' }],
  ['AWS::SNS::Topic', 'Name', getAtt('TopicName')],
  ['AWS::SQS::Queue', 'Arn', getAtt('Arn')],
  ['AWS::SQS::Queue', 'Name', getAtt('QueueName')],
  ['AWS::SQS::Queue', 'QueueUrl', getAtt('QueueUrl')],
  ['AWS::SQS::Queue', 'Url', { Ref: 'X' }],
  ['AWS::S3::Bucket', 'Name', { Ref: 'X' }],
  ['AWS::Kinesis::Stream', 'Arn', getAtt('Arn')],
  ['AWS::Kinesis::Stream', 'Name', { Ref: 'X' }],
  ['AWS::Kinesis::StreamConsumer', 'Arn', { Ref: 'X' }],
  ['AWS::SecretsManager::Secret', 'Arn', { Ref: 'X' }],
  ['AWS::RDS::DBProxy', 'Arn', getAtt('DBProxyArn')],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'Name', getAtt('LoadBalancerName')],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'Arn', { Ref: 'X' }],
  ['AWS::Cognito::UserPool', 'Id', { Ref: 'X' }],
  ['AWS::CertificateManager::Certificate', 'Arn', { Ref: 'X' }],
  ['AWS::S3::Bucket', 'Url', undefined],
  ['AWS::S3::Bucket', 'Policy', undefined],
  ['AWS::RDS::DBInstance', 'Endpoint.Address', getAtt('Endpoint.Address')],
  ['AWS::Lambda::Function', 'SnapStartResponse.ApplyOn', getAtt('SnapStartResponse.ApplyOn')],
  ['Custom::Anything', 'Whatever', getAtt('Whatever')],
])('%s %s', (type, attribute, value) => {
  expect(resolveAttribute('X', type, attribute)).toEqual(value);
});

describe("the table agrees with AWS's resource specification", () => {
  const specification = loadAwsServiceSpecSync();

  test.each(Object.keys(returnValues))('%s', (type) => {
    const [known] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
    const attributes = Object.keys(known?.attributes ?? {});
    expect(attributes).toEqual(
      expect.arrayContaining(attributesOf(type).filter((name) => isAttribute(type, name))),
    );
    if (attributes.includes('Arn')) expect(resolveAttribute('X', type, 'Arn')).toBeDefined();
  });
});

test('what cannot be referred to is answered with what can, and a wrong logical id with the nearest', () => {
  const text = (reference: string) => `resources:
  posts: { type: sqs-queue }
cloudformationResources:
  NewsTopic: { Type: AWS::SNS::Topic }
stackConfig:
  outputs: [{ name: a, value: "${reference}" }]
`;
  expect(synthesize(text("$CfResourceParam('NewsTopic', 'Arm')")).findings).toMatchObject([
    {
      code: 'unknown-attribute',
      path: ['stackConfig', 'outputs', 0, 'value'],
      message: '$CfResourceParam: AWS::SNS::Topic has no attribute "Arm".',
      expected: 'one of TopicArn, TopicName',
      suggestion: 'Did you mean "Arn"?',
    },
  ]);
  expect(synthesize(text("$CfResourceParam('NewTopic', 'Arn')")).findings).toMatchObject([
    {
      message: '$CfResourceParam: the stack has no CloudFormation resource "NewTopic".',
      suggestion: 'Did you mean "NewsTopic"?',
    },
  ]);
  expect(synthesize(text("$CfResourceParam('posts', 'arn')")).findings).toMatchObject([
    { suggestion: '"posts" is a resource of this config: use $ResourceParam.' },
  ]);
  // Logical ids of generated resources are part of the public interface (spec, trap 2).
  expect(synthesize(text("$CfResourceParam('PostsQueue', 'Name')")).template.Outputs?.a?.Value).toEqual({
    'Fn::GetAtt': ['PostsQueue', 'QueueName'],
  });
});
