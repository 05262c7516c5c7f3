import { getAtt, type Intrinsic, ref } from '../model/intrinsic.ts';

/** What `Ref` returns, by the name it would have as an attribute, and the attributes that `Fn::GetAtt` takes. */
type Returns = { ref: string; attributes: readonly string[] };

/**
 * Types whose return values are known here: what `Ref` returns, then the attributes. Others take any attribute.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export const returnValues: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::ApiKey': 'APIKeyId: APIKeyId',
  'AWS::ApiGateway::RestApi': 'RestApiId: RestApiId RootResourceId',
  'AWS::ApiGatewayV2::Api': 'ApiId: ApiEndpoint ApiId',
  'AWS::AppSync::GraphQLApi':
    'Arn: ApiId Arn GraphQLDns GraphQLEndpointArn GraphQLUrl RealtimeDns RealtimeUrl',
  'AWS::Batch::ComputeEnvironment': 'ComputeEnvironmentArn: ComputeEnvironmentArn',
  'AWS::Batch::JobQueue': 'JobQueueArn: JobQueueArn',
  'AWS::CertificateManager::Certificate': 'CertificateArn:',
  'AWS::CloudFront::Distribution': 'Id: DomainName Id',
  'AWS::CloudWatch::Alarm': 'AlarmName: Arn',
  'AWS::Cognito::IdentityPool': 'Id: Name',
  'AWS::Cognito::UserPool': 'UserPoolId: Arn ProviderName ProviderURL UserPoolId',
  'AWS::Cognito::UserPoolClient': 'ClientId: ClientId ClientSecret Name',
  'AWS::DynamoDB::GlobalTable': 'TableName: Arn StreamArn TableId',
  'AWS::DynamoDB::Table': 'TableName: Arn StreamArn',
  'AWS::EC2::SecurityGroup': 'GroupId: GroupId VpcId',
  'AWS::EC2::Subnet':
    'SubnetId: AvailabilityZone AvailabilityZoneId CidrBlock Ipv6CidrBlocks NetworkAclAssociationId OutpostArn SubnetId VpcId',
  'AWS::EC2::VPC':
    'VpcId: CidrBlock CidrBlockAssociations DefaultNetworkAcl DefaultSecurityGroup Ipv6CidrBlocks VpcId',
  'AWS::ECR::Repository': 'RepositoryName: Arn RepositoryUri',
  'AWS::ECS::Cluster': 'ClusterName: Arn',
  'AWS::ECS::Service': 'ServiceArn: Name ServiceArn',
  'AWS::ECS::TaskDefinition': 'TaskDefinitionArn: TaskDefinitionArn',
  'AWS::EFS::AccessPoint': 'AccessPointId: AccessPointId Arn',
  'AWS::EFS::FileSystem': 'FileSystemId: Arn FileSystemId',
  'AWS::ElasticLoadBalancingV2::Listener': 'ListenerArn: ListenerArn',
  'AWS::ElasticLoadBalancingV2::LoadBalancer':
    'LoadBalancerArn: CanonicalHostedZoneID DNSName LoadBalancerArn LoadBalancerFullName LoadBalancerName SecurityGroups',
  'AWS::ElasticLoadBalancingV2::TargetGroup':
    'TargetGroupArn: LoadBalancerArns TargetGroupArn TargetGroupFullName TargetGroupName',
  'AWS::Events::ApiDestination': 'Name: Arn ArnForPolicy',
  'AWS::Events::Archive': 'ArchiveName: Arn',
  'AWS::Events::Connection': 'Name: Arn ArnForPolicy SecretArn',
  'AWS::Events::EventBus': 'Name: Arn Name Policy',
  'AWS::Events::Rule': 'RuleName: Arn RuleName',
  'AWS::IAM::AccessKey': 'AccessKeyId: Id SecretAccessKey',
  'AWS::IAM::Group': 'GroupName: Arn',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName: Arn',
  'AWS::IAM::ManagedPolicy': 'PolicyArn: AttachmentCount DefaultVersionId IsAttachable PolicyArn PolicyId',
  'AWS::IAM::Role': 'RoleName: Arn RoleId',
  'AWS::IAM::User': 'UserName: Arn',
  'AWS::KMS::Alias': 'AliasName:',
  'AWS::KMS::Key': 'KeyId: Arn KeyId',
  'AWS::Kinesis::Stream': 'Name: Arn',
  'AWS::Kinesis::StreamConsumer':
    'ConsumerARN: ConsumerARN ConsumerCreationTimestamp ConsumerName ConsumerStatus StreamARN',
  'AWS::KinesisFirehose::DeliveryStream': 'DeliveryStreamName: Arn',
  'AWS::Lambda::Alias': 'AliasArn: AliasArn',
  'AWS::Lambda::EventSourceMapping': 'Id: EventSourceMappingArn Id',
  'AWS::Lambda::Function':
    'FunctionName: Arn SnapStartResponse SnapStartResponse.ApplyOn SnapStartResponse.OptimizationStatus',
  'AWS::Lambda::LayerVersion': 'LayerVersionArn: LayerVersionArn',
  'AWS::Lambda::Url': 'FunctionArn: FunctionArn FunctionUrl',
  'AWS::Lambda::Version': 'FunctionArn: FunctionArn Version',
  'AWS::Logs::LogGroup': 'LogGroupName: Arn',
  'AWS::MSK::Cluster': 'Arn: Arn CurrentVersion',
  'AWS::Pipes::Pipe': 'Name: Arn CreationTime CurrentState LastModifiedTime StateReason',
  'AWS::RDS::DBProxy': 'DBProxyName: DBProxyArn Endpoint VpcId',
  'AWS::Route53::HostedZone': 'Id: Id NameServers',
  'AWS::S3::AccessPoint': 'Name: Alias Arn Name NetworkOrigin',
  'AWS::S3::Bucket': 'BucketName: Arn DomainName DualStackDomainName RegionalDomainName WebsiteURL',
  'AWS::SNS::Subscription': 'Arn:',
  'AWS::SNS::Topic': 'TopicArn: TopicArn TopicName',
  'AWS::SQS::Queue': 'QueueUrl: Arn QueueName QueueUrl',
  'AWS::SSM::Parameter': 'ParameterName: Arn Type Value',
  'AWS::Scheduler::Schedule': 'Name: Arn',
  'AWS::Scheduler::ScheduleGroup': 'Name: Arn CreationDate LastModificationDate State',
  'AWS::SecretsManager::Secret': 'SecretArn: Id',
  'AWS::StepFunctions::Activity': 'ActivityArn: Arn Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineArn: Arn Name StateMachineRevisionId',
};

const read = new Map<string, Returns | undefined>();

/** Asked for each reference of a template. */
function returnsOf(type: string): Returns | undefined {
  if (!read.has(type)) read.set(type, readReturns(type));
  return read.get(type);
}

