import type { EventUse, LocalFinding } from '../../../model/descriptor.ts';
import type { Value } from '../../../model/intrinsic.ts';
import type { StackBuilder } from '../../../model/stack-builder.ts';
import type { ArnSubject } from '../../arns/subject.ts';
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

/** AWS takes one mapping, or one subscription, for a function and a source, whatever differs besides. */
export function* checkMappedOnce<P>(
  uses: readonly EventUse<P>[],
  sourceOf: (properties: P) => { property: string; subject: Pick<ArnSubject, 'key' | 'name'> | undefined },
): Iterable<LocalFinding & { about: EventUse }> {
  const mapped = new Map<string, EventUse<P>>();
  for (const use of uses) {
    const { property, subject } = sourceOf(use.event.properties);
    if (!subject) continue;
    const key = `${use.owner.name} ${subject.key}`;
    const first = mapped.get(key);
    if (!first) {
      mapped.set(key, use);
      continue;
    }
    yield {
      about: use as EventUse,
      code: 'duplicate-source',
      path: [property],
      message: `There is an event for ${subject.name} already; AWS takes one for a function and a source.`,
      suggestion: 'Remove one of the events.',
      related: [
        {
          path: ['resources', use.owner.name, 'properties', 'events', first.event.index],
          message: 'the other event',
        },
      ],
    };
  }
}
