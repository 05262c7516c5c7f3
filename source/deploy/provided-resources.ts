import type { Clients } from '../aws/clients.ts';
import { UserError } from '../model/errors.ts';
import type { ProjectSections } from '../model/project-sections.ts';
import type { Template } from '../model/template.ts';
import type { ProvidedRecord } from '../synth/synthesize-stack.ts';
import type { PlannedChange } from './deploy-event.ts';
import type { Run } from './operation.ts';
import type { AtlasAccount } from './providers/atlas-users.ts';
import { mongoDbAtlas } from './providers/mongo-db-atlas.ts';
import type { ProviderAddresses, ProviderClient, ProviderScope } from './providers/provider.ts';
import { readSecretText } from './providers/secret-text.ts';
import { type UpstashAccount, upstash } from './providers/upstash.ts';

type Provider = ProvidedRecord['provider'];

/** Accounts at providers and, for tests and stand-ins, where the providers are. */
export type ProviderSettings = {
  accounts?: ProjectSections['providerConfig'] | undefined;
  addresses?: ProviderAddresses | undefined;
};

export const providerTitles = { upstash: 'Upstash', mongoDbAtlas: 'MongoDB Atlas' } as const;

/** Variables of the environment that name the address of what stands for a provider. */
export const addressVariables = { upstash: 'STP_UPSTASH_URL', mongoDbAtlas: 'STP_ATLAS_URL' } as const;

/** The resources that a deployed stack has at providers; its template is the one place that says so to everybody. */
export const providedBy = (template: Template | undefined): ProvidedRecord[] =>
  (template?.Metadata?.['stp:provided'] ?? []) as ProvidedRecord[];

/** `cache at Upstash, posts at MongoDB Atlas`. */
export const placesOf = (resources: readonly ProvidedRecord[]): string =>
  resources.map(({ name, provider }) => `${name} at ${providerTitles[provider]}`).join(', ');

/** The embedded AWS has no providers; only stand-ins are spoken to from there. */
export const isReached = (run: Run, { addresses }: ProviderSettings, provider: Provider): boolean =>
  run.clients.target.kind !== 'local' || addresses?.[provider] !== undefined;

export const isSameRecord = (a: ProvidedRecord, b: ProvidedRecord): boolean =>
  a.name === b.name && a.type === b.type;

/** Gives each provider's client, made on first use. @throws UserError `provider-missing`, `secret-unreadable` */
export type OpenProvider = (provider: Provider) => Promise<ProviderClient>;

export function openProviders(
  clients: Clients,
  { accounts = {}, addresses = {} }: ProviderSettings,
): OpenProvider {
  const opened = new Map<Provider, Promise<ProviderClient>>();
  const open = async (provider: Provider): Promise<ProviderClient> => {
    const account = accounts[provider];
    if (!account) {
      throw new UserError(`"providerConfig" has no account at ${providerTitles[provider]}.`, {
        code: 'provider-missing',
        hint: `Add "${provider}" to "providerConfig".`,
      });
    }
    const settled = await settleSecrets(account, clients);
    return provider === 'upstash'
      ? upstash(settled as UpstashAccount, addresses.upstash)
      : mongoDbAtlas(settled as AtlasAccount, addresses.mongoDbAtlas);
  };
  return (provider) => {
    const client = opened.get(provider) ?? open(provider);
    opened.set(provider, client);
    return client;
  };
}

/** The same with every dynamic reference in it replaced by what it stands for. */
export async function settleSecrets(value: unknown, clients: Clients): Promise<unknown> {
  if (typeof value === 'string') return readSecretText(value, clients);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Promise.all(value.map((one) => settleSecrets(one, clients)));
  const entries = Object.entries(value).map(async ([key, one]) => [key, await settleSecrets(one, clients)]);
  return Object.fromEntries(await Promise.all(entries));
}

export const scopeOf = (run: Run, stackName: string, signal: AbortSignal): ProviderScope => ({
  stackName,
  region: run.clients.target.region,
  // Providers take minutes where CloudFormation takes seconds.
  pollInterval: run.pollInterval * 3,
  signal,
  notice: (message) => run.notice('info', message),
  created: () => {},
});

export const plannedAt = (
  { name, type, provider }: ProvidedRecord,
  action: 'add' | 'modify' | 'remove',
  reason?: string,
): PlannedChange => ({
  action,
  resource: name,
  logicalId: name,
  resourceType: type,
  provider: providerTitles[provider],
  losesData: action === 'remove',
  ...(reason !== undefined && { reason }),
});

/** Those of the resources that are there; where a provider does not say, a warning does. */
export async function findProvided(
  run: Run,
  scope: ProviderScope,
  open: OpenProvider,
  resources: readonly ProvidedRecord[],
): Promise<ProvidedRecord[]> {
  const found: ProvidedRecord[] = [];
  for (const resource of resources) {
    await orWarn(run, scope, resource, async () => {
      if (await (await open(resource.provider)).has(resource, scope)) found.push(resource);
    });
  }
  return found;
}

/**
 * Removes resources at their providers. What fails is told with what is left, and is not the failure of what was
 * deployed or deleted.
 * @param staying what the stack still has; where it has nothing at a provider, what stood around goes too
 */
export async function removeProvided(
  run: Run,
  scope: ProviderScope,
  open: OpenProvider,
  { resources, staying = [] }: { resources: readonly ProvidedRecord[]; staying?: readonly ProvidedRecord[] },
): Promise<void> {
  for (const provider of new Set(resources.map((one) => one.provider))) {
    let all = true;
    for (const resource of resources.filter((one) => one.provider === provider)) {
      const removed = await orWarn(run, scope, resource, async () => {
        run.notice('info', `Removing ${resource.name} at ${providerTitles[provider]}.`);
        await (await open(provider)).remove(resource, scope);
      });
      all &&= removed;
    }
    if (!all || staying.some((one) => one.provider === provider)) continue;
    await orWarn(run, scope, { name: `What stood around ${scope.stackName}`, provider }, async () =>
      (await open(provider)).removeRest?.(scope),
    );
  }
}

async function orWarn(
  run: Run,
  { signal }: ProviderScope,
  { name, provider }: Pick<ProvidedRecord, 'name' | 'provider'>,
  step: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    if (!(error instanceof UserError) && !signal.aborted) throw error;
    const why = error instanceof UserError ? ` ${error.message}` : '';
    run.notice('warning', `${name} may still be at ${providerTitles[provider]}.${why}`);
    return false;
  }
}
