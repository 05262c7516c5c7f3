import type { Config, ConfigResource } from '../../model/config.ts';
import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import { didYouMean } from '../../model/nearest-word.ts';
import { perConfig } from '../../model/per-config.ts';
import type { Names } from '../../model/stack-builder.ts';
import { checkArn } from '../arns/subject.ts';
import { pascalCase } from '../names.ts';
import { type EngineType, engineOf } from '../relational-database/engines.ts';
import { type Alarm, alarmedTypeOf } from './schema.ts';

/** An alarm on a resource: one of its own by its place in the list, or a global one by its name. */
export type ResourceAlarm = { key: number | string; alarm: Alarm };

type Alarmed = { alarms?: Alarm[]; disabledGlobalAlarms?: string[]; engine?: { type: EngineType } };

/** Empty also for what has an error of its own: events and settings of others ask for alarms before that is mended. */
const listOf = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);

/** The alarms that a resource has: its own, then the global ones that are about its type, service and stage. */
export function alarmsOf(config: Config, resource: ConfigResource): ResourceAlarm[] {
  const { alarms, disabledGlobalAlarms } = resource.properties as Alarmed;
  const own = listOf(alarms).map((alarm, key) => ({ key, alarm }));
  const global = (config.globalAlarms ?? [])
    .filter(
      ({ name, trigger, forServices, forStages }) =>
        alarmedTypeOf(trigger.type) === resource.type &&
        !listOf(disabledGlobalAlarms).some((disabled) => pascalName(disabled) === pascalName(name)) &&
        includes(forServices, config.serviceName) &&
        includes(forStages, config.stage) &&
        // A global alarm goes where it can.
        unfit(trigger.type, resource) === undefined,
    )
    .map((alarm) => ({ key: alarm.name, alarm }));
  return [...own, ...global];
}

const includes = (names: readonly string[] | undefined, name: string): boolean =>
  names === undefined || names.includes('*') || names.includes(name);

/** The name by which events refer to an alarm. */
export const alarmReference = (resource: ConfigResource, { key }: ResourceAlarm): string =>
  `${resource.name}.alarms.${typeof key === 'string' ? pascalName(key) : key}`;

type NamedAlarm = { resource: ConfigResource; alarm: ResourceAlarm };

/** Every alarm of the config by the name that events have for it. */
export const alarmsByName = perConfig((config): ReadonlyMap<string, NamedAlarm> => {
  const found = new Map<string, NamedAlarm>();
  for (const resource of config.resources) {
    for (const alarm of alarmsOf(config, resource)) {
      found.set(alarmReference(resource, alarm), { resource, alarm });
    }
  }
  return found;
});

/** What is wrong with the name of an alarm of the config, if there is none of that name. */
export function unknownAlarm(config: Config, name: string): Omit<LocalFinding, 'path'> | undefined {
  const alarms = alarmsByName(config);
  if (alarms.has(name)) return undefined;
  const owner = config.resources.find((one) => name.startsWith(`${one.name}.`));
  if (!Array.isArray(((owner?.properties ?? {}) as Alarmed).alarms ?? [])) return undefined;
  const known = [...alarms.keys()];
  return {
    code: 'unknown-alarm',
    message: `There is no alarm "${name}".`,
    expected:
      known.length === 0
        ? '{resource}.alarms.{place or global name}; the config has no alarms, and there are no global ones for it'
        : `one of ${known.join(', ')}`,
    suggestion:
      didYouMean(name, known).suggestion ?? 'Global alarms stand in stacktape.alarms.yml beside the config.',
  };
}

