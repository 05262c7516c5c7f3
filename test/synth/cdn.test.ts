import { describe, expect, test } from 'vitest';
import { evaluate } from '../../source/iam/evaluate.ts';
import { printTemplate } from '../../source/synth/print-template.ts';
import type { SynthesizedStack } from '../../source/synth/synthesize-stack.ts';
import { read } from '../config/read.ts';
import { resolve } from './resolve-template.ts';
import { configText, property, synthesize } from './synthesize.ts';

const golden = synthesize(configText('cdn'));

test('CDNs, domains and firewalls: the whole template', async () => {
  expect(golden.findings).toEqual([]);
  await expect(printTemplate(golden.template, 'json')).toMatchFileSnapshot('golden/cdn.json');
});

type Part = Record<string, unknown>;
const distribution = (stack: SynthesizedStack, id: string) =>
  property(stack, id, 'DistributionConfig') as Part & {
    Origins: Part[];
    DefaultCacheBehavior: Part;
    CacheBehaviors: Part[];
  };

const bucket = (cdn: string, rest = '') =>
  `resources:\n  site:\n    type: bucket\n    properties: { cdn: { enabled: true, ${cdn} } }\n${rest}`;
const api = (cdn: string) =>
  `resources:\n  api:\n    type: http-api-gateway\n    properties: { cdn: { enabled: true, ${cdn} } }\n`;
const fn = (name: string, properties = '') =>
  `  ${name}:\n    type: function\n    properties:\n      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/f.ts } }\n${properties}`;

/** Ids of AWS's own policies, by its lists of them. */
const cachingOptimized = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const allViewerExceptHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

test('nothing is made of a CDN that is not enabled', () => {
  const { template } = synthesize(
    'resources:\n  site: { type: bucket, properties: { cdn: { enabled: false } } }\n',
  );
  expect(Object.keys(template.Resources)).toEqual(['SiteBucket']);
  expect(template.Outputs).toBeUndefined();
});

