import type { Static, TObject } from 'typebox';
import type { Config, ConfigEvent, ConfigResource } from './config.ts';
import type { Finding } from './diagnostic.ts';
import type { Value } from './intrinsic.ts';
import type { PolicyStatement } from './policy.ts';
import type { Names, StackBuilder } from './stack-builder.ts';

/** A finding of a `check`: its path is relative to the resource's or the event's `properties`. */
export type LocalFinding = Omit<Finding, 'severity'> & { severity?: Finding['severity'] };

/**
 * What a `check` may look at. Directives that only CloudFormation can resolve are still in their places as
 * objects then, also where the schema says text, except where the schema asks for `stp:static`.
 */
export type CheckContext = {
  config: Config;
  /** The properties of a resource of that type, when it is there and its schema holds. */
  resource<P>(name: string, type: string): ConfigResource<P> | undefined;
  /** What a value refers to, where it is a `$ResourceParam` and nothing else. */
  paramOf(value: unknown): { resource: string; param: string } | undefined;
  /** What a value refers to, where it is a `$CfResourceParam` and nothing else. */
  attributeOf(value: unknown): { logicalId: string; attribute: string } | undefined;
  /** Whether a path relative to the config's folder is a file or a folder; absent where the disk is not to be looked at. */
  pathKind?: (path: string) => 'file' | 'directory' | undefined;
};

/**
 * How params are written. `reference`: with `Ref` and `Fn::GetAtt`, so that CloudFormation makes the resource
 * first. `literal`: from deterministic names wherever that is possible, for what would otherwise wait in a
 * circle, as two functions that invoke each other do.
 */
export type ParamForm = 'reference' | 'literal';

/** Keywords of ours in a schema, beside those of JSON Schema. */
export type SchemaKeywords = {
  /** The value has to be known before the deployment: names, paths, switches. */
  'stp:static'?: boolean;
  /** The text names a resource of the config, of one of these types. */
  'stp:resource'?: readonly string[];
  /** The text is an entry of `connectTo`. */
  'stp:connectable'?: boolean;
  /** Entries of a list have to differ in this property. */
  'stp:uniqueBy'?: string;
  /** What `pattern` asks for, in words. */
  'stp:format'?: string;
  /** Properties that Stacktape has and this version does not. */
  'stp:later'?: readonly string[];
  /** Names that properties have in other versions of Stacktape, each with that of today. */
  'stp:formerly'?: Readonly<Record<string, string>>;
};

/** An event together with its function. */
export type EventUse<P = Record<string, unknown>> = { owner: ConfigResource; event: ConfigEvent<P> };

/** What a resource grants and injects when a function names it in `connectTo` (spec 5). */
export type Connection = {
  statements: PolicyStatement[];
  /** Keys as in spec 5 (`NAME`, `ARN`); `STP_{RESOURCE}_` is put in front by synthesis. */
  variables: Record<string, Value>;
  /** A port that is opened to the function's security group, in the security group with that logical id. */
  ingress?: { securityGroup: string; port: Value };
  /** It knows who may use it by the ARN of their role, which has to be known before the role is made. */
  knowsRoles?: boolean;
  /** What a function inside the VPC reaches through a gateway endpoint. */
  gatewayEndpoint?: 's3' | 'dynamodb';
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
  /**
   * Rules that a schema cannot say. A property whose schema does not hold is left out, also a required one, so
   * that the others are checked all the same.
   */
  check?(resource: ConfigResource<Partial<Static<S>>>, context: CheckContext): Iterable<LocalFinding>;
  synth(resource: ConfigResource<Static<S>>, stack: StackBuilder): void;
  /** What `$ResourceParam` accepts (spec 2.3). */
  params(resource: ConfigResource<Static<S>>, names: Names, form: ParamForm): Record<string, Value>;
  connect?(resource: ConfigResource<Static<S>>, names: Names): Connection;
};

/** An event type of functions: one object in one file under `source/resources/function/events/`. */
export type EventDescriptor<S extends TObject = TObject> = {
  type: string;
  title: string;
  description: string;
  schema: S;
  /** Only called for events whose schema holds. */
  check?(event: ConfigEvent<Static<S>>, owner: ConfigResource, context: CheckContext): Iterable<LocalFinding>;
  /** Rules between all events of this type in the config; each finding says which event it is about. */
  checkAll?(
    uses: readonly EventUse<Static<S>>[],
    context: CheckContext,
  ): Iterable<LocalFinding & { about: EventUse }>;
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
