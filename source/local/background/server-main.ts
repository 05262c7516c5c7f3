import { appendFileSync, renameSync, statSync } from 'node:fs';
import { UserError } from '../../model/errors.ts';
import { startServer } from '../server.ts';
import { logFile } from './paths.ts';
import { removeServerState, writeServerState } from './server-state.ts';

/**
 * The background process: `server-main <directory> <version>`. Tells the process that started it over IPC
 * when it is ready or why it is not, then goes on alone until it is stopped or nobody has asked it anything
 * for `STP_LOCAL_IDLE_MINUTES`.
 */

/** What the starting process hears. */
export type StartMessage =
  | { type: 'ready'; endpoint: string; pid: number }
  | { type: 'failed'; message: string; code: string; hint: string | undefined };

const maximumLogBytes = 5_000_000;

async function main(directory: string, version: string): Promise<void> {
  const log = openLog(directory);
  process.on('uncaughtException', (error) => {
    log(`ended by an error: ${error.stack ?? error.message}`);
    process.exit(1);
  });

  const idle = idleTimer(Number(process.env.STP_LOCAL_IDLE_MINUTES ?? 60), () => stop('idle'));
  const server = await startServer({
    directory,
    pace: Number(process.env.STP_LOCAL_PACE ?? 0),
    log,
    onRequest: idle.begin,
    health: { version },
  });

  let stopping = false;
  function stop(reason: string): void {
    if (stopping) return;
    stopping = true;
    log(`stopping: ${reason}`);
    server
      .close()
      .catch((error: unknown) => log(`stopping failed: ${error instanceof Error ? error.stack : error}`))
      .finally(() => {
        removeServerState(directory);
        process.exit(0);
      });
  }
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));

  const { port } = new URL(server.endpoint);
  writeServerState(directory, {
    pid: process.pid,
    port: Number(port),
    endpoint: server.endpoint,
    version,
    startedAt: new Date().toISOString(),
  });
  log(`version ${version} listens at ${server.endpoint}`);
  tell({ type: 'ready', endpoint: server.endpoint, pid: process.pid });
  idle.wait();
}

function openLog(directory: string): (message: string) => void {
  const file = logFile(directory);
  try {
    if (statSync(file).size > maximumLogBytes) renameSync(file, `${file}.1`);
  } catch {
    // There is no log yet.
  }
  return (message) => {
    try {
      appendFileSync(file, `${new Date().toISOString()} ${message}\n`);
    } catch {
      // A full disk must not end the server.
    }
  };
}

/** Calls `onIdle` when no request has been open for so many minutes. */
function idleTimer(minutes: number, onIdle: () => void) {
  let open = 0;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    if (minutes > 0 && open === 0) timer = setTimeout(onIdle, minutes * 60_000);
  };
  return {
    wait,
    begin(response: { on(event: 'close', listener: () => void): unknown }): void {
      open += 1;
      clearTimeout(timer);
      response.on('close', () => {
        open -= 1;
        wait();
      });
    },
  };
}

function tell(message: StartMessage): void {
  if (!process.connected) return;
  process.send?.(message, () => {
    // Nothing ties this process to the one that started it any longer.
    if (process.connected) process.disconnect();
  });
}

const [, , directory = '', version = ''] = process.argv;
main(directory, version).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof UserError;
  process.exitCode = 1;
  tell({
    type: 'failed',
    message: known || !(error instanceof Error) ? message : (error.stack ?? message),
    code: known ? error.code : 'local-start-failed',
    hint: known ? error.hint : undefined,
  });
});
