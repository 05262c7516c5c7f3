import type { Config, ConfigResource } from '../../model/config.ts';
import { getAtt, join, ref, sub, type Value } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';

/** What resources inside the VPC have to know of it. */
export type Network = {
  vpcId: Value;
  /** Public subnets, each in a zone of its own: as many as the Region has zones, three at most. */
  subnetIds: Value;
  /** Addresses of the VPC. */
  cidrBlock: Value;
  /** Logical ids of what makes the subnets reach the internet; who has a public address has to wait for it. */
  gateway: readonly string[];
};

export const vpcId = 'StpVpc';
const cidrBlock = '172.16.0.0/16';
const subnetCidrBlocks = ['172.16.0.0/20', '172.16.16.0/20', '172.16.32.0/20'];

/** Holds everywhere but where accounts are given two zones. */
export const thirdZone = 'StpHasThirdZone';
const regionsWithTwoZones = ['us-west-1'];

export const subnetId = (number: number): string => `StpPublicSubnet${number}`;
const routeTableId = (number: number): string => `${subnetId(number)}RouteTable`;
export const whereThirdZone = (number: number, value: Value): Value =>
  number === 3 ? { 'Fn::If': [thirdZone, value, ref('AWS::NoValue')] } : value;

const eachSubnet = (value: (number: number) => Value): Value[] =>
  subnetCidrBlocks.map((_, index) => whereThirdZone(index + 1, value(index + 1)));

/** The names under which a stack exports its VPC, for `stackConfig.vpc.reuseVpc` of others. */
const exported = (stackName: string) => ({
  vpcId: `${stackName}-StpVpcId`,
  subnetIds: `${stackName}-StpVpcPublicSubnetIds`,
  cidrBlock: `${stackName}-StpVpcCidrBlock`,
});

/** The VPC of the stack, or the one that it reuses; made when the first resource asks for it (spec 9). */
export function networkOf(stack: StackBuilder): Network {
  const reused = stack.config.reuseVpc;
  if (reused) return reusedNetwork(reused);
  addVpc(stack);
  return {
    vpcId: ref(vpcId),
    subnetIds: eachSubnet((number) => ref(subnetId(number))),
    cidrBlock,
    gateway: ['StpVpcGatewayAttachment'],
  };
}

function reusedNetwork(reused: NonNullable<Config['reuseVpc']>): Network {
  if ('vpcId' in reused) return { ...reused, gateway: [] };
  const names = exported(`${reused.projectName}-${reused.stage}`);
  return {
    vpcId: { 'Fn::ImportValue': names.vpcId },
    subnetIds: { 'Fn::Split': [',', { 'Fn::ImportValue': names.subnetIds }] },
    cidrBlock: { 'Fn::ImportValue': names.cidrBlock },
    gateway: [],
  };
}

function addVpc(stack: StackBuilder): void {
  const { names } = stack;
  const Tags = [{ Key: 'Name', Value: names.stackName }];
  stack.condition(thirdZone, {
    'Fn::Not': [oneOfRegions(regionsWithTwoZones)],
  });
  stack.addShared(vpcId, () => ({
    Type: 'AWS::EC2::VPC',
    Properties: { CidrBlock: cidrBlock, EnableDnsSupport: true, EnableDnsHostnames: true, Tags },
  }));
  stack.addShared('StpInternetGateway', () => ({ Type: 'AWS::EC2::InternetGateway', Properties: { Tags } }));
  stack.addShared('StpVpcGatewayAttachment', () => ({
    Type: 'AWS::EC2::VPCGatewayAttachment',
    Properties: { VpcId: ref(vpcId), InternetGatewayId: ref('StpInternetGateway') },
  }));
  for (const [index, block] of subnetCidrBlocks.entries()) addSubnet(stack, index + 1, block);
  addExports(stack);
}

function oneOfRegions(regions: readonly string[]): Value {
  const conditions = regions.map((region) => ({ 'Fn::Equals': [ref('AWS::Region'), region] }));
  const [only] = conditions;
  return conditions.length === 1 && only ? only : { 'Fn::Or': conditions };
}

