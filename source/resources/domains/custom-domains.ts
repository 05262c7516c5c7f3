import * as Type from 'typebox';
import type { Config } from '../../model/config.ts';
import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import type { ConfigPath } from '../../model/diagnostic.ts';
import type { Value } from '../../model/intrinsic.ts';
import { perConfig } from '../../model/per-config.ts';
import { pascalCase } from '../names.ts';
import { closedObject, staticSwitch } from '../schema.ts';

/** API Gateway takes neither capital letters nor underscores; the others do not care. */
const domainNameSchema = Type.String({
  'stp:static': true,
  title: 'Domain',
  description: 'Name without `https://`; `*.` in front stands for all names one level below.',
  examples: ['www.example.com'],
  pattern: '^(\\*\\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z][a-z0-9-]*[a-z0-9]$',
  'stp:format': 'a domain in small letters, such as www.example.com, without https:// and path',
  maxLength: 253,
});

const domainSchema = closedObject({
  domainName: domainNameSchema,
  hostedZoneId: Type.Optional(
    Type.String({
      title: 'Hosted zone',
      description:
        'Id of the zone in Route 53 that the domain is in. The stack makes the DNS records there, and a certificate where it has none.',
      examples: ['Z0123456789ABCDEFGHIJ'],
      minLength: 1,
      maxLength: 32,
    }),
  ),
  customCertificateArn: Type.Optional(
    Type.String({
      title: 'Certificate',
      description: 'ARN of a certificate of yours; without it one is made, which takes "hostedZoneId".',
      minLength: 1,
    }),
  ),
  disableDnsRecordCreation: Type.Optional(
    staticSwitch({ description: 'Whether the DNS records are made elsewhere.', default: false }),
  ),
});

export type WrittenDomain = string | Type.Static<typeof domainSchema>;

export const customDomainsSchema = (description: string) =>
  Type.Array(Type.Unsafe<WrittenDomain>({ 'stp:static': true, anyOf: [domainNameSchema, domainSchema] }), {
    title: 'Custom domains',
    description,
    minItems: 1,
  });

export type CustomDomain = {
  domainName: string;
  hostedZoneId?: Value;
  customCertificateArn?: Value;
  disableDnsRecordCreation?: boolean;
};

export const customDomainsOf = (domains: readonly WrittenDomain[] = []): CustomDomain[] =>
  domains.map((domain) => (typeof domain === 'string' ? { domainName: domain } : domain));

/** The names that can be opened: a wildcard stands for names that only the user knows. */
export const addressesOf = (domains: readonly CustomDomain[]): string[] =>
  domains.filter(({ domainName }) => !domainName.startsWith('*')).map(({ domainName }) => domainName);

/** What `$ResourceParam` has for custom domains; a list is a text with commas, as Stacktape has it. */
export function domainParams(domains: readonly CustomDomain[]): {
  customDomains?: string;
  customDomainUrl?: string;
  customDomainUrls?: string;
} {
  if (domains.length === 0) return {};
  const urls = addressesOf(domains).map((domain) => `https://${domain}`);
  return {
    customDomains: domains.map(({ domainName }) => domainName).join(', '),
    ...(urls[0] === undefined ? {} : { customDomainUrl: urls[0], customDomainUrls: urls.join(', ') }),
  };
}

export type DomainUse = {
  /** Where the list stands in the properties. */
  path: ConfigPath;
  /** Who serves the domains, as the subject of a sentence. */
  server: string;
  /** The Region that certificates have to be in. */
  certificateRegion: string;
  /** Whether each domain needs a certificate; a load balancer may have them from its listeners, or do without. */
  needsCertificates: boolean;
  /** What the DNS records point to: it has a part in the name of the output with the address. */
  targetOf(domain: CustomDomain): string;
};

