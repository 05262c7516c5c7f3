import type * as Type from 'typebox';
import { defineEvent } from '../../../model/descriptor.ts';
import { getAtt } from '../../../model/intrinsic.ts';
import { alarmId, alarmsByName, unknownAlarm } from '../../alarms/resolve-alarms.ts';
import { closedObject, staticText } from '../../schema.ts';
import { addFunctionRule } from './function-rule.ts';

const schema = closedObject({
  alarmName: staticText({
    title: 'Alarm',
    description: '{resource}.alarms.{place in its list}, or {resource}.alarms.{name of a global alarm}.',
    examples: ['myDatabase.alarms.0', 'myDatabase.alarms.CpuUtilization'],
    minLength: 1,
  }),
});

type Properties = Type.Static<typeof schema>;

/** Spec 6.11, traps 3 and 4. */
export const cloudwatchAlarmEvent = defineEvent({
  type: 'cloudwatch-alarm',
  title: 'Alarm',
  description: 'An alarm of the stack that fires.',
  schema,

  *check({ properties }: { properties: Properties }, _owner, { config }) {
    const unknown = unknownAlarm(config, properties.alarmName);
    if (unknown) yield { ...unknown, path: ['alarmName'] };
  },

  synth({ properties, index }, owner, stack) {
    const found = alarmsByName(stack.config).get(properties.alarmName);
    if (!found) throw new Error(`No alarm ${properties.alarmName}: the config was not checked`);
    addFunctionRule(stack, {
      owner: owner.name,
      index,
      when: {
        EventPattern: {
          source: ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          resources: [getAtt(alarmId(found.resource, found.alarm), 'Arn')],
          detail: { state: { value: ['ALARM'] } },
        },
      },
    });
  },

  sample: () => ({
    version: '0',
    id: '2dde0eb1-528b-d2d5-9ca6-6d590caf2329',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '000000000000',
    time: '2026-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:sample'],
    detail: {
      alarmName: 'sample',
      configuration: { description: 'A sample' },
      previousState: {
        reason: 'Initial alarm creation',
        timestamp: '2026-01-01T00:00:00.000+0000',
        value: 'OK',
      },
      state: {
        reason: 'Threshold Crossed: 1 datapoint [85.0] was greater than the threshold (80.0).',
        timestamp: '2026-01-01T00:01:00.000+0000',
        value: 'ALARM',
      },
    },
  }),
});
