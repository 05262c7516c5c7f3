import { getAtt, type Intrinsic, ref } from '../model/intrinsic.ts';

/** What `Ref` returns, by the name it would have as an attribute, and the attributes that `Fn::GetAtt` takes. */
type Returns = { ref: string; attributes: readonly string[] };

/**
 * Types whose return values are known here; others take any attribute.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
const returnValues: Readonly<Record<string, Returns>> = {
  'AWS::ApiGatewayV2::Api': { ref: 'ApiId', attributes: ['ApiEndpoint', 'ApiId'] },
  'AWS::CloudWatch::Alarm': { ref: 'AlarmName', attributes: ['Arn'] },
  'AWS::DynamoDB::Table': { ref: 'TableName', attributes: ['Arn', 'StreamArn'] },
  'AWS::Events::EventBus': { ref: 'Name', attributes: ['Arn', 'Name'] },
  'AWS::Events::Rule': { ref: 'RuleName', attributes: ['Arn'] },
  'AWS::IAM::Role': { ref: 'RoleName', attributes: ['Arn', 'RoleId'] },
  'AWS::KMS::Key': { ref: 'KeyId', attributes: ['Arn', 'KeyId'] },
  'AWS::Kinesis::Stream': { ref: 'Name', attributes: ['Arn'] },
  'AWS::Lambda::Function': { ref: 'FunctionName', attributes: ['Arn'] },
  'AWS::Logs::LogGroup': { ref: 'LogGroupName', attributes: ['Arn'] },
  'AWS::S3::Bucket': {
    ref: 'BucketName',
    attributes: ['Arn', 'DomainName', 'DualStackDomainName', 'RegionalDomainName', 'WebsiteURL'],
  },
  'AWS::SNS::Topic': { ref: 'TopicArn', attributes: ['TopicArn', 'TopicName'] },
  'AWS::SQS::Queue': { ref: 'QueueUrl', attributes: ['Arn', 'QueueName', 'QueueUrl'] },
  'AWS::SecretsManager::Secret': { ref: 'SecretArn', attributes: ['Id'] },
  'AWS::SSM::Parameter': { ref: 'ParameterName', attributes: ['Type', 'Value'] },
  'AWS::StepFunctions::StateMachine': { ref: 'StateMachineArn', attributes: ['Arn', 'Name'] },
};

/** Whether `attribute` is one that `Fn::GetAtt` takes, as far as that is known. */
export const isAttribute = (type: string, attribute: string): boolean =>
  returnValues[type]?.attributes.includes(attribute) ?? true;

/** The names by which a resource of the type can be referred to; empty where that is not known. */
export const attributesOf = (type: string): readonly string[] => {
  const known = returnValues[type];
  return known ? [...new Set([...known.attributes, known.ref])].sort() : [];
};

/**
 * What `$CfResourceParam` means (spec, trap 2). Stacktape's users write `Arn` and `Name` also where
 * CloudFormation calls it `TopicArn` or returns it from `Ref`.
 */
export function resolveAttribute(logicalId: string, type: string, attribute: string): Intrinsic | undefined {
  const known = returnValues[type];
  if (!known || known.attributes.includes(attribute)) return getAtt(logicalId, attribute);
  if (attribute === known.ref) return ref(logicalId);
  if (attribute === 'Arn') {
    const named = known.attributes.find((name) => name.endsWith('Arn'));
    if (known.ref.endsWith('Arn')) return ref(logicalId);
    return named === undefined ? undefined : getAtt(logicalId, named);
  }
  if (attribute === 'Name') {
    if (known.ref.endsWith('Name')) return ref(logicalId);
    const named = known.attributes.find((name) => name.endsWith('Name'));
    return named === undefined ? undefined : getAtt(logicalId, named);
  }
  return undefined;
}
