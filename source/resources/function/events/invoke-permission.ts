import type { Value } from '../../../model/intrinsic.ts';
import type { StackBuilder } from '../../../model/stack-builder.ts';
import { eventId } from './event-ids.ts';

type Permission = {
  owner: string;
  index: number;
  /** Service that invokes the function: `sns.amazonaws.com`. */
  principal: string;
  sourceArn: Value;
  /** For sources whose ARN names no account: another account could otherwise make one of the same name. */
  sourceAccount?: Value;
};

/** Lets a service invoke a function, or its alias, for one source. Gives the logical id, for `DependsOn`. */
export function addInvokePermission(stack: StackBuilder, of: Permission): string {
  const id = eventId(stack.names, of.owner, of.index, 'AWS::Lambda::Permission');
  stack.add(of.owner, id, {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: stack.functionTarget(of.owner),
      Principal: of.principal,
      SourceArn: of.sourceArn,
      SourceAccount: of.sourceAccount,
    },
  });
  return id;
}
