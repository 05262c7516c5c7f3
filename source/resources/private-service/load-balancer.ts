import { getAtt, ref } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { loadBalancerId } from '../load-balancer/listeners.ts';
import { tcpFrom } from '../vpc/ip-ranges.ts';
import { networkOf } from '../vpc/vpc.ts';

/** A load balancer inside the VPC. Returns the logical ids of its listener and target group. */
export function addLoadBalancer(
  name: string,
  port: number,
  stack: StackBuilder,
): { listener: string; group: string } {
  const { names } = stack;
  const network = networkOf(stack);
  const securityGroup = names.logicalId(name, 'AWS::EC2::SecurityGroup', { specifier: 'lb' });
  stack.add(name, securityGroup, {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupName: names.physicalName(`${name}-lb-sg`, 255),
      GroupDescription: `Load balancer of ${name} of stack ${names.stackName}`,
      VpcId: network.vpcId,
      SecurityGroupIngress: [tcpFrom(network.cidrBlock, port)],
    },
  });
  stack.add(name, loadBalancerId(names, name), {
    Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    Properties: {
      Type: 'application',
      Scheme: 'internal',
      Subnets: network.subnetIds,
      SecurityGroups: [getAtt(securityGroup, 'GroupId')],
    },
  });
  const group = names.logicalId(name, 'AWS::ElasticLoadBalancingV2::TargetGroup');
  stack.add(name, group, {
    Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    Properties: { Port: port, Protocol: 'HTTP', TargetType: 'ip', VpcId: network.vpcId },
  });
  const listener = names.logicalId(name, 'AWS::ElasticLoadBalancingV2::Listener');
  stack.add(name, listener, {
    Type: 'AWS::ElasticLoadBalancingV2::Listener',
    Properties: {
      LoadBalancerArn: ref(loadBalancerId(names, name)),
      Port: port,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: ref(group) }],
    },
  });
  return { listener, group };
}
