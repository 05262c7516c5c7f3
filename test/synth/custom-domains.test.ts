import { describe, expect, test } from 'vitest';
import { read } from '../config/read.ts';
import { property, synthesize } from './synthesize.ts';

const zone = 'hostedZoneId: Z1';
const certificate = (region: string) => `arn:aws:acm:${region}:123456789012:certificate/a`;
const api = (domains: string) =>
  `resources:\n  api:\n    type: http-api-gateway\n    properties: { customDomains: ${domains} }\n`;
const balancer = (properties: string, rest = '') =>
  `resources:\n  lb:\n    type: application-load-balancer\n    properties: { ${properties} }\n${rest}`;
const site = (domains: string) =>
  `resources:\n  site:\n    type: bucket\n    properties: { cdn: { enabled: true, customDomains: ${domains} } }\n`;

const problems = (text: string, region = 'us-east-1') =>
  read(text, { region }).problems.map(({ severity, code, message }) => `${severity} ${code} ${message}`);

const idsOf = (text: string, type: string) =>
  Object.entries(synthesize(text).template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id]) => id);

const param = (of: string, name: string) =>
  `  f:\n    type: function\n    properties:\n      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/f.ts } }\n      environment: [{ name: VALUE, value: "$ResourceParam('${of}', '${name}')" }]\n`;
const valueOfParam = (text: string, of: string, name: string) =>
  property(synthesize(text + param(of, name)), 'FFunction', 'Environment', 'Variables', 'VALUE');

describe('of an API', () => {
  const stack = synthesize(api(`[{ domainName: api.example.com, ${zone} }]`));

  test('a certificate, the domain, what leads it to the API, and a record', () => {
    expect(stack.findings).toEqual([]);
    expect(property(stack, 'ApiApiExampleComCertificate')).toEqual({
      DomainName: 'api.example.com',
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ DomainName: 'api.example.com', HostedZoneId: 'Z1' }],
    });
    expect(property(stack, 'ApiApiExampleComDomainName')).toEqual({
      DomainName: 'api.example.com',
      DomainNameConfigurations: [
        {
          CertificateArn: { Ref: 'ApiApiExampleComCertificate' },
          EndpointType: 'REGIONAL',
          SecurityPolicy: 'TLS_1_2',
        },
      ],
    });
    expect(stack.template.Resources.ApiApiExampleComApiMapping).toMatchObject({
      DependsOn: ['ApiStage'],
      Properties: {
        ApiId: { Ref: 'ApiApi' },
        DomainName: { Ref: 'ApiApiExampleComDomainName' },
        Stage: '$default',
      },
    });
    expect(stack.template.Outputs?.ApiCustomDomainUrl?.Value).toBe('https://api.example.com');
    expect(property(stack, 'ApiApiExampleComRecordSet')).toEqual({
      HostedZoneId: 'Z1',
      Name: 'api.example.com',
      Type: 'A',
      AliasTarget: {
        DNSName: { 'Fn::GetAtt': ['ApiApiExampleComDomainName', 'RegionalDomainName'] },
        HostedZoneId: { 'Fn::GetAtt': ['ApiApiExampleComDomainName', 'RegionalHostedZoneId'] },
        EvaluateTargetHealth: false,
      },
    });
  });

  test('the zone may be one of the stack', () => {
    const own = `${api(`[{ domainName: api.example.com, hostedZoneId: "$CfResourceParam('Zone', 'Id')" }]`)}cloudformationResources:\n  Zone: { Type: AWS::Route53::HostedZone, Properties: { Name: example.com } }\n`;
    expect(property(synthesize(own), 'ApiApiExampleComRecordSet', 'HostedZoneId')).toEqual({
      'Fn::GetAtt': ['Zone', 'Id'],
    });
  });

  test('a certificate of the user’s is taken, and no record is made where that is said', () => {
    const text = api(
      `[{ domainName: api.example.com, ${zone}, customCertificateArn: "${certificate('us-east-1')}", disableDnsRecordCreation: true }]`,
    );
    const own = synthesize(text);
    expect(own.findings).toEqual([]);
    expect(idsOf(text, 'AWS::CertificateManager::Certificate')).toEqual([]);
    expect(idsOf(text, 'AWS::Route53::RecordSet')).toEqual([]);
    expect(own.template.Outputs?.ApiApiExampleComDnsTarget?.Value).toEqual({
      'Fn::GetAtt': ['ApiApiExampleComDomainName', 'RegionalDomainName'],
    });
  });

  test('resources of a domain keep their ids when another comes in front', () => {
    const one = `{ domainName: a.example.com, ${zone} }`;
    const two = `{ domainName: b.example.com, ${zone} }`;
    const before = idsOf(api(`[${one}]`), 'AWS::ApiGatewayV2::DomainName');
    expect(idsOf(api(`[${two}, ${one}]`), 'AWS::ApiGatewayV2::DomainName')).toEqual([
      'ApiBExampleComDomainName',
      ...before,
    ]);
  });

  test('domains that come to one id are kept apart', () => {
    const ids = idsOf(
      api(`[{ domainName: a-b.example.com, ${zone} }, { domainName: a.b.example.com, ${zone} }]`),
      'AWS::ApiGatewayV2::DomainName',
    );
    expect(ids[0]).toBe('ApiABExampleComDomainName');
    expect(ids[1]).toMatch(/^ApiABExampleComDomainName[0-9a-f]{8}$/);
  });

  test.each([
    ['domain', { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['ApiApi', 'ApiEndpoint'] }] }] }],
    ['url', { 'Fn::GetAtt': ['ApiApi', 'ApiEndpoint'] }],
    ['customDomains', '*.example.com, api.example.com, b.example.com'],
    ['customDomainUrl', 'https://api.example.com'],
    ['customDomainUrls', 'https://api.example.com, https://b.example.com'],
    [
      'canonicalDomain',
      { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['ApiApi', 'ApiEndpoint'] }] }] },
    ],
  ])('param %s', (name, value) => {
    const three = ['"*.example.com"', 'api.example.com', 'b.example.com'].map(
      (domain) => `{ domainName: ${domain}, ${zone} }`,
    );
    expect(valueOfParam(api(`[${three}]`), 'api', name)).toEqual(value);
  });
});

