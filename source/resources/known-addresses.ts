import type { ConfigResource } from '../model/config.ts';
import { perConfig } from '../model/per-config.ts';
import type { StackBuilder } from '../model/stack-builder.ts';
import { bucketEvents } from './bucket/notifications.ts';
import { targetsOf } from './cdn/cdn-target.ts';

const byName = perConfig(({ resources }) => new Map(resources.map((resource) => [resource.name, resource])));

/** Variables that say an address which AWS makes up: `URL` of a function, `CDN_…` of what has a CDN. */
const isMadeUp = (variable: string): boolean => variable === 'URL' || variable.startsWith('CDN_');

/**
 * Whether the code of `owner` can be told a variable of what it is connected to. What AWS makes up has to be there
 * first; two functions that are connected to each other would wait for each other for ever, and so would a function
 * and the bucket that tells it of its objects, which S3 wants to try when it makes the bucket.
 */
export function canKnow(variable: string, owner: string, target: string, stack: StackBuilder): boolean {
  if (!isMadeUp(variable)) return true;
  const seen = new Set<string>();
  const waiting = [target];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === owner) return false;
    const resource = byName(stack.config).get(name);
    if (seen.has(name) || !resource) continue;
    seen.add(name);
    waiting.push(...waitsFor(resource, stack));
  }
  return true;
}

/** The resources that one waits for, as far as that can come back to a function or a batch job. */
function waitsFor(resource: ConfigResource, stack: StackBuilder): string[] {
  const { name, type, properties, helper } = resource;
  // The function that starts a batch job knows its state machine.
  if (helper) return [helper.of];
  const routes = targetsOf(resource).flatMap((target) => {
    if (target.type === 'function') return [target.properties.functionName];
    return target.type === 'bucket' ? [target.properties.bucketName] : [];
  });
  if (type === 'function' || type === 'batch-job') {
    return Array.isArray(properties.connectTo) ? [...properties.connectTo, ...routes] : routes;
  }
  if (type !== 'bucket') return [];
  return [...bucketEvents(stack.config, name).map(({ owner }) => owner.name), ...routes];
}
