import type { Config, ConfigEvent, ConfigResource } from '../model/config.ts';
import type { CheckContext, EventUse, LocalFinding } from '../model/descriptor.ts';
import type { Finding } from '../model/diagnostic.ts';
import { triggerProperties } from '../resources/batch-job/trigger.ts';
import { eventDescriptor, eventDescriptors } from '../resources/function/events/registry.ts';
import { resourceDescriptor } from '../resources/registry.ts';
import type { BrokenParts } from './broken-parts.ts';
import { RuntimeValue } from './directives/runtime-value.ts';

type Options = {
  config: Config;
  /** What of the resources does not hold; nothing is asked of it. */
  broken: BrokenParts;
  pathKind?: NonNullable<CheckContext['pathKind']>;
};

/** The rules that schemas cannot say: of each resource, of each event, and between the events of a type. */
export function* checkResources({ config, broken, pathKind }: Options): Iterable<Finding> {
  const byName = new Map(config.resources.map((resource) => [resource.name, resource]));
  const context: CheckContext = {
    config,
    resource<P>(name: string, type: string) {
      const resource = byName.get(name);
      return resource?.type === type && !broken.isBroken(name) ? (resource as ConfigResource<P>) : undefined;
    },
    paramOf,
    attributeOf,
    ...(pathKind ? { pathKind } : {}),
  };
  const uses = new Map<string, EventUse[]>();
  for (const resource of config.resources) {
    const prefix = ['resources', resource.name, 'properties'];
    const sound = broken.withoutBroken(resource);
    for (const finding of resourceDescriptor(resource.type)?.check?.(sound, context) ?? []) {
      yield absolute(finding, prefix);
    }
    const owner =
      resource.type === 'batch-job' ? { ...resource, properties: triggerProperties(resource) } : resource;
    for (const event of eventsOf(resource)) {
      if (broken.isBroken(resource.name, 'events', event.index)) continue;
      const use = { owner, event };
      const sameType = uses.get(event.type);
      if (sameType) sameType.push(use);
      else uses.set(event.type, [use]);
      for (const finding of eventDescriptor(event.type)?.check?.(event, owner, context) ?? []) {
        yield absolute(finding, eventPrefix(use));
      }
    }
  }
  for (const { type, checkAll } of eventDescriptors) {
    for (const { about, ...finding } of checkAll?.(uses.get(type) ?? [], context) ?? []) {
      yield absolute(finding, eventPrefix(about));
    }
  }
}

function paramOf(value: unknown): { resource: string; param: string } | undefined {
  const args = argumentsOf(value, 'ResourceParam');
  return args && { resource: args[0], param: args[1] };
}

function attributeOf(value: unknown): { logicalId: string; attribute: string } | undefined {
  const args = argumentsOf(value, 'CfResourceParam');
  return args && { logicalId: args[0], attribute: args[1] };
}

/** The two arguments of a value that is one call of a directive. */
function argumentsOf(value: unknown, directive: string): [string, string] | undefined {
  if (!(value instanceof RuntimeValue) || value.parts.length !== 1) return undefined;
  const [part] = value.parts;
  if (typeof part !== 'object' || part.call.name !== directive) return undefined;
  const [first, second] = part.args;
  return typeof first === 'string' && typeof second === 'string' ? [first, second] : undefined;
}

const eventPrefix = ({ owner, event }: EventUse) => [
  'resources',
  owner.name,
  'properties',
  'events',
  event.index,
  'properties',
];

const absolute = (finding: LocalFinding, prefix: readonly (string | number)[]): Finding => ({
  severity: 'error',
  ...finding,
  path: [...prefix, ...finding.path],
});

function eventsOf(resource: ConfigResource): ConfigEvent[] {
  const events =
    resource.type === 'function' || resource.type === 'batch-job' ? resource.properties.events : undefined;
  if (!Array.isArray(events)) return [];
  return (events as ({ type: string; properties?: Record<string, unknown> } | null)[]).flatMap(
    (event, index) => (event === null ? [] : { type: event.type, index, properties: event.properties ?? {} }),
  );
}