describe('of a load balancer', () => {
  const own = `customDomains: [{ domainName: a.example.com, ${zone} }, { domainName: b.example.com, ${zone} }]`;

  test('HTTPS with the certificates, HTTP leads there, and events are at HTTPS', () => {
    const stack = synthesize(
      balancer(own, param('lb', 'url')) +
        '      events: [{ type: application-load-balancer, properties: { loadBalancerName: lb, priority: 1, paths: [/] } }]\n',
    );
    expect(stack.findings).toEqual([]);
    expect(property(stack, 'LbPort443Listener')).toMatchObject({
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: { Ref: 'LbAExampleComCertificate' } }],
    });
    expect(property(stack, 'LbPort443ListenerCertificate', 'Certificates')).toEqual([
      { CertificateArn: { Ref: 'LbBExampleComCertificate' } },
    ]);
    expect(property(stack, 'LbPort80Listener', 'DefaultActions')).toEqual([
      { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Protocol: 'HTTPS', Port: '443' } },
    ]);
    expect(property(stack, 'LbPort443Priority1ListenerRule', 'ListenerArn')).toEqual({
      Ref: 'LbPort443Listener',
    });
    expect(property(stack, 'LbAExampleComRecordSet', 'AliasTarget')).toEqual({
      DNSName: { 'Fn::GetAtt': ['LbLoadBalancer', 'DNSName'] },
      HostedZoneId: { 'Fn::GetAtt': ['LbLoadBalancer', 'CanonicalHostedZoneID'] },
      EvaluateTargetHealth: false,
    });
    const ports = property(stack, 'LbLbSecurityGroup', 'SecurityGroupIngress') as { FromPort: number }[];
    expect(ports.map(({ FromPort }) => FromPort)).toEqual([443, 80]);
    expect(stack.template.Outputs?.LbUrl?.Value).toBe('https://a.example.com');
  });

  test('a listener takes one certificate for several domains once', () => {
    const arn = `customCertificateArn: "${certificate('us-east-1')}", ${zone}`;
    const stack = synthesize(
      balancer(
        `customDomains: [{ domainName: a.example.com, ${arn} }, { domainName: b.example.com, ${arn} }]`,
      ),
    );
    expect(property(stack, 'LbPort443Listener', 'Certificates')).toEqual([
      { CertificateArn: certificate('us-east-1') },
    ]);
    expect(stack.template.Resources.LbPort443ListenerCertificate).toBeUndefined();
  });

  test('listeners of its own take the certificates where they have none, and make none where they do', () => {
    const listener = (more: string) => `listeners: [{ port: 8443, protocol: HTTPS${more} }], ${own}`;
    expect(property(synthesize(balancer(listener(''))), 'LbPort8443Listener', 'Certificates')).toEqual([
      { CertificateArn: { Ref: 'LbAExampleComCertificate' } },
    ]);
    for (const text of [
      balancer(listener(', customCertificateArns: [x]')),
      balancer(`listeners: [{ port: 80, protocol: HTTP }], ${own}`),
    ]) {
      expect(problems(text)).toEqual([]);
      expect(idsOf(text, 'AWS::CertificateManager::Certificate')).toEqual([]);
      expect(idsOf(text, 'AWS::Route53::RecordSet')).toHaveLength(2);
    }
  });

  test.each([
    ['domain', { 'Fn::GetAtt': ['LbLoadBalancer', 'DNSName'] }],
    ['url', 'https://a.example.com'],
    ['customDomains', 'a.example.com, b.example.com'],
    ['customDomainUrl', 'https://a.example.com'],
    ['customDomainUrls', 'https://a.example.com, https://b.example.com'],
    ['port443', '443'],
    ['port80', '80'],
    ['canonicalDomain', { 'Fn::GetAtt': ['LbLoadBalancer', 'DNSName'] }],
  ])('param %s', (name, value) => {
    expect(valueOfParam(balancer(own), 'lb', name)).toEqual(value);
  });
});

