import type { ConfigResource } from '../../model/config.ts';

/** Bounds of Lambda and the defaults of the spec (section 3 and the decisions above it). */
export const memory = { default: 1024, minimum: 128, maximum: 10_240 } as const;
export const timeout = { default: 3, minimum: 1, maximum: 900 } as const;
export const storage = { default: 512, minimum: 512, maximum: 10_240 } as const;

/** Of the names and values of all environment variables together. */
export const environmentBytes = 4096;

/** Seconds that a function may run. */
export function timeoutOf(owner: ConfigResource): number {
  return typeof owner.properties.timeout === 'number' ? owner.properties.timeout : timeout.default;
}
