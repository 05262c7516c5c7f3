import type { Value } from '../../../model/intrinsic.ts';
import type { StackBuilder } from '../../../model/stack-builder.ts';
import { eventId } from './event-ids.ts';

/** What Lambda polls for a function, on the properties of which sources differ. */
export function addEventSourceMapping(
  stack: StackBuilder,
  { owner, index, ...properties }: { owner: string; index: number } & Record<string, Value | undefined>,
): void {
  stack.add(owner, eventId(stack.names, owner, index, 'AWS::Lambda::EventSourceMapping'), {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { FunctionName: stack.functionTarget(owner), Enabled: true, ...properties },
  });
}
