import type { Config } from '../model/config.ts';
import { alarmPhysicalName, alarmsByName } from '../resources/alarms/resolve-alarms.ts';
import { namesOf } from '../resources/names.ts';

/** CloudWatch's name of an alarm of the config, by the name that events use: `getPosts.alarms.0`. */
export function alarmNameOf(config: Config, reference: string): string | undefined {
  const found = alarmsByName(config).get(reference);
  return found && alarmPhysicalName(namesOf(config), found.resource, found.alarm);
}