describe('of a CDN', () => {
  test('one certificate for all domains, and records for both versions of IP', () => {
    const stack = synthesize(
      site(`[{ domainName: example.com, ${zone} }, { domainName: www.example.org, hostedZoneId: Z2 }]`),
    );
    expect(stack.findings).toEqual([]);
    expect(property(stack, 'SiteCdnCertificate')).toEqual({
      DomainName: 'example.com',
      SubjectAlternativeNames: ['www.example.org'],
      ValidationMethod: 'DNS',
      DomainValidationOptions: [
        { DomainName: 'example.com', HostedZoneId: 'Z1' },
        { DomainName: 'www.example.org', HostedZoneId: 'Z2' },
      ],
    });
    expect(property(stack, 'SiteDistribution', 'DistributionConfig')).toMatchObject({
      Aliases: ['example.com', 'www.example.org'],
      ViewerCertificate: {
        AcmCertificateArn: { Ref: 'SiteCdnCertificate' },
        SslSupportMethod: 'sni-only',
        MinimumProtocolVersion: 'TLSv1.2_2021',
      },
    });
    expect(
      ['SiteCdnWwwExampleOrgRecordSet', 'SiteCdnIpv6WwwExampleOrgRecordSet'].map((id) => property(stack, id)),
    ).toEqual(
      ['A', 'AAAA'].map((Type) => ({
        HostedZoneId: 'Z2',
        Name: 'www.example.org',
        Type,
        AliasTarget: {
          DNSName: { 'Fn::GetAtt': ['SiteDistribution', 'DomainName'] },
          HostedZoneId: 'Z2FDTNDATAQYW2',
          EvaluateTargetHealth: false,
        },
      })),
    );
    expect(stack.template.Outputs?.SiteCdnUrl?.Value).toBe('https://example.com');
  });

  test('in another Region with a certificate of us-east-1', () => {
    const text = site(
      `[{ domainName: example.com, ${zone}, customCertificateArn: "${certificate('us-east-1')}" }]`,
    );
    expect(problems(text, 'eu-west-1')).toEqual([]);
    expect(
      property(synthesize(text), 'SiteDistribution', 'DistributionConfig', 'ViewerCertificate'),
    ).toMatchObject({ AcmCertificateArn: certificate('us-east-1') });
  });
});

