import type { Static, TObject } from 'typebox';
import type { Config, ConfigEvent, ConfigResource } from './config.ts';
import type { Finding } from './diagnostic.ts';
import type { Value } from './intrinsic.ts';
import type { PolicyStatement } from './policy.ts';
import type { Names, StackBuilder } from './stack-builder.ts';

/** A finding of a `check`: its path is relative to the resource's or the event's `properties`. */
export type LocalFinding = Omit<Finding, 'severity'> & { severity?: Finding['severity'] };

/** What a resource grants and injects when a function names it in `connectTo` (spec 5). */
export type Connection = {
  statements: PolicyStatement[];
  /** Keys as in spec 5 (`NAME`, `ARN`); `STP_{RESOURCE}_` is put in front by synthesis. */
  variables: Record<string, Value>;
};

/**
 * A resource type: one object in one file under `source/resources/`. The validator, the JSON Schema,
 * the wizard's questions and the reference pages are all derived from it.
 */
export type ResourceDescriptor<S extends TObject = TObject> = {
  /** The `type` in the config. */
  type: string;
  title: string;
  description: string;
  /** Schema of `properties`, with titles, descriptions, defaults and bounds. */
  schema: S;
  /** Rules that a schema cannot say. Only called where the schema holds. */
  check?(resource: ConfigResource<Static<S>>, config: Config): Iterable<LocalFinding>;
  synth(resource: ConfigResource<Static<S>>, stack: StackBuilder): void;
  /** What `$ResourceParam` accepts (spec 2.3). */
  params(resource: ConfigResource<Static<S>>, names: Names): Record<string, Value>;
  connect?(resource: ConfigResource<Static<S>>, names: Names): Connection;
};

/** An event type of functions: one object in one file under `source/resources/function/events/`. */
export type EventDescriptor<S extends TObject = TObject> = {
  type: string;
  title: string;
  description: string;
  schema: S;
  check?(event: ConfigEvent<Static<S>>, owner: ConfigResource, config: Config): Iterable<LocalFinding>;
  synth(event: ConfigEvent<Static<S>>, owner: ConfigResource, stack: StackBuilder): void;
  /** A payload as Lambda would send it; `stp invoke --type` uses it. */
  sample(): unknown;
};

/**
 * The identity, for its types: a descriptor's `check` and `synth` see the static type of its own schema.
 * The result forgets that type, so that descriptors of all types fit into one registry.
 */
export const defineResource = <S extends TObject>(descriptor: ResourceDescriptor<S>): ResourceDescriptor =>
  descriptor as unknown as ResourceDescriptor;

/** As `defineResource`, for event types. */
export const defineEvent = <S extends TObject>(descriptor: EventDescriptor<S>): EventDescriptor =>
  descriptor as unknown as EventDescriptor;
