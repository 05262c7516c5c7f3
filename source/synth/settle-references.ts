import type { ConfigPath } from '../model/diagnostic.ts';
import {
  hasDynamicReference,
  isIntrinsic,
  substitutionOf,
  type Value,
  variablesIn,
} from '../model/intrinsic.ts';
import { didYouMean } from '../model/nearest-word.ts';
import type { TemplateResource } from '../model/template.ts';
import { checkDynamicReferences } from './check-dynamic-references.ts';
import { checkNamedReferences, unknownAttribute } from './check-named-references.ts';
import { isAttribute, resolveAttribute } from './cloudformation-attributes.ts';
import { placeOf } from './config-place.ts';
import { findCycle } from './find-cycle.ts';
import type { TemplateBuilder } from './template-builder.ts';

/**
 * The one walk over the finished template: gives attributes the names that CloudFormation has, finds references
 * to what is not there, and resources that wait for each other in a circle.
 */
export function settleReferences(stack: TemplateBuilder): void {
  checkNamedReferences(stack);
  const dependencies = new Map<string, string[]>();
  const withDynamicReferences: string[] = [];
  for (const [logicalId, resource] of Object.entries(stack.resources)) {
    const walk = new Walk(stack, (isIt) => {
      const owner = resource.Metadata?.['stp:resource'];
      return placeOf(stack.config, logicalId, owner, isIt);
    });
    for (const dependency of [resource.DependsOn ?? []].flat()) walk.depend(dependency);
    if (resource.Properties) resource.Properties = walk.settle(resource.Properties);
    if (resource.UpdatePolicy) resource.UpdatePolicy = walk.settle(resource.UpdatePolicy);
    if (resource.CreationPolicy) resource.CreationPolicy = walk.settle(resource.CreationPolicy);
    checkCondition(stack, logicalId, resource);
    dependencies.set(logicalId, walk.dependencies);
    if (walk.hasDynamicReferences) withDynamicReferences.push(logicalId);
  }
  for (const [index, output] of stack.config.outputs.entries()) {
    const settled = stack.outputs[output.name];
    if (settled) settled.Value = outputText(stack, index, settled.Value);
    if (settled)
      settled.Value = new Walk(stack, () => ['stackConfig', 'outputs', index, 'value']).settle(settled.Value);
  }
  checkDynamicReferences(stack, withDynamicReferences);
  const cycle = findCycle(dependencies);
  if (cycle) reportCycle(stack, cycle);
}

/** CloudFormation takes text alone in an output. */
function outputText(stack: TemplateBuilder, index: number, value: Value): Value {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' || isIntrinsic(value)) return value;
  stack.report({
    severity: 'error',
    code: 'wrong-output',
    path: ['stackConfig', 'outputs', index, 'value'],
    message: `The value of an output has to be a text, not ${value === null ? 'nothing' : `a ${Array.isArray(value) ? 'list' : 'mapping'}`}.`,
    suggestion: 'Take one value of it, or join them to a text.',
  });
  return '';
}

/** Conditions are made by descriptors alone; a config has no section for them. */
function checkCondition(stack: TemplateBuilder, logicalId: string, { Condition }: TemplateResource): void {
  if (Condition === undefined || Object.hasOwn(stack.conditions, Condition)) return;
  stack.report({
    severity: 'error',
    code: 'unknown-condition',
    path: ['cloudformationResources', logicalId, 'Condition'],
    message: `The stack has no condition "${Condition}".`,
    suggestion:
      'A config defines no conditions: let a directive of your own give the resource where it is wanted.',
  });
}

type IsIt = (value: unknown, key: string | number) => boolean;
type PlaceOf = (isIt?: IsIt) => ConfigPath;

class Walk {
  readonly dependencies: string[] = [];
  hasDynamicReferences = false;
  readonly #stack: TemplateBuilder;
  readonly #placeOf: PlaceOf;
  readonly #seen = new Set<string>();

