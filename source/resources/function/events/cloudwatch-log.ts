import * as Type from 'typebox';
import type { ConfigResource } from '../../../model/config.ts';
import {
  type CheckContext,
  defineEvent,
  type EventUse,
  type LocalFinding,
} from '../../../model/descriptor.ts';
import { isKnownLater, type Value } from '../../../model/intrinsic.ts';
import { cloudwatchLogsEvent } from '../../../model/payloads/cloudwatch-logs.ts';
import { type ArnSubject, checkArn, subjectOf } from '../../arns/subject.ts';
import { isLogOf, logGroupOf } from '../../log-groups/arn.ts';
import { closedObject } from '../../schema.ts';
import { eventId, eventPath } from './event-ids.ts';
import { addInvokePermission } from './invoke-permission.ts';

const schema = closedObject({
  logGroupArn: Type.String({
    title: 'Log group',
    description: 'ARN of a log group, or of the function whose log it is.',
    examples: [
      "$ResourceParam('myFunction', 'arn')",
      'arn:aws:logs:us-east-1:000000000000:log-group:/my/log',
    ],
    minLength: 1,
  }),
  filter: Type.Optional(
    Type.String({
      title: 'Filter pattern',
      description: 'Which log events are taken; all of them without it.',
      default: '',
      maxLength: 1024,
    }),
  ),
});

type Use = EventUse<Type.Static<typeof schema>>;

/** A log group has room for two subscription filters. */
const maximumFilters = 2;

/** Spec 6.10. */
export const cloudwatchLogEvent = defineEvent({
  type: 'cloudwatch-log',
  title: 'CloudWatch log',
  description: 'Log events of a log group, compressed.',
  schema,

  *check({ properties }, _owner, context) {
    const subject = subjectOf(properties.logGroupArn, context);
    const types = ['AWS::Logs::LogGroup', ...(isOfConfig(subject) ? ['AWS::Lambda::Function'] : [])];
    yield* checkArn(properties.logGroupArn, { path: ['logGroupArn'], types }, context);
  },

  *checkAll(uses, context) {
    const filters = new Map<string, Use[]>();
    for (const use of uses) {
      const subject = subjectOf(use.event.properties.logGroupArn, context);
      const key = writerOf(subject) ?? subject?.key;
      if (key === undefined) continue;
      const others = filters.get(key) ?? [];
      filters.set(key, others);
      others.push(use);
      const forwarded = forwards(key, context) ? 1 : 0;
      if (others.length + forwarded === maximumFilters + 1) yield tooMany(use, others, forwarded);
    }
    yield* checkCircles(uses, context);
  },

  synth({ index, properties }, owner, stack) {
    const arn: Value = properties.logGroupArn;
    const group = logGroupOf(arn, stack);
    const path = eventPath(owner.name, index, 'logGroupArn');
    if (typeof arn === 'string' && isKnownLater(arn)) {
      stack.report({
        severity: 'error',
        code: 'unknown-log-group',
        path,
        message: 'CloudFormation takes no name out of an ARN that a parameter or a secret holds.',
        suggestion: 'Write the ARN of the log group out.',
      });
      return;
    }
    if (!group) {
      stack.report({
        severity: 'error',
        code: 'no-log-group',
        path,
        message:
          'The function that is named here keeps no log ("logging.disabled"), so that there is nothing to take.',
        suggestion: 'Turn its log on, or remove this event.',
      });
      return;
    }
    if (isLogOf(group, owner, stack)) {
      stack.report({ severity: 'error', path, ...ownLog(owner) });
      return;
    }
    const permission = addInvokePermission(stack, {
      owner: owner.name,
      index,
      principal: 'logs.amazonaws.com',
      sourceArn: group.arn,
    });
    stack.add(owner.name, eventId(stack.names, owner.name, index, 'AWS::Logs::SubscriptionFilter'), {
      Type: 'AWS::Logs::SubscriptionFilter',
      // CloudWatch Logs tries the function when the filter is made.
      DependsOn: [permission],
      Properties: {
        LogGroupName: group.name,
        FilterPattern: properties.filter ?? '',
        DestinationArn: stack.functionTarget(owner.name),
      },
    });
  },

  sample: () =>
    cloudwatchLogsEvent({
      owner: '000000000000',
      logGroup: '/aws/lambda/sample',
      logStream: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
      subscriptionFilters: ['sample'],
      logEvents: [
        {
          id: '35311576111948622874033876462979853992919938886093242368',
          timestamp: 1_767_225_600_000,
          message: 'Hello',
        },
      ],
    }),
});

const ownLog = ({ name, type }: ConfigResource) => ({
  code: 'own-log-group',
  message: `${type === 'batch-job' ? 'Batch job' : 'Function'} ${name} would be invoked by its own log without end.`,
  suggestion: 'Name the log group of another one.',
});

function forwards(name: string, context: CheckContext): boolean {
  const owner = context.resource<{ logging?: { logForwarding?: unknown } }>(name, 'function');
  return owner?.properties.logging?.logForwarding !== undefined;
}

function tooMany(use: Use, others: readonly Use[], forwarded: number): LocalFinding & { about: EventUse } {
  return {
    about: use as EventUse,
    code: 'too-many-log-filters',
    path: ['logGroupArn'],
    message: `A log group has room for ${maximumFilters} subscriptions, and this is one more${forwarded > 0 ? '; the forwarding of the log is one of them' : ''}.`,
    related: others.slice(0, -1).map(({ owner, event }) => ({
      path: ['resources', owner.name, 'properties', 'events', event.index],
      message: 'subscribes too',
    })),
  };
}

/** Whether it is a resource of the config, whose log group is known also where the resource itself is named. */
const isOfConfig = (subject: ArnSubject | undefined): boolean => subject?.path?.[0] === 'resources';

/** The function of the config that writes a log. */
const writerOf = (subject: ArnSubject | undefined): string | undefined =>
  isOfConfig(subject) ? subject?.path?.[1] : undefined;

/** Functions that take all of each other's log invoke each other without end: being invoked is logged too. */
function* checkCircles(
  uses: readonly Use[],
  context: CheckContext,
): Iterable<LocalFinding & { about: EventUse }> {
  const takenBy = new Map<string, string[]>();
  for (const use of uses) {
    const { logGroupArn, filter } = use.event.properties;
    const writer = writerOf(subjectOf(logGroupArn, context));
    const taker = use.owner.name;
    if (writer === taker) yield { about: use as EventUse, path: ['logGroupArn'], ...ownLog(use.owner) };
    if (writer === undefined || writer === taker || (filter ?? '') !== '') continue;
    if (reaches(takenBy, taker, writer)) {
      yield {
        about: use as EventUse,
        code: 'log-circle',
        path: ['logGroupArn'],
        message: `Functions ${writer} and ${taker} would invoke each other by their logs without end.`,
        suggestion:
          'Take one of the events out, or give it a "filter" that leaves out what the other one makes.',
      };
    }
    takenBy.set(writer, [...(takenBy.get(writer) ?? []), taker]);
  }
}

/** Whether what `from` logs comes to `to`, also by way of others. */
function reaches(takenBy: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const name of seen) {
    if (name === to) return true;
    for (const next of takenBy.get(name) ?? []) seen.add(next);
  }
  return false;
}
