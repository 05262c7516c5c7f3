import { ref, type Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { type CustomDomain, dnsTargetOutput } from './custom-domains.ts';

/**
 * Part of the logical ids of what belongs to a domain. It is the name and not the place in the list: with places, a
 * domain that is put in front would take the resource of the next one, and AWS has each domain once.
 */
const specifierOf = (prefix: string, domainName: string): string =>
  `${prefix}-${domainName.replace('*', 'wildcard')}`;

/** The logical id of a resource that belongs to a domain of `owner`; dots and hyphens fall out of it. */
export function domainId(
  stack: StackBuilder,
  owner: string,
  type: string,
  { domainName, prefix = '' }: { domainName: string; prefix?: string },
): string {
  const base = stack.names.logicalId(owner, type, { specifier: specifierOf(prefix, domainName) });
  return stack.claimId(base, `${owner} ${domainName}`);
}

/**
 * A certificate for the domains, the first of which it is named by. Certificate Manager waits until the records by
 * which it knows the owner are in the zones; CloudFormation makes them.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-certificate.html
 */
export function addCertificate(
  stack: StackBuilder,
  owner: string,
  id: string,
  domains: readonly CustomDomain[],
): Value {
  const [first, ...others] = domains.map(({ domainName }) => domainName);
  stack.add(owner, id, {
    Type: 'AWS::CertificateManager::Certificate',
    Properties: {
      DomainName: first,
      SubjectAlternativeNames: others.length === 0 ? undefined : others,
      ValidationMethod: 'DNS',
      DomainValidationOptions: domains.map(({ domainName, hostedZoneId }) => ({
        DomainName: domainName,
        HostedZoneId: hostedZoneId,
      })),
    },
  });
  return ref(id);
}

/** The certificate of a domain alone: of the user's, or made by the stack. */
export const certificateOf = (stack: StackBuilder, owner: string, domain: CustomDomain): Value =>
  domain.customCertificateArn ??
  addCertificate(stack, owner, domainId(stack, owner, 'AWS::CertificateManager::Certificate', domain), [
    domain,
  ]);

type AliasTarget = {
  /** Part of the name of the output that says `dnsName`. */
  name: string;
  /** Part of the logical ids: a resource and its CDN have domains each. */
  prefix: string;
  dnsName: Value;
  hostedZoneId: Value;
  /** Whether the target has addresses of IP version 6 too. An alias to one without them answers nothing. */
  ipv6: boolean;
};

/**
 * The DNS records of a domain: aliases, which cost nothing and work for a bare domain too. Where the stack is not to
 * make them, an output says where they have to point.
 */
export function addRecords(
  stack: StackBuilder,
  owner: string,
  { domainName, hostedZoneId, disableDnsRecordCreation }: CustomDomain,
  target: AliasTarget,
): void {
  if (hostedZoneId === undefined || disableDnsRecordCreation) {
    stack.output(dnsTargetOutput(owner, target.name), {
      Description: `Where DNS records of the custom domains of ${owner} have to point`,
      Value: target.dnsName,
    });
    return;
  }
  for (const Type of target.ipv6 ? ['A', 'AAAA'] : ['A']) {
    const id = domainId(stack, owner, 'AWS::Route53::RecordSet', {
      domainName,
      prefix: Type === 'A' ? target.prefix : `${target.prefix}-ipv6`,
    });
    stack.add(owner, id, {
      Type: 'AWS::Route53::RecordSet',
      Properties: {
        HostedZoneId: hostedZoneId,
        Name: domainName,
        Type,
        AliasTarget: {
          DNSName: target.dnsName,
          HostedZoneId: target.hostedZoneId,
          EvaluateTargetHealth: false,
        },
      },
    });
  }
}
