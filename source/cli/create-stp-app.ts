import { runCreateApp } from './create-app.ts';
import { processIo } from './io.ts';
import { runToExit } from './run-to-exit.ts';

const io = processIo();
await runToExit(io, () =>
  runCreateApp(process.argv.slice(2), io, async (directory) => {
    const { runStp } = await import('./program.ts');
    return runStp(['deploy', '--local'], { ...io, cwd: directory });
  }),
);
