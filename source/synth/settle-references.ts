import type { ConfigPath } from '../model/diagnostic.ts';
import type { Value } from '../model/intrinsic.ts';
import { nearestWord } from '../model/nearest-word.ts';
import type { TemplateResource } from '../model/template.ts';
import { attributesOf, isAttribute, resolveAttribute } from './cloudformation-attributes.ts';
import { findCycle } from './find-cycle.ts';
import type { TemplateBuilder } from './template-builder.ts';

/**
 * The one walk over the finished template: gives attributes the names that CloudFormation has, finds references
 * to what is not there, and resources that wait for each other in a circle.
 */
export function settleReferences(stack: TemplateBuilder): void {
  checkNamedReferences(stack);
  const dependencies = new Map<string, string[]>();
  const dynamicReferences = new Map<string, number>();
  for (const [logicalId, resource] of Object.entries(stack.resources)) {
    const walk = new Walk(stack, placeOf(logicalId, resource), dynamicReferences);
    for (const dependency of [resource.DependsOn ?? []].flat()) walk.depend(dependency);
    if (resource.Properties) resource.Properties = walk.settle(resource.Properties);
    if (resource.UpdatePolicy) resource.UpdatePolicy = walk.settle(resource.UpdatePolicy);
    dependencies.set(logicalId, walk.dependencies);
  }
  for (const [index, output] of stack.config.outputs.entries()) {
    const settled = stack.outputs[output.name];
    if (settled)
      settled.Value = new Walk(stack, ['stackConfig', 'outputs', index, 'value']).settle(settled.Value);
  }
  for (const [service, count] of dynamicReferences) reportDynamicReferences(stack, service, count);
  const cycle = findCycle(dependencies);
  if (cycle) reportCycle(stack, cycle);
}

function placeOf(logicalId: string, resource: TemplateResource): ConfigPath {
  const owner = resource.Metadata?.['stp:resource'];
  return owner === undefined ? ['cloudformationResources', logicalId] : ['resources', owner];
}

/** `$CfResourceParam`, whose places in the config are known exactly. */
function checkNamedReferences(stack: TemplateBuilder): void {
  for (const { path, logicalId, attribute } of stack.config.cloudformationReferences) {
    const resource = stack.resources[logicalId];
    if (!resource) {
      const raw = Object.keys(stack.config.cloudformationResources);
      const isName = stack.config.resources.some(({ name }) => name === logicalId);
      const near = nearestWord(logicalId, Object.keys(stack.resources));
      stack.report({
        severity: 'error',
        code: 'unknown-logical-id',
        path,
        message: `$CfResourceParam: the stack has no CloudFormation resource "${logicalId}".`,
        ...(raw.length > 0 ? { expected: `one of ${raw.join(', ')}, or a logical id of the template` } : {}),
        suggestion: isName
          ? `"${logicalId}" is a resource of this config: use $ResourceParam.`
          : near === undefined
            ? '"stp synth" prints the template with its logical ids.'
            : `Did you mean "${near}"?`,
      });
    } else if (!resolveAttribute(logicalId, resource.Type, attribute)) {
      stack.report({
        severity: 'error',
        code: 'unknown-attribute',
        path,
        message: `$CfResourceParam: ${resource.Type} has no attribute "${attribute}".`,
        expected: `one of ${attributesOf(resource.Type).join(', ')}`,
      });
    }
  }
}

class Walk {
  readonly dependencies: string[] = [];
  readonly #stack: TemplateBuilder;
  readonly #path: ConfigPath;
  readonly #dynamicReferences: Map<string, number>;
  readonly #seen = new Set<string>();

  constructor(stack: TemplateBuilder, path: ConfigPath, dynamicReferences = new Map<string, number>()) {
    this.#stack = stack;
    this.#path = path;
    this.#dynamicReferences = dynamicReferences;
  }

