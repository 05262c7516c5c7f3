import type { ConfigResource } from '../../model/config.ts';
import { getAtt, ref } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import {
  type Network,
  networkOf,
  privateRouteTableId,
  privateSubnetId,
  subnetId,
  subnetZone,
  thirdZone,
  usesPrivateSubnets,
  vpcId,
  whereThirdZone,
} from './vpc.ts';

const blocks = ['172.16.48.0/20', '172.16.64.0/20', '172.16.80.0/20'];
const numbers = [1, 2, 3];

/** Without `stackConfig.vpc.nat`: what runs goes on when one zone is lost. */
export const defaultNatZones = 2;

const natGatewayId = (number: number): string => `StpNatGateway${number}`;
const natRouteId = (number: number): string => `StpNatRoute${number}`;

/** The subnets that a workload runs in: public ones, or private ones that reach the internet through NAT (spec 9). */
export function networkFor(resource: ConfigResource, stack: StackBuilder): Network {
  const network = networkOf(stack);
  if (!usesPrivateSubnets(resource)) return network;
  for (const number of numbers) addPrivateSubnet(number, stack);
  return {
    ...network,
    subnetIds: numbers.map((number) => whereThirdZone(number, ref(privateSubnetId(number)))),
    // What starts before the route is there gets no image. The third is made under a condition, on which DependsOn
    // cannot rely; what starts there before is tried again.
    gateway: [natRouteId(1), natRouteId(2)],
  };
}

const onlyWithThirdZone = (number: number) => (number === 3 ? { Condition: thirdZone } : {});

function addPrivateSubnet(number: number, stack: StackBuilder): void {
  const condition = onlyWithThirdZone(number);
  const Tags = [{ Key: 'Name', Value: `${stack.names.stackName}-private-${number}` }];
  stack.addShared(privateSubnetId(number), () => ({
    Type: 'AWS::EC2::Subnet',
    ...condition,
    Properties: {
      VpcId: ref(vpcId),
      CidrBlock: blocks[number - 1] ?? '',
      AvailabilityZone: subnetZone(number),
      Tags,
    },
  }));
  stack.addShared(privateRouteTableId(number), () => ({
    Type: 'AWS::EC2::RouteTable',
    ...condition,
    Properties: { VpcId: ref(vpcId), Tags },
  }));
  stack.addShared(`${privateSubnetId(number)}SubnetRouteTableAssociation`, () => ({
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    ...condition,
    Properties: { SubnetId: ref(privateSubnetId(number)), RouteTableId: ref(privateRouteTableId(number)) },
  }));
  stack.addShared(natRouteId(number), () => ({
    Type: 'AWS::EC2::Route',
    ...condition,
    Properties: {
      RouteTableId: ref(privateRouteTableId(number)),
      DestinationCidrBlock: '0.0.0.0/0',
      NatGatewayId: ref(natGatewayOf(number, stack)),
    },
  }));
}

/** The gateway of the subnet's own zone; where that has none, another one's. Gives its logical id. */
function natGatewayOf(subnet: number, stack: StackBuilder): string {
  const zones = stack.config.natZones ?? defaultNatZones;
  const number = ((subnet - 1) % zones) + 1;
  const condition = onlyWithThirdZone(number);
  const address = `StpNatElasticIp${number}`;
  const Tags = [{ Key: 'Name', Value: `${stack.names.stackName}-nat-${number}` }];
  stack.addShared(address, () => ({
    Type: 'AWS::EC2::EIP',
    ...condition,
    DependsOn: ['StpVpcGatewayAttachment'],
    Properties: { Domain: 'vpc', Tags },
  }));
  stack.addShared(natGatewayId(number), () => ({
    Type: 'AWS::EC2::NatGateway',
    ...condition,
    Properties: { AllocationId: getAtt(address, 'AllocationId'), SubnetId: ref(subnetId(number)), Tags },
  }));
  return natGatewayId(number);
}
