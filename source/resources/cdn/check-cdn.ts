import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import type { ConfigPath } from '../../model/diagnostic.ts';
import { addressesOf, checkDomains, customDomainsOf } from '../domains/custom-domains.ts';
import { atMostOne } from '../exactly-one.ts';
import { checkListenerPort } from '../load-balancer/check-listeners.ts';
import { type LoadBalancerOrigin, listenerOf, type WithListeners } from '../load-balancer/listeners.ts';
import { checkFirewall } from '../web-app-firewall/web-app-firewall.ts';
import type { RouteTo } from './cdn-schema.ts';
import { type CdnOwner, ownTarget } from './cdn-target.ts';
import { checkCaching, checkForwarding } from './check-policies.ts';

/** What CloudFront would refuse, or answer with errors only. */
export function* checkCdn(owner: CdnOwner, context: CheckContext): Iterable<LocalFinding> {
  const { name, cdn } = owner;
  if (!cdn.enabled) return;
  const own: ConfigPath = ['cdn'];
  yield* checkRoute({ ...cdn, target: ownTarget(owner) }, own, own, context);
  for (const [index, { routeTo, ...route }] of (cdn.routeRewrites ?? []).entries()) {
    const path = ['cdn', 'routeRewrites', index];
    const target = routeTo ?? ownTarget(owner);
    const targetPath = routeTo ? [...path, 'routeTo', 'properties'] : undefined;
    yield* checkRoute({ ...route, target }, path, targetPath, context);
  }
  yield* atMostOne(cdn, ['invalidateAfterDeploy', 'disableInvalidationAfterDeploy'], ['cdn']);
  yield* checkFirewall(cdn.useFirewall, 'cdn', ['cdn', 'useFirewall'], context);
  if (!cdn.customDomains) return;
  const path = ['cdn', 'customDomains'];
  yield* checkDomains(
    name,
    cdn.customDomains,
    {
      path,
      server: 'CloudFront',
      certificateRegion: 'us-east-1',
      needsCertificates: true,
      targetOf: () => 'cdn',
    },
    context,
  );
  const certificates = customDomainsOf(cdn.customDomains).map((domain) =>
    JSON.stringify(domain.customCertificateArn),
  );
  if (new Set(certificates).size > 1) {
    yield {
      code: 'several-certificates',
      path,
      at: 'key',
      message: 'A CDN has one certificate for all of its domains.',
      expected: 'the same "customCertificateArn" at each, or at none, so that the stack makes one for all',
    };
  }
}

type Route = Pick<CdnOwner['cdn'], 'cachingOptions' | 'forwardingOptions'> & { target: RouteTo };

/** `targetPath`: where the target is written; of a route to what the CDN is in front of, it was asked about already. */
function* checkRoute(
  { target, cachingOptions, forwardingOptions }: Route,
  path: ConfigPath,
  targetPath: ConfigPath | undefined,
  context: CheckContext,
): Iterable<LocalFinding> {
  if (cachingOptions) {
    const { allowedMethods } = forwardingOptions ?? {};
    yield* checkCaching(cachingOptions, target, allowedMethods, [...path, 'cachingOptions']);
  }
  if (forwardingOptions) {
    yield* checkForwarding(forwardingOptions, target, [...path, 'forwardingOptions']);
  }
  if (!targetPath) return;
  if (target.type === 'application-load-balancer') {
    yield* checkLoadBalancer(target.properties, targetPath, context);
  } else if (target.type === 'function') {
    const { functionName } = target.properties;
    const found = context.resource<{ url?: { enabled?: boolean } }>(functionName, 'function');
    if (found && !found.properties.url?.enabled) {
      yield {
        code: 'function-without-url',
        ...(targetPath === path ? { path, at: 'key' } : { path: [...targetPath, 'functionName'] }),
        message: `Function ${functionName} has no address that CloudFront could call.`,
        suggestion: 'Set "url: { enabled: true }" at the function.',
      };
    }
  }
}

function* checkLoadBalancer(
  { loadBalancerName: name, listenerPort, originDomainName }: LoadBalancerOrigin,
  path: ConfigPath,
  context: CheckContext,
): Iterable<LocalFinding> {
  const balancer = context.resource<WithListeners & { interface?: string }>(
    name,
    'application-load-balancer',
  );
  if (!balancer) return;
  const { properties } = balancer;
  if (properties.interface === 'internal') {
    yield {
      code: 'internal-origin',
      path,
      at: 'key',
      message: `CloudFront cannot reach load balancer ${name}, which is "interface: internal".`,
      suggestion: 'Set "interface: internet".',
    };
  }
  const wrongPort = [...checkListenerPort(balancer, listenerPort, path)];
  yield* wrongPort;
  if (wrongPort.length > 0 || originDomainName !== undefined) return;
  const { protocol } = listenerOf(properties, listenerPort);
  const hasName = addressesOf(customDomainsOf(properties.customDomains)).length > 0;
  if (protocol !== 'HTTPS' || hasName) return;
  yield {
    code: 'missing-origin-domain',
    path,
    at: 'key',
    message: `CloudFront asks load balancer ${name} for a certificate of the name that it calls, and it is not said which that is.`,
    expected: '"originDomainName", or "customDomains" of the load balancer',
  };
}
