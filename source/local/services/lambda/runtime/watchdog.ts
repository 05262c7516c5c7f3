import { type ChildProcess, spawn } from 'node:child_process';

export type Watchdog = {
  /** Ends the process group of `pid` should this process die without doing so itself. */
  watch(pid: number): void;
  forget(pid: number): void;
  close(): void;
};

/**
 * Reads process ids until its standard input ends, which is when the process at the other side is gone for
 * whatever reason, and then ends what is left of them. A function in an endless loop notices nothing itself.
 */
const script = `
left=" "
while read -r verb pid; do
  case $verb in
    watch) left="$left$pid " ;;
    forget) left="\${left%% $pid *} \${left#* $pid }" ;;
  esac
done
for pid in $left; do kill -9 "-$pid" 2>/dev/null; done
exit 0
`;

/** One small shell process for all functions; it starts with the first of them. */
export function createWatchdog(): Watchdog {
  const watched = new Set<number>();
  let shell: ChildProcess | undefined;

  const tell = (line: string): void => {
    if (shell === undefined) {
      // In a session of its own, so that Ctrl-C in the terminal does not end it first.
      shell = spawn('/bin/sh', ['-c', script], {
        stdio: ['pipe', 'ignore', 'ignore'],
        detached: true,
        env: {},
        cwd: '/',
      });
      shell.on('error', () => undefined);
      shell.stdin?.on('error', () => undefined);
      shell.unref();
    }
    shell.stdin?.write(line);
  };

  return {
    watch(pid) {
      watched.add(pid);
      tell(`watch ${pid}\n`);
    },
    forget(pid) {
      if (watched.delete(pid)) tell(`forget ${pid}\n`);
    },
    close() {
      shell?.stdin?.end();
      shell = undefined;
    },
  };
}
