import type { Config, ConfigResource } from '../model/config.ts';
import type { Connection, ParamForm, ResourceDescriptor } from '../model/descriptor.ts';
import type { Finding } from '../model/diagnostic.ts';
import { ref, type Value } from '../model/intrinsic.ts';
import type { PolicyStatement } from '../model/policy.ts';
import type { InlinePolicyName, StackBuilder } from '../model/stack-builder.ts';
import type { TemplateOutput, TemplateParameter, TemplateResource } from '../model/template.ts';
import { connectionMacro } from '../resources/connection-macros.ts';
import { aliasId, hasAlias } from '../resources/function/alias.ts';
import type { FunctionProperties } from '../resources/function/function.ts';
import { functionTarget } from '../resources/function/names.ts';
import { keptVariable } from '../resources/kept-variable.ts';
import { namesOf } from '../resources/names.ts';
import { resourceDescriptor } from '../resources/registry.ts';

/** What descriptors have said about one function while the stack was made. */
export type FunctionDraft = {
  policies: Map<InlinePolicyName, PolicyStatement[]>;
  variables: Map<string, { value: Value; own: boolean }>;
  dependencies: Set<string>;
};

/** The `StackBuilder` that descriptors write to; `synthesizeStack` reads the result. */
export class TemplateBuilder implements StackBuilder {
  readonly config: Config;
  readonly names;
  readonly parameters: Record<string, TemplateParameter> = {};
  readonly resources: Record<string, TemplateResource> = {};
  readonly conditions: Record<string, Value> = {};
  readonly outputs: Record<string, TemplateOutput> = {};
  readonly findings: Finding[] = [];
  readonly functions = new Map<string, FunctionDraft>();
  readonly #byName: Map<string, ConfigResource>;
  readonly #owners = new Map<string, string>();
  readonly #claims = new Map<string, string>();

  constructor(config: Config) {
    this.config = config;
    this.names = namesOf(config);
    this.#byName = new Map(config.resources.map((resource) => [resource.name, resource]));
  }

  add(owner: string, logicalId: string, resource: TemplateResource): void {
    const other = this.#owners.get(logicalId);
    if (other !== undefined) {
      this.report({
        severity: 'error',
        code: 'logical-id-collision',
        path: ['resources', owner],
        at: 'key',
        message: `Resources ${other} and ${owner} both come to the CloudFormation resource ${logicalId}.`,
        suggestion: 'Rename one of them.',
        related: [{ path: ['resources', other], message: `${logicalId} is made from this one too` }],
      });
      return;
    }
    this.#owners.set(logicalId, owner);
    const inConfig = this.#byName.get(owner)?.helper?.of ?? owner;
    this.resources[logicalId] = { ...resource, Metadata: { 'stp:resource': inConfig, ...resource.Metadata } };
  }

  addOnce(owner: string, logicalId: string, resource: () => TemplateResource): void {
    if (this.#owners.get(logicalId) !== owner) this.add(owner, logicalId, resource());
  }

  addShared(logicalId: string, resource: () => TemplateResource): void {
    this.resources[logicalId] ??= resource();
  }

  condition(name: string, condition: Value): void {
    this.conditions[name] = condition;
  }

  claimId(base: string, key: string): string {
    const holder = this.#claims.get(base);
    if (holder === undefined) this.#claims.set(base, key);
    return holder === undefined || holder === key ? base : base + this.names.hash(key);
  }

  report(finding: Finding): void {
    this.findings.push(finding);
  }

  allow(functionName: string, policy: InlinePolicyName, statements: readonly PolicyStatement[]): void {
    if (statements.length === 0) return;
    const { policies } = this.draft(functionName);
    const existing = policies.get(policy);
    if (existing) existing.push(...statements);
    else policies.set(policy, [...statements]);
  }

  setVariable(functionName: string, name: string, value: Value, source?: 'own'): void {
    const { variables } = this.draft(functionName);
    const existing = variables.get(name);
    if (existing?.own && source !== 'own') {
      const path = ['resources', functionName, 'properties', 'environment'];
      this.report(keptVariable(`Function ${functionName}`, name, path));
      return;
    }
    variables.set(name, { value, own: source === 'own' });
  }

  addFunctionDependency(functionName: string, logicalId: string): void {
    this.draft(functionName).dependencies.add(logicalId);
  }

  parameter(name: string, parameter: TemplateParameter): Value {
    this.parameters[name] ??= parameter;
    return ref(name);
  }

  output(name: string, output: TemplateOutput): void {
    this.outputs[name] = output;
  }

  resource<P>(name: string, type?: string): ConfigResource<P> {
    const resource = this.#byName.get(name);
    if (!resource || (type !== undefined && resource.type !== type)) {
      throw new Error(`No ${type ?? 'resource'} ${name}: the config was not checked`);
    }
    return resource as ConfigResource<P>;
  }

  params(name: string, form: ParamForm = 'reference'): Record<string, Value> {
    const resource = this.resource<Record<string, unknown>>(name);
    return this.#descriptor(resource.type).params(resource, this.names, form);
  }

  connection(name: string): Connection {
    const macro = connectionMacro(name);
    if (macro) return macro;
    const resource = this.resource<Record<string, unknown>>(name);
    const connect = this.#descriptor(resource.type).connect;
    if (!connect) throw new Error(`${name} cannot be connected to: the config was not checked`);
    return connect(resource, this.names);
  }

  functionTarget(functionName: string): Value {
    const { properties } = this.resource<FunctionProperties>(functionName, 'function');
    return hasAlias(properties)
      ? ref(aliasId(this.names, functionName))
      : functionTarget(this.names, functionName);
  }

  draft(functionName: string): FunctionDraft {
    let draft = this.functions.get(functionName);
    if (!draft) {
      draft = { policies: new Map(), variables: new Map(), dependencies: new Set() };
      this.functions.set(functionName, draft);
    }
    return draft;
  }

  #descriptor(type: string): ResourceDescriptor {
    const descriptor = resourceDescriptor(type);
    if (!descriptor) throw new Error(`No resource type ${type}: the config was not checked`);
    return descriptor;
  }
}
