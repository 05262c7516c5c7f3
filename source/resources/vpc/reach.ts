import type { Connection } from '../../model/descriptor.ts';
import { getAtt } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { addGatewayEndpoint, securityGroupId } from './vpc.ts';

/**
 * Opens the way from a resource in the VPC, which has a security group, to what it is connected to.
 * @param description of the rule: who comes
 */
export function reachInVpc(
  name: string,
  target: string,
  { ingress, gatewayEndpoint }: Connection,
  description: string,
  stack: StackBuilder,
): void {
  const { names } = stack;
  if (gatewayEndpoint) addGatewayEndpoint(stack, gatewayEndpoint);
  if (!ingress) return;
  // A resource of its own: two groups that name each other would wait for each other.
  stack.add(name, names.logicalId(name, 'AWS::EC2::SecurityGroupIngress', { specifier: target }), {
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: {
      Description: description,
      GroupId: getAtt(ingress.securityGroup, 'GroupId'),
      IpProtocol: 'tcp',
      FromPort: ingress.port,
      ToPort: ingress.port,
      SourceSecurityGroupId: getAtt(securityGroupId(names, name), 'GroupId'),
    },
  });
}
