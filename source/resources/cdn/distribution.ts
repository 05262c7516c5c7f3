import { getAtt, sub, type Value } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { invalidationMark } from '../../model/template.ts';
import { addressesOf, customDomainsOf, domainParams } from '../domains/custom-domains.ts';
import { addCertificate, addRecords } from '../domains/records.ts';
import { firewallArn } from '../web-app-firewall/web-app-firewall.ts';
import type { CdnProperties, RouteRewrite, RouteTo } from './cdn-schema.ts';
import { type CdnOwner, ownTarget } from './cdn-target.ts';
import { distributionId, originOf } from './origins.ts';
import { cachePolicy, managed, originRequestPolicy } from './policies.ts';
import { allMethods, cacheableMethods, readMethods } from './policy-schema.ts';
import { type UrlRewrite, urlFunction } from './url-functions.ts';

/** The zone of all distributions, as Route 53 wants it in an alias. */
const cloudFrontZone = 'Z2FDTNDATAQYW2';

/**
 * The CDN in front of a resource: a CloudFront distribution and what it needs. Nothing where it is not enabled.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-distribution-distributionconfig.html
 */
export function addCdn(owner: CdnOwner, stack: StackBuilder): void {
  const { name, cdn } = owner;
  if (!cdn.enabled) return;
  const id = distributionId(stack.names, name);
  const domains = customDomainsOf(cdn.customDomains);
  const origins = new Origins(name, stack);
  const index = rooted(cdn.indexDocument ?? 'index.html');
  const behavior = (route: Omit<RouteRewrite, 'path'>, specifier: string) =>
    behaviorOf({ owner, route, specifier, index, originId: origins.idOf(route, owner) }, stack);
  const DefaultCacheBehavior = behavior({ ...cdn, ...prefixOf(cdn.defaultRoutePrefix) }, 'cdn');
  const routes = (cdn.routeRewrites ?? []).map((route, place) => behavior(route, `cdn-route${place}`));
  const keeps = [DefaultCacheBehavior, ...routes].some(
    ({ CachePolicyId }) => CachePolicyId !== managed.cachingDisabled,
  );
  const errorPage = errorPageOf(owner);
  stack.add(name, id, {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        Comment: `${name} of stack ${stack.names.stackName}`,
        Enabled: true,
        HttpVersion: 'http2and3',
        IPV6Enabled: true,
        PriceClass: cdn.cloudfrontPriceClass ?? 'PriceClass_All',
        Aliases: domains.length === 0 ? undefined : domains.map(({ domainName }) => domainName),
        ViewerCertificate: viewerCertificate(owner, stack),
        WebACLId: cdn.useFirewall === undefined ? undefined : firewallArn(stack.names, cdn.useFirewall),
        DefaultRootObject:
          owner.type === 'bucket' || cdn.indexDocument !== undefined ? index.slice(1) : undefined,
        CustomErrorResponses:
          errorPage === undefined
            ? undefined
            : [{ ErrorCode: 404, ResponseCode: 404, ResponsePagePath: rooted(errorPage) }],
        Origins: origins.list,
        DefaultCacheBehavior,
        CacheBehaviors: cdn.routeRewrites?.map(({ path }, place) => ({
          PathPattern: path,
          ...routes[place],
        })),
      },
    },
    ...(keeps && wantsInvalidation(cdn) ? { Metadata: { [invalidationMark]: true } } : {}),
  });
  for (const domain of domains) {
    addRecords(stack, name, domain, {
      name: 'cdn',
      prefix: 'cdn',
      dnsName: getAtt(id, 'DomainName'),
      hostedZoneId: cloudFrontZone,
      ipv6: true,
    });
  }
  const [address] = addressesOf(domains);
  stack.output(stack.names.logicalId(name, 'CdnUrl'), {
    Description: `Address of the CDN of ${name}`,
    Value: address === undefined ? urlOf(stack.names, name) : `https://${address}`,
  });
}

const wantsInvalidation = ({
  invalidateAfterDeploy,
  disableInvalidationAfterDeploy,
}: CdnProperties): boolean => invalidateAfterDeploy ?? !disableInvalidationAfterDeploy;

const urlOf = (names: Names, name: string): Value =>
  sub(`https://\${${distributionId(names, name)}.DomainName}`);

/** What `$ResourceParam` has of the CDN of a resource (spec 2.3), in the order of the specification. */
export function cdnParams(name: string, cdn: CdnProperties | undefined, names: Names): Record<string, Value> {
  if (!cdn?.enabled) return {};
  const domain = getAtt(distributionId(names, name), 'DomainName');
  const { customDomains, customDomainUrls } = domainParams(customDomainsOf(cdn.customDomains));
  return {
    cdnDomain: domain,
    cdnUrl: urlOf(names, name),
    ...(customDomains === undefined ? {} : { cdnCustomDomains: customDomains }),
    ...(customDomainUrls === undefined ? {} : { cdnCustomDomainUrls: customDomainUrls }),
    cdnCanonicalDomain: domain,
  };
}

