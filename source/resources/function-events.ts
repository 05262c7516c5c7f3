import type { Config, ConfigResource } from '../model/config.ts';
import type { Value } from '../model/intrinsic.ts';
import { perConfig } from '../model/per-config.ts';

/** An event of a function, seen from what it is about. */
export type FunctionEvent = {
  owner: ConfigResource;
  index: number;
  properties: Readonly<Record<string, Value | undefined>>;
};

const byType = perConfig((config) => {
  const events = new Map<string, FunctionEvent[]>();
  for (const owner of config.resources) {
    const list = owner.type === 'function' ? owner.properties.events : undefined;
    if (!Array.isArray(list)) continue;
    for (const [index, event] of list.entries()) {
      const sameType = events.get(event.type);
      const entry = { owner, index, properties: event.properties ?? {} };
      if (sameType) sameType.push(entry);
      else events.set(event.type, [entry]);
    }
  }
  return events;
});

/** All events of one type in a checked config. */
export const functionEvents = (config: Config, type: string): readonly FunctionEvent[] =>
  byType(config).get(type) ?? [];
