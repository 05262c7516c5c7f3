import type { Change, ResourceChange, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import { diffProperties, type PropertyChange, sameValue } from '../diff.ts';
import { inOrder } from '../graph.ts';
import type { Incarnation, StackDefinition, StackRecord } from '../state.ts';
import { hasUnknown, notYetKnown, type Scope } from '../template/evaluate.ts';
import { referencesIn } from '../template/references.ts';
import { providerOf } from '../types/registry.ts';
import {
  definitionOf,
  evaluateOutputs,
  lookupIn,
  makePlan,
  type Plan,
  resolveProperties,
  scopeOf,
} from './plan.ts';
import { policyOf } from './removal.ts';
import type { Environment } from './run.ts';

export type PlannedChanges = {
  changes: Change[];
  /** False where an update would find nothing to do: neither a resource nor an output nor a tag differs. */
  different: boolean;
};

/**
 * What an update of the stack to `definition` would do, without doing any of it.
 * @throws ServiceError `ValidationError` where the template does not evaluate.
 */
export function planChanges(
  { backend, store }: Environment,
  stack: StackRecord,
  definition: StackDefinition,
): PlannedChanges {
  const plan = makePlan(backend, store, stack, definition);
  const before = stack.definition && makePlan(backend, store, stack, stack.definition);
  const records = new Map(store.resources(stack.id).map((resource) => [resource.logicalId, resource]));
  /** Logical ids whose physical id and attributes only the deployment will tell. */
  const unknown = new Set<string>();
  const lookup = lookupIn(store, (logicalId) => records.get(logicalId)?.current);
  const scope = scopeOf(plan, {
    ...lookup,
    ref: (logicalId) => (unknown.has(logicalId) ? notYetKnown : lookup.ref(logicalId)),
    attribute: (logicalId, name) =>
      unknown.has(logicalId) ? notYetKnown : lookup.attribute(logicalId, name),
  });

  const changes: ResourceChange[] = [];
  for (const logicalId of inOrder(plan.dependencies)) {
    const record = records.get(logicalId);
    if (record?.current === undefined) {
      const { type } = definitionOf(plan, logicalId);
      unknown.add(logicalId);
      changes.push({
        Action: 'Add',
        LogicalResourceId: logicalId,
        ResourceType: type,
        Scope: [],
        Details: [],
      });
      continue;
    }
    const failed = record.status?.endsWith('_FAILED') ?? false;
    const change = modification({ plan, before, scope, logicalId, current: record.current, failed });
    if (change === undefined) continue;
    if (change.Replacement !== 'False') unknown.add(logicalId);
    changes.push(change);
  }
  for (const [logicalId, { current }] of records) {
    if (current === undefined || plan.dependencies.has(logicalId)) continue;
    changes.push({
      PolicyAction: policyOf(current, false) === 'retain' ? 'Retain' : 'Delete',
      Action: 'Remove',
      LogicalResourceId: logicalId,
      PhysicalResourceId: current.physicalId,
      ResourceType: current.type,
      Scope: [],
      Details: [],
    });
  }
  const different =
    changes.length > 0 ||
    !sameValue(evaluateOutputs(plan, scope), stack.outputs) ||
    !sameValue(definition.tags, stack.definition?.tags);
  return { changes: changes.map((change) => ({ Type: 'Resource', ResourceChange: change })), different };
}

type Modification = {
  plan: Plan;
  before: Plan | undefined;
  scope: Scope;
  logicalId: string;
  current: Incarnation;
  /** The last operation left it half done, so that it has to be done again. */
  failed: boolean;
};

function modification(asked: Modification): ResourceChange | undefined {
  const { plan, before, scope, logicalId, current, failed } = asked;
  const definition = definitionOf(plan, logicalId);
  const provider = providerOf(definition.type);
  const differences = diffProperties(provider, current.properties, resolveProperties(plan, scope, logicalId));
  const metadataChanged = !sameValue(definition.metadata, current.metadata);
  if (differences.length === 0 && !metadataChanged && !failed) return undefined;
  const recreations = new Set(
    differences.map((difference) => recreationOf(difference, provider.update === undefined)),
  );
  const replacement = recreations.has('Always')
    ? 'True'
    : recreations.has('Conditionally')
      ? 'Conditional'
      : 'False';
  const retained = definition.updateReplacePolicy === 'Retain' || current.updateReplacePolicy === 'Retain';
  const old = before?.template.resources.get(logicalId);
  return {
    ...(replacement !== 'False' && { PolicyAction: retained ? 'ReplaceAndRetain' : 'ReplaceAndDelete' }),
    Action: 'Modify',
    LogicalResourceId: logicalId,
    PhysicalResourceId: current.physicalId,
    ResourceType: definition.type,
    Replacement: replacement,
    Scope: [
      ...(differences.some(({ name }) => name !== 'Tags') ? (['Properties'] as const) : []),
      ...(differences.some(({ name }) => name === 'Tags') ? (['Tags'] as const) : []),
      ...(metadataChanged ? (['Metadata'] as const) : []),
    ],
    Details: [
      ...differences.flatMap((difference) =>
        detailsOf(difference, provider.update === undefined, {
          plan,
          value: definition.properties[difference.name],
          old: old?.properties[difference.name],
        }),
      ),
      ...(metadataChanged
        ? [
            {
              Target: { Attribute: 'Metadata', RequiresRecreation: 'Never' },
              Evaluation: 'Static',
              ChangeSource: 'DirectModification',
            } as const,
          ]
        : []),
    ],
  };
}

const recreationOf = ({ recreation, after }: PropertyChange, always: boolean) =>
  recreation === 'always' || (always && !hasUnknown(after))
    ? 'Always'
    : recreation === 'conditionally' || always
      ? 'Conditionally'
      : 'Never';

/** Why a property differs: the template's own text, a parameter, or another resource. */
function detailsOf(
  difference: PropertyChange,
  always: boolean,
  { plan, value, old }: { plan: Plan; value: unknown; old: unknown },
): ResourceChangeDetail[] {
  const isTags = difference.name === 'Tags';
  const Target = {
    Attribute: isTags ? ('Tags' as const) : ('Properties' as const),
    ...(!isTags && { Name: difference.name }),
    RequiresRecreation: recreationOf(difference, always),
  } satisfies ResourceChangeDetail['Target'];
  if (!sameValue(value, old)) {
    return [
      {
        Target,
        Evaluation: hasUnknown(difference.after) ? 'Dynamic' : 'Static',
        ChangeSource: 'DirectModification',
      },
    ];
  }
  const causes = [...referencesIn(value)].map(({ name, attribute }): ResourceChangeDetail => {
    if (plan.template.parameters.has(name)) {
      return { Target, Evaluation: 'Static', ChangeSource: 'ParameterReference', CausingEntity: name };
    }
    return attribute === undefined
      ? { Target, Evaluation: 'Dynamic', ChangeSource: 'ResourceReference', CausingEntity: name }
      : {
          Target,
          Evaluation: 'Dynamic',
          ChangeSource: 'ResourceAttribute',
          CausingEntity: `${name}.${attribute}`,
        };
  });
  return causes.length > 0 ? causes : [{ Target, Evaluation: 'Static', ChangeSource: 'Automatic' }];
}