describe('in front of a bucket', () => {
  const stack = synthesize(bucket(''));

  test('reads a private bucket by signed requests, keeps files for a day and has pages for / and 404', () => {
    const config = distribution(stack, 'SiteDistribution');
    expect(config.Origins).toEqual([
      {
        Id: 'origin0',
        DomainName: { 'Fn::GetAtt': ['SiteBucket', 'RegionalDomainName'] },
        OriginAccessControlId: { Ref: 'StpS3OriginAccessControl' },
        S3OriginConfig: { OriginAccessIdentity: '' },
      },
    ]);
    expect(config.DefaultCacheBehavior).toMatchObject({
      TargetOriginId: 'origin0',
      ViewerProtocolPolicy: 'redirect-to-https',
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS'],
      CachePolicyId: cachingOptimized,
    });
    expect(config.DefaultCacheBehavior.OriginRequestPolicyId).toBeUndefined();
    expect(config).toMatchObject({
      Enabled: true,
      DefaultRootObject: 'index.html',
      CustomErrorResponses: [{ ErrorCode: 404, ResponseCode: 404, ResponsePagePath: '/404.html' }],
    });
    expect(config.ViewerCertificate).toBeUndefined();
    expect(property(stack, 'StpS3OriginAccessControl', 'OriginAccessControlConfig')).toMatchObject({
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    });
    expect(property(stack, 'SiteBucket', 'PublicAccessBlockConfiguration', 'BlockPublicPolicy')).toBe(true);
  });

  test('only that distribution may read, and nobody may write', () => {
    const document = resolve(
      stack.template,
      property(stack, 'SiteBucketPolicy', 'PolicyDocument') as never,
    ) as Parameters<typeof evaluate>[0][number];
    const arn = 'arn:aws:s3:::project-dev-site-111122223333-us-east-1';
    const by = (distributionId: string) => ({
      'AWS:SourceArn': `arn:aws:cloudfront::111122223333:distribution/${distributionId}`,
    });
    const decision = (action: string, resource: string, id = 'SiteDistribution-1A2B3C') =>
      evaluate([document], {
        principal: { type: 'Service', name: 'cloudfront.amazonaws.com' },
        action,
        resource,
        context: by(id),
      }).decision;
    expect(document.Statement).toEqual(
      [0, 1].map(() => expect.objectContaining({ Principal: { Service: 'cloudfront.amazonaws.com' } })),
    );
    expect(decision('s3:GetObject', `${arn}/a/b.html`)).toBe('allow');
    expect(decision('s3:ListBucket', arn)).toBe('allow');
    expect(decision('s3:GetObject', `${arn}/a`, 'other')).toBe('implicit-deny');
    expect(decision('s3:PutObject', `${arn}/a`)).toBe('implicit-deny');
    expect(decision('s3:DeleteObject', `${arn}/a`)).toBe('implicit-deny');
    expect(decision('s3:GetObject', `${arn}2/a`)).toBe('implicit-deny');
  });

  test('a bucket that another CDN has a route to is read by it too, but not listed', () => {
    const statements = property(golden, 'PicturesBucketPolicy', 'PolicyDocument', 'Statement') as Part[];
    expect(statements.map(({ Action }) => Action)).toEqual([['s3:GetObject']]);
    expect(JSON.stringify(statements)).toContain('${SiteDistribution}');
  });

  test('CORS makes the origin a part of the key', () => {
    expect(
      property(
        golden,
        'SiteCdnCachePolicy',
        'CachePolicyConfig',
        'ParametersInCacheKeyAndForwardedToOrigin',
        'HeadersConfig',
      ),
    ).toEqual({
      HeaderBehavior: 'whitelist',
      Headers: ['Origin', 'Access-Control-Request-Headers', 'Access-Control-Request-Method'],
    });
  });

  type Handler = (event: { request: { uri: string } }) => { uri: string };
  const codeOf = (of: SynthesizedStack, id: string): Handler =>
    new Function(`${property(of, id, 'FunctionCode')}; return handler;`)();

  test.each([
    ['/', '/index.html'],
    ['/about', '/about.html'],
    ['/about/', '/about/index.html'],
    ['/a.b/about', '/a.b/about.html'],
    ['/site.css', '/site.css'],
  ])('%s is the object %s', (uri, object) => {
    expect(codeOf(stack, 'SiteCleanUrlsFunction')({ request: { uri } }).uri).toBe(object);
  });

  test.each([
    ['/', '/app.html'],
    ['/users/12', '/app.html'],
    ['/assets/app.js', '/assets/app.js'],
  ])('%s of a single-page app is %s', (uri, object) => {
    expect(codeOf(golden, 'AppSinglePageAppFunction')({ request: { uri } }).uri).toBe(object);
    expect(distribution(golden, 'AppDistribution').DefaultRootObject).toBe('app.html');
  });

  test('"disableUrlNormalization" leaves paths as they are', () => {
    const plain = synthesize(bucket('disableUrlNormalization: true'));
    expect(plain.template.Resources.SiteCleanUrlsFunction).toBeUndefined();
    expect(distribution(plain, 'SiteDistribution').DefaultCacheBehavior.FunctionAssociations).toBeUndefined();
  });

  test('folders have the last part of the index as theirs', () => {
    const nested = synthesize(bucket('indexDocument: /web/home.html'));
    const handler = codeOf(nested, 'SiteCleanUrlsFunction');
    expect(['/', '/a/'].map((uri) => handler({ request: { uri } }).uri)).toEqual([
      '/web/home.html',
      '/a/home.html',
    ]);
    expect(distribution(nested, 'SiteDistribution').DefaultRootObject).toBe('web/home.html');
  });
});