/** `cpuUtilization` and `cpu-utilization` are `CpuUtilization`; what is written in capitals stays so. */
export const pascalName = (name: string): string =>
  name
    .split(/[-_ ]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** `DatabaseCpuUtilizationForMyDatabase0`, the name without the stack's. */
export const alarmName = ({ name }: { name: string }, { key, alarm }: ResourceAlarm): string =>
  `${pascalCase(alarm.trigger.type)}For${pascalCase(name)}${typeof key === 'string' ? pascalName(key) : key}`;

export const alarmId = (resource: { name: string }, alarm: ResourceAlarm): string =>
  `${alarmName(resource, alarm)}Alarm`;

/** CloudWatch's name of an alarm: 255 characters at most. */
export const alarmPhysicalName = (names: Names, resource: { name: string }, alarm: ResourceAlarm): string =>
  names.physicalName(alarmName(resource, alarm), 255);

/** Rules of a resource's own alarms that their schema cannot say. Paths begin at the resource's properties. */
export function* checkAlarms(resource: ConfigResource, context: CheckContext): Iterable<LocalFinding> {
  const { alarms, disabledGlobalAlarms } = resource.properties as Alarmed;
  if (Array.isArray(disabledGlobalAlarms)) yield* checkDisabled(disabledGlobalAlarms, context.config);
  if (!Array.isArray(alarms)) return;
  for (const [index, alarm] of alarms.entries()) {
    const why = unfit(alarm.trigger.type, resource);
    if (why !== undefined) {
      yield {
        code: 'unfit-alarm',
        path: ['alarms', index, 'trigger', 'type'],
        message: `Trigger ${alarm.trigger.type} ${why}.`,
        suggestion: 'Use another trigger.',
      };
    }
    for (const finding of checkEvaluation(alarm)) {
      yield { ...finding, path: ['alarms', index, ...finding.path] };
    }
    for (const [place, { properties }] of (alarm.notificationTargets ?? []).entries()) {
      const path = ['alarms', index, 'notificationTargets', place, 'properties', 'snsTopicArn'];
      yield* checkArn(properties.snsTopicArn, { path, types: ['AWS::SNS::Topic'] }, context);
    }
  }
}

/** A name that no alarm has turns nothing off. */
function* checkDisabled(names: readonly string[], { globalAlarms = [] }: Config): Iterable<LocalFinding> {
  const known = globalAlarms.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (known.some((one) => pascalName(one) === pascalName(name))) continue;
    yield {
      severity: 'warning',
      code: 'unknown-alarm',
      path: ['disabledGlobalAlarms', index],
      message: `There is no global alarm "${name}" that could be disabled.`,
      expected:
        known.length === 0
          ? 'a name in stacktape.alarms.yml beside the config, which has none'
          : `one of ${known.join(', ')}`,
      ...didYouMean(name, known),
    };
  }
}

export function* checkEvaluation({ evaluation = {} }: Alarm): Iterable<LocalFinding> {
  const { period = 60, evaluationPeriods = 1, breachedPeriods = 1 } = evaluation;
  if (period % 60 !== 0) {
    yield {
      code: 'alarm-period',
      path: ['evaluation', 'period'],
      message: `"period" has to be whole minutes, not ${period} seconds.`,
      expected: 'a multiple of 60',
    };
  }
  if (breachedPeriods > evaluationPeriods) {
    yield {
      code: 'alarm-periods',
      path: ['evaluation', 'breachedPeriods'],
      message: `"breachedPeriods" is ${breachedPeriods}, and only ${evaluationPeriods} are looked at.`,
      suggestion: 'Raise "evaluationPeriods".',
    };
  }
  const longest = period < hour ? 24 * hour : 7 * 24 * hour;
  if (period * evaluationPeriods > longest) {
    yield {
      code: 'alarm-periods',
      path: ['evaluation'],
      message: `"period" times "evaluationPeriods" is ${period * evaluationPeriods} seconds; CloudWatch looks at ${longest} at most, ${period < hour ? 'one day' : 'seven days'}.`,
      expected: `at most ${longest} seconds together${period < hour ? '; seven days for periods of an hour or more' : ''}`,
    };
  }
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const hour = 3600;

/** Why a trigger cannot watch a resource, as the end of a sentence; undefined where it can. */
function unfit(triggerType: string, { properties }: ConfigResource): string | undefined {
  if (triggerType === 'application-load-balancer-unhealthy-targets') {
    return 'counts containers, and this version routes to functions only, which are always healthy';
  }
  const engine = (properties as Alarmed).engine?.type;
  const kind = engine === undefined ? undefined : engineOf(engine)?.kind;
  if (triggerType === 'database-free-storage' && kind !== undefined && kind !== 'instance') {
    return 'does not fit Aurora, whose storage grows by itself';
  }
  if (triggerType === 'database-free-memory' && kind === 'serverless-v1') {
    return 'does not fit Aurora Serverless v1, which tells nothing of its memory';
  }
  return undefined;
}
