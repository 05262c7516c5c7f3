import type { Config } from '../model/config.ts';
import { getAtt, isIntrinsic, ref, type Value } from '../model/intrinsic.ts';
import type { Names, StackBuilder } from '../model/stack-builder.ts';

/** A log group by its name and by its ARN with `:*` at its end, which stands for its streams. */
export type LogGroup = {
  name: Value;
  arn: Value;
  /** The function whose log it is. */
  functionName?: string;
};

type Known = { functionName: string; disabled: boolean };

const byConfig = new WeakMap<Config, Map<string, Known>>();

/** Functions by what their params `arn` may have become, by the logical id and by the name of their log groups. */
function functionsByArn(stack: StackBuilder): Map<string, Known> {
  let functions = byConfig.get(stack.config);
  if (functions) return functions;
  functions = new Map();
  byConfig.set(stack.config, functions);
  for (const { name, type, properties } of stack.config.resources) {
    if (type !== 'function') continue;
    const logging = properties.logging as { disabled?: boolean } | undefined;
    const known = { functionName: name, disabled: logging?.disabled === true };
    for (const form of ['literal', 'reference'] as const) {
      functions.set(JSON.stringify(stack.params(name, form).arn), known);
    }
    functions.set(logIdOf(stack.names, name), known);
    functions.set(`/aws/lambda/${stack.names.physicalName(name, 64)}`, known);
  }
  return functions;
}

const ofStack = (logicalId: string): LogGroup => ({
  name: ref(logicalId),
  arn: getAtt(logicalId, 'Arn'),
});

/**
 * The log group that a settled value names: its ARN, or the ARN of the function whose log is meant (spec, trap 1).
 * Undefined for a function that keeps no log.
 */
export function logGroupOf(value: Value, stack: StackBuilder): LogGroup | undefined {
  const functions = functionsByArn(stack);
  const logging = functions.get(JSON.stringify(value));
  if (logging) {
    if (logging.disabled) return undefined;
    return { ...ofStack(logIdOf(stack.names, logging.functionName)), functionName: logging.functionName };
  }
  if (isIntrinsic(value)) {
    const reference = 'Fn::GetAtt' in value ? value['Fn::GetAtt'] : undefined;
    const logicalId = reference?.[1] === 'Arn' ? reference[0] : 'Ref' in value ? value.Ref : undefined;
    if (logicalId === undefined) {
      // `arn:aws:logs:us-east-1:000000000000:log-group:NAME:*`: the seventh part between colons.
      return { name: { 'Fn::Select': [6, { 'Fn::Split': [':', value] }] }, arn: value };
    }
    return { ...ofStack(logicalId), ...ownerOf(functions.get(logicalId)) };
  }
  const text = String(value);
  const name = text.startsWith('arn:') ? (text.split(':')[6] ?? '') : text;
  return { name, arn: text.endsWith(':*') ? text : `${text}:*`, ...ownerOf(functions.get(name)) };
}

const ownerOf = (known: Known | undefined) => (known ? { functionName: known.functionName } : {});

const logIdOf = (names: Names, functionName: string): string =>
  names.logicalId(functionName, 'AWS::Logs::LogGroup');
