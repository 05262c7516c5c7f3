import type { Message } from 'esbuild';
import type { Bundle, BundleRequest } from './bundle.ts';
import { bundleAll } from './bundle.ts';
import { resolutionStamps } from './resolution-inputs.ts';
import type { Stamp } from './stamps.ts';
import { createStamper } from './stamps.ts';

/** File systems stamp with a coarse clock: up to this much behind the one that we read. */
const clockGranularity = 20;

/** Before a build: a file whose time is later than this may have been written while it was read. */
export const buildStart = (): number => Date.now() - clockGranularity;

export const isYoung = (stamp: Stamp, startedAt: number): boolean =>
  Math.max(stamp.ctimeMs, stamp.mtimeMs) >= startedAt;

export type BundleTaker = {
  /** A bundle, with stamps of what it was made from unless that changed while it was made. */
  built(request: BundleRequest, bundle: Bundle, stamps: Stamp[] | undefined): Promise<void>;
  refused(request: BundleRequest, messages: readonly Message[]): void;
};

/**
 * Bundles functions and hands each on. A file that is written while the bundler reads could be recorded with a
 * content that is not in the bundle. Where a time says that this may have happened, the functions concerned are
 * bundled once more, between two looks at their inputs; what changes even then is handed on without stamps.
 * @throws the signal's reason when it aborts
 */
export async function bundleSettled(
  requests: readonly BundleRequest[],
  directory: string,
  signal: AbortSignal | undefined,
  take: BundleTaker,
): Promise<void> {
  let before = new Map<string, string>();
  for (let waiting = requests; waiting.length > 0; ) {
    const startedAt = buildStart();
    const results = await bundleAll(waiting, directory);
    signal?.throwIfAborted();
    const stamper = createStamper(directory);
    const again: BundleRequest[] = [];
    const unsure = new Map<string, Stamp>();
    const taken: Promise<void>[] = [];
    for (const request of waiting) {
      const result = results.get(request.fn.name);
      if (result === undefined) continue;
      if ('messages' in result) {
        take.refused(request, result.messages);
        continue;
      }
      const stamps = resolutionStamps(directory, result.bundle.inputs, request.options.tsconfig, stamper);
      const young = stamps.filter((stamp) => isYoung(stamp, startedAt));
      const settled = young.every((stamp) => before.get(`${stamp.kind}:${stamp.path}`) === stamp.hash);
      if (!settled && waiting === requests) again.push(request);
      else taken.push(take.built(request, result.bundle, settled ? stamps : undefined));
      for (const stamp of young) unsure.set(`${stamp.kind}:${stamp.path}`, stamp);
    }
    // The clock of the file system may not move before the next write: these are compared by content.
    for (const stamp of unsure.values()) stamp.mtimeMs = 0;
    before = new Map([...unsure].map(([key, stamp]) => [key, stamp.hash]));
    await Promise.all(taken);
    waiting = again;
  }
}
