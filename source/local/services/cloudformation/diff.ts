import { hasUnknown, notYetKnown } from './template/evaluate.ts';
import { isObject } from './template/template.ts';
import type { Properties, ResourceProvider } from './types/provider.ts';

/** One property, at the top level, that is not what it was. */
export type PropertyChange = {
  name: string;
  /** `conditionally`: only the deployment will tell whether the value changes at all. */
  recreation: 'never' | 'conditionally' | 'always';
  before: unknown;
  after: unknown;
};

/** What is different between two states of a resource, and whether that takes a new resource. */
export function diffProperties(
  provider: ResourceProvider,
  before: Properties,
  after: Properties,
): PropertyChange[] {
  const changes: PropertyChange[] = [];
  const replacedBy = new Set(provider.replacedBy?.(before, after));
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (sameValue(before[name], after[name])) continue;
    const paths = provider.createOnly.filter((path) => path === name || path.startsWith(`${name}/`));
    const different = paths.filter((path) => !sameValue(valueAt(before, path), valueAt(after, path)));
    const certain = replacedBy.has(name) || different.some((path) => !hasUnknown(valueAt(after, path)));
    changes.push({
      name,
      recreation: certain ? 'always' : different.length > 0 ? 'conditionally' : 'never',
      before: before[name],
      after: after[name],
    });
  }
  return changes;
}

function valueAt(properties: Properties, path: string): unknown {
  let value: unknown = properties;
  for (const step of path.split('/')) value = isObject(value) ? value[step] : undefined;
  return value;
}

/** Equality as CloudFormation sees it: `"3"` is 3, `"true"` is true, a missing member is an undefined one. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return left !== notYetKnown;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameValue(item, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
      sameValue(left[key], right[key]),
    );
  }
  const simple = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  return simple(left) && simple(right) && String(left) === String(right);
}
