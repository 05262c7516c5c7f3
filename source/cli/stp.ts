import { processIo } from './io.ts';
import { programVersion } from './program-version.ts';

const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${programVersion}\n`);
} else {
  const { runToExit } = await import('./run-to-exit.ts');
  const { runStp } = await import('./program.ts');
  await runToExit(processIo(), () => runStp(argv, processIo()));
}
