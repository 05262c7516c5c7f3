import * as Type from 'typebox';
import { defineResource, type LocalFinding } from '../model/descriptor.ts';
import { asText, getAtt, ref, sub, type Value } from '../model/intrinsic.ts';
import type { Names, StackBuilder } from '../model/stack-builder.ts';
import { checkAlarms } from './alarms/resolve-alarms.ts';
import { alarmProperties } from './alarms/schema.ts';
import { cidrOf, ipRangeSchema } from './ip-ranges.ts';
import { fitName } from './names.ts';
import { closedObject, oneOf, variants } from './schema.ts';
import { networkOf } from './vpc.ts';

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

const listenerSchema = closedObject({
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

const schema = closedObject(
  {
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
        description: 'Ports that are open. Default: HTTP at port 80.',
        minItems: 1,
        maxItems: 50,
        'stp:uniqueBy': 'port',
      }),
    ),
    ...alarmProperties('application-load-balancer'),
  },
  { 'stp:later': ['customDomains', 'useFirewall', 'cdn'] },
);

export type LoadBalancerProperties = Type.Static<typeof schema>;
type Listener = Type.Static<typeof listenerSchema>;

/** Without listeners of its own it has one, which needs no certificate (spec, trap 7). */
export const listenersOf = ({ listeners }: LoadBalancerProperties): readonly Listener[] =>
  listeners ?? [{ port: 80, protocol: 'HTTP' }];

export const loadBalancerId = (names: Names, name: string): string =>
  names.logicalId(name, 'AWS::ElasticLoadBalancingV2::LoadBalancer');

/** 32 characters at most; names that begin with `internal-` are kept for AWS itself. */
const loadBalancerName = (names: Names, name: string): string =>
  fitName(`${names.stackName}-${name}`.replace(/^internal-/, 'stp-internal-'), 32);

export const listenerId = (names: Names, name: string, port: number): string =>
  names.logicalId(name, 'AWS::ElasticLoadBalancingV2::Listener', { specifier: `port${port}` });

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
    if (Array.isArray(properties.listeners)) yield* checkListeners(properties.listeners);
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
          whitelistIps.map((ip) => ({
            IpProtocol: 'tcp',
            FromPort: port,
            ToPort: port,
            CidrIp: cidrOf(ip),
          })),
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
    for (const listener of listeners) addListener(name, listener, stack);
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
      canonicalDomain: domain,
      url: urlOf(name, properties, names),
      ...Object.fromEntries(ports),
    };
  },
});

function* checkListeners(listeners: readonly Listener[]): Iterable<LocalFinding> {
  for (const [index, { port, protocol, customCertificateArns, defaultAction }] of listeners.entries()) {
    const to = defaultAction?.properties;
    const isSame = [
      [to?.protocol, protocol],
      [to?.port, port],
      [to?.host, '#{host}'],
      [to?.path, '/#{path}'],
      [to?.query, '#{query}'],
    ].every(([target, own]) => target === undefined || target === own);
    if (to && isSame) {
      yield {
        code: 'redirect-loop',
        path: ['listeners', index, 'defaultAction', 'properties'],
        at: 'key',
        message: 'This redirect sends clients to where they are, again and again.',
        expected: 'another protocol, port, host, path or query',
      };
    }
    if (to?.protocol === 'HTTP' && protocol === 'HTTPS') {
      yield {
        code: 'redirect-downgrade',
        path: ['listeners', index, 'defaultAction', 'properties', 'protocol'],
        message: 'A load balancer redirects nobody from HTTPS to HTTP.',
        expected: 'HTTPS',
      };
    }
    if (protocol === 'HTTPS' && !customCertificateArns) {
      yield {
        code: 'missing-certificate',
        path: ['listeners', index],
        message: 'A listener with HTTPS needs "customCertificateArns".',
        expected: 'the ARN of a certificate of AWS Certificate Manager',
      };
    }
    if (protocol === 'HTTP' && customCertificateArns) {
      yield {
        code: 'conflicting-properties',
        path: ['listeners', index, 'customCertificateArns'],
        at: 'key',
        message: 'A listener with HTTP has no certificates.',
        suggestion: 'Set protocol: HTTPS.',
      };
    }
  }
}

function urlOf(name: string, properties: LoadBalancerProperties, names: Names): Value {
  const listeners = listenersOf(properties);
  const { port, protocol } = listeners.find((one) => one.protocol === 'HTTPS') ??
    listeners[0] ?? { port: 80, protocol: 'HTTP' };
  const usual = port === (protocol === 'HTTPS' ? 443 : 80);
  const domain = `\${${loadBalancerId(names, name)}.DNSName}`;
  return sub(`${protocol.toLowerCase()}://${domain}${usual ? '' : `:${port}`}`);
}

function addListener(name: string, listener: Listener, stack: StackBuilder): void {
  const { names } = stack;
  const { port, protocol, customCertificateArns = [], defaultAction } = listener;
  const [certificate, ...others] = customCertificateArns;
  const id = listenerId(names, name, port);
  stack.add(name, id, {
    Type: 'AWS::ElasticLoadBalancingV2::Listener',
    Properties: {
      LoadBalancerArn: ref(loadBalancerId(names, name)),
      Port: port,
      Protocol: protocol,
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