describe('in front of an API', () => {
  const config = distribution(synthesize(api('')), 'ApiDistribution');

  test('keeps nothing, and the API gets all of the request but the name of the CDN', () => {
    expect(config.Origins).toEqual([
      {
        Id: 'origin0',
        DomainName: {
          'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['ApiApi', 'ApiEndpoint'] }] }],
        },
        CustomOriginConfig: {
          OriginProtocolPolicy: 'https-only',
          HTTPSPort: 443,
          OriginSSLProtocols: ['TLSv1.2'],
        },
      },
    ]);
    expect(config.DefaultCacheBehavior).toMatchObject({
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      CachePolicyId: cachingDisabled,
      OriginRequestPolicyId: allViewerExceptHost,
    });
  });

  test('it answers for / and for what is not there itself', () => {
    expect(config.DefaultRootObject).toBeUndefined();
    expect(config.CustomErrorResponses).toBeUndefined();
  });

  test('a policy that keeps nothing is AWS’s own, which takes no key', () => {
    const stack = synthesize(
      api('cachingOptions: { maxTTL: 0, cacheKeyParameters: { cookies: { all: true } } }'),
    );
    expect(distribution(stack, 'ApiDistribution').DefaultCacheBehavior.CachePolicyId).toBe(cachingDisabled);
  });

  test.each([
    ['allViewer: true', { HeaderBehavior: 'allExcept', Headers: ['Host'] }],
    ['allExcept: [X-A]', { HeaderBehavior: 'allExcept', Headers: ['Host', 'X-A'] }],
    ['allExcept: [host]', { HeaderBehavior: 'allExcept', Headers: ['host'] }],
    ['whitelist: [X-A]', { HeaderBehavior: 'whitelist', Headers: ['X-A'] }],
    ['none: true', { HeaderBehavior: 'none' }],
  ])('headers { %s }', (headers, expected) => {
    const stack = synthesize(api(`forwardingOptions: { headers: { ${headers} } }`));
    expect(
      property(stack, 'ApiCdnOriginRequestPolicy', 'OriginRequestPolicyConfig', 'HeadersConfig'),
    ).toEqual(expected);
  });

  test('seconds that are not given follow those that are', () => {
    const seconds = (options: string) => {
      const stack = synthesize(api(`cachingOptions: { ${options} }`));
      const { MinTTL, DefaultTTL, MaxTTL } = property(
        stack,
        'ApiCdnCachePolicy',
        'CachePolicyConfig',
      ) as Part;
      return [MinTTL, DefaultTTL, MaxTTL];
    };
    expect(seconds('minTTL: 10')).toEqual([10, 10, 31_536_000]);
    expect(seconds('defaultTTL: 60')).toEqual([0, 60, 31_536_000]);
    expect(seconds('maxTTL: 5')).toEqual([0, 0, 5]);
  });
});

describe('in front of a load balancer', () => {
  const balancer = (properties: string, cdn = '') =>
    `resources:\n  lb:\n    type: application-load-balancer\n    properties: { cdn: { enabled: true, ${cdn} }, ${properties} }\n`;
  const origin = (text: string) => distribution(synthesize(text), 'LbDistribution').Origins[0];

  test('speaks HTTP to its name where it has no certificate', () => {
    expect(origin(balancer(''))).toEqual({
      Id: 'origin0',
      DomainName: { 'Fn::GetAtt': ['LbLoadBalancer', 'DNSName'] },
      CustomOriginConfig: { OriginProtocolPolicy: 'http-only', HTTPPort: 80 },
    });
  });

  test('speaks HTTPS to the name of the certificate at the port that is said', () => {
    const listeners =
      'listeners: [{ port: 80, protocol: HTTP }, { port: 8443, protocol: HTTPS, customCertificateArns: [arn] }]';
    expect(origin(balancer(listeners, 'listenerPort: 8443, originDomainName: lb.example.com'))).toMatchObject(
      {
        DomainName: 'lb.example.com',
        CustomOriginConfig: { OriginProtocolPolicy: 'https-only', HTTPSPort: 8443 },
      },
    );
  });

  test.each([
    [
      'interface: internal',
      '',
      'internal-origin',
      'CloudFront cannot reach load balancer lb, which is "interface: internal".',
    ],
    [
      'listeners: [{ port: 8080, protocol: HTTP }]',
      '',
      'listener-port',
      'load balancer lb has "listeners": "listenerPort" has to say which one.',
    ],
    [
      'listeners: [{ port: 443, protocol: HTTPS, customCertificateArns: [arn] }]',
      'listenerPort: 443',
      'missing-origin-domain',
      'CloudFront asks load balancer lb for a certificate of the name that it calls, and it is not said which that is.',
    ],
  ])('{ %s } with { %s } is refused', (properties, cdn, code, message) => {
    expect(read(balancer(properties, cdn)).problems.map((one) => [one.code, one.message])).toEqual([
      [code, `Application Load Balancer lb: ${message}`],
    ]);
  });
});

