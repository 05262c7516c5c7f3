import type { Config } from '../../model/config.ts';
import type { CdnProperties, RouteTo } from './cdn-schema.ts';

/** A resource with a CDN in front of it. */
export type CdnOwner = {
  name: string;
  type: 'bucket' | 'http-api-gateway' | 'application-load-balancer' | 'function';
  cdn: CdnProperties & {
    listenerPort?: number;
    originDomainName?: string;
    disableUrlNormalization?: boolean;
    rewriteRoutesForSinglePageApp?: boolean;
  };
};

/** What requests reach where no route says otherwise, in the words of a route. */
export function ownTarget({ name, type, cdn }: CdnOwner): RouteTo {
  switch (type) {
    case 'bucket':
      return {
        type,
        properties: {
          bucketName: name,
          ...(cdn.disableUrlNormalization && { disableUrlNormalization: true }),
        },
      };
    case 'http-api-gateway':
      return { type, properties: { httpApiGatewayName: name } };
    case 'function':
      return { type, properties: { functionName: name } };
    case 'application-load-balancer': {
      const { listenerPort, originDomainName } = cdn;
      return {
        type,
        properties: {
          loadBalancerName: name,
          ...(listenerPort !== undefined && { listenerPort }),
          ...(originDomainName !== undefined && { originDomainName }),
        },
      };
    }
  }
}

/** All that the CDN of a resource is in front of; the resource itself comes first. Nothing without a CDN. */
export function targetsOf(owner: Config['resources'][number]): RouteTo[] {
  const cdn = owner.properties.cdn as CdnProperties | undefined;
  if (!cdn?.enabled) return [];
  const routes = (cdn.routeRewrites ?? []).flatMap(({ routeTo }) => routeTo ?? []);
  return [ownTarget({ name: owner.name, type: owner.type as CdnOwner['type'], cdn }), ...routes];
}

/** The resources whose CDNs read from a bucket. */
export const cdnsOfBucket = (bucketName: string, config: Config): string[] =>
  config.resources
    .filter((owner) =>
      targetsOf(owner).some(
        ({ type, properties }) => type === 'bucket' && properties.bucketName === bucketName,
      ),
    )
    .map(({ name }) => name);

/** Whether the target answers to one name alone, so that the Host of the viewer would only mislead it. */
export const hasOwnHost = ({ type }: RouteTo): boolean =>
  type === 'bucket' || type === 'http-api-gateway' || type === 'function';
