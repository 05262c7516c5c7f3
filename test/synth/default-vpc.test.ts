import { describe, expect, test } from 'vitest';
import { functionWith, read } from '../config/read.ts';
import { configText, property, synthesize } from './synthesize.ts';

const idsOfVpc = [
  'StpVpc',
  'StpInternetGateway',
  'StpVpcGatewayAttachment',
  ...[1, 2, 3].flatMap((number) => [
    `StpPublicSubnet${number}`,
    `StpPublicSubnet${number}RouteTable`,
    `StpPublicSubnet${number}SubnetRouteTableAssociation`,
    `StpInternetGatewayRoute${number}`,
  ]),
];

test('26-join-default-vpc', () => {
  const stack = synthesize(configText('examples/26-join-default-vpc'));
  expect(stack.findings).toEqual([]);
  expect(Object.keys(stack.template.Resources).sort()).toEqual(
    ['MyLambdaFunction', 'MyLambdaRole', 'MyLambdaLogGroup', 'MyLambdaSecurityGroup', ...idsOfVpc].sort(),
  );
  expect(property(stack, 'MyLambdaFunction', 'VpcConfig')).toEqual({
    SecurityGroupIds: [{ 'Fn::GetAtt': ['MyLambdaSecurityGroup', 'GroupId'] }],
    SubnetIds: [
      { Ref: 'StpPublicSubnet1' },
      { Ref: 'StpPublicSubnet2' },
      { 'Fn::If': ['StpHasThirdZone', { Ref: 'StpPublicSubnet3' }, { Ref: 'AWS::NoValue' }] },
    ],
  });
  expect(property(stack, 'MyLambdaRole', 'Policies', 1)).toMatchObject({
    PolicyName: 'allow-vpc-network-interfaces-policy',
    PolicyDocument: { Statement: [{ Effect: 'Allow', Resource: '*' }] },
  });
});

test('subnets lie in zones that are there, also where a Region gives two', () => {
  const stack = synthesize(configText('examples/26-join-default-vpc'));
  expect(stack.template.Conditions).toEqual({
    StpHasThirdZone: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-west-1'] }] },
  });
  for (const [id, resource] of Object.entries(stack.template.Resources)) {
    const isThird = /^Stp.*3/.test(id) && id !== 'StpS3GatewayVpcEndpoint';
    expect([id, resource.Condition]).toEqual([id, isThird ? 'StpHasThirdZone' : undefined]);
  }
  // Evaluated as CloudFormation would, with the zones of an account.
  const zoneOf = (number: number, zones: string[]) =>
    evaluate(property(stack, `StpPublicSubnet${number}`, 'AvailabilityZone'), zones);
  const places = (zones: string[]) => [1, 2, 3].map((number) => zoneOf(number, zones));
  expect(places(['a', 'b', 'c', 'd'])).toEqual(['a', 'b', 'c']);
  expect(places(['a', 'b'])).toEqual(['a', 'b', 'a']);
});

function evaluate(value: unknown, zones: string[]): unknown {
  const [[name, argument]] = Object.entries(value as Record<string, unknown>) as [[string, unknown]];
  const arg = (index: number) => {
    const one = (argument as unknown[])[index];
    return typeof one === 'object' && one !== null && !Array.isArray(one) ? evaluate(one, zones) : one;
  };
  switch (name) {
    case 'Fn::GetAZs':
      return zones;
    case 'Fn::Select': {
      const selected = (arg(1) as string[])[arg(0) as number];
      if (selected === undefined) throw new Error('Fn::Select cannot select nonexistent value');
      return selected;
    }
    case 'Fn::Split':
      return String(arg(1)).split(String(arg(0)));
    case 'Fn::Join': {
      const list = arg(1) as unknown[];
      return list.map((one) => (typeof one === 'object' ? evaluate(one, zones) : one)).join(String(arg(0)));
    }
    default:
      throw new Error(name);
  }
}

test('a joined function reaches tables through a gateway of the VPC', () => {
  const stack = synthesize(functionWith('      joinDefaultVpc: true\n      connectTo: [posts]\n'));
  expect(property(stack, 'StpDynamoDbGatewayVpcEndpoint')).toMatchObject({
    VpcEndpointType: 'Gateway',
    ServiceName: { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.dynamodb' },
  });
  expect(synthesize(functionWith('      connectTo: [posts]\n')).template.Resources.StpVpc).toBeUndefined();
});

describe('a VPC that is there already', () => {
  const reusing = (reuseVpc: string) =>
    `${functionWith('      joinDefaultVpc: true\n      connectTo: [posts]\n')}stackConfig: { vpc: { reuseVpc: { ${reuseVpc} } } }\n`;

  test('of another stack of ours, by its exports', () => {
    const stack = synthesize(reusing('projectName: base, stage: prod'));
    expect(Object.keys(stack.template.Resources).filter((id) => id.startsWith('Stp'))).toEqual([]);
    expect(property(stack, 'GetPostsFunction', 'VpcConfig', 'SubnetIds')).toEqual({
      'Fn::Split': [',', { 'Fn::ImportValue': 'base-prod-StpVpcPublicSubnetIds' }],
    });
    const exports = Object.values(
      synthesize(functionWith('      joinDefaultVpc: true\n')).template.Outputs ?? {},
    ).map(({ Export }) => Export?.Name);
    expect(exports).toContain('project-dev-StpVpcPublicSubnetIds');
  });

  test('of anybody', () => {
    const stack = synthesize(
      reusing('vpcId: vpc-1, subnetIds: [subnet-1, subnet-2], cidrBlock: 10.0.0.0/16'),
    );
    expect(property(stack, 'GetPostsFunction', 'VpcConfig', 'SubnetIds')).toEqual(['subnet-1', 'subnet-2']);
    expect(property(stack, 'GetPostsSecurityGroup', 'VpcId')).toBe('vpc-1');
  });

  test.each([
    ['', '"reuseVpc" names no VPC.'],
    ['projectName: a, vpcId: b', '"reuseVpc" names two VPCs.'],
    ['projectName: a', 'Property "stage" is missing in "reuseVpc".'],
    ['vpcId: a, subnetIds: [b, c]', 'Property "cidrBlock" is missing in "reuseVpc".'],
  ])('{ %s } is refused', (written, message) => {
    expect(read(reusing(written)).problems.map((problem) => problem.message)).toEqual([message]);
  });
});
