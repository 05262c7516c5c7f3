import { addressVariables } from '../deploy/provided-resources.ts';
import type { ProviderAddresses } from '../deploy/providers/provider.ts';

/** Where providers besides AWS are, when something stands for them (spec, trap 6: an endpoint override). */
export function providerAddresses(env: NodeJS.ProcessEnv): ProviderAddresses {
  const { [addressVariables.upstash]: upstash, [addressVariables.mongoDbAtlas]: mongoDbAtlas } = env;
  return { ...(upstash ? { upstash } : {}), ...(mongoDbAtlas ? { mongoDbAtlas } : {}) };
}
