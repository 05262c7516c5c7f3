/** The program from its sources, for tests that need a process; the next step is printed instead of deployed. */
import { runCreateApp } from '../../source/cli/create-app.ts';
import { processIo } from '../../source/cli/io.ts';

const io = processIo();
process.exitCode = await runCreateApp(process.argv.slice(2), io, async (directory) => {
  io.stdout.write(`continues in ${directory}\n`);
  return 0;
});