/** Synthesis looks nothing up, so that the config says which zone and which certificate it is. */
export function* checkDomains(
  name: string,
  written: readonly WrittenDomain[],
  use: DomainUse,
  { config }: CheckContext,
): Iterable<LocalFinding> {
  for (const [index, domain] of customDomainsOf(written).entries()) {
    const path = [...use.path, index];
    yield* checkTaken(name, domain, path, config);
    const problems = use.needsCertificates ? [...checkCertificate(domain, path, use, config)] : [];
    yield* problems;
    // What mends a missing certificate is the zone, which makes the records too.
    if (problems.length > 0 || domain.hostedZoneId !== undefined || domain.disableDnsRecordCreation) continue;
    yield {
      severity: 'warning',
      code: 'no-dns-record',
      path,
      message: `No DNS record is made for ${domain.domainName}, since it is not said which hosted zone it is in.`,
      suggestion: `Give "hostedZoneId". Or make a CNAME or alias to the output ${dnsTargetOutput(name, use.targetOf(domain))} of the stack, and say "disableDnsRecordCreation: true".`,
    };
  }
}

/** The output that says where the DNS records of a domain have to point. */
export const dnsTargetOutput = (name: string, target: string): string =>
  `${pascalCase(name)}${pascalCase(target)}DnsTarget`;

function* checkCertificate(
  { domainName, customCertificateArn, hostedZoneId }: CustomDomain,
  path: ConfigPath,
  { certificateRegion, server }: DomainUse,
  { region }: Config,
): Iterable<LocalFinding> {
  if (customCertificateArn === undefined) {
    if (certificateRegion !== region) {
      yield {
        code: 'missing-certificate',
        path,
        message: `${server} takes certificates of ${certificateRegion} alone, and this stack, which is in ${region}, cannot make one there: domain ${domainName} needs "customCertificateArn".`,
        expected: `the ARN of a certificate of AWS Certificate Manager in ${certificateRegion}`,
      };
    } else if (hostedZoneId === undefined) {
      yield {
        code: 'missing-certificate',
        path,
        message: `Domain ${domainName} has no certificate, and none can be made without "hostedZoneId".`,
        expected: '"hostedZoneId" of its zone in Route 53, or "customCertificateArn"',
      };
    } else if (domainName.length > 64) {
      yield {
        code: 'domain-too-long',
        path,
        message: `A certificate can be made for a name of up to 64 characters; ${domainName} has ${domainName.length}.`,
        suggestion: 'Give the ARN of a certificate of yours as "customCertificateArn".',
      };
    }
    return;
  }
  const certificate = typeof customCertificateArn === 'string' ? customCertificateArn.split(':') : [];
  if (certificate[2] === 'acm' && certificate[3] !== certificateRegion) {
    yield {
      code: 'certificate-region',
      path: [...path, 'customCertificateArn'],
      message: `The certificate of ${domainName} is in ${certificate[3]}; ${server} takes those of ${certificateRegion} alone.`,
    };
  }
}

/** A name leads to one place: AWS refuses the second in the middle of a deploy. */
function* checkTaken(
  name: string,
  { domainName }: CustomDomain,
  path: ConfigPath,
  config: Config,
): Iterable<LocalFinding> {
  const own = ['resources', name, 'properties', ...path].join('.');
  const first = usesOf(config).get(domainName);
  if (!first || first.path.join('.') === own) return;
  yield {
    code: 'duplicate-domain',
    path,
    message: `Domain ${domainName} is taken already by ${first.path[1]}.`,
    suggestion: 'Give each a domain of its own.',
    related: [{ path: first.path, message: `${domainName} is taken here` }],
  };
}

/** The first place of each domain. Configs with errors are asked too, so that nothing is sure about the lists. */
const usesOf = perConfig((config) => {
  const found = new Map<string, { path: ConfigPath }>();
  for (const { name, properties } of config.resources) {
    const cdn = properties.cdn as { enabled?: unknown; customDomains?: unknown } | null | undefined;
    const lists: [ConfigPath, unknown][] = [
      [['customDomains'], properties.customDomains],
      [['cdn', 'customDomains'], cdn?.enabled === true ? cdn.customDomains : undefined],
    ];
    for (const [at, list] of lists) {
      const domains: unknown[] = Array.isArray(list) ? list : [];
      for (const [index, domain] of domains.entries()) {
        const written =
          typeof domain === 'string' ? domain : (domain as { domainName?: unknown } | null)?.domainName;
        const path = ['resources', name, 'properties', ...at, index];
        if (typeof written === 'string' && !found.has(written)) found.set(written, { path });
      }
    }
  }
  return found;
});
