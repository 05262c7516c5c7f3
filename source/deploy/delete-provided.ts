import type { Template } from '../model/template.ts';
import type { ProvidedRecord } from '../synth/synthesize-stack.ts';
import type { Outcome, Run } from './operation.ts';
import {
  findProvided,
  isReached,
  isSameRecord,
  openProviders,
  type ProviderSettings,
  placesOf,
  providedBy,
  providerTitles,
  removeProvided,
  scopeOf,
} from './provided-resources.ts';

export type ProvidedInput = {
  stackName: string;
  /** Of the config: also what a deploy has made there and then was killed. */
  provided?: readonly ProvidedRecord[];
  providers?: ProviderSettings;
};

/** What is to be deleted at providers besides AWS, once the stack is gone. */
export type ProvidedToDelete = { resources: readonly ProvidedRecord[]; remove(): Promise<void> };

export async function providedToDelete(
  run: Run,
  { stackName, provided = [], providers = {} }: ProvidedInput,
  template: Template | undefined,
): Promise<ProvidedToDelete> {
  const recorded = providedBy(template);
  const made = provided.filter((one) => !recorded.some((other) => isSameRecord(one, other)));
  const all = [...recorded, ...made].filter(({ provider }) => isReached(run, providers, provider));
  const open = openProviders(run.clients, providers);
  const resources = await findProvided(run, scopeOf(run, stackName, run.interrupted), open, all);
  const signal = AbortSignal.any([run.abandoned, run.control.detach]);
  return {
    resources,
    remove: () => removeProvided(run, scopeOf(run, stackName, signal), open, { resources }),
  };
}

/** Where the stack is gone, or never came to be, and something is left at a provider. */
export async function deleteLeftovers(run: Run, stackName: string, left: ProvidedToDelete): Promise<Outcome> {
  const agreed = await run.phase('review', () =>
    run.ask({
      kind: 'delete',
      message: `There is no stack ${stackName}. Delete what is left of it?`,
      reasons: left.resources.map(
        ({ name, type, provider }) => `deletes ${name} (${type}) and its data at ${providerTitles[provider]}`,
      ),
      losesData: true,
    }),
  );
  if (!agreed) return { status: 'cancelled' };
  run.begin();
  await left.remove();
  return { status: 'succeeded' };
}

export const noticeLeft = (run: Run, { resources }: ProvidedToDelete): void =>
  run.notice('warning', `${placesOf(resources)} is left; delete again once the stack is gone.`);