describe('told', () => {
  const arn = (region: string) => `customCertificateArn: "${certificate(region)}"`;
  const missing = (domain: string) =>
    `missing-certificate HTTP API Gateway api: domain ${domain} has no certificate, and none can be made without "hostedZoneId".`;
  const unknownZone = (domain: string) =>
    `no DNS record is made for ${domain}, since it is not said which hosted zone it is in.`;

  test.each([
    ['a domain as text', api('[a.example.com]'), 'us-east-1', [`error ${missing('a.example.com')}`]],
    [
      'a certificate without a zone',
      api(`[{ domainName: a.example.com, ${arn('us-east-1')} }]`),
      'us-east-1',
      [`warning no-dns-record HTTP API Gateway api: ${unknownZone('a.example.com')}`],
    ],
    [
      'records that are made elsewhere',
      api(`[{ domainName: a.example.com, ${arn('us-east-1')}, disableDnsRecordCreation: true }]`),
      'us-east-1',
      [],
    ],
    [
      'a certificate of another Region',
      api(`[{ domainName: a.example.com, ${zone}, ${arn('eu-west-1')} }]`),
      'us-east-1',
      [
        'error certificate-region HTTP API Gateway api: the certificate of a.example.com is in eu-west-1; an API takes those of us-east-1 alone.',
      ],
    ],
    [
      'a CDN in another Region',
      site(`[{ domainName: a.example.com, ${zone} }]`),
      'eu-west-1',
      [
        'error missing-certificate Bucket site: CloudFront takes certificates of us-east-1 alone, and this stack, which is in eu-west-1, cannot make one there: domain a.example.com needs "customCertificateArn".',
      ],
    ],
    [
      'a certificate for a CDN in the Region of the stack',
      site(`[{ domainName: a.example.com, ${zone}, ${arn('eu-west-1')} }]`),
      'eu-west-1',
      [
        'error certificate-region Bucket site: the certificate of a.example.com is in eu-west-1; CloudFront takes those of us-east-1 alone.',
      ],
    ],
    [
      'two certificates of a CDN',
      site(
        `[{ domainName: a.example.com, ${zone} }, { domainName: b.example.com, ${zone}, ${arn('us-east-1')} }]`,
      ),
      'us-east-1',
      ['error several-certificates Bucket site: a CDN has one certificate for all of its domains.'],
    ],
    [
      'a name that is too long for a certificate',
      api(`[{ domainName: ${'a'.repeat(60)}.example.com, ${zone} }]`),
      'us-east-1',
      [
        `error domain-too-long HTTP API Gateway api: a certificate can be made for a name of up to 64 characters; ${'a'.repeat(60)}.example.com has 72.`,
      ],
    ],
    [
      'one domain twice',
      api(`[{ domainName: a.example.com, ${zone} }, { domainName: a.example.com, ${zone} }]`),
      'us-east-1',
      ['error duplicate-domain HTTP API Gateway api: domain a.example.com is taken already by api.'],
    ],
    [
      'one domain at two resources',
      `${api(`[{ domainName: a.example.com, ${zone} }]`)}${site(`[{ domainName: a.example.com, ${zone} }]`).replace('resources:\n', '')}`,
      'us-east-1',
      ['error duplicate-domain Bucket site: domain a.example.com is taken already by api.'],
    ],
    [
      'text at a load balancer with a certificate of its own',
      balancer(
        'listeners: [{ port: 443, protocol: HTTPS, customCertificateArns: [x] }], customDomains: [a.example.com]',
      ),
      'us-east-1',
      [`warning no-dns-record Application Load Balancer lb: ${unknownZone('a.example.com')}`],
    ],
    [
      'a listener that has a certificate from nowhere',
      balancer('listeners: [{ port: 443, protocol: HTTPS }]'),
      'us-east-1',
      [
        'error missing-certificate Application Load Balancer lb: a listener with HTTPS needs "customCertificateArns", or the load balancer "customDomains".',
      ],
    ],
  ])('%s', (_what, text, region, expected) => {
    expect(problems(text, region)).toEqual(expected);
  });

  test('where a record has to point is an output that is there', () => {
    const text = api(`[{ domainName: a.example.com, ${arn('us-east-1')} }]`);
    const [problem] = read(text).problems;
    expect(problem?.suggestion).toBe(
      'Give "hostedZoneId". Or make a CNAME or alias to the output ApiAExampleComDnsTarget of the stack, and say "disableDnsRecordCreation: true".',
    );
    expect(Object.keys(synthesize(text).template.Outputs ?? {})).toContain('ApiAExampleComDnsTarget');
    const others = [
      [balancer('listeners: [{ port: 80, protocol: HTTP }], customDomains: [a.example.com]'), 'LbDnsTarget'],
      [site(`[{ domainName: a.example.com, ${arn('us-east-1')} }]`), 'SiteCdnDnsTarget'],
    ] as const;
    for (const [other, output] of others) {
      expect(read(other).problems[0]?.suggestion).toContain(`the output ${output} of the stack`);
      expect(Object.keys(synthesize(other).template.Outputs ?? {})).toContain(output);
    }
  });

  test.each([
    'https://example.com',
    'Example.com',
    'example',
    'a_b.example.com',
    'a.*.example.com',
    '-a.example.com',
  ])('%s is no domain', (domain) => {
    expect(problems(api(`[{ domainName: "${domain}", ${zone} }]`))).toEqual([
      `error wrong-format HTTP API Gateway api: "domainName" cannot be "${domain}".`,
    ]);
  });
});
