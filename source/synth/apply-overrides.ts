import { describeValue } from '../iam/describe-value.ts';
import type { ConfigPath } from '../model/diagnostic.ts';
import { isIntrinsic, type Value } from '../model/intrinsic.ts';
import { didYouMean } from '../model/nearest-word.ts';
import type { TemplateResource } from '../model/template.ts';
import type { TemplateBuilder } from './template-builder.ts';

/** `overrides: {<logical id>: {<dot.path in Properties>: value}}` of every resource (spec 1.3). */
export function applyOverrides(stack: TemplateBuilder): void {
  const renamed: Renamed[] = [];
  for (const { name, overrides } of stack.config.resources) {
    if (!overrides) continue;
    for (const [logicalId, changes] of Object.entries(overrides)) {
      const place = ['resources', name, 'overrides', logicalId];
      const resource = stack.resources[logicalId];
      if (resource?.Metadata?.['stp:resource'] !== name) {
        reportUnknown(stack, name, logicalId, place);
        continue;
      }
      for (const [path, value] of Object.entries(changes)) {
        const before = textOf(resource.Properties?.[path]);
        const mistake = override(resource, path.split('.'), value);
        if (literalNames.includes(path) && before !== undefined)
          renamed.push({ logicalId, property: path, before, path: [...place, path] });
        if (mistake === undefined) continue;
        stack.report({
          severity: 'error',
          code: 'wrong-override',
          path: [...place, path],
          at: 'key',
          message: `"${path}" cannot be set in ${logicalId}: ${mistake}.`,
        });
      }
    }
  }
  for (const one of renamed) reportStaleName(stack, one);
}

/** Names that stand in ARNs of roles and variables, written out so that nobody waits in a circle. */
const literalNames = ['BucketName', 'FunctionName', 'JobDefinitionName', 'JobQueueName', 'StateMachineName'];

type Renamed = { logicalId: string; property: string; before: string; path: ConfigPath };

const textOf = (value: Value | undefined): string | undefined => {
  if (typeof value === 'string') return value;
  const text = isIntrinsic(value) && 'Fn::Sub' in value ? value['Fn::Sub'] : undefined;
  return typeof text === 'string' ? text : undefined;
};

/** Who has the name as it was could do nothing with what has another one. */
function reportStaleName(stack: TemplateBuilder, { logicalId, property, before, path }: Renamed): void {
  const escaped = before.replaceAll(/[$.{}]/g, '\\$&');
  const stands = new RegExp(`[:/"]${escaped}(?![A-Za-z0-9_-])`);
  const users = Object.entries(stack.resources)
    .filter(([id, resource]) => id !== logicalId && stands.test(JSON.stringify(resource)))
    .map(([id]) => id);
  if (users.length === 0) return;
  stack.report({
    severity: 'error',
    code: 'name-in-use',
    path,
    at: 'key',
    message: `"${property}" cannot be overridden: ${users.join(', ')} ${users.length === 1 ? 'has' : 'have'} the name ${describeValue({ 'Fn::Sub': before })}.`,
    suggestion: 'Leave the name as it is; $ResourceParam gives it to those who have to know it.',
  });
}

function reportUnknown(stack: TemplateBuilder, name: string, logicalId: string, path: ConfigPath): void {
  const own = Object.keys(stack.resources).filter(
    (id) => stack.resources[id]?.Metadata?.['stp:resource'] === name,
  );
  stack.report({
    severity: 'error',
    code: 'unknown-override',
    path,
    at: 'key',
    message: `Resource ${name} has no CloudFormation resource ${logicalId} to override.`,
    expected: `one of ${own.join(', ')}`,
    ...didYouMean(logicalId, own),
  });
}

const isIndex = (step: string | undefined): boolean => step !== undefined && /^\d+$/.test(step);

/**
 * Sets one property, or says why that cannot be. What is missing on the way is made, a list where an index follows;
 * an index may be the one after the last. Copies what it goes through, since descriptors may share values between resources.
 */
function override(resource: TemplateResource, path: readonly string[], value: Value): string | undefined {
  if (path.includes('')) return 'a step of the path is empty';
  if (path[0] === 'Properties' && path.length > 1) return 'paths begin inside of Properties';
  const properties: Record<string, Value | undefined> = { ...resource.Properties };
  let target: Record<string, Value | undefined> = properties;
  for (const [index, step] of path.entries()) {
    if (Array.isArray(target) && !(isIndex(step) && Number(step) <= target.length)) {
      const list = path.slice(0, index).join('.');
      return `${list} is a list of ${target.length}, and "${step}" no place in it`;
    }
    if (index === path.length - 1) target[step] = value;
    else {
      const next = Object.hasOwn(target, step) ? target[step] : undefined;
      if (isIntrinsic(next) || (typeof next !== 'object' && next !== undefined)) {
        return `${path.slice(0, index + 1).join('.')} is ${isIntrinsic(next) ? 'known to CloudFormation alone' : `the value ${JSON.stringify(next)}`}`;
      }
      const from = next ?? (isIndex(path[index + 1]) ? [] : {});
      const copy = (Array.isArray(from) ? [...from] : { ...from }) as Record<string, Value | undefined>;
      target[step] = copy as Value;
      target = copy;
    }
  }
  resource.Properties = properties;
  return undefined;
}
