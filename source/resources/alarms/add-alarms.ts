import type { ConfigResource } from '../../model/config.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { watchOf } from './metrics.ts';
import { alarmId, alarmPhysicalName, alarmsOf } from './resolve-alarms.ts';

/** The alarms of a resource of any type, its own and the global ones (spec 11). */
export function addAlarms(resource: ConfigResource, stack: StackBuilder): void {
  const { names } = stack;
  for (const one of alarmsOf(stack.config, resource)) {
    const { alarm } = one;
    const { metrics, operator, threshold, missing } = watchOf({ resource, alarm, names });
    const topics = alarm.notificationTargets?.map(({ properties }) => properties.snsTopicArn);
    stack.add(resource.name, alarmId(resource, one), {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: alarmPhysicalName(names, resource, one),
        AlarmDescription: alarm.description ?? `${alarm.trigger.type} of ${resource.name}`,
        EvaluationPeriods: alarm.evaluation?.evaluationPeriods ?? 1,
        DatapointsToAlarm: alarm.evaluation?.breachedPeriods ?? 1,
        ComparisonOperator: operator,
        Threshold: threshold,
        TreatMissingData: missing,
        Metrics: metrics,
        AlarmActions: topics,
        OKActions: topics,
      },
    });
  }
}