  constructor(stack: TemplateBuilder, placeOf: PlaceOf) {
    this.#stack = stack;
    this.#placeOf = placeOf;
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
      path: this.#placeOf((value) => isNameOf(value, logicalId)),
      at: 'key',
      message: `The stack has no CloudFormation resource "${logicalId}", which is referred to here.`,
      ...didYouMean(logicalId, Object.keys(this.#stack.resources)),
    });
  }

  /** The value itself where nothing in it changes; a copy of the changed parts otherwise. */
  settle<T extends Value | undefined>(value: T): T {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      let copy: Value[] | undefined;
      for (let index = 0; index < value.length; index++) {
        if (typeof value[index] === 'string') this.#noteDynamicReference(value[index]);
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
      if (member === null) this.#reportNull(key);
      if (typeof member === 'string') this.#noteDynamicReference(member);
      if (key === 'Ref' && typeof member === 'string') this.depend(member);
      else if (key === 'Fn::GetAtt') {
        const replaced = this.#attribute(member);
        if (replaced) return replaced as T;
      } else {
        if (key === 'Fn::Sub') this.#substitution(record);
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

  /** CloudFormation takes no null anywhere. */
  #reportNull(key: string): void {
    this.#stack.report({
      severity: 'error',
      code: 'null-value',
      path: this.#placeOf((value, at) => value === null && at === key),
      at: 'key',
      message: `"${key}" has no value, and CloudFormation takes none without.`,
      suggestion: 'Give it one, or leave it out.',
    });
  }

  #noteDynamicReference(text: string): void {
    this.hasDynamicReferences ||= hasDynamicReference(text);
  }

  #attribute(member: Value | undefined): Value | undefined {
    const [logicalId, attribute] =
      typeof member === 'string' ? splitOnce(member) : Array.isArray(member) ? member : [];
    if (typeof logicalId !== 'string') return undefined;
    this.depend(logicalId);
    const type = this.#stack.resources[logicalId]?.Type;
    if (type === undefined || typeof attribute !== 'string' || isAttribute(type, attribute)) return undefined;
    const resolved = resolveAttribute(logicalId, type, attribute);
    const { cloudformationReferences: named } = this.#stack.config;
    // Those of `$CfResourceParam` are judged where they are written.
    if (!resolved && !named.some((one) => one.logicalId === logicalId && one.attribute === attribute)) {
      this.#reportAttribute(type, attribute, (value, key) => key === 'Fn::GetAtt' && value === member);
    }
    return resolved;
  }

  #reportAttribute(type: string, attribute: string, isIt: IsIt): void {
    this.#stack.report({ ...unknownAttribute(type, attribute), path: this.#placeOf(isIt) });
  }

  #substitution(value: Value): void {
    const { template, variables } = substitutionOf(value) ?? { template: '', variables: {} };
    for (const name of variablesIn(template)) {
      if (Object.hasOwn(variables, name)) continue;
      const [logicalId, attribute] = splitOnce(name);
      this.depend(logicalId);
      const type = this.#stack.resources[logicalId]?.Type;
      if (type === undefined || attribute === '' || isAttribute(type, attribute)) continue;
      this.#reportAttribute(type, attribute, (value) => typeof value === 'string' && value.includes(name));
    }
  }
}

/** `Ref: x`, `DependsOn: x`, `Fn::GetAtt: [x, …]`, `Fn::GetAtt: x.y`, `Fn::Sub: …${x}…`. */
const isNameOf = (value: unknown, logicalId: string): boolean =>
  typeof value === 'string' &&
  (value === logicalId || value.startsWith(`${logicalId}.`) || value.includes(`\${${logicalId}`));

function splitOnce(text: string): [logicalId: string, attribute: string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}

function reportCycle(stack: TemplateBuilder, cycle: readonly string[]): void {
  const first = cycle[0];
  const resource = first === undefined ? undefined : stack.resources[first];
  if (first === undefined || !resource) return;
  stack.report({
    severity: 'error',
    code: 'circular-dependency',
    path: placeOf(stack.config, first, resource.Metadata?.['stp:resource']),
    at: 'key',
    message: `CloudFormation could not create the stack: ${[...cycle, first].join(' → ')} wait for each other.`,
    suggestion: 'Take one of the references out, or write the name of what is referred to instead.',
  });
}
