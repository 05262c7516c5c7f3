import { spawn } from '@lydell/node-pty';
import { median } from './measure.ts';

/** Time from the start of the process to the first frame that shows `text`, in a pseudo-terminal. */
async function once(argv: string[], cwd: string, env: Record<string, string>, text: string): Promise<number> {
  const [file = '', ...args] = argv;
  const started = performance.now();
  const child = spawn(file, args, { cwd, env, cols: 100, rows: 30 });
  let seen = '';
  const milliseconds = await new Promise<number>((resolve, reject) => {
    child.onData((data) => {
      seen += data;
      if (seen.includes(text)) resolve(performance.now() - started);
    });
    child.onExit(() => reject(new Error(`the program ended before a frame with "${text}" came:\n${seen}`)));
  });
  child.kill('SIGKILL');
  return milliseconds;
}

/** Median over `runs`, after one warm-up. */
export async function firstFrame(
  argv: string[],
  cwd: string,
  env: Record<string, string>,
  text: string,
  runs: number,
): Promise<number> {
  await once(argv, cwd, env, text);
  const values: number[] = [];
  for (let run = 0; run < runs; run++) values.push(await once(argv, cwd, env, text));
  return median(values);
}
