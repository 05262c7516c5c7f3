import { UserError } from '../model/errors.ts';
import type { Template } from '../model/template.ts';
import type { ProvidedRecord, ProvidedResource } from '../synth/synthesize-stack.ts';
import type { PlannedChange } from './deploy-event.ts';
import { Interrupted, type Outcome, type Run } from './operation.ts';
import {
  addressVariables,
  findProvided,
  isReached,
  isSameRecord,
  type OpenProvider,
  openProviders,
  type ProviderSettings,
  placesOf,
  plannedAt,
  providedBy,
  providerTitles,
  removeProvided,
  scopeOf,
  settleSecrets,
} from './provided-resources.ts';
import type { Ensured } from './providers/provider.ts';

type Input = {
  stackName: string;
  provided: readonly ProvidedResource[];
  settings: ProviderSettings;
};

/**
 * Resources at providers besides AWS are a step of the deploy and not custom resources of the stack: those would need a
 * function of ours in the user's account with the provider's keys in it. They are made before the stack, which takes
 * what they tell as parameters; they are changed once the plan is agreed to, and go after the stack has let go of them.
 */
export class ProvidedStep {
  readonly #run: Run;
  readonly #input: Input;
  readonly #open: OpenProvider;
  readonly #created: ProvidedRecord[] = [];
  readonly #ensured: { resource: ProvidedRecord; ensured: Ensured }[] = [];
  #leaving: ProvidedRecord[] = [];

  constructor(run: Run, input: Input) {
    this.#run = run;
    this.#input = input;
    this.#open = openProviders(run.clients, input.settings);
  }

  /** Before anything is done. @throws UserError `provider-unavailable`, `provider-ended` */
  async check(before: Template | undefined): Promise<void> {
    const { provided, settings } = this.#input;
    for (const { name, type, provider } of provided) {
      const title = providerTitles[provider];
      if (!isReached(this.#run, settings, provider)) {
        throw new UserError(`${name} (${type}) is made by ${title}, which is no part of the embedded AWS.`, {
          code: 'provider-unavailable',
          hint: `Deploy to AWS, or set ${addressVariables[provider]} to the address of what stands for ${title}.`,
        });
      }
      if (type === 'upstash-kafka-topic' && settings.addresses?.upstash === undefined) {
        throw new UserError(`${name}: Upstash has ended its Kafka service and makes no topics any more.`, {
          code: 'provider-ended',
          hint: `Use another cluster with customKafkaConfiguration, or set ${addressVariables[provider]} to the address of what stands for Upstash.`,
        });
      }
    }
    const left = providedBy(before).filter(
      (one) =>
        isReached(this.#run, settings, one.provider) && !provided.some((other) => isSameRecord(one, other)),
    );
    this.#leaving = await findProvided(this.#run, this.#scope(this.#run.interrupted), this.#open, left);
  }

  /** The template says what leaves until it is gone, so that the next deploy removes it where this one cannot. */
  record(template: Template): Template {
    if (this.#leaving.length === 0) return template;
    const records = [...providedBy(template), ...this.#leaving];
    return { ...template, Metadata: { ...template.Metadata, 'stp:provided': records } };
  }

  /** Makes what is not there, and gives the values of the template's parameters. */
  async ensure(): Promise<{ ParameterKey: string; ParameterValue: string }[]> {
    const parameters: { ParameterKey: string; ParameterValue: string }[] = [];
    for (const resource of this.#input.provided) {
      const ensured = await this.#ensure(resource).catch((error) => {
        if (this.#run.interrupted.aborted) throw new Interrupted();
        throw error;
      });
      this.#ensured.push({ resource, ensured });
      for (const [param, ParameterKey] of Object.entries(resource.parameters)) {
        const ParameterValue = ensured.values[param];
        if (ParameterValue === undefined) throw new Error(`${resource.type} tells no ${param}`);
        parameters.push({ ParameterKey, ParameterValue });
      }
    }
    return parameters;
  }

  /** For the plan, beside what the stack changes. */
  plannedChanges(): PlannedChange[] {
    const kept = this.#ensured.flatMap(({ resource, ensured: { differences } }) => {
      if (this.#created.some((one) => isSameRecord(one, resource))) return [plannedAt(resource, 'add')];
      if (differences.length === 0) return [];
      const verb = differences.length === 1 ? 'changes' : 'change';
      return [plannedAt(resource, 'modify', `${differences.join(', ')} ${verb}`)];
    });
    return [...kept, ...this.#leaving.map((one) => plannedAt(one, 'remove'))];
  }

  /** Once the plan is agreed to: what is there becomes what the config says. */
  async apply(): Promise<void> {
    for (const { ensured } of this.#ensured) await ensured.apply();
  }

  /** After the deploy: what left the config goes; what was made for a stack that did not come to be goes too. */
  async settle(outcome: Outcome): Promise<Outcome> {
    const { status } = outcome;
    const changed = this.plannedChanges().length > 0;
    if (status === 'succeeded' || status === 'unchanged') {
      const signal = AbortSignal.any([this.#run.abandoned, this.#run.control.detach]);
      await removeProvided(this.#run, this.#scope(signal), this.#open, {
        resources: this.#leaving,
        staying: this.#input.provided,
      });
      return status === 'unchanged' && changed ? { ...outcome, status: 'succeeded' } : outcome;
    }
    if (status === 'rolledBack' || status === 'cancelled') await this.undo();
    if (status === 'detached' && this.#leaving.length > 0) {
      this.#run.notice(
        'warning',
        `${placesOf(this.#leaving)}: removed by the next deploy that is watched to its end.`,
      );
    }
    return outcome;
  }

  /**
   * Takes back what this run has made; it is new, and nobody has put anything into it. What stands around it costs
   * nothing and stays for the next deploy.
   */
  async undo(): Promise<void> {
    const scope = this.#scope(this.#run.abandoned);
    const resources = this.#created.splice(0);
    await removeProvided(this.#run, scope, this.#open, { resources, staying: resources });
  }

  async #ensure(resource: ProvidedResource): Promise<Ensured> {
    const { interrupted } = this.#run;
    const client = await this.#open(resource.provider);
    const properties = await settleSecrets(resource.properties, this.#run.clients);
    return client.ensure(
      { ...resource, properties: properties as Record<string, unknown> },
      await this.#roleArns(resource),
      { ...this.#scope(interrupted), created: () => this.#created.push(resource) },
    );
  }

  #scope(signal: AbortSignal) {
    return scopeOf(this.#run, this.#input.stackName, signal);
  }

  async #roleArns({ roleNames }: ProvidedResource): Promise<string[]> {
    if (roleNames.length === 0) return [];
    const { clients } = this.#run;
    const { Account = '', Arn = '' } = await (await clients.sts()).getCallerIdentity({});
    const partition = Arn.split(':')[1] ?? 'aws';
    return roleNames.map(
      (name) =>
        `arn:${partition}:iam::${Account}:role/${name.replaceAll('${AWS::Region}', clients.target.region)}`,
    );
  }
}
