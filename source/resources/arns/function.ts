import type { Config } from '../../model/config.ts';
import type { Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';

const byConfig = new WeakMap<Config, Map<string, string>>();

/** The function of the config whose ARN a settled value is, as `$ResourceParam('function', 'arn')` becomes it. */
export function functionOfArn(value: Value | undefined, stack: StackBuilder): string | undefined {
  let functions = byConfig.get(stack.config);
  if (!functions) {
    functions = new Map();
    byConfig.set(stack.config, functions);
    for (const { name, type } of stack.config.resources) {
      if (type !== 'function') continue;
      for (const form of ['literal', 'reference'] as const) {
        functions.set(JSON.stringify(stack.params(name, form).arn), name);
      }
    }
  }
  return functions.get(JSON.stringify(value));
}
