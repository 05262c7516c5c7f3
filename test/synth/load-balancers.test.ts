import { describe, expect, test } from 'vitest';
import { functionWith, read } from '../config/read.ts';
import { configText, property, synthesize } from './synthesize.ts';

const event = (properties: string) =>
  `        - { type: application-load-balancer, properties: { loadBalancerName: lb, ${properties} } }\n`;
const balanced = (events: string, balancer = '') =>
  `${functionWith(`      events:\n${events}`)}  lb:\n    type: application-load-balancer\n${balancer}`;
const withListeners =
  '    properties: { listeners: [{ port: 8080, protocol: HTTP }, { port: 81, protocol: HTTP }] }\n';

test('20-application-load-balancer', () => {
  const stack = synthesize(configText('examples/20-application-load-balancer'));
  expect(stack.findings).toEqual([]);
  expect(
    Object.keys(stack.template.Resources)
      .filter((id) => id.startsWith('My'))
      .sort(),
  ).toEqual([
    'MyLambdaFunction',
    'MyLambdaLogGroup',
    'MyLambdaMyLoadBalancerTargetGroup',
    'MyLambdaMyLoadBalancerTargetGroupPermission',
    'MyLambdaRole',
    'MyLoadBalancerLbSecurityGroup',
    'MyLoadBalancerLoadBalancer',
    'MyLoadBalancerPort80Listener',
    'MyLoadBalancerPort80Priority1ListenerRule',
  ]);
  expect(property(stack, 'MyLoadBalancerPort80Priority1ListenerRule')).toEqual({
    ListenerArn: { Ref: 'MyLoadBalancerPort80Listener' },
    Priority: 1,
    Conditions: [
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/invoke-my-lambda', '/another-path'] } },
    ],
    Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'MyLambdaMyLoadBalancerTargetGroup' } }],
  });
  expect(stack.template.Resources.MyLambdaMyLoadBalancerTargetGroup).toMatchObject({
    DependsOn: ['MyLambdaMyLoadBalancerTargetGroupPermission'],
    Properties: { TargetType: 'lambda', Targets: [{ Id: { 'Fn::GetAtt': ['MyLambdaFunction', 'Arn'] } }] },
  });
  expect(property(stack, 'MyLoadBalancerPort80Listener', 'DefaultActions', 0)).toMatchObject({
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '404' },
  });
});

test('every condition, on a listener of its own, with one target group for all rules', () => {
  const stack = synthesize(
    balanced(
      event(
        'listenerPort: 8080, priority: 1, methods: [GET], hosts: [a.example.com], headers: [{ headerName: X-A, values: [b] }], queryParams: [{ paramName: p, values: [q] }], sourceIps: [203.0.113.0/24]',
      ) + event('listenerPort: 81, priority: 1, paths: [/]'),
      withListeners,
    ),
  );
  expect(property(stack, 'LbPort8080Priority1ListenerRule', 'Conditions')).toEqual([
    { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
    { Field: 'host-header', HostHeaderConfig: { Values: ['a.example.com'] } },
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-A', Values: ['b'] } },
    { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'p', Value: 'q' }] } },
    { Field: 'source-ip', SourceIpConfig: { Values: ['203.0.113.0/24'] } },
  ]);
  expect(Object.keys(stack.template.Resources).filter((id) => id.endsWith('TargetGroup'))).toHaveLength(1);
});

