import { getAtt, type Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { staticSwitch } from '../schema.ts';
import { networkOf, securityGroupId } from '../vpc/vpc.ts';

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
