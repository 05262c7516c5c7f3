import * as Type from 'typebox';
import { asText, distinct, ref, type Value } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { customDomainsOf, type WrittenDomain } from '../domains/custom-domains.ts';
import { certificateOf } from '../domains/records.ts';
import { closedObject, oneOf, variants } from '../schema.ts';
import { ipRangeSchema } from '../vpc/ip-ranges.ts';

const redirect = closedObject({
  statusCode: oneOf(['HTTP_301', 'HTTP_302'], {
    title: 'Status',
    description: 'Moved for good, or for now.',
  }),
  protocol: Type.Optional(oneOf(['HTTP', 'HTTPS'], { description: 'Default: as in the request.' })),
  host: Type.Optional(Type.String({ description: 'Default: as in the request.' })),
  port: Type.Optional(
    Type.Integer({ description: 'Default: as in the request.', minimum: 1, maximum: 65_535 }),
  ),
  path: Type.Optional(
    Type.String({
      description: 'With a slash first. Default: as in the request.',
      pattern: '^/',
      'stp:format': 'a path such as /new/#{path}',
    }),
  ),
  query: Type.Optional(
    Type.String({ description: 'Without the question mark. Default: as in the request.' }),
  ),
});

export const listenerSchema = closedObject({
  port: Type.Integer({
    'stp:static': true,
    title: 'Port',
    description: 'Where connections are taken.',
    minimum: 1,
    maximum: 65_535,
  }),
  protocol: oneOf(['HTTP', 'HTTPS'], { title: 'Protocol', description: 'HTTPS needs a certificate.' }),
  customCertificateArns: Type.Optional(
    Type.Array(Type.String(), { title: 'Certificates', description: 'ARNs; for HTTPS.', minItems: 1 }),
  ),
  whitelistIps: Type.Optional(
    Type.Array(ipRangeSchema, { description: 'Addresses that may connect; all without it.', minItems: 1 }),
  ),
  defaultAction: Type.Optional(
    variants(
      {
        redirect: {
          title: 'Redirect',
          description: 'Sends the client to another address.',
          schema: redirect,
        },
      },
      { noun: 'action', title: 'Default action', description: 'Without it, 404.' },
    ),
  ),
});

export type Listener = Type.Static<typeof listenerSchema>;

/** What a CDN has to know of a load balancer. */
export type LoadBalancerOrigin = {
  loadBalancerName: string;
  listenerPort?: number;
  originDomainName?: string;
};

/** What of a load balancer says which ports are open. */
export type WithListeners = {
  listeners?: readonly Listener[];
  customDomains?: readonly WrittenDomain[];
};

/** The clients of a domain come to HTTPS; those who ask for HTTP are sent there. */
const listenersOfDomains: readonly Listener[] = [
  { port: 443, protocol: 'HTTPS' },
  {
    port: 80,
    protocol: 'HTTP',
    defaultAction: {
      type: 'redirect',
      properties: { statusCode: 'HTTP_301', protocol: 'HTTPS', port: 443 },
    },
  },
];

/**
 * Without listeners of its own it has one, which needs no certificate (spec, trap 7), or with custom domains one for
 * HTTPS and one that leads there. Events that name no port are at the first.
 */
export const listenersOf = ({ listeners, customDomains }: WithListeners): readonly Listener[] =>
  listeners ?? (customDomains ? listenersOfDomains : [{ port: 80, protocol: 'HTTP' }]);

/** The listener that an event or a CDN means: the first where they name no port. */
export const listenerOf = (properties: WithListeners, listenerPort: number | undefined): Listener => {
  const listeners = listenersOf(properties);
  const found =
    listenerPort === undefined ? listeners[0] : listeners.find(({ port }) => port === listenerPort);
  return found ?? { port: listenerPort ?? 80, protocol: 'HTTP' };
};

/** Whether the certificates of the domains are used: own listeners may have theirs, or none have HTTPS. */
export const usesDomainCertificates = (properties: WithListeners): boolean =>
  listenersOf(properties).some((one) => one.protocol === 'HTTPS' && !one.customCertificateArns);

export const loadBalancerId = (names: Names, name: string): string =>
  names.logicalId(name, 'AWS::ElasticLoadBalancingV2::LoadBalancer');

export const listenerId = (names: Names, name: string, port: number): string =>
  names.logicalId(name, 'AWS::ElasticLoadBalancingV2::Listener', { specifier: `port${port}` });

/** Adds the listeners, with the certificates of the custom domains where they have none of their own. */
export function addListeners(name: string, properties: WithListeners, stack: StackBuilder): void {
  const domains = usesDomainCertificates(properties) ? customDomainsOf(properties.customDomains) : [];
  // One certificate may be good for several domains, and a listener takes it once.
  const certificates = distinct(domains.map((domain) => certificateOf(stack, name, domain)));
  for (const listener of listenersOf(properties)) {
    addListener(name, { ...listener, customCertificateArns: certificatesOf(listener, certificates) }, stack);
  }
}

const certificatesOf = (
  { protocol, customCertificateArns }: Listener,
  ofDomains: readonly Value[],
): readonly Value[] => customCertificateArns ?? (protocol === 'HTTPS' ? ofDomains : []);

type ListenerToAdd = Omit<Listener, 'customCertificateArns'> & { customCertificateArns: readonly Value[] };

function addListener(name: string, listener: ListenerToAdd, stack: StackBuilder): void {
  const { names } = stack;
  const { port, protocol, customCertificateArns, defaultAction } = listener;
  const [certificate, ...others] = customCertificateArns;
  const id = listenerId(names, name, port);
  stack.add(name, id, {
    Type: 'AWS::ElasticLoadBalancingV2::Listener',
    Properties: {
      LoadBalancerArn: ref(loadBalancerId(names, name)),
      Port: port,
      Protocol: protocol,
      // What AWS takes without it is from 2016 and goes down to TLS 1.0.
      SslPolicy: protocol === 'HTTPS' ? 'ELBSecurityPolicy-TLS13-1-2-2021-06' : undefined,
      Certificates: certificate === undefined ? undefined : [{ CertificateArn: certificate }],
      DefaultActions: [
        defaultAction
          ? { Type: 'redirect', RedirectConfig: redirectTo(defaultAction.properties) }
          : {
              Type: 'fixed-response',
              FixedResponseConfig: {
                StatusCode: '404',
                ContentType: 'text/plain',
                MessageBody: 'Not found',
              },
            },
      ],
    },
  });
  if (others.length === 0) return;
  // A listener takes one certificate; more of them are a resource of their own.
  stack.add(
    name,
    names.logicalId(name, 'AWS::ElasticLoadBalancingV2::ListenerCertificate', { specifier: `port${port}` }),
    {
      Type: 'AWS::ElasticLoadBalancingV2::ListenerCertificate',
      Properties: {
        ListenerArn: ref(id),
        Certificates: others.map((CertificateArn) => ({ CertificateArn })),
      },
    },
  );
}

const redirectTo = ({
  statusCode,
  protocol,
  host,
  port,
  path,
  query,
}: Type.Static<typeof redirect>): Value => ({
  StatusCode: statusCode,
  Protocol: protocol,
  Host: host,
  Port: port === undefined ? undefined : asText(port),
  Path: path,
  Query: query,
});
