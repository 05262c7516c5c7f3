import { getAtt, type Value } from '../../../model/intrinsic.ts';
import type { StackBuilder } from '../../../model/stack-builder.ts';
import { fitName } from '../../names.ts';
import { eventId } from './event-ids.ts';
import { addInvokePermission } from './invoke-permission.ts';

type FunctionRule = {
  owner: string;
  index: number;
  /** `ScheduleExpression`, or `EventPattern` and `EventBusName`. */
  when: Record<string, Value | undefined>;
  /** What the target has beside its ARN: input, dead letters. */
  target?: Record<string, Value | undefined>;
};

/** A rule of EventBridge that invokes a function, and the permission for it. Gives the rule's logical id. */
export function addFunctionRule(stack: StackBuilder, { owner, index, when, target }: FunctionRule): string {
  const id = eventId(stack.names, owner, index, 'AWS::Events::Rule');
  stack.add(owner, id, {
    Type: 'AWS::Events::Rule',
    Properties: {
      State: 'ENABLED',
      ...when,
      Targets: [
        {
          Arn: stack.functionTarget(owner),
          Id: fitName(`${owner}-event-${index}-event-rule`, 64),
          ...target,
        },
      ],
    },
  });
  addInvokePermission(stack, {
    owner,
    index,
    principal: 'events.amazonaws.com',
    sourceArn: getAtt(id, 'Arn'),
  });
  return id;
}
