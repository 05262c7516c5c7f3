import type { ConfigResource } from '../../model/config.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { addLogForwarding } from '../log-groups/forwarding.ts';
import type { FunctionProperties } from './function.ts';
import { logGroupName } from './names.ts';

/** The log group that the function waits for: Lambda would make one that keeps everything for ever. */
export function addLogGroup(
  { name, properties }: ConfigResource<FunctionProperties>,
  stack: StackBuilder,
): void {
  if (properties.logging?.disabled) return;
  const id = stack.names.logicalId(name, 'AWS::Logs::LogGroup');
  stack.add(name, id, {
    Type: 'AWS::Logs::LogGroup',
    Properties: {
      LogGroupName: logGroupName(stack.names, name),
      RetentionInDays: properties.logging?.retentionDays ?? 90,
    },
  });
  stack.addFunctionDependency(name, id);
  const forwarding = properties.logging?.logForwarding;
  if (forwarding) addLogForwarding(stack, { owner: name, logGroup: id, forwarding });
}
