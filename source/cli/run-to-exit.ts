import type { Io } from './io.ts';

/**
 * Runs a program and leaves with its exit code. A reader that closes the pipe early (`| head`) ends it quietly
 * with 0. Sockets and timers that a command left open do not keep the process alive.
 */
export async function runToExit(io: Io, run: () => Promise<number>): Promise<never> {
  for (const stream of [io.stdout, io.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
  const code = await run();
  await Promise.all([io.stdout, io.stderr].map((stream) => new Promise((done) => stream.write('', done))));
  process.exit(code);
}
