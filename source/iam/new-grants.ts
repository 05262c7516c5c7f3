import type { Value } from '../model/intrinsic.ts';
import { describeValue, listOf, sameValue } from './describe-value.ts';

/** A statement as it may stand in anybody's template: lists of one may be written without brackets. */
export type Statement = {
  Effect: 'Allow' | 'Deny';
  Action?: Value;
  NotAction?: Value;
  Resource?: Value;
  NotResource?: Value;
  Principal?: Value;
  Condition?: Value;
};

/**
 * What the new statements allow that the old ones did not, as ends of the sentence `X may …`. An action or a
 * resource that an old wildcard covers is not new; a condition that falls away is. A denial that falls away counts.
 */
export function newGrants(after: readonly Statement[], before: readonly Statement[]): string[] {
  const allowed = before.filter(({ Effect }) => Effect === 'Allow');
  const grants = after
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) => grantsOf(statement, allowed));
  for (const denial of before.filter(({ Effect }) => Effect === 'Deny')) {
    if (!after.some((statement) => sameStatement(statement, denial))) {
      grants.push(`no longer be denied ${what(denial)}`);
    }
  }
  return grants;
}

function grantsOf(statement: Statement, before: readonly Statement[]): string[] {
  const isPlain = statement.NotAction === undefined && statement.NotResource === undefined;
  if (!isPlain) return before.some((old) => sameStatement(old, statement)) ? [] : [what(statement)];
  const byActions = new Map<string, Value[]>();
  for (const resource of listOf(statement.Resource)) {
    const added = listOf(statement.Action).filter(
      (action) => !before.some((old) => covers(old, action, resource, statement.Condition)),
    );
    if (added.length === 0) continue;
    const key = added.map(describeValue).join(', ');
    const resources = byActions.get(key);
    if (resources) resources.push(resource);
    else byActions.set(key, [resource]);
  }
  return [...byActions].map(
    ([actions, resources]) =>
      `${actions} on ${describeResources(resources)}${statement.Condition === undefined ? '' : ', under a condition'}`,
  );
}

function covers(old: Statement, action: Value, resource: Value, condition: Value | undefined): boolean {
  if (old.NotAction !== undefined || old.NotResource !== undefined) return false;
  if (old.Condition !== undefined && !sameValue(old.Condition, condition)) return false;
  return (
    listOf(old.Action).some((one) => matches(one, action, true)) &&
    listOf(old.Resource).some((one) => matches(one, resource, false))
  );
}

/** Whether a pattern with `*` takes in a value, which may be a pattern itself. Actions have no case. */
function matches(pattern: Value, value: Value, ignoreCase: boolean): boolean {
  if (pattern === '*' || sameValue(pattern, value)) return true;
  if (typeof pattern !== 'string' || typeof value !== 'string') return false;
  const source = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, ignoreCase ? 'i' : '').test(value);
}

const sameStatement = (left: Statement, right: Statement): boolean =>
  (['Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'] as const).every((key) =>
    sameValue(left[key], right[key]),
  );

function what({ Action, NotAction, Resource, NotResource }: Statement): string {
  const actions =
    NotAction === undefined
      ? listOf(Action).map(describeValue).join(', ')
      : `everything but ${listOf(NotAction).map(describeValue).join(', ')}`;
  const resources =
    NotResource === undefined
      ? describeResources(listOf(Resource))
      : `everything but ${listOf(NotResource).map(describeValue).join(', ')}`;
  return `${actions} on ${resources}`;
}

const describeResources = (resources: readonly Value[]): string =>
  resources.map((resource) => (resource === '*' ? 'everything' : describeValue(resource))).join(', ');
