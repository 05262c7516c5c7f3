import type { ConfigPath } from './diagnostic.ts';
import type { Value } from './intrinsic.ts';
import type { ProjectSections } from './project-sections.ts';

/**
 * A resource of the config after its directives are resolved: local directives are values,
 * CloudFormation directives are intrinsic functions. `P` is the static type of the descriptor's schema.
 */
export type ConfigResource<P = Record<string, unknown>> = {
  name: string;
  type: string;
  properties: P;
  overrides?: Record<string, Record<string, Value>>;
  /** A function that a resource of the config needs besides itself; its code stands in the template. */
  helper?: { of: string; code: string };
};

/** One event of a function. `index` is its place in the `events` list; logical ids carry it. */
export type ConfigEvent<P = Record<string, unknown>> = { type: string; index: number; properties: P };

/** An alarm for every resource that its trigger can watch. `*` stands for all services or stages. */
export type GlobalAlarm = {
  name: string;
  forServices?: string[];
  forStages?: string[];
  trigger: { type: string; properties?: Record<string, string | number | readonly string[] | undefined> };
  evaluation?: { period?: number; evaluationPeriods?: number; breachedPeriods?: number };
  notificationTargets?: { type: 'sns'; properties: { snsTopicArn: string } }[];
  description?: string;
};

/** A checked config. Spec: functions.md, section 1. */
export type Config = {
  serviceName: string;
  stage: string;
  region: string;
  /** Absolute folder that paths inside the config are relative to. */
  directory: string;
  /** In the order of the file. */
  resources: ConfigResource[];
  cloudformationResources: Record<string, Record<string, Value>>;
  outputs: { name: string; value: Value; description?: string; export?: boolean }[];
  tags: { name: string; value: string }[];
  /** Sections for the commands; the template is made without them. */
  sections?: ProjectSections;
  /** Alarms of `stacktape.alarms.yml` beside the config (spec 11). */
  globalAlarms?: GlobalAlarm[];
  /** A VPC that is there already: of another stack of ours, which exports it, or any other. */
  reuseVpc?:
    | { projectName: string; stage: string }
    | { vpcId: string; subnetIds: string[]; cidrBlock: string };
  /** In how many zones a NAT gateway is, where private subnets have them; 2 by default. */
  natZones?: number;
  /**
   * Where `$CfResourceParam` names a logical id. Only the finished template knows all of them, so synthesis
   * checks these and turns the attribute into the one that CloudFormation has.
   */
  cloudformationReferences: { path: ConfigPath; logicalId: string; attribute: string }[];
};

/** `{serviceName}-{stage}`, as spec/cli.md fixes it. */
export const stackNameOf = (config: Pick<Config, 'serviceName' | 'stage'>): string =>
  `${config.serviceName}-${config.stage}`;