describe('routes', () => {
  const config = distribution(golden, 'SiteDistribution');

  test('go to their origins in the order of the config', () => {
    expect(
      config.CacheBehaviors.map(({ PathPattern, TargetOriginId }) => [PathPattern, TargetOriginId]),
    ).toEqual([
      ['/api/*', 'origin1'],
      ['/quote', 'origin2'],
      ['/pictures/*', 'origin3'],
      ['/old/*', 'origin4'],
      ['/live/*', 'origin0'],
    ]);
    expect(config.Origins.map(({ OriginPath }) => OriginPath)).toEqual([
      undefined,
      undefined,
      undefined,
      '/public',
      undefined,
    ]);
    expect(config.Origins[1]?.OriginCustomHeaders).toEqual([{ HeaderName: 'X-From', HeaderValue: 'cdn' }]);
    expect(config.Origins[4]).toMatchObject({ DomainName: 'old.example.org' });
  });

  test('another origin than a bucket keeps its own 404, unless a page is asked for', () => {
    expect(config.CustomErrorResponses).toBeUndefined();
    expect(distribution(golden, 'ApiDistribution').CustomErrorResponses).toEqual([
      { ErrorCode: 404, ResponseCode: 404, ResponsePagePath: '/missing.html' },
    ]);
  });

  test('a function that IAM guards lets that CDN in by two permissions, whose requests are signed', () => {
    expect(config.Origins[2]?.OriginAccessControlId).toEqual({ Ref: 'StpLambdaOriginAccessControl' });
    for (const [id, action] of [
      ['QuoteSiteCdnPermission', { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'AWS_IAM' }],
      ['QuoteSiteCdnInvokePermission', { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true }],
    ] as const) {
      expect(property(golden, id)).toEqual({
        ...action,
        FunctionName: { 'Fn::GetAtt': ['QuoteFunction', 'Arn'] },
        Principal: 'cloudfront.amazonaws.com',
        SourceArn: {
          'Fn::Sub': 'arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${SiteDistribution}',
        },
      });
    }
  });

  test('a public function needs none', () => {
    const stack = synthesize(
      bucket(
        'routeRewrites: [{ path: /f, routeTo: { type: function, properties: { functionName: f } } }]',
        fn('f', '      url: { enabled: true }\n'),
      ),
    );
    expect(stack.template.Resources.StpLambdaOriginAccessControl).toBeUndefined();
    expect(stack.template.Resources.FSiteCdnPermission).toBeUndefined();
  });
});

describe('in front of a function', () => {
  const stack = synthesize(
    `resources:\n${fn('web', '      url: { enabled: true }\n      cdn: { enabled: true }\n')}${fn('user', '      connectTo: [web]\n')}${fn('a', '      url: { enabled: true }\n      cdn: { enabled: true }\n      connectTo: [b]\n')}${fn('b', '      connectTo: [a]\n')}`,
  );

  test('calls its address, and keeps nothing', () => {
    expect(stack.findings).toEqual([]);
    const { Origins, DefaultCacheBehavior } = distribution(stack, 'WebDistribution');
    expect(Origins[0]?.DomainName).toEqual({
      'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['WebUrl', 'FunctionUrl'] }] }],
    });
    expect(DefaultCacheBehavior).toMatchObject({
      CachePolicyId: cachingDisabled,
      OriginRequestPolicyId: allViewerExceptHost,
    });
  });

  test('who is connected to it is told of the CDN, unless both would wait for each other', () => {
    const names = (id: string) =>
      Object.keys(property(stack, id, 'Environment', 'Variables') as Part).filter((name) =>
        name.startsWith('STP_'),
      );
    expect(names('UserFunction')).toEqual([
      'STP_WEB_ARN',
      'STP_WEB_URL',
      'STP_WEB_CDN_DOMAIN',
      'STP_WEB_CDN_URL',
      'STP_WEB_CDN_CANONICAL_DOMAIN',
    ]);
    expect(names('BFunction')).toEqual(['STP_A_ARN']);
  });

  test('it has to have an address', () => {
    expect(
      read(`resources:\n${fn('web', '      cdn: { enabled: true }\n')}`).problems.map(({ code, message }) => [
        code,
        message,
      ]),
    ).toEqual([
      ['function-without-url', 'Function web: function web has no address that CloudFront could call.'],
    ]);
  });
});

