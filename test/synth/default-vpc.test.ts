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

describe('private subnets with NAT', () => {
  const service = (more = '') => `resources:
  files: { type: bucket }
  prices:
    type: private-service
    properties:
      packaging: { type: prebuilt-image, properties: { image: nginx } }
      resources: { cpu: 0.25, memory: 512 }
      usePrivateSubnetsWithNAT: true
      connectTo: [files]
${more}`;
  const idsOf = (text: string, part: string) =>
    Object.keys(synthesize(text).template.Resources).filter((id) => id.startsWith(part));

  test('each has the gateway of its own zone, or one that there is', () => {
    const gateways = (text: string) =>
      [1, 2, 3].map((number) => property(synthesize(text), `StpNatRoute${number}`, 'NatGatewayId'));
    const of = (...numbers: number[]) => numbers.map((number) => ({ Ref: `StpNatGateway${number}` }));
    const zones = (count: number) =>
      service(`stackConfig: { vpc: { nat: { availabilityZones: ${count} } } }\n`);
    expect(gateways(service())).toEqual(of(1, 2, 1));
    expect(gateways(zones(1))).toEqual(of(1, 1, 1));
    expect(gateways(zones(3))).toEqual(of(1, 2, 3));
    expect(idsOf(zones(1), 'StpNatGateway')).toEqual(['StpNatGateway1']);
    expect(idsOf(zones(1), 'StpNatElasticIp')).toEqual(['StpNatElasticIp1']);
  });

  test('a container in them has no public address, and reaches S3 without the internet', () => {
    const stack = synthesize(service());
    expect(property(stack, 'PricesService', 'NetworkConfiguration', 'AwsvpcConfiguration')).toMatchObject({
      AssignPublicIp: 'DISABLED',
      Subnets: [
        { Ref: 'StpPrivateSubnet1' },
        { Ref: 'StpPrivateSubnet2' },
        { 'Fn::If': ['StpHasThirdZone', { Ref: 'StpPrivateSubnet3' }, { Ref: 'AWS::NoValue' }] },
      ],
    });
    expect(property(stack, 'StpPrivateSubnet3', 'CidrBlock')).toBe('172.16.80.0/20');
    expect(property(stack, 'StpS3GatewayVpcEndpoint', 'RouteTableIds')).toHaveLength(6);
    expect(idsOf(service().replace('usePrivateSubnetsWithNAT: true', ''), 'StpPrivate')).toEqual([]);
  });

  test.each([
    [
      service('stackConfig: { vpc: { reuseVpc: { projectName: other, stage: dev } } }\n'),
      'error nat-in-reused-vpc Private service prices: private subnets with NAT are not made in a reused VPC.',
    ],
    [
      'resources: { files: { type: bucket } }\nstackConfig: { vpc: { nat: { availabilityZones: 1 } } }\n',
      'warning unused-nat No NAT gateway is made, since no container asks for private subnets.',
    ],
    [
      service('stackConfig: { vpc: { nat: { availabilityZones: 4 } } }\n'),
      'error out-of-bounds "availabilityZones" has to be at most 3, not 4.',
    ],
  ])('what cannot be is said (%#)', (text, expected) => {
    const { problems } = read(text);
    expect(problems.map(({ severity, code, message }) => `${severity} ${code} ${message}`)).toEqual([
      expected,
    ]);
  });
});

describe('what a function in the VPC reaches over the internet alone', () => {
  const config = (targets: string, more = '') =>
    `${functionWith(`      joinDefaultVpc: true\n      connectTo: [${targets}]\n`)}  jobs: { type: sqs-queue }
  news: { type: sns-topic }
  files: { type: bucket }
${more}`;
  const problems = (text: string) =>
    read(text).problems.map(({ severity, code, message }) => `${severity} ${code} ${message}`);

  test('it is told of', () => {
    expect(problems(config('posts, jobs, aws:ses'))).toEqual([
      'warning no-internet Function getPosts: a function in the VPC has no way to the internet, over which jobs, aws:ses are reached.',
    ]);
    expect(problems(config('news'))).toEqual([
      'warning no-internet Function getPosts: a function in the VPC has no way to the internet, over which news is reached.',
    ]);
  });

  test('not where it has another way', () => {
    expect(problems(config('posts, files'))).toEqual([]);
    const endpoint = "cloudformationResources: { Sqs: { Type: 'AWS::EC2::VPCEndpoint' } }\n";
    expect(problems(config('jobs', endpoint))).toEqual([]);
    const reused = 'stackConfig: { vpc: { reuseVpc: { projectName: base, stage: dev } } }\n';
    expect(problems(config('jobs', reused))).toEqual([]);
  });
});
