import { loadConfig, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';
import { UserError } from '../model/errors.ts';
import { regionHint } from './aws-error.ts';

/**
 * The Region as the AWS SDK finds it: the flag, `AWS_REGION`, `AWS_DEFAULT_REGION` (as the AWS CLI), the
 * profile in the shared config files.
 * @throws UserError `no-region` where none is named anywhere
 */
export async function resolveRegion(options: {
  region?: string;
  profile?: string;
  env?: NodeJS.ProcessEnv;
}): Promise<string> {
  const environment = options.env ?? process.env;
  const named = options.region || environment.AWS_REGION || environment.AWS_DEFAULT_REGION;
  const region = named || (await regionOfProfile(options.profile ?? environment.AWS_PROFILE));
  if (!region) throw new UserError('No AWS Region is named.', { code: 'no-region', hint: regionHint });
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UserError(`\`${region}\` is not an AWS Region.`, { code: 'invalid-region', hint: regionHint });
  return region;
}

async function regionOfProfile(profile: string | undefined): Promise<string | undefined> {
  const load = loadConfig<string | undefined>(
    { ...NODE_REGION_CONFIG_OPTIONS, environmentVariableSelector: () => undefined, default: () => undefined },
    { preferredFile: 'credentials', ...(profile !== undefined && { profile }) },
  );
  return (await load()) || undefined;
}