describe('params and variables', () => {
  const env = (properties: string, cdn = '') => synthesize(bucket(cdn, fn('user', properties)));
  const variables = (stack: SynthesizedStack, id = 'UserFunction') =>
    property(stack, id, 'Environment', 'Variables') as Part;
  const names = (stack: SynthesizedStack, id?: string) =>
    Object.keys(variables(stack, id)).filter((name) => name.startsWith('STP_'));

  const domains =
    'customDomains: [{ domainName: a.example.com, hostedZoneId: Z1 }, { domainName: b.example.com, hostedZoneId: Z1 }]';

  test('a function that is connected to the bucket is told of its CDN', () => {
    const stack = env('      connectTo: [site]\n', domains);
    expect(stack.findings).toEqual([]);
    expect(names(stack)).toEqual([
      'STP_SITE_NAME',
      'STP_SITE_ARN',
      'STP_SITE_CDN_DOMAIN',
      'STP_SITE_CDN_URL',
      'STP_SITE_CDN_CUSTOM_DOMAINS',
      'STP_SITE_CDN_CUSTOM_DOMAIN_URLS',
      'STP_SITE_CDN_CANONICAL_DOMAIN',
    ]);
    expect(variables(stack)).toMatchObject({
      STP_SITE_CDN_DOMAIN: { 'Fn::GetAtt': ['SiteDistribution', 'DomainName'] },
      STP_SITE_CDN_URL: { 'Fn::Sub': 'https://${SiteDistribution.DomainName}' },
      STP_SITE_CDN_CUSTOM_DOMAINS: 'a.example.com, b.example.com',
      STP_SITE_CDN_CUSTOM_DOMAIN_URLS: 'https://a.example.com, https://b.example.com',
    });
  });

  test('a function that the bucket notifies, or that a route leads to, waits for nobody and is not told', () => {
    const notified = env(
      `      connectTo: [site]\n      events:\n        - { type: s3, properties: { bucketArn: "$ResourceParam('site', 'arn')", s3EventType: "s3:ObjectCreated:*" } }\n`,
    );
    const behind = env(
      '      url: { enabled: true }\n      connectTo: [site]\n',
      'routeRewrites: [{ path: /f, routeTo: { type: function, properties: { functionName: user } } }]',
    );
    for (const stack of [notified, behind]) {
      expect(stack.findings).toEqual([]);
      expect(names(stack)).toEqual(['STP_SITE_NAME', 'STP_SITE_ARN']);
    }
  });

  test('a batch job that the bucket starts is not told either', () => {
    const job = (events: string) =>
      synthesize(
        bucket(
          '',
          `  job:\n    type: batch-job\n    properties:\n      container: { packaging: { type: prebuilt-image, properties: { image: nginx } } }\n      resources: { cpu: 1, memory: 1024 }\n      connectTo: [site]\n${events}`,
        ),
      );
    const started = job(
      `      events:\n        - { type: s3, properties: { bucketArn: "$ResourceParam('site', 'arn')", s3EventType: "s3:ObjectCreated:*" } }\n`,
    );
    expect(started.findings).toEqual([]);
    expect(JSON.stringify(property(started, 'JobJobDefinition'))).not.toContain('CDN_URL');
    expect(JSON.stringify(property(job(''), 'JobJobDefinition'))).toContain('STP_SITE_CDN_URL');
  });

  test.each(['cdnDomain', 'cdnUrl', 'cdnCustomDomains', 'cdnCustomDomainUrls', 'cdnCanonicalDomain'])(
    '$ResourceParam has %s',
    (param) => {
      const variable = (of: string) =>
        `      environment: [{ name: VALUE, value: "$ResourceParam('${of}', '${param}')" }]\n`;
      expect(variables(env(variable('site'), domains)).VALUE).toBeDefined();
      const { problems } = read(`resources:\n  site: { type: bucket }\n${fn('user', variable('site'))}`);
      expect(problems.map(({ code }) => code)).toEqual(['unknown-param']);
    },
  );
});

