import { defineEvent } from '../../../model/descriptor.ts';
import { eventBridgeEvent } from '../../../model/payloads/event-bridge.ts';
import { checkInput, inputProperties, targetInput } from '../../event-bus/rule.ts';
import { closedObject, staticText } from '../../schema.ts';
import { addFunctionRule } from './function-rule.ts';
import { checkScheduleExpression } from './schedule-expression.ts';

const schema = closedObject({
  scheduleRate: staticText({
    title: 'Schedule',
    description: "`rate(2 hours)`, or `cron(…)` with AWS's six fields, in UTC.",
    examples: ['rate(1 hour)', 'cron(0 10 * * ? *)'],
    minLength: 1,
  }),
  ...inputProperties,
});

/** Spec 6.2. */
export const scheduleEvent = defineEvent({
  type: 'schedule',
  title: 'Schedule',
  description: 'A fixed rate or a calendar.',
  schema,

  *check({ properties }) {
    const mistake = checkScheduleExpression(properties.scheduleRate);
    if (mistake) yield { code: 'invalid-schedule', path: ['scheduleRate'], ...mistake };
    yield* checkInput(properties);
  },

  synth({ index, properties }, owner, stack) {
    addFunctionRule(stack, {
      owner: owner.name,
      index,
      when: { ScheduleExpression: properties.scheduleRate },
      target: targetInput(properties),
    });
  },

  sample: () =>
    eventBridgeEvent({
      id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
      source: 'aws.events',
      detailType: 'Scheduled Event',
      account: '000000000000',
      region: 'us-east-1',
      time: 1_767_225_600_000,
      resources: ['arn:aws:events:us-east-1:000000000000:rule/sample'],
      detail: {},
    }),
});
