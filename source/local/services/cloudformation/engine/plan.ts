import type { Output } from '@aws-sdk/client-cloudformation';
import type { Backend } from '../../../backend.ts';
import { validationError } from '../errors.ts';
import { dependenciesOf } from '../graph.ts';
import type { Incarnation, StackDefinition, StackRecord } from '../state.ts';
import type { Store } from '../store.ts';
import { evaluateConditions } from '../template/conditions.ts';
import { evaluate, type Scope } from '../template/evaluate.ts';
import { referenceValue } from '../template/parameters.ts';
import { parseTemplate } from '../template/parse-template.ts';
import { isObject, type ParsedTemplate, type ResourceDefinition } from '../template/template.ts';
import type { Properties, ResourceProvider } from '../types/provider.ts';
import { providerOf } from '../types/registry.ts';

/** A definition made ready: its template read, its conditions decided. */
export type Plan = {
  definition: StackDefinition;
  template: ParsedTemplate;
  values: ReadonlyMap<string, string | string[]>;
  conditions: ReadonlyMap<string, boolean>;
  /** Resources whose condition holds, and what each waits for. */
  dependencies: Map<string, Set<string>>;
};

/** @throws ServiceError `ValidationError` where the conditions do not evaluate. */
export function makePlan(
  backend: Backend,
  store: Store,
  stack: Pick<StackRecord, 'id' | 'name'>,
  definition: StackDefinition,
): Plan {
  const template = parseTemplate(store.template(definition.template));
  const values = new Map<string, string | string[]>([
    ['AWS::AccountId', backend.accountId],
    ['AWS::NotificationARNs', definition.notificationArns],
    ['AWS::Partition', 'aws'],
    ['AWS::Region', backend.region],
    ['AWS::StackId', stack.id],
    ['AWS::StackName', stack.name],
    ['AWS::URLSuffix', 'amazonaws.com'],
  ]);
  for (const [name, parameter] of template.parameters) {
    values.set(name, referenceValue(parameter, definition.parameters[name] ?? ''));
  }
  const conditions = evaluateConditions(template, values);
  const present = [...template.resources]
    .filter(([, { condition }]) => condition === undefined || conditions.get(condition))
    .map(([logicalId]) => logicalId);
  return { definition, template, values, conditions, dependencies: dependenciesOf(template, present) };
}

/** The definition of a resource that is in the plan. */
export function definitionOf(plan: Plan, logicalId: string): ResourceDefinition {
  const definition = plan.template.resources.get(logicalId);
  if (definition === undefined) throw new Error(`${logicalId} is not in the template`);
  return definition;
}

/** The names of a plan, with resources looked up where the caller has them. */
export function scopeOf(plan: Plan, lookup: Pick<Scope, 'ref' | 'attribute' | 'importValue'>): Scope {
  return {
    values: plan.values,
    mappings: plan.template.mappings,
    condition: (name) => plan.conditions.get(name) ?? false,
    ...lookup,
  };
}

/** Looks resources up in their present incarnations. */
export function lookupIn(
  store: Store,
  current: (logicalId: string) => Incarnation | undefined,
  onImport: (name: string) => void = () => {},
): Pick<Scope, 'ref' | 'attribute' | 'importValue'> {
  const find = (logicalId: string): Incarnation => {
    const incarnation = current(logicalId);
    if (incarnation === undefined) {
      throw validationError(
        `Template format error: Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
      );
    }
    return incarnation;
  };
  return {
    ref: (logicalId) => referenceTo(find(logicalId)),
    attribute(logicalId, attribute) {
      const incarnation = find(logicalId);
      const value = incarnation.attributes[attribute];
      if (value === undefined) {
        throw validationError(`Attribute '${attribute}' does not exist for ${logicalId}`);
      }
      return value;
    },
    importValue(name) {
      onImport(name);
      const exported = exportsOf(store).find((candidate) => candidate.name === name);
      if (exported === undefined) throw validationError(`No export named ${name} found.`);
      return exported.value;
    },
  };
}

/** What `Ref` gives for a resource. */
export const referenceTo = (incarnation: Incarnation): string =>
  providerOf(incarnation.type).ref?.(incarnation) ?? incarnation.physicalId;

export type Exported = { name: string; value: string; stackId: string; stackName: string };

/** Exports of all stacks that are there. */
export function exportsOf(store: Store): Exported[] {
  return store
    .stacks()
    .filter((stack) => stack.deletedAt === undefined)
    .flatMap((stack) =>
      stack.outputs.flatMap((output) =>
        output.ExportName === undefined
          ? []
          : [
              {
                name: output.ExportName,
                value: output.OutputValue ?? '',
                stackId: stack.id,
                stackName: stack.name,
              },
            ],
      ),
    );
}

/** Properties of a resource as its provider is to see them: evaluated, with the stack's tags. */
export function resolveProperties(plan: Plan, scope: Scope, logicalId: string): Properties {
  const { type, properties } = definitionOf(plan, logicalId);
  const resolved = evaluate(properties, scope);
  return withStackTags(providerOf(type), isObject(resolved) ? resolved : {}, plan.definition.tags);
}

function withStackTags(
  provider: ResourceProvider,
  properties: Properties,
  tags: StackDefinition['tags'],
): Properties {
  if (provider.tags === undefined || tags.length === 0) return properties;
  if (provider.tags === 'map') {
    const own = isObject(properties.Tags) ? properties.Tags : {};
    const fromStack = Object.fromEntries(tags.map((tag) => [tag.Key ?? '', tag.Value ?? '']));
    return { ...properties, Tags: { ...fromStack, ...own } };
  }
  const own = Array.isArray(properties.Tags) ? properties.Tags.filter(isObject) : [];
  const others = tags.filter((tag) => !own.some((candidate) => candidate.Key === tag.Key));
  return { ...properties, Tags: [...own, ...others.map(({ Key, Value }) => ({ Key, Value }))] };
}

/** @throws ServiceError `ValidationError` where an output does not evaluate to a string. */
export function evaluateOutputs(plan: Plan, scope: Scope): Output[] {
  const outputs: Output[] = [];
  for (const [key, definition] of plan.template.outputs) {
    if (definition.condition !== undefined && !scope.condition(definition.condition)) continue;
    const value = evaluate(definition.value, scope);
    if (typeof value === 'object' || value === undefined) {
      throw validationError(
        `Template format error: Output ${key} is malformed. The Value field of every Outputs member must evaluate to a String.`,
      );
    }
    const exportName =
      definition.exportName === undefined ? undefined : evaluate(definition.exportName, scope);
    outputs.push({
      OutputKey: key,
      OutputValue: String(value),
      ...(definition.description !== undefined && { Description: definition.description }),
      ...(exportName !== undefined && { ExportName: String(exportName) }),
    });
  }
  return outputs;
}
