import type { Target } from '../aws/target.ts';
import type { Link } from './deploy-event.ts';

/** Pages of the AWS console. None for an endpoint of one's own, whose stacks the console does not know. */
export function stackLink(target: Target, stackId: string): Link | undefined {
  if (target.kind !== 'aws') return undefined;
  const region = target.region;
  return {
    title: 'CloudFormation',
    url: `${consoleHost(region)}/cloudformation/home?region=${region}#/stacks/stackinfo?stackId=${encodeURIComponent(stackId)}`,
  };
}

/** The page of a resource, for types that have one worth opening. */
export function resourceLinks(
  target: Target,
  resourceType: string,
  physicalId: string,
): Record<string, string> {
  if (target.kind !== 'aws') return {};
  const region = target.region;
  const page = (path: string) => `${consoleHost(region)}/${path}`;
  switch (resourceType) {
    case 'AWS::Lambda::Function':
      return {
        console: page(`lambda/home?region=${region}#/functions/${encodeURIComponent(physicalId)}`),
        metrics: page(
          `lambda/home?region=${region}#/functions/${encodeURIComponent(physicalId)}?tab=monitoring`,
        ),
      };
    case 'AWS::Logs::LogGroup':
      return { logs: logGroupLink(region, physicalId) };
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      return {
        console: page(`dynamodbv2/home?region=${region}#table?name=${encodeURIComponent(physicalId)}`),
      };
    case 'AWS::S3::Bucket':
      return { console: page(`s3/buckets/${encodeURIComponent(physicalId)}?region=${region}`) };
    case 'AWS::ApiGatewayV2::Api':
      return { console: page(`apigateway/main/develop/routes?api=${physicalId}&region=${region}`) };
    case 'AWS::SQS::Queue':
      return {
        console: page(
          `sqs/v3/home?region=${region}#/queues/${encodeURIComponent(encodeURIComponent(physicalId))}`,
        ),
      };
    default:
      return {};
  }
}

/** Spec 12.2: the name is encoded twice, with `$` for `%` the second time. */
export function logGroupLink(region: string, logGroup: string): string {
  const name = encodeURIComponent(encodeURIComponent(logGroup)).replaceAll('%', '$');
  return `${consoleHost(region)}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${name}`;
}

/** Links for the end of a deploy; what the outputs hold is not told twice. */
export function deployLinks(target: Target, stackId: string): Link[] {
  const stack = stackLink(target, stackId);
  return stack ? [stack] : [];
}

function consoleHost(region: string): string {
  if (region.startsWith('cn-')) return `https://${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `https://${region}.console.amazonaws-us-gov.com`;
  return `https://${region}.console.aws.amazon.com`;
}
