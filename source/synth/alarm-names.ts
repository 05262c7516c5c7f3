import type { Config } from '../model/config.ts';
import { alarmPhysicalName, alarmReference, alarmsOf } from '../resources/alarms/resolve-alarms.ts';
import { namesOf } from './synthesize-stack.ts';

/** CloudWatch's name of an alarm of the config, by the name that events use: `getPosts.alarms.0`. */
export function alarmNameOf(config: Config, reference: string): string | undefined {
  for (const resource of config.resources) {
    const alarm = alarmsOf(config, resource).find((one) => alarmReference(resource, one) === reference);
    if (alarm) return alarmPhysicalName(namesOf(config), resource, alarm);
  }
  return undefined;
}
