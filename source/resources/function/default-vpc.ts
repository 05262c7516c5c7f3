import type { CheckContext, Connection, LocalFinding } from '../../model/descriptor.ts';
import { getAtt, type Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import type { PrivateServiceProperties } from '../private-service.ts';
import { accessibilityOf, type DatabaseProperties } from '../relational-database/properties.ts';
import { staticSwitch } from '../schema.ts';
import { addGatewayEndpoint, networkOf, securityGroupId } from '../vpc.ts';

/** Spec 9. */
export const joinDefaultVpcSchema = staticSwitch({
  title: 'Join the default VPC',
  description: 'Reaches what only the VPC reaches, and loses the way to the internet.',
  default: false,
});

/** @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html */
const interfaceActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** The security group of a function in the VPC, and the permission by which Lambda makes its interfaces. */
export function joinVpc(name: string, stack: StackBuilder): void {
  stack.add(name, securityGroupId(stack.names, name), {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupName: stack.names.physicalName(`${name}-sg`, 255),
      GroupDescription: `Function ${name} of stack ${stack.names.stackName}`,
      VpcId: networkOf(stack).vpcId,
    },
  });
  // Lambda makes and removes interfaces whose names nobody knows beforehand.
  stack.allow(name, 'allow-vpc-network-interfaces-policy', [
    { Effect: 'Allow', Action: interfaceActions, Resource: '*' },
  ]);
}

export const vpcConfig = (name: string, stack: StackBuilder): Value => ({
  SecurityGroupIds: [getAtt(securityGroupId(stack.names, name), 'GroupId')],
  SubnetIds: networkOf(stack).subnetIds,
});

/** Opens the way from a function in the VPC to what it is connected to. */
export function reachInVpc(
  functionName: string,
  target: string,
  { ingress, gatewayEndpoint }: Connection,
  stack: StackBuilder,
): void {
  const { names } = stack;
  if (gatewayEndpoint) addGatewayEndpoint(stack, gatewayEndpoint);
  if (!ingress) return;
  // A resource of its own: two groups that name each other would wait for each other.
  stack.add(
    functionName,
    names.logicalId(functionName, 'AWS::EC2::SecurityGroupIngress', { specifier: target }),
    {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        Description: `From function ${functionName}`,
        GroupId: getAtt(ingress.securityGroup, 'GroupId'),
        IpProtocol: 'tcp',
        FromPort: ingress.port,
        ToPort: ingress.port,
        SourceSecurityGroupId: getAtt(securityGroupId(names, functionName), 'GroupId'),
      },
    },
  );
}

/** Resource types that only the VPC reaches, whatever they say. */
const insideVpc = ['redis-cluster', 'private-service'];

type Connected = { connectTo?: string[]; joinDefaultVpc?: boolean };

/** What only the VPC reaches cannot be connected to a function outside of it (spec 9). */
export function* checkReach(
  { connectTo, joinDefaultVpc }: Connected,
  context: CheckContext,
): Iterable<LocalFinding> {
  if (!Array.isArray(connectTo)) return;
  if (joinDefaultVpc) {
    yield* checkNames(connectTo, context);
    yield* checkLists(connectTo, context);
    return;
  }
  for (const [index, target] of connectTo.entries()) {
    const mode = reachOf(target, context);
    if (mode === undefined || mode === 'internet') continue;
    const path = ['connectTo', index];
    if (mode === 'whitelisted-ips-only') {
      yield {
        severity: 'warning',
        code: 'address-unknown',
        path,
        message: `${target} takes connections from addresses that it knows, and a function outside of the VPC has none that stays.`,
        suggestion: `Set accessibilityMode: vpc on ${target}, and joinDefaultVpc: true here.`,
      };
      continue;
    }
    yield {
      code: 'outside-vpc',
      path,
      message: `A function cannot connect to ${target}, which only the VPC reaches, unless it is in the VPC.`,
      suggestion: 'Set joinDefaultVpc: true; the function loses its way to the internet then.',
    };
  }
}

/** The names of service-connect are known inside the containers of the stack and nowhere else. */
function* checkNames(connectTo: readonly string[], context: CheckContext): Iterable<LocalFinding> {
  for (const [index, target] of connectTo.entries()) {
    const service = context.resource<Partial<PrivateServiceProperties>>(target, 'private-service');
    if (!service || service.properties.loadBalancing?.type === 'application-load-balancer') continue;
    yield {
      severity: 'warning',
      code: 'address-unknown',
      path: ['connectTo', index],
      message: `The address of ${target} is known to other containers only, and a function cannot find it.`,
      suggestion: `Set loadBalancing: { type: application-load-balancer } on ${target}.`,
    };
  }
}

/** Addresses that no internet has: a list with some of them may be meant for the VPC. */
const privateAddress = /^(?:10|172\.(?:1[6-9]|2[0-9]|3[01])|192\.168)\./;

/** A database that lets in a list of addresses lets nobody else in, also not from the VPC. */
function* checkLists(connectTo: readonly string[], context: CheckContext): Iterable<LocalFinding> {
  for (const [index, target] of connectTo.entries()) {
    const database = context.resource<DatabaseProperties>(target, 'relational-database');
    if (!database || accessibilityOf(database.properties) !== 'whitelisted-ips-only') continue;
    const listed: readonly unknown[] = database.properties.accessibility?.whitelistedIps ?? [];
    if (listed.some((address) => typeof address === 'string' && privateAddress.test(address))) continue;
    yield {
      severity: 'warning',
      code: 'address-unknown',
      path: ['connectTo', index],
      message: `${target} takes connections from addresses that it knows, and those of the VPC are not among them.`,
      suggestion: `Set accessibilityMode: vpc on ${target}; its "whitelistedIps" may connect then too.`,
    };
  }
}

function reachOf(target: string, context: CheckContext): string | undefined {
  if (insideVpc.some((type) => context.resource(target, type))) return 'vpc';
  const database = context.resource<DatabaseProperties>(target, 'relational-database');
  return database && accessibilityOf(database.properties);
}