/** Paths are written with and without a slash in front. */
const rooted = (path: string): string => (path.startsWith('/') ? path : `/${path}`);

const prefixOf = (routePrefix: string | undefined) => (routePrefix === undefined ? {} : { routePrefix });

/**
 * CloudFront knows error pages of the whole distribution alone. Without being asked it has one only where all origins
 * are buckets: in front of an API it would be sent in place of the API's own answer.
 */
function errorPageOf(owner: CdnOwner): string | undefined {
  const { errorDocument, routeRewrites = [] } = owner.cdn;
  if (errorDocument !== undefined) return errorDocument;
  const targets = [ownTarget(owner), ...routeRewrites.flatMap(({ routeTo }) => routeTo ?? [])];
  return targets.every(({ type }) => type === 'bucket') ? '/404.html' : undefined;
}

/** A distribution has one certificate, for all of its domains. */
function viewerCertificate({ name, cdn }: CdnOwner, stack: StackBuilder): Value | undefined {
  const domains = customDomainsOf(cdn.customDomains);
  const [first] = domains;
  if (!first) return undefined;
  const id = stack.names.logicalId(name, 'AWS::CertificateManager::Certificate', { specifier: 'cdn' });
  return {
    AcmCertificateArn: first.customCertificateArn ?? addCertificate(stack, name, id, domains),
    SslSupportMethod: 'sni-only',
    MinimumProtocolVersion: 'TLSv1.2_2021',
  };
}

type Route = Omit<RouteRewrite, 'path'>;

/** The origins of a distribution: routes that differ in what is kept alone share one. */
class Origins {
  readonly list: Record<string, Value | undefined>[] = [];
  readonly #ids = new Map<string, string>();
  readonly #owner: string;
  readonly #stack: StackBuilder;

  constructor(owner: string, stack: StackBuilder) {
    this.#owner = owner;
    this.#stack = stack;
  }

  idOf({ routeTo, routePrefix, forwardingOptions }: Route, owner: CdnOwner): string {
    const origin = {
      ...originOf(routeTo ?? ownTarget(owner), this.#owner, this.#stack),
      // With a slash in front and none at the end.
      OriginPath: routePrefix === undefined ? undefined : `/${routePrefix.replaceAll(/^\/|\/$/g, '')}`,
      OriginCustomHeaders: forwardingOptions?.customRequestHeaders?.map(({ headerName, value }) => ({
        HeaderName: headerName,
        HeaderValue: value,
      })),
    };
    const key = JSON.stringify(origin);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = `origin${this.list.length}`;
      this.#ids.set(key, id);
      this.list.push({ Id: id, ...origin });
    }
    return id;
  }
}

type Behavior = { owner: CdnOwner; route: Route; specifier: string; index: string; originId: string };

function behaviorOf(
  { owner, route, specifier, index, originId }: Behavior,
  stack: StackBuilder,
): Record<string, Value | undefined> {
  const { cachingOptions, forwardingOptions } = route;
  const target = route.routeTo ?? ownTarget(owner);
  const policies = { owner: owner.name, specifier, target, cachingOptions, forwardingOptions };
  const rewrite = rewriteOf(owner, route);
  return {
    TargetOriginId: originId,
    ViewerProtocolPolicy: 'redirect-to-https',
    AllowedMethods:
      forwardingOptions?.allowedMethods ?? (target.type === 'bucket' ? cacheableMethods : allMethods),
    CachedMethods: cachingOptions?.cacheMethods ?? readMethods,
    Compress: !cachingOptions?.disableCompression,
    CachePolicyId: cachePolicy(policies, stack),
    OriginRequestPolicyId: originRequestPolicy(policies, stack),
    FunctionAssociations:
      rewrite === undefined ? undefined : [urlFunction(stack, owner.name, rewrite, index)],
  };
}

/** How paths become names of objects. A single-page app is a matter of the bucket itself, not of the routes. */
function rewriteOf({ cdn, ...owner }: CdnOwner, { routeTo }: Route): UrlRewrite | undefined {
  const target: RouteTo = routeTo ?? ownTarget({ cdn, ...owner });
  if (target.type !== 'bucket') return undefined;
  if (!routeTo && cdn.rewriteRoutesForSinglePageApp) return 'single-page-app';
  return target.properties.disableUrlNormalization ? undefined : 'clean-urls';
}
