import type { ConfigResource } from '../../model/config.ts';
import {
  getAtt,
  type Intrinsic,
  isIntrinsic,
  ref,
  substitutionOf,
  type Value,
} from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { ownerOfArn } from '../arns/owner.ts';
import { logGroupName } from '../function/names.ts';

/** A log group by its name and by its ARN with `:*` at its end, which stands for its streams. */
export type LogGroup = { name: Value; arn: Value };

const ofStack = (logicalId: string): LogGroup => ({ name: ref(logicalId), arn: getAtt(logicalId, 'Arn') });

/**
 * The log group that a settled value names: its ARN, or the ARN of the function whose log is meant (spec, trap 1).
 * Undefined for a function that keeps no log.
 */
export function logGroupOf(value: Value, stack: StackBuilder): LogGroup | undefined {
  const functionName = ownerOfArn(value, stack.config, 'function')?.name;
  if (functionName !== undefined) {
    const { properties } = stack.resource<{ logging?: { disabled?: boolean } }>(functionName);
    if (properties.logging?.disabled) return undefined;
    return ofStack(stack.names.logicalId(functionName, 'AWS::Logs::LogGroup'));
  }
  if (!isIntrinsic(value)) {
    const text = String(value);
    return { name: text.split(':')[6] ?? '', arn: text.endsWith(':*') ? text : `${text}:*` };
  }
  const reference = 'Fn::GetAtt' in value ? value['Fn::GetAtt'] : undefined;
  if (reference?.[1] === 'Arn') return ofStack(reference[0]);
  // `arn:aws:logs:us-east-1:000000000000:log-group:NAME:*`: the seventh part between colons.
  return { name: { 'Fn::Select': [6, { 'Fn::Split': [':', value] }] }, arn: withStreams(value) };
}

/** What invokes a function for a log group names its streams too; a text that is put together may leave them out. */
function withStreams(arn: Intrinsic): Intrinsic {
  const { template, variables } = substitutionOf(arn) ?? { template: '', variables: {} };
  if (!template.startsWith('arn:') || template.endsWith(':*')) return arn;
  const whole = `${template}:*`;
  return { 'Fn::Sub': Object.keys(variables).length > 0 ? [whole, variables] : whole };
}

/** Whether a log group is the one that Lambda writes the log of a function to. */
export function isLogOf(group: LogGroup, { name }: ConfigResource, stack: StackBuilder): boolean {
  const own = ofStack(stack.names.logicalId(name, 'AWS::Logs::LogGroup'));
  return (
    group.name === logGroupName(stack.names, name) || JSON.stringify(group.name) === JSON.stringify(own.name)
  );
}
