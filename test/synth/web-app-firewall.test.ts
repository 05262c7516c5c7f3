import { expect, test } from 'vitest';
import { read } from '../config/read.ts';
import { property, synthesize } from './synthesize.ts';

const wall = (properties: string, rest = '') =>
  `resources:\n  wall:\n    type: web-app-firewall\n    properties: { ${properties} }\n${rest}`;
const balancer = '  lb: { type: application-load-balancer, properties: { useFirewall: wall } }\n';
const site = '  site: { type: bucket, properties: { cdn: { enabled: true, useFirewall: wall } } }\n';

test('without rules it has those of AWS against common attacks', () => {
  const stack = synthesize(wall('scope: regional', balancer));
  expect(stack.findings).toEqual([]);
  const rules = property(stack, 'WallWebAcl', 'Rules') as { Name: string; Statement: unknown }[];
  expect(rules.map(({ Name }) => Name)).toEqual([
    'AWSManagedRulesCommonRuleSet',
    'AWSManagedRulesKnownBadInputsRuleSet',
  ]);
  expect(property(stack, 'WallWebAcl')).toMatchObject({ Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
  expect(property(stack, 'LbWebAclAssociation')).toEqual({
    ResourceArn: { Ref: 'LbLoadBalancer' },
    WebACLArn: { 'Fn::GetAtt': ['WallWebAcl', 'Arn'] },
  });
});

test('that of a CDN is named by the distribution', () => {
  const stack = synthesize(wall('scope: cdn', site));
  expect(property(stack, 'WallWebAcl', 'Scope')).toBe('CLOUDFRONT');
  expect(property(stack, 'SiteDistribution', 'DistributionConfig', 'WebACLId')).toEqual({
    'Fn::GetAtt': ['WallWebAcl', 'Arn'],
  });
});

test('its ARN and scope can be referred to', () => {
  const stack = synthesize(
    `${wall('scope: regional')}stackConfig:\n  outputs:\n    - { name: arn, value: "$ResourceParam('wall', 'arn')" }\n    - { name: scope, value: "$ResourceParam('wall', 'scope')" }\n`,
  );
  expect(stack.template.Outputs?.arn?.Value).toEqual({ 'Fn::GetAtt': ['WallWebAcl', 'Arn'] });
  expect(stack.template.Outputs?.scope?.Value).toBe('regional');
});

const rate = (name: string, priority: number) =>
  `{ type: rate-based-rule, properties: { name: ${name}, priority: ${priority}, limit: 100 } }`;

test.each([
  [
    wall('scope: cdn', balancer),
    'us-east-1',
    ['Application Load Balancer lb: firewall wall has "scope: cdn", and here it has to be regional.'],
  ],
  [
    wall('scope: regional', site),
    'us-east-1',
    ['Bucket site: firewall wall has "scope: regional", and here it has to be cdn.'],
  ],
  [
    wall('scope: cdn'),
    'eu-west-1',
    [
      'Web application firewall wall: AWS keeps firewalls for CDNs in us-east-1 alone, and this stack is in eu-west-1.',
    ],
  ],
  [
    wall(`scope: regional, rules: [${rate('a', 1)}, ${rate('b', 1)}]`),
    'us-east-1',
    ['Web application firewall wall: another rule has the priority 1 already.'],
  ],
  [
    wall(`scope: regional, rules: [${rate('a', 1)}, ${rate('a', 2)}]`),
    'us-east-1',
    ['Web application firewall wall: another rule has the name a already.'],
  ],
  [
    wall('scope: regional, customResponseBodies: {}'),
    'us-east-1',
    ['Web application firewall wall: property "customResponseBodies" is not supported by this version yet.'],
  ],
  [
    `resources:\n${balancer.replace(': wall', ': none')}`,
    'us-east-1',
    [
      'Application Load Balancer lb: "useFirewall" names "none", and there is no such resource in the config.',
    ],
  ],
])('%s in %s', (text, region, messages) => {
  expect(read(text, { region }).problems.map(({ message }) => message)).toEqual(messages);
});