  depend(logicalId: string): void {
    if (this.#seen.has(logicalId)) return;
    this.#seen.add(logicalId);
    if (logicalId.startsWith('AWS::') || Object.hasOwn(this.#stack.parameters, logicalId)) return;
    if (Object.hasOwn(this.#stack.resources, logicalId)) {
      this.dependencies.push(logicalId);
      return;
    }
    const named = this.#stack.config.cloudformationReferences.some((one) => one.logicalId === logicalId);
    if (named) return;
    this.#stack.report({
      severity: 'error',
      code: 'unknown-logical-id',
      path: this.#path,
      at: 'key',
      message: `The stack has no CloudFormation resource "${logicalId}", which is referred to here.`,
    });
  }

  /** The value itself where nothing in it changes; a copy of the changed parts otherwise. */
  settle<T extends Value | undefined>(value: T): T {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      let copy: Value[] | undefined;
      for (let index = 0; index < value.length; index++) {
        const settled = this.settle(value[index] as Value);
        if (settled === value[index]) continue;
        copy ??= [...value];
        copy[index] = settled;
      }
      return (copy as T | undefined) ?? value;
    }
    const record = value as { readonly [key: string]: Value | undefined };
    let copy: Record<string, Value | undefined> | undefined;
    for (const key in record) {
      const member = record[key];
      if (typeof member === 'string') this.#countDynamicReferences(member);
      if (key === 'Ref' && typeof member === 'string') this.depend(member);
      else if (key === 'Fn::GetAtt') {
        const replaced = this.#attribute(member);
        if (replaced) return replaced as T;
      } else {
        if (key === 'Fn::Sub') this.#substitution(member);
        if (typeof member === 'object') {
          const settled = this.settle(member);
          if (settled !== member) {
            copy ??= { ...record };
            copy[key] = settled;
          }
        }
      }
    }
    return (copy as T | undefined) ?? value;
  }

  #countDynamicReferences(text: string): void {
    if (!text.includes('{{resolve:')) return;
    for (const [, service = ''] of text.matchAll(/\{\{resolve:([a-z-]+):/g)) {
      this.#dynamicReferences.set(service, (this.#dynamicReferences.get(service) ?? 0) + 1);
    }
  }

  #attribute(member: Value | undefined): Value | undefined {
    const [logicalId, attribute] =
      typeof member === 'string' ? splitOnce(member) : Array.isArray(member) ? member : [];
    if (typeof logicalId !== 'string') return undefined;
    this.depend(logicalId);
    const type = this.#stack.resources[logicalId]?.Type;
    if (type === undefined || typeof attribute !== 'string' || isAttribute(type, attribute)) return undefined;
    return resolveAttribute(logicalId, type, attribute);
  }

  #substitution(member: Value | undefined): void {
    const [template, variables] = Array.isArray(member) ? member : [member];
    if (typeof template !== 'string') return;
    for (const [, name = ''] of template.matchAll(/\$\{([^!}][^}]*)\}/g)) {
      const given = typeof variables === 'object' && variables !== null && Object.hasOwn(variables, name);
      if (!given) this.depend(splitOnce(name)[0]);
    }
  }
}

function splitOnce(text: string): [logicalId: string, attribute: string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
const maximumDynamicReferences = 60;

function reportDynamicReferences(stack: TemplateBuilder, service: string, count: number): void {
  if (count <= maximumDynamicReferences) return;
  stack.report({
    severity: 'error',
    code: 'too-many-dynamic-references',
    path: ['resources'],
    at: 'key',
    message: `The stack has ${count} references to ${service}; CloudFormation allows ${maximumDynamicReferences}.`,
    suggestion: 'Let the functions read their secrets themselves, or split the service into several configs.',
  });
}

function reportCycle(stack: TemplateBuilder, cycle: readonly string[]): void {
  const first = cycle[0];
  const resource = first === undefined ? undefined : stack.resources[first];
  if (first === undefined || !resource) return;
  stack.report({
    severity: 'error',
    code: 'circular-dependency',
    path: placeOf(first, resource),
    at: 'key',
    message: `CloudFormation could not create the stack: ${[...cycle, first].join(' → ')} wait for each other.`,
    suggestion: 'Take one of the references out, or write the name of what is referred to instead.',
  });
}
