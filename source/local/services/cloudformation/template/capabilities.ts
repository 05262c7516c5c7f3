import type { Capability } from '@aws-sdk/client-cloudformation';
import { ServiceError } from '../../../backend.ts';
import { providers } from '../types/registry.ts';
import type { ParsedTemplate } from './template.ts';

/** What a template asks its caller to acknowledge: CAPABILITY_NAMED_IAM where an IAM resource has a name of its own. */
export function requiredCapabilities(template: ParsedTemplate): {
  capabilities: Capability[];
  reason: string | undefined;
} {
  const resources = [...template.resources.values()].flatMap((resource) => {
    const provider = providers.get(resource.type);
    return provider?.iam ? [{ resource, provider }] : [];
  });
  if (resources.length === 0) return { capabilities: [], reason: undefined };
  const named = resources.some(
    ({ resource, provider }) =>
      provider.nameProperty !== undefined && provider.nameProperty in resource.properties,
  );
  const types = [...new Set(resources.map(({ resource }) => resource.type))];
  return {
    capabilities: [named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'],
    reason: `The following resource(s) require capabilities: [${types.join(', ')}]`,
  };
}

/** @throws ServiceError `InsufficientCapabilitiesException` where `given` does not cover the template. */
export function checkCapabilities(template: ParsedTemplate, given: readonly string[]): void {
  const { capabilities } = requiredCapabilities(template);
  const missing = capabilities.filter(
    (capability) =>
      !given.includes(capability) &&
      !(capability === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM')),
  );
  if (missing.length > 0) {
    throw new ServiceError(
      'InsufficientCapabilitiesException',
      `Requires capabilities : [${missing.join(', ')}]`,
    );
  }
}
