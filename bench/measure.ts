import { spawn } from 'node:child_process';

/** A whole process to time. `before` is not counted: it puts back what a run changed. */
export type Command = {
  argv: string[];
  cwd: string;
  env?: Record<string, string>;
  before?: () => Promise<void>;
  /** Default 0. */
  exitCode?: number;
};

/** Wall time of one run in milliseconds; a failing run ends the benchmark with what it printed. */
async function time({ argv, cwd, env, before, exitCode = 0 }: Command): Promise<number> {
  await before?.();
  const [file = '', ...args] = argv;
  const started = performance.now();
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const milliseconds = performance.now() - started;
  if (code !== exitCode) throw new Error(`${argv.join(' ')} ended with ${code}:\n${printed.slice(-2000)}`);
  return milliseconds;
}

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};

/**
 * Runs ours and the floor in turn, so that a drift of the machine's speed hits both, after one warm-up of each.
 * The ratio is the median of the ratios pair by pair.
 */
export async function compare(ours: Command, floor: Command, runs: number) {
  await time(ours);
  await time(floor);
  const pairs: [number, number][] = [];
  for (let run = 0; run < runs; run++) pairs.push([await time(ours), await time(floor)]);
  return {
    ours: median(pairs.map(([a]) => a)),
    floor: median(pairs.map(([, b]) => b)),
    ratio: median(pairs.map(([a, b]) => a / b)),
    difference: median(pairs.map(([a, b]) => a - b)),
  };
}
