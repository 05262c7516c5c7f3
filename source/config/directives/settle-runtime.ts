import type { ConfigPath, Finding } from '../../model/diagnostic.ts';
import type { Value } from '../../model/intrinsic.ts';
import { builtIn, DirectiveError, joinParts, type RuntimeContext } from './built-ins.ts';
import { atArgument, findingOf } from './directive-findings.ts';
import { type RuntimeArgument, type RuntimeCall, RuntimeValue } from './runtime-value.ts';

type Container = Record<string | number, unknown>;

/** Turns every `RuntimeValue` under `container[key]` into what stands in the template, in place. */
export function settleRuntimeDirectives(
  container: Container,
  key: string | number,
  path: ConfigPath,
  contextAt: (path: ConfigPath) => RuntimeContext,
): Finding[] {
  const findings: Finding[] = [];
  const walk = (holder: Container, at: string | number, here: ConfigPath): void => {
    const value = holder[at];
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof RuntimeValue) {
      try {
        holder[at] = settle(value, contextAt(here));
      } catch (error) {
        holder[at] = null;
        findings.push(findingOf(error, value.written, here));
      }
      return;
    }
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        if (typeof value[index] === 'object') walk(value as unknown as Container, index, [...here, index]);
      }
      return;
    }
    for (const child in value) {
      if (typeof (value as Container)[child] === 'object') walk(value as Container, child, [...here, child]);
    }
  };
  walk(container, key, path);
  return findings;
}

function settle({ parts }: RuntimeValue, context: RuntimeContext): Value {
  const values = parts.map((part) => (typeof part === 'string' ? part : settleCall(part, context)));
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : joinParts(values);
}

function settleCall({ call, args }: RuntimeCall, context: RuntimeContext): Value {
  const directive = builtIn(call.name);
  if (directive?.when !== 'runtime') throw new Error(`$${call.name} is no runtime directive`);
  try {
    return directive.run(
      args.map((argument: RuntimeArgument) =>
        argument instanceof RuntimeValue ? settle(argument, context) : argument,
      ),
      context,
    );
  } catch (error) {
    throw error instanceof DirectiveError ? atArgument(error, call) : error;
  }
}
