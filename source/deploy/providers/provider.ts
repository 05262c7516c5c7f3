import type { ProvidedResource } from '../../synth/synthesize-stack.ts';

/** What can be known of a resource wherever it is deleted from: the template's metadata has no more. */
export type ProvidedIdentity = Pick<ProvidedResource, 'name' | 'type'>;

/** What a provider needs to know of the stack: names at a provider are those of the stack, so that it finds them again. */
export type ProviderScope = {
  stackName: string;
  region: string;
  /** Milliseconds between two looks at what takes its time. */
  pollInterval: number;
  signal: AbortSignal;
  notice(message: string): void;
  /** Called once the resource is made, so that an operation that fails after it can take it back. */
  created(): void;
};

/** A resource that is there. What it is has not been changed yet: that waits for the plan to be agreed to. */
export type Ensured = {
  /** Values of the params. */
  values: Record<string, string>;
  /** Properties in which it differs from the config. */
  differences: string[];
  /** Brings it to what the config says; also what nobody can see there, as passwords are. */
  apply(): Promise<void>;
};

/**
 * A company besides AWS that runs resources of a stack. Each call finds what there is by its name, so that an operation
 * that was killed is picked up by the next one, on whichever machine.
 */
export type ProviderClient = {
  title: string;
  /** @throws UserError `provider-refused`, `provider-credentials`, `provider-unreachable` */
  has(resource: ProvidedIdentity, scope: ProviderScope): Promise<boolean>;
  /**
   * Finds the resource or makes it. `roleArns`: the roles that may use it.
   * @throws UserError as `has`, and `immutable-property`
   */
  ensure(
    resource: Omit<ProvidedResource, 'roleNames'>,
    roleArns: readonly string[],
    scope: ProviderScope,
  ): Promise<Ensured>;
  /** Removes the resource with its data; what is not there is removed already. */
  remove(resource: ProvidedIdentity, scope: ProviderScope): Promise<void>;
  /** After the last resource of a stack is removed: what stood around them. */
  removeRest?(scope: ProviderScope): Promise<void>;
};

/** Where the providers are, in place of their public addresses. */
export type ProviderAddresses = { upstash?: string; mongoDbAtlas?: string };
