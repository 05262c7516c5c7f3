import type { Config, ConfigResource } from './config.ts';
import type { Connection, ParamForm } from './descriptor.ts';
import type { Finding } from './diagnostic.ts';
import type { Value } from './intrinsic.ts';
import type { PolicyStatement } from './policy.ts';
import type { TemplateOutput, TemplateParameter, TemplateResource } from './template.ts';

/**
 * Names that synthesis gives. Pure: the same config gives the same names, with no account or clock in them.
 * Spec: functions.md, 12.1.
 */
export type Names = {
  readonly stackName: string;
  /**
   * PascalCase of `{owner}{specifier}{last segment of the type}{index}`:
   * `logicalId('myLambda', 'AWS::Lambda::Function')` is `MyLambdaFunction`. `owner` undefined stands for `Stp`;
   * for parameters and outputs the type is a word of ours (`Url`).
   */
  logicalId(
    owner: string | undefined,
    type: string,
    options?: { specifier?: string; index?: number },
  ): string;
  /** `{stack}-{name}`, cut to `limit` with a hash at the end where it is longer. */
  physicalName(name: string, limit: number): string;
  /** `STP_MAIN_TABLE_NAME` for resource `mainTable` and key `NAME`. */
  variable(resource: string, key: string): string;
  /** Eight hexadecimal digits for a text. */
  hash(text: string): string;
};

/** What a descriptor writes to while a stack is synthesized. */
export interface StackBuilder {
  readonly config: Config;
  readonly names: Names;
  /** Adds a template resource that belongs to `owner`, a resource of the config. A logical id used twice is a finding. */
  add(owner: string, logicalId: string, resource: TemplateResource): void;
  /** Adds to what is there already, for what several resources share (an integration per function and gateway). */
  addOnce(owner: string, logicalId: string, resource: () => TemplateResource): void;
  /** Adds what belongs to the whole stack and no single resource of it (the VPC, the role of CodeDeploy), once. */
  addShared(logicalId: string, resource: () => TemplateResource): void;
  /** A condition of the template, for what only the account or the Region decides. */
  condition(name: string, condition: Value): void;
  /**
   * `base`, or `base` with a hash of `key` where another key has taken it: PascalCase drops the braces of paths,
   * so that two routes can come to one id (spec, trap 16).
   */
  claimId(base: string, key: string): string;
  /** A finding that only synthesis can make. */
  report(finding: Finding): void;
  /** A grant for the role of a function. */
  allow(functionName: string, policy: InlinePolicyName, statements: readonly PolicyStatement[]): void;
  /**
   * An environment variable of a function. The user's own variable (`own`) of that name wins and a finding is
   * recorded.
   */
  setVariable(functionName: string, name: string, value: Value, source?: 'own'): void;
  /** Says that `logicalId` must exist before the function does. */
  addFunctionDependency(functionName: string, logicalId: string): void;
  parameter(name: string, parameter: TemplateParameter): Value;
  output(name: string, output: TemplateOutput): void;
  /** The resource of that name and type; the check before synthesis has made sure that it is there. */
  resource<P>(name: string, type?: string): ConfigResource<P>;
  /** Referenceable params of a resource (spec 2.3). */
  params(name: string, form?: ParamForm): Record<string, Value>;
  /** What an entry of `connectTo` grants and injects. */
  connection(name: string): Connection;
  /** What events and permissions point at: the alias of the function where it has one, else its ARN. */
  functionTarget(functionName: string): Value;
}

/** The inline policies of a function's role (spec 12). */
export type InlinePolicyName =
  | 'allow-cloudwatch-logging-policy'
  | 'custom-iam-role-statements'
  | 'custom-allow-access-to-policy-statements'
  | 'allow-vpc-network-interfaces-policy'
  | 'allow-destinations'
  | 'allow-hook-response';
