import type { DeployState } from './deploy-state.ts';

export type DeployProgress = {
  /** Resources that the operation changes, in all its stacks; the stacks themselves are not counted. */
  total: number;
  done: number;
  running: number;
  failed: number;
  /** 0 to 100, whole; 100 only when everything is done. */
  percent: number;
};

/**
 * How far an operation is. `done` never passes `total`: each resource is counted once, by its state and not by
 * its events. What is rolled back is no longer done, so that the number goes down with the rollback.
 */
export function progressOf(state: DeployState): DeployProgress {
  let total = 0;
  let done = 0;
  let running = 0;
  let failed = 0;
  for (const stack of state.stacks.values()) {
    for (const resource of stack.resources.values()) {
      total++;
      switch (resource.progress) {
        case 'done':
        case 'deleted':
          done++;
          break;
        case 'running':
        case 'rolling-back':
          running++;
          break;
        case 'failed':
          // CloudFormation goes on without it: nothing is left to do.
          if (resource.provisional) done++;
          else failed++;
          break;
      }
    }
  }
  if (total === 0) {
    const over = state.result?.status === 'succeeded' || state.result?.status === 'unchanged';
    return { total, done, running, failed, percent: over ? 100 : 0 };
  }
  return { total, done, running, failed, percent: Math.floor((done / total) * 100) };
}
