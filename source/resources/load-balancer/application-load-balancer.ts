import * as Type from 'typebox';
import { type CheckContext, defineResource, type LocalFinding } from '../../model/descriptor.ts';
import { getAtt, ref, sub, type Value } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';
import { checkAlarms } from '../alarms/resolve-alarms.ts';
import { alarmProperties } from '../alarms/schema.ts';
import { cdnSchema, loadBalancerOrigin } from '../cdn/cdn-schema.ts';
import { checkCdn } from '../cdn/check-cdn.ts';
import { addCdn, cdnParams } from '../cdn/distribution.ts';
import {
  addressesOf,
  checkDomains,
  customDomainsOf,
  customDomainsSchema,
  domainParams,
} from '../domains/custom-domains.ts';
import { addRecords } from '../domains/records.ts';
import { fitName } from '../names.ts';
import { closedObject, oneOf } from '../schema.ts';
import { cidrOf, tcpFrom } from '../vpc/ip-ranges.ts';
import { networkOf } from '../vpc/vpc.ts';
import { checkFirewall, firewallArn, firewallReference } from '../web-app-firewall/web-app-firewall.ts';
import { checkListeners } from './check-listeners.ts';
import {
  addListeners,
  listenerSchema,
  listenersOf,
  loadBalancerId,
  usesDomainCertificates,
} from './listeners.ts';

const schema = closedObject({
  interface: Type.Optional(
    oneOf(['internet', 'internal'], {
      title: 'Interface',
      description: 'Whether it is reached from the internet or from the VPC alone.',
      default: 'internet',
    }),
  ),
  listeners: Type.Optional(
    Type.Array(listenerSchema, {
      title: 'Listeners',
      description:
        'Ports that are open. Default: HTTP at port 80; with custom domains HTTPS at port 443, and port 80 leads there.',
      minItems: 1,
      maxItems: 50,
      'stp:uniqueBy': 'port',
    }),
  ),
  customDomains: Type.Optional(customDomainsSchema('Domains of the load balancer; they make it take HTTPS.')),
  useFirewall: Type.Optional(firewallReference('regional')),
  cdn: Type.Optional(
    cdnSchema(
      loadBalancerOrigin,
      'CloudFront in front of the load balancer, which keeps answers near the clients. Without "cachingOptions" it keeps none.',
    ),
  ),
  ...alarmProperties('application-load-balancer'),
});

export type LoadBalancerProperties = Type.Static<typeof schema>;

/** 32 characters at most; names that begin with `internal-` are kept for AWS itself. */
const loadBalancerName = (names: Names, name: string): string =>
  fitName(`${names.stackName}-${name}`.replace(/^internal-/, 'stp-internal-'), 32);

const lbSecurityGroupId = (names: Names, name: string): string =>
  names.logicalId(name, 'AWS::EC2::SecurityGroup', { specifier: 'lb' });

/** Spec 13.14. */
export const applicationLoadBalancer = defineResource({
  type: 'application-load-balancer',
  title: 'Application Load Balancer',
  description: 'Hands HTTP requests to functions by rules of path, method, host and others.',
  schema,

  *check({ name, properties }, context) {
    yield* checkAlarms({ name, type: 'application-load-balancer', properties }, context);
    yield* checkListeners(properties);
    yield* checkFirewall(properties.useFirewall, 'regional', ['useFirewall'], context);
    yield* checkOwnDomains(name, properties, context);
    if (properties.cdn)
      yield* checkCdn({ name, type: 'application-load-balancer', cdn: properties.cdn }, context);
  },

  synth({ name, properties }, stack) {
    const { names } = stack;
    const network = networkOf(stack);
    const listeners = listenersOf(properties);
    const group = lbSecurityGroupId(names, name);
    stack.add(name, group, {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupName: names.physicalName(`${name}-lb-sg`, 255),
        GroupDescription: `Load balancer ${name} of stack ${names.stackName}`,
        VpcId: network.vpcId,
        SecurityGroupIngress: listeners.flatMap(({ port, whitelistIps = ['0.0.0.0/0'] }) =>
          whitelistIps.map((ip) => tcpFrom(cidrOf(ip), port)),
        ),
      },
    });
    stack.add(name, loadBalancerId(names, name), {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      ...(network.gateway.length > 0 ? { DependsOn: [...network.gateway] } : {}),
      Properties: {
        Name: loadBalancerName(names, name),
        Type: 'application',
        Scheme: properties.interface === 'internal' ? 'internal' : 'internet-facing',
        Subnets: network.subnetIds,
        SecurityGroups: [getAtt(group, 'GroupId')],
      },
    });
    addListeners(name, properties, stack);
    for (const domain of customDomainsOf(properties.customDomains)) {
      addRecords(stack, name, domain, {
        name: '',
        prefix: '',
        dnsName: getAtt(loadBalancerId(names, name), 'DNSName'),
        hostedZoneId: getAtt(loadBalancerId(names, name), 'CanonicalHostedZoneID'),
        ipv6: false,
      });
    }
    if (properties.useFirewall) {
      stack.add(name, names.logicalId(name, 'AWS::WAFv2::WebACLAssociation'), {
        Type: 'AWS::WAFv2::WebACLAssociation',
        Properties: {
          ResourceArn: ref(loadBalancerId(names, name)),
          WebACLArn: firewallArn(names, properties.useFirewall),
        },
      });
    }
    if (properties.cdn) addCdn({ name, type: 'application-load-balancer', cdn: properties.cdn }, stack);
    stack.output(names.logicalId(name, 'Url'), {
      Description: `Address of ${name}`,
      Value: urlOf(name, properties, names),
    });
  },

  params({ name, properties }, names) {
    const domain = getAtt(loadBalancerId(names, name), 'DNSName');
    const ports = listenersOf(properties).map(({ port }) => [`port${port}`, String(port)] as const);
    return {
      domain,
      url: urlOf(name, properties, names),
      ...domainParams(customDomainsOf(properties.customDomains)),
      ...Object.fromEntries(ports),
      canonicalDomain: domain,
      ...cdnParams(name, properties.cdn, names),
    };
  },
});

function* checkOwnDomains(
  name: string,
  properties: Partial<LoadBalancerProperties>,
  context: CheckContext,
): Iterable<LocalFinding> {
  if (!properties.customDomains) return;
  const use = {
    path: ['customDomains'],
    server: 'a load balancer',
    certificateRegion: context.config.region,
    needsCertificates: usesDomainCertificates(properties),
    targetOf: () => '',
  };
  yield* checkDomains(name, properties.customDomains, use, context);
}

/** Where a request works: with custom domains that is the first, since the certificate fits no other name. */
function urlOf(name: string, properties: LoadBalancerProperties, names: Names): Value {
  const listeners = listenersOf(properties);
  const { port, protocol } = listeners.find((one) => one.protocol === 'HTTPS') ??
    listeners[0] ?? { port: 80, protocol: 'HTTP' };
  const usual = port === (protocol === 'HTTPS' ? 443 : 80);
  const [own = `\${${loadBalancerId(names, name)}.DNSName}`] = addressesOf(
    customDomainsOf(properties.customDomains),
  );
  return sub(`${protocol.toLowerCase()}://${own}${usual ? '' : `:${port}`}`);
}
