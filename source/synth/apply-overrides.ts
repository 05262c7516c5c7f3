import { isIntrinsic, type Value } from '../model/intrinsic.ts';
import type { TemplateResource } from '../model/template.ts';
import type { TemplateBuilder } from './template-builder.ts';

/** `overrides: {<logical id>: {<dot.path in Properties>: value}}` of every resource (spec 1.3). */
export function applyOverrides(stack: TemplateBuilder): void {
  for (const { name, overrides } of stack.config.resources) {
    if (!overrides) continue;
    for (const [logicalId, changes] of Object.entries(overrides)) {
      const resource = stack.resources[logicalId];
      if (resource?.Metadata?.['stp:resource'] !== name) {
        const own = Object.keys(stack.resources).filter(
          (id) => stack.resources[id]?.Metadata?.['stp:resource'] === name,
        );
        stack.report({
          severity: 'error',
          code: 'unknown-override',
          path: ['resources', name, 'overrides', logicalId],
          at: 'key',
          message: `Resource ${name} has no CloudFormation resource ${logicalId} to override.`,
          expected: `one of ${own.join(', ')}`,
        });
        continue;
      }
      for (const [path, value] of Object.entries(changes)) override(resource, path.split('.'), value);
    }
  }
}

/** Copies what it goes through, since descriptors may share values between resources. */
function override(resource: TemplateResource, path: readonly string[], value: Value): void {
  const properties: Record<string, Value | undefined> = { ...resource.Properties };
  resource.Properties = properties;
  let target = properties;
  for (const [index, step] of path.entries()) {
    if (index === path.length - 1) {
      target[step] = value;
      return;
    }
    const next = target[step];
    const copy: Record<string, Value | undefined> =
      typeof next === 'object' && next !== null && !isIntrinsic(next)
        ? ((Array.isArray(next) ? [...next] : { ...next }) as Record<string, Value | undefined>)
        : {};
    target[step] = copy as Value;
    target = copy;
  }
}