describe('refused', () => {
  test.each([
    [event('priority: 1'), '', 'no-condition', 'the event has no condition.'],
    [
      event('priority: 1, paths: [/a, /b, /c], methods: [GET, PUT, POST]'),
      '',
      'too-many-conditions',
      'the conditions have 6 values; a rule of a load balancer can have 5.',
    ],
    [
      event('priority: 1, paths: [/], listenerPort: 80'),
      '',
      'listener-port',
      '"listenerPort" is for load balancers with "listeners", and lb has none.',
    ],
    [
      event('priority: 1, paths: [/]'),
      withListeners,
      'listener-port',
      'load balancer lb has "listeners": "listenerPort" has to say which one.',
    ],
    [
      event('priority: 1, paths: [/], listenerPort: 82'),
      withListeners,
      'listener-port',
      'load balancer lb has no listener at port 82.',
    ],
    [
      event('priority: 7, paths: [/a]') + event('priority: 7, paths: [/b]'),
      '',
      'duplicate-priority',
      'priority 7 of lb is taken already by function getPosts.',
    ],
  ])('%s', (events, balancer, code, message) => {
    expect(read(balanced(events, balancer)).problems.map((one) => [one.code, one.message])).toEqual([
      [code, `Function getPosts: ${message}`],
    ]);
  });

  test.each([
    ['listeners: [{ port: 443, protocol: HTTPS }]', 'missing-certificate'],
    ['listeners: [{ port: 80, protocol: HTTP, customCertificateArns: [a] }]', 'conflicting-properties'],
    ['listeners: [{ port: 80, protocol: HTTP }, { port: 80, protocol: HTTP }]', 'duplicate-entry'],
    ['listeners: [{ port: 80, protocol: HTTP, whitelistIps: [office] }]', 'wrong-format'],
    [
      'listeners: [{ port: 80, protocol: HTTP, defaultAction: { type: redirect, properties: { statusCode: HTTP_301, port: 80 } } }]',
      'redirect-loop',
    ],
    [
      'listeners: [{ port: 80, protocol: HTTP, defaultAction: { type: redirect, properties: { statusCode: HTTP_301, path: new } } }]',
      'wrong-format',
    ],
    [
      'listeners: [{ port: 443, protocol: HTTPS, customCertificateArns: [a], defaultAction: { type: redirect, properties: { statusCode: HTTP_302, protocol: HTTP, port: 80 } } }]',
      'redirect-downgrade',
    ],
    [
      'alarms: [{ trigger: { type: application-load-balancer-unhealthy-targets, properties: { thresholdPercent: 5 } } }]',
      'unfit-alarm',
    ],
  ])('%s', (properties, code) => {
    const text = `resources:\n  lb:\n    type: application-load-balancer\n    properties: { ${properties} }\n`;
    expect(read(text).problems.map((one) => one.code)).toEqual([code]);
  });
});

describe('redis', () => {
  const redis = (properties: string, rest = '') =>
    `${functionWith(rest)}  cache:\n    type: redis-cluster\n    properties: { instanceSize: cache.t4g.micro, defaultUserPassword: 0123456789abcdef, ${properties} }\n`;

  test('is in the VPC and takes connections from there, with a password and encrypted', () => {
    const stack = synthesize(redis('', '      joinDefaultVpc: true\n      connectTo: [cache]\n'));
    expect(property(stack, 'CacheReplicationGroup')).toMatchObject({
      EngineVersion: '6.2',
      NumCacheClusters: 1,
      TransitEncryptionEnabled: true,
      AuthToken: '0123456789abcdef',
    });
    expect(property(stack, 'CacheSecurityGroup', 'SecurityGroupIngress')).toEqual([
      { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, CidrIp: '172.16.0.0/16' },
    ]);
    const variables = property(stack, 'GetPostsFunction', 'Environment', 'Variables') as object;
    expect(Object.keys(variables).filter((name) => name.startsWith('STP'))).toEqual([
      'STP_CACHE_HOST',
      'STP_CACHE_READER_HOST',
      'STP_CACHE_PORT',
    ]);
  });

  test('scoping opens the port to connected functions alone', () => {
    const stack = synthesize(
      redis(
        'accessibility: { accessibilityMode: scoping-workloads-in-vpc }',
        '      joinDefaultVpc: true\n      connectTo: [cache]\n',
      ),
    );
    expect(property(stack, 'CacheSecurityGroup', 'SecurityGroupIngress')).toBeUndefined();
    expect(property(stack, 'GetPostsCacheSecurityGroupIngress', 'FromPort')).toBe(6379);
  });

  test.each([
    ['', '      connectTo: [cache]\n', 'outside-vpc'],
    ['enableAutomaticFailover: true', '', 'failover-without-replica'],
    ['enableSharding: true, enableAutomaticFailover: false', '', 'sharding-without-failover'],
    ['numShards: 2', '', 'shards-without-sharding'],
    ['enableSharding: true, numShards: 126, numReplicaNodes: 3', '', 'too-many-nodes'],
  ])('{ %s } %s is refused', (properties, rest, code) => {
    expect(read(redis(properties, rest)).problems.map((one) => one.code)).toEqual([code]);
  });

  test.each(['0123456789abcde%', '0123456789abcdé*', '0123456789 abcdef'])(
    'ElastiCache takes no password such as %s',
    (password) => {
      const text = redis('').replace('0123456789abcdef', `'${password}'`);
      expect(read(text).problems.map(({ code, expected }) => [code, expected])).toEqual([
        ['wrong-format', 'letters, digits and ! & # $ ^ < > -'],
      ]);
    },
  );
});

test('a name that AWS keeps for itself is not taken', () => {
  const stack = synthesize(`serviceName: internal-tools\n${balanced(event('priority: 1, paths: [/]'))}`);
  expect(property(stack, 'LbLoadBalancer', 'Name')).toBe('stp-internal-tools-dev-lb');
});
