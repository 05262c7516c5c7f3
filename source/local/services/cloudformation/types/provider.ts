import type { Backend } from '../../../backend.ts';

/** Properties of a resource after its intrinsic functions were evaluated. */
export type Properties = Record<string, unknown>;

/** What a provider says of the resource it made; attributes are what `Fn::GetAtt` gives. */
export type Made = { physicalId: string; attributes: Record<string, string> };

/** What a provider may know besides the properties. */
export type ResourceContext = {
  backend: Backend;
  stackId: string;
  stackName: string;
  logicalId: string;
  /** Physical ids of the same type that this stack knows; a search for what a killed process made leaves them out. */
  knownPhysicalIds: ReadonlySet<string>;
};

export type Creation = {
  properties: Properties;
  /** From `name`, written down before anything was called; empty where the type has none. */
  name: string;
  /** To be called as soon as the resource is there, if more is to be done to it after that. */
  made(made: Made): void;
};

export type Update = {
  physicalId: string;
  attributes: Record<string, string>;
  before: Properties;
  after: Properties;
};

/**
 * A resource type. Every function may be called again after the process was killed in the middle of it:
 * `update` brings the resource to `after` from whatever state it is in, `delete` is content with nothing there.
 */
export type ResourceProvider = {
  type: string;
  /** The service in the words of an error. */
  service: string;
  /** Properties that may not be missing. */
  required: readonly string[];
  /** All known properties; another one is refused, as by the registry's schema. */
  known: readonly string[];
  /** Attributes for `Fn::GetAtt`. */
  attributes: readonly string[];
  /** Paths with `/` between their steps, `ImageConfig/Command`: a difference there means a new resource. */
  createOnly: readonly string[];
  /** Further properties whose difference means a new resource, where that depends on the values. */
  replacedBy?(before: Properties, after: Properties): string[];
  /** The property with the user's own name; a resource that has one cannot be replaced under the same name. */
  nameProperty?: string;
  /** How stack tags are merged into the property `Tags`. */
  tags?: 'list' | 'map';
  /** True where a template needs CAPABILITY_IAM to have it. */
  iam?: boolean;
  /** The physical name, chosen before the resource is made, where the caller and not the service chooses it. */
  name?(properties: Properties, context: ResourceContext): string;
  /** The resource with that name or, where the service names it, the one with those properties. */
  find?(
    creation: { properties: Properties; name: string },
    context: ResourceContext,
  ): Promise<Made | undefined>;
  create(creation: Creation, context: ResourceContext): Promise<Made>;
  /** The attributes afterwards. */
  update?(update: Update, context: ResourceContext): Promise<Record<string, string>>;
  delete(resource: { physicalId: string; properties: Properties }, context: ResourceContext): Promise<void>;
  /** Result of `Ref`; the physical id unless said otherwise. */
  ref?(made: Made): string;
};
