import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import { getAtt, ref } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { addressesOf, checkDomains, customDomainsOf, type WrittenDomain } from '../domains/custom-domains.ts';
import { addRecords, certificateOf, domainId } from '../domains/records.ts';

export function* checkApiDomains(
  name: string,
  domains: readonly WrittenDomain[],
  context: CheckContext,
): Iterable<LocalFinding> {
  const use = {
    path: ['customDomains'],
    server: 'an API',
    certificateRegion: context.config.region,
    needsCertificates: true,
    // API Gateway gives each domain an address of its own.
    targetOf: ({ domainName }: { domainName: string }) => domainName,
  };
  yield* checkDomains(name, domains, use, context);
}

/** Domains of an HTTP API, whose root they lead to. */
export function addApiDomains(
  name: string,
  domains: readonly WrittenDomain[] | undefined,
  stack: StackBuilder,
): void {
  const { names } = stack;
  const stage = names.logicalId(name, 'AWS::ApiGatewayV2::Stage');
  const [address] = addressesOf(customDomainsOf(domains));
  if (address !== undefined) {
    stack.output(names.logicalId(name, 'CustomDomainUrl'), {
      Description: `Address of ${name} at its domain`,
      Value: `https://${address}`,
    });
  }
  for (const domain of customDomainsOf(domains)) {
    const id = domainId(stack, name, 'AWS::ApiGatewayV2::DomainName', domain);
    stack.add(name, id, {
      Type: 'AWS::ApiGatewayV2::DomainName',
      Properties: {
        DomainName: domain.domainName,
        DomainNameConfigurations: [
          {
            CertificateArn: certificateOf(stack, name, domain),
            EndpointType: 'REGIONAL',
            SecurityPolicy: 'TLS_1_2',
          },
        ],
      },
    });
    stack.add(name, domainId(stack, name, 'AWS::ApiGatewayV2::ApiMapping', domain), {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      // The stage is named and not referred to, so that CloudFormation does not see that it comes first.
      DependsOn: [stage],
      Properties: {
        ApiId: ref(names.logicalId(name, 'AWS::ApiGatewayV2::Api')),
        DomainName: ref(id),
        Stage: '$default',
      },
    });
    addRecords(stack, name, domain, {
      name: domain.domainName,
      prefix: '',
      dnsName: getAtt(id, 'RegionalDomainName'),
      hostedZoneId: getAtt(id, 'RegionalHostedZoneId'),
      // A domain has addresses of version 4 alone where nothing else is said.
      ipv6: false,
    });
  }
}
