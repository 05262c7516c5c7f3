import type { LocalFinding } from '../model/descriptor.ts';
import type { Names } from '../model/stack-builder.ts';

/** Names of first-in-first-out queues and topics end with `.fifo`, which has to outlive the cut to the limit. */
export const fifoName = (names: Names, name: string, fifo: boolean | undefined, limit: number): string =>
  fifo ? `${names.physicalName(name, limit - '.fifo'.length)}.fifo` : names.physicalName(name, limit);

/** Properties that only first-in-first-out queues and topics have. */
export function* needsFifo(
  properties: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Iterable<LocalFinding> {
  if (properties.fifoEnabled === true) return;
  for (const key of keys) {
    if (properties[key] !== true) continue;
    yield {
      code: 'needs-fifo',
      path: [key],
      at: 'key',
      message: `"${key}" works with "fifoEnabled: true" only.`,
      suggestion: `Set "fifoEnabled: true", or remove "${key}".`,
    };
  }
}
