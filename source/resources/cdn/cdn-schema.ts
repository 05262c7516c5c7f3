import * as Type from 'typebox';
import { customDomainsSchema } from '../domains/custom-domains.ts';
import { closedObject, oneOf, staticSwitch, staticText, variants } from '../schema.ts';
import { firewallReference } from '../web-app-firewall/web-app-firewall.ts';
import { cachingOptionsSchema, forwardingOptionsSchema } from './policy-schema.ts';

const port = (description: string) =>
  Type.Optional(Type.Integer({ 'stp:static': true, description, minimum: 1, maximum: 65_535 }));

const resourceOf = (type: string, description: string) => staticText({ description, 'stp:resource': [type] });

/** What of a load balancer a CDN has to know besides its name. */
export const loadBalancerOrigin = {
  listenerPort: port('Port of the listener, where the load balancer has listeners of its own.'),
  originDomainName: Type.Optional(
    staticText({
      description:
        'Domain of the certificate of the listener, where it is none of "customDomains". It has to lead to the load balancer.',
      minLength: 1,
    }),
  ),
};

/** What of a bucket a CDN has to know besides its name. */
export const bucketOrigin = {
  disableUrlNormalization: Type.Optional(
    staticSwitch({
      description:
        'Without it, /about is the object about.html, and /about/ is about/index.html. Set it where objects have names without a dot.',
      default: false,
    }),
  ),
};

const routeTo = variants(
  {
    'application-load-balancer': {
      title: 'Load balancer',
      description: 'A load balancer of this config.',
      schema: closedObject({
        loadBalancerName: resourceOf('application-load-balancer', 'Name of an application-load-balancer.'),
        ...loadBalancerOrigin,
      }),
    },
    'http-api-gateway': {
      title: 'HTTP API',
      description: 'An API of this config.',
      schema: closedObject({
        httpApiGatewayName: resourceOf('http-api-gateway', 'Name of an http-api-gateway.'),
      }),
    },
    function: {
      title: 'Function',
      description: 'A function of this config that has a "url".',
      schema: closedObject({ functionName: resourceOf('function', 'Name of a function.') }),
    },
    bucket: {
      title: 'Bucket',
      description: 'A bucket of this config; it may be private.',
      schema: closedObject({ bucketName: resourceOf('bucket', 'Name of a bucket.'), ...bucketOrigin }),
    },
    'custom-origin': {
      title: 'Another server',
      description: 'Any server that the internet reaches.',
      schema: closedObject({
        domainName: staticText({ description: 'Name of the server.', minLength: 1 }),
        protocol: Type.Optional(
          oneOf(['HTTP', 'HTTPS'], { description: 'How it is spoken to.', default: 'HTTPS' }),
        ),
        port: port('Default: 443 for HTTPS, 80 for HTTP.'),
      }),
    },
  },
  { noun: 'origin', title: 'Origin', description: 'Default: what the CDN is in front of.' },
);

const routeRewrite = closedObject(
  {
    path: Type.String({
      'stp:static': true,
      title: 'Path',
      description: 'Paths that go there; * stands for any text, ? for one character.',
      examples: ['/api/*'],
      pattern: '^[A-Za-z0-9_.*$/~"\'@:+&?-]+$',
      'stp:format': 'a path, in which CloudFront takes letters, digits and _ - . * $ / ~ " \' @ : + & ?',
      maxLength: 255,
    }),
    routeTo: Type.Optional(routeTo),
    routePrefix: Type.Optional(
      staticText({ description: 'Put in front of the path that the origin sees.', minLength: 1 }),
    ),
    cachingOptions: Type.Optional(cachingOptionsSchema),
    forwardingOptions: Type.Optional(forwardingOptionsSchema),
  },
  { 'stp:later': ['edgeFunctions'] },
);

const properties = {
  enabled: staticSwitch({ title: 'Enabled', description: 'Makes the CDN.', default: false }),
  cachingOptions: Type.Optional(cachingOptionsSchema),
  forwardingOptions: Type.Optional(forwardingOptionsSchema),
  routeRewrites: Type.Optional(
    Type.Array(routeRewrite, {
      title: 'Routes',
      description: 'Paths that go to another origin or are kept otherwise. The first that fits counts.',
      'stp:uniqueBy': 'path',
    }),
  ),
  customDomains: Type.Optional(
    customDomainsSchema(
      'Domains of the CDN. Their certificate has to be in us-east-1, so that only a stack there can make it.',
    ),
  ),
  cloudfrontPriceClass: Type.Optional(
    oneOf(['PriceClass_100', 'PriceClass_200', 'PriceClass_All'], {
      title: 'Price class',
      description: 'How much of the world is near: North America and Europe, most of it, or all.',
      default: 'PriceClass_All',
    }),
  ),
  defaultRoutePrefix: Type.Optional(
    staticText({ description: 'Put in front of the path that the origin sees.', minLength: 1 }),
  ),
  indexDocument: Type.Optional(
    staticText({
      title: 'Index',
      description: 'What is at /. Default: /index.html for buckets; others answer themselves.',
      minLength: 1,
    }),
  ),
  errorDocument: Type.Optional(
    staticText({
      title: 'Error page',
      description:
        'What is served in place of any 404. Default: /404.html where all origins are buckets; others answer themselves.',
      minLength: 1,
    }),
  ),
  invalidateAfterDeploy: Type.Optional(
    staticSwitch({
      title: 'Invalidation',
      description: 'Whether a deploy that changes the stack makes CloudFront forget what it keeps.',
      default: true,
    }),
  ),
  disableInvalidationAfterDeploy: Type.Optional(
    staticSwitch({ description: 'The opposite of "invalidateAfterDeploy", by its other name.' }),
  ),
  useFirewall: Type.Optional(firewallReference('cdn')),
};

export type RouteTo = Type.Static<typeof routeTo>;
export type RouteRewrite = Type.Static<typeof routeRewrite>;

const base = closedObject(properties);
/** What every CDN has, whatever it is in front of. */
export type CdnProperties = Type.Static<typeof base>;

/** The schema of `cdn`, with what the resource that it is in front of needs besides. */
export const cdnSchema = <P extends Type.TProperties>(own: P, description: string) =>
  closedObject({ ...properties, ...own }, { title: 'CDN', description, 'stp:later': ['edgeFunctions'] });
