import { getAtt, ref, sub, type Value } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { addressesOf, customDomainsOf } from '../domains/custom-domains.ts';
import {
  type LoadBalancerOrigin,
  listenerOf,
  loadBalancerId,
  type WithListeners,
} from '../load-balancer/listeners.ts';
import type { RouteTo } from './cdn-schema.ts';
import { globalName } from './url-functions.ts';

export const distributionId = (names: Names, owner: string): string =>
  names.logicalId(owner, 'AWS::CloudFront::Distribution');

/** ARN of the distribution in front of a resource: it is all that CloudFront's own access is held to. */
export const distributionArn = (names: Names, owner: string): Value =>
  sub(
    `arn:\${AWS::Partition}:cloudfront::\${AWS::AccountId}:distribution/\${${distributionId(names, owner)}}`,
  );

/** Where requests of the CDN of `owner` go; what routes may differ in is added by the caller. */
export function originOf(target: RouteTo, owner: string, stack: StackBuilder): Record<string, Value> {
  switch (target.type) {
    case 'bucket':
      return {
        DomainName: getAtt(
          stack.names.logicalId(target.properties.bucketName, 'AWS::S3::Bucket'),
          'RegionalDomainName',
        ),
        OriginAccessControlId: accessControl(stack, 's3'),
        // What came before access controls; CloudFront wants to hear that it is not used.
        S3OriginConfig: { OriginAccessIdentity: '' },
      };
    case 'http-api-gateway':
      return {
        DomainName: stack.params(target.properties.httpApiGatewayName).domain ?? '',
        ...server('HTTPS', 443),
      };
    case 'function':
      return functionOrigin(target.properties.functionName, owner, stack);
    case 'application-load-balancer':
      return loadBalancerOrigin(target.properties, stack);
    case 'custom-origin': {
      const { domainName, protocol = 'HTTPS', port = protocol === 'HTTP' ? 80 : 443 } = target.properties;
      return { DomainName: domainName, ...server(protocol, port) };
    }
  }
}

const server = (protocol: 'HTTP' | 'HTTPS', port: number): Record<string, Value> => ({
  CustomOriginConfig:
    protocol === 'HTTPS'
      ? { OriginProtocolPolicy: 'https-only', HTTPSPort: port, OriginSSLProtocols: ['TLSv1.2'] }
      : { OriginProtocolPolicy: 'http-only', HTTPPort: port },
});

/** By HTTPS a load balancer is reached by a name that its certificate has. */
function loadBalancerOrigin(
  { loadBalancerName: name, listenerPort, originDomainName }: LoadBalancerOrigin,
  stack: StackBuilder,
): Record<string, Value> {
  const { properties } = stack.resource<WithListeners>(name, 'application-load-balancer');
  const { port, protocol } = listenerOf(properties, listenerPort);
  const [domain] = addressesOf(customDomainsOf(properties.customDomains));
  const dnsName = getAtt(loadBalancerId(stack.names, name), 'DNSName');
  return {
    DomainName: originDomainName ?? (protocol === 'HTTPS' ? domain : undefined) ?? dnsName,
    ...server(protocol, port),
  };
}

/** A function whose address is not for everyone lets the distribution in, which signs its requests. */
function functionOrigin(name: string, owner: string, stack: StackBuilder): Record<string, Value> {
  const { properties } = stack.resource<{ url?: { authMode?: string } }>(name, 'function');
  const url = stack.params(name).url ?? '';
  const origin = {
    // `https://{id}.lambda-url.{region}.on.aws/`: the third part between slashes.
    DomainName: { 'Fn::Select': [2, { 'Fn::Split': ['/', url] }] } as const,
    ...server('HTTPS', 443),
  };
  if (properties.url?.authMode !== 'AWS_IAM') return origin;
  const actions = {
    '': { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'AWS_IAM' },
    '-invoke': { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
  };
  for (const [ending, action] of Object.entries(actions)) {
    const specifier = `${owner}-cdn${ending}`;
    stack.addOnce(name, stack.names.logicalId(name, 'AWS::Lambda::Permission', { specifier }), () => ({
      Type: 'AWS::Lambda::Permission',
      Properties: {
        ...action,
        FunctionName: stack.functionTarget(name),
        Principal: 'cloudfront.amazonaws.com',
        SourceArn: distributionArn(stack.names, owner),
      },
    }));
  }
  return { ...origin, OriginAccessControlId: accessControl(stack, 'lambda') };
}

/** Says that CloudFront signs its requests; one for all origins of a kind. */
function accessControl(stack: StackBuilder, type: 's3' | 'lambda'): Value {
  const id = stack.names.logicalId(undefined, 'AWS::CloudFront::OriginAccessControl', { specifier: type });
  stack.addShared(id, () => ({
    Type: 'AWS::CloudFront::OriginAccessControl',
    Properties: {
      OriginAccessControlConfig: {
        Name: globalName(stack, type),
        OriginAccessControlOriginType: type,
        SigningBehavior: 'always',
        SigningProtocol: 'sigv4',
      },
    },
  }));
  return ref(id);
}