function readReturns(type: string): Returns | undefined {
  const [ref = '', attributes = ''] = returnValues[type]?.split(':') ?? [];
  return ref === '' ? undefined : { ref, attributes: attributes.split(' ').filter((name) => name !== '') };
}

/** Those with a dot are parts of others and change too often to be held against a list. */
const takes = ({ attributes }: Returns, attribute: string): boolean =>
  attributes.includes(attribute) || attribute.includes('.');

/** Whether `attribute` is one that `Fn::GetAtt` takes, as far as that is known. */
export function isAttribute(type: string, attribute: string): boolean {
  const known = returnsOf(type);
  return known === undefined || takes(known, attribute);
}

/** The names by which a resource of the type can be referred to; empty where that is not known. */
export const attributesOf = (type: string): readonly string[] => {
  const known = returnsOf(type);
  return known ? [...new Set([...known.attributes, known.ref])].sort() : [];
};

/** Words that Stacktape's users write for a longer name. */
const loose: readonly string[] = ['Arn', 'Name', 'Id', 'Url'];

/**
 * What `$CfResourceParam` means (spec, trap 2). Stacktape's users write `Arn` and `Name` also where
 * CloudFormation calls it `TopicArn` or returns it from `Ref`.
 */
export function resolveAttribute(logicalId: string, type: string, attribute: string): Intrinsic | undefined {
  const known = returnsOf(type);
  if (!known || takes(known, attribute)) return getAtt(logicalId, attribute);
  if (attribute === known.ref) return ref(logicalId);
  if (!loose.includes(attribute)) return undefined;
  const ending = attribute === 'Arn' ? /A(rn|RN)$/ : new RegExp(`${attribute}$`);
  if (ending.test(known.ref)) return ref(logicalId);
  const named = known.attributes.filter((name) => ending.test(name));
  const own = named.find((name) => name === `${type.split('::').at(-1)}${attribute}`) ?? named[0];
  return own === undefined || (named.length > 1 && own === named[0]) ? undefined : getAtt(logicalId, own);
}