describe('refused', () => {
  const host = 'header Host cannot be forwarded: an API knows no name but its own.';
  test.each([
    [
      'cachingOptions: { cacheMethods: [GET, OPTIONS] }',
      'unfit-methods',
      'CloudFront has no distributions with GET, OPTIONS alone.',
    ],
    [
      'forwardingOptions: { allowedMethods: [GET, POST] }',
      'unfit-methods',
      'CloudFront has no distributions with GET, POST alone.',
    ],
    [
      'cachingOptions: { cacheMethods: [GET, HEAD, OPTIONS] }, forwardingOptions: { allowedMethods: [GET, HEAD] }',
      'method-not-forwarded',
      'answers to OPTIONS cannot be kept where "allowedMethods" has no OPTIONS.',
    ],
    [
      'invalidateAfterDeploy: true, disableInvalidationAfterDeploy: false',
      'conflicting-properties',
      '"disableInvalidationAfterDeploy" and "invalidateAfterDeploy" cannot be used together.',
    ],
    [
      'cachingOptions: { cachePolicyId: x, maxTTL: 5 }',
      'conflicting-properties',
      '"maxTTL" and "cachePolicyId" cannot be used together.',
    ],
    [
      'forwardingOptions: { originRequestPolicyId: x, cookies: { all: true } }',
      'conflicting-properties',
      '"cookies" and "originRequestPolicyId" cannot be used together.',
    ],
    [
      'cachingOptions: { minTTL: 9, maxTTL: 5 }',
      'unordered-seconds',
      '"maxTTL" is 5, less than "minTTL", which is 9.',
    ],
    [
      'cachingOptions: { defaultTTL: 9, maxTTL: 5 }',
      'unordered-seconds',
      '"maxTTL" is 5, less than "defaultTTL", which is 9.',
    ],
    [
      'cachingOptions: { cacheKeyParameters: { cookies: { all: true, none: true } } }',
      'conflicting-properties',
      '"all" and "none" cannot be used together.',
    ],
    ['forwardingOptions: { queryString: {} }', 'missing-property', '"queryString" says nothing.'],
    ['forwardingOptions: { cookies: { all: false } }', 'missing-property', '"cookies" says nothing.'],
    ['forwardingOptions: { headers: { whitelist: [Host] } }', 'host-header', host],
    ['cachingOptions: { cacheKeyParameters: { headers: { whitelist: [host] } } }', 'host-header', host],
    [
      'forwardingOptions: { headers: { allViewerAndWhitelistCloudFront: [CloudFront-Viewer-Country] } }',
      'host-header',
      'with these headers goes Host, and an API knows no name but its own.',
    ],
    [
      'forwardingOptions: { headers: { whitelist: [authorization] } }',
      'authorization-header',
      'CloudFront forwards Authorization only as a part of the cache key, or with all headers.',
    ],
    [
      'edgeFunctions: {}',
      'unsupported-property',
      'property "edgeFunctions" is not supported by this version yet.',
    ],
    ['routeRewrites: [{ path: /a }, { path: /a }]', 'duplicate-entry', '"/a" is in "routeRewrites" already.'],
    ['routeRewrites: [{ path: /a b }]', 'wrong-format', '"path" cannot be "/a b".'],
    [
      'routeRewrites: [{ path: /a, routeTo: { type: bucket, properties: { bucketName: none } } }]',
      'unknown-resource',
      '"bucketName" names "none", and there is no such resource in the config.',
    ],
  ])('%s', (cdn, code, message) => {
    expect(read(api(cdn)).problems.map((one) => [one.code, one.message])).toEqual([
      [code, `HTTP API Gateway api: ${message}`],
    ]);
  });

  test('a route to a function without an address', () => {
    const text = bucket(
      'routeRewrites: [{ path: /f, routeTo: { type: function, properties: { functionName: f } } }]',
      fn('f'),
    );
    expect(read(text).problems.map(({ code, message, suggestion }) => [code, message, suggestion])).toEqual([
      [
        'function-without-url',
        'Bucket site: function f has no address that CloudFront could call.',
        'Set "url: { enabled: true }" at the function.',
      ],
    ]);
  });
});
