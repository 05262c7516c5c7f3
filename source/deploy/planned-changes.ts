import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import type { PlannedChange, Question } from './deploy-event.ts';
import { holdsData, isKept } from './holds-data.ts';
import type { ReadTemplate } from './resource-owners.ts';

type Templates = { before: ReadTemplate | undefined; after: ReadTemplate };

/**
 * One change of a change set in the words of the plan.
 *
 * CloudFormation answers `Conditional` wherever a property takes a value that is known only at execution, so for
 * every permission of a function whose code changes. Only for what holds data is that taken for a replacement.
 */
export function plannedChange(
  change: ResourceChange,
  templates: Templates & { permissions?: ReadonlyMap<string, string[]> },
): PlannedChange {
  const logicalId = change.LogicalResourceId ?? '';
  const resourceType = change.ResourceType ?? '';
  const action = actionOf(change, resourceType);
  const resource = templates.after.ownerOf(logicalId) ?? templates.before?.ownerOf(logicalId);
  const reason = reasonOf(change);
  const permissions = templates.permissions?.get(logicalId);
  return {
    action,
    logicalId,
    resourceType,
    losesData: losesData(change, action, templates),
    ...(resource !== undefined && { resource }),
    ...(change.PhysicalResourceId && { physicalId: change.PhysicalResourceId }),
    ...(reason !== undefined && { reason }),
    ...(permissions !== undefined && { permissions }),
  };
}

function actionOf(change: ResourceChange, resourceType: string): PlannedChange['action'] {
  switch (change.Action) {
    case 'Add':
    case 'Import':
      return 'add';
    case 'Remove':
      return 'remove';
    default:
      if (change.Replacement === 'True') return 'replace';
      return change.Replacement === 'Conditional' && holdsData(resourceType) ? 'replace' : 'modify';
  }
}

function losesData(change: ResourceChange, action: PlannedChange['action'], templates: Templates): boolean {
  if (action !== 'remove' && action !== 'replace') return false;
  if (!holdsData(change.ResourceType ?? '')) return false;
  if (change.PolicyAction)
    return change.PolicyAction === 'Delete' || change.PolicyAction === 'ReplaceAndDelete';
  const id = change.LogicalResourceId ?? '';
  return action === 'remove'
    ? !isKept(templates.before?.resources[id], 'removed')
    : !isKept(templates.after.resources[id], 'replaced');
}

/** `KeySchema, BillingMode`: what differs, and of a replacement what forces it. */
function reasonOf(change: ResourceChange): string | undefined {
  if (change.Action !== 'Modify') return undefined;
  const changed = new Set<string>();
  const forcing = new Set<string>();
  for (const detail of change.Details ?? []) {
    const name = detail.Target?.Name ?? detail.Target?.Attribute;
    if (name === undefined) continue;
    changed.add(name);
    if (detail.Target?.RequiresRecreation === 'Always') forcing.add(name);
  }
  const names = [...(change.Replacement === 'True' && forcing.size > 0 ? forcing : changed)];
  if (names.length === 0) return undefined;
  const text = `${names.join(', ')} ${names.length === 1 ? 'changes' : 'change'}`;
  return change.Replacement === 'Conditional' ? `${text}, which may replace it` : text;
}

/**
 * What has to be confirmed before the changes are made; undefined for a plain create or update.
 * A first deploy is never asked about: there is nothing yet that it could take away or open wider.
 */
export function questionAbout(
  action: 'create' | 'update',
  changes: readonly PlannedChange[],
  stackName: string,
): Question | undefined {
  if (action === 'create') return undefined;
  const reasons: string[] = [];
  for (const change of changes) {
    const name = `${change.resource ?? change.logicalId} (${change.resourceType})`;
    const loss = change.losesData ? ', its data is lost' : '';
    if (change.action === 'remove') reasons.push(`removes ${name}${loss}`);
    if (change.action === 'replace')
      reasons.push(`replaces ${name}${loss}${change.reason === undefined ? '' : `: ${change.reason}`}`);
    for (const permission of change.permissions ?? []) reasons.push(`widens permissions: ${permission}`);
  }
  if (reasons.length === 0) return undefined;
  return {
    kind: 'apply',
    message: `Apply these changes to ${stackName}?`,
    reasons: [...new Set(reasons)],
    losesData: changes.some((change) => change.losesData),
  };
}
