import type { Config } from '../model/config.ts';
import type { Finding } from '../model/diagnostic.ts';
import { unknownAlarm } from '../resources/alarms/resolve-alarms.ts';

/**
 * `triggerRollbackOnAlarms` names alarms of the config as events do; other names and ARNs are those of CloudWatch, and
 * not known here. CloudFormation takes a deployment back whose alarm is not there.
 */
export function* checkRollbackAlarms(config: Config): Iterable<Finding> {
  const names = config.sections?.deploymentConfig?.triggerRollbackOnAlarms;
  for (const [index, name] of (Array.isArray(names) ? names : []).entries()) {
    if (typeof name !== 'string' || !/^[A-Za-z0-9]+\.alarms\./.test(name)) continue;
    const unknown = unknownAlarm(config, name);
    const path = ['deploymentConfig', 'triggerRollbackOnAlarms', index];
    if (unknown) yield { severity: 'error', ...unknown, path };
  }
}