function addSubnet(stack: StackBuilder, number: number, block: string): void {
  const condition = number === 3 ? { Condition: thirdZone } : {};
  const Tags = [{ Key: 'Name', Value: `${stack.names.stackName}-public-${number}` }];
  stack.addShared(subnetId(number), () => ({
    Type: 'AWS::EC2::Subnet',
    ...condition,
    Properties: {
      VpcId: ref(vpcId),
      CidrBlock: block,
      AvailabilityZone: subnetZone(number),
      MapPublicIpOnLaunch: true,
      Tags,
    },
  }));
  stack.addShared(routeTableId(number), () => ({
    Type: 'AWS::EC2::RouteTable',
    ...condition,
    Properties: { VpcId: ref(vpcId), Tags },
  }));
  stack.addShared(`${subnetId(number)}SubnetRouteTableAssociation`, () => ({
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    ...condition,
    Properties: { SubnetId: ref(subnetId(number)), RouteTableId: ref(routeTableId(number)) },
  }));
  stack.addShared(`StpInternetGatewayRoute${number}`, () => ({
    Type: 'AWS::EC2::Route',
    ...condition,
    // CloudFormation does not see that the route needs the attachment.
    DependsOn: ['StpVpcGatewayAttachment'],
    Properties: {
      RouteTableId: ref(routeTableId(number)),
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: ref('StpInternetGateway'),
    },
  }));
}

/**
 * The zones are counted through twice for the third subnet: Fn::GetAZs gives fewer zones where an account has deleted
 * default subnets, and Fn::Select past the end of a list fails the stack. Two subnets share a zone then.
 */
export function subnetZone(number: number): Value {
  const index = number - 1;
  const zones: Value = { 'Fn::GetAZs': '' };
  if (index < 2) return { 'Fn::Select': [index, zones] };
  const once = join(',', zones);
  return { 'Fn::Select': [index, { 'Fn::Split': [',', join(',', [once, once])] }] };
}

function addExports(stack: StackBuilder): void {
  const names = exported(stack.names.stackName);
  stack.output('StpVpcId', {
    Description: 'VPC, for other stacks that reuse it',
    Value: ref(vpcId),
    Export: { Name: names.vpcId },
  });
  stack.output('StpVpcPublicSubnetIds', {
    Description: 'Public subnets of the VPC',
    Value: join(
      ',',
      eachSubnet((number) => ref(subnetId(number))),
    ),
    Export: { Name: names.subnetIds },
  });
  stack.output('StpVpcCidrBlock', {
    Description: 'Addresses of the VPC',
    Value: getAtt(vpcId, 'CidrBlock'),
    Export: { Name: names.cidrBlock },
  });
}

export const privateSubnetId = (number: number): string => `StpPrivateSubnet${number}`;
export const privateRouteTableId = (number: number): string => `${privateSubnetId(number)}RouteTable`;

/** Whether a workload of containers has no public address. */
export const usesPrivateSubnets = ({ properties }: ConfigResource): boolean =>
  properties.usePrivateSubnetsWithNAT === true;

const endpoints = { s3: 'StpS3GatewayVpcEndpoint', dynamodb: 'StpDynamoDbGatewayVpcEndpoint' } as const;

/**
 * A way from the VPC to S3 or DynamoDB, which functions in it reach over no internet. A reused VPC belongs to
 * somebody else and keeps its routes.
 */
export function addGatewayEndpoint(stack: StackBuilder, service: keyof typeof endpoints): void {
  if (stack.config.reuseVpc) return;
  stack.addShared(endpoints[service], () => ({
    Type: 'AWS::EC2::VPCEndpoint',
    Properties: {
      VpcId: ref(vpcId),
      VpcEndpointType: 'Gateway',
      ServiceName: sub(`com.amazonaws.\${AWS::Region}.${service}`),
      RouteTableIds: [
        ...eachSubnet((number) => ref(routeTableId(number))),
        ...(stack.config.resources.some(usesPrivateSubnets)
          ? eachSubnet((number) => ref(privateRouteTableId(number)))
          : []),
      ],
    },
  }));
}

/** The security group that the interfaces of a resource are in. */
export const securityGroupId = (names: Names, name: string): string =>
  names.logicalId(name, 'AWS::EC2::SecurityGroup');
