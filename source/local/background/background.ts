import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../model/errors.ts';
import { databaseInUse } from '../database.ts';
import { loadProjectKey, type ProjectKey, readProjectKey } from '../keys.ts';
import { programFile } from '../program-files.ts';
import { askHealth, fetchJson, type Health } from './health.ts';
import { localDirectory, logFile } from './paths.ts';
import type { StartMessage } from './server-main.ts';
import { readServerState } from './server-state.ts';

export type LocalOptions = {
  /** The folder of the config; state is in its `.stp/local/`. */
  projectDirectory: string;
  /** Of this program. A server of another version is ended and started anew. */
  version: string;
  env?: NodeJS.ProcessEnv;
};

/** What SDK clients need to reach the embedded AWS. */
export type LocalTarget = { endpoint: string; region: string; credentials: ProjectKey };

export type LocalStatus = {
  running: boolean;
  pid?: number;
  endpoint?: string;
  accessKeyId?: string;
  stacks: { name: string; status: string }[];
};

const region = 'us-east-1';

/** How long another process may take that starts or ends the same server. */
const patienceMilliseconds = 15_000;

/**
 * The embedded AWS of a project, started in the background when it is not running.
 * @throws UserError when the state cannot be used or the port is taken.
 */
export async function ensureLocal(options: LocalOptions): Promise<LocalTarget> {
  const directory = localDirectory(options.projectDirectory);
  const { endpoint } = await ensureRunning(directory, options);
  return { endpoint, region, credentials: loadProjectKey(directory) };
}

/** As `ensureLocal`, for `stp local start`. */
export async function startLocal(options: LocalOptions): Promise<void> {
  await ensureRunning(localDirectory(options.projectDirectory), options);
}

/** Ends the server and waits until it has ended. False where none ran. */
export async function stopLocal(options: LocalOptions): Promise<boolean> {
  const directory = localDirectory(options.projectDirectory);
  const running = await findRunning(directory);
  if (running === undefined) return false;
  await end(running.pid);
  return true;
}

/** Says whether the server runs, where, and what stacks it has. Starts nothing and writes nothing. */
export async function localStatus(options: LocalOptions): Promise<LocalStatus> {
  const directory = localDirectory(options.projectDirectory);
  const running = await findRunning(directory);
  if (running === undefined) return { running: false, stacks: [] };
  const { endpoint, pid } = running;
  const key = readProjectKey(directory);
  if (key === undefined) return { running: true, pid, endpoint, stacks: [] };
  const answer = (await fetchJson(`${endpoint}/_stp/status`, { 'x-stp-secret': key.secretAccessKey })) as
    | { stacks?: LocalStatus['stacks'] }
    | undefined;
  return { running: true, pid, endpoint, accessKeyId: key.accessKeyId, stacks: answer?.stacks ?? [] };
}

/** Ends the server and removes all state of the project's embedded AWS, its keys and its port included. */
export async function resetLocal(options: LocalOptions): Promise<void> {
  const directory = localDirectory(options.projectDirectory);
  try {
    await stopLocal(options);
  } catch (error) {
    // A damaged server.json is a reason to reset, but not while a server still writes.
    if (!(error instanceof UserError) || error.code !== 'local-state-unusable') throw error;
    if (databaseInUse(directory)) throw error;
  }
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

type Running = Health & { endpoint: string };

/** The server that `server.json` names, if it is alive and this project's own. */
async function findRunning(directory: string): Promise<Running | undefined> {
  const state = readServerState(directory);
  if (state === undefined) return undefined;
  let health: Health | undefined;
  try {
    health = await askHealth(state.endpoint);
  } catch {
    throw new UserError(`The embedded AWS (pid ${state.pid}) does not answer at ${state.endpoint}.`, {
      code: 'local-not-answering',
      hint: `End it with \`kill ${state.pid}\` and look into ${logFile(directory)}.`,
      exitCode: 1,
    });
  }
  if (health === undefined || health.directory !== directory) return undefined;
  return { ...health, endpoint: state.endpoint };
}

async function ensureRunning(directory: string, options: LocalOptions): Promise<{ endpoint: string }> {
  const deadline = Date.now() + patienceMilliseconds;
  for (;;) {
    const running = await findRunning(directory);
    if (running?.version === options.version) return running;
    if (running !== undefined) await end(running.pid);
    const message = await spawnServer(directory, options);
    if (message.type === 'ready') return message;
    // Another process starts the server right now and will be found in a moment, or an old one still ends.
    if (message.code === 'local-in-use' && Date.now() < deadline) {
      await sleep(25);
      continue;
    }
    throw new UserError(message.message, {
      code: message.code,
      ...(message.hint === undefined ? {} : { hint: message.hint }),
      exitCode: 1,
    });
  }
}

/** Starts the process and waits for its word; from then on it is on its own. */
function spawnServer(directory: string, options: LocalOptions): Promise<StartMessage> {
  const output = openLog(directory);
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', programFile('server'), directory, options.version],
      {
        cwd: directory,
        detached: true,
        env: options.env ?? process.env,
        // What Node prints when it dies goes to the log; nothing else is shared with this process.
        stdio: ['ignore', 'ignore', output, 'ipc'],
      },
    );
    closeSync(output);
    const settle = (message: StartMessage) => {
      child.removeAllListeners();
      if (child.connected) child.disconnect();
      child.unref();
      resolve(message);
    };
    const failed = (message: string) =>
      settle({
        type: 'failed',
        message,
        code: 'local-start-failed',
        hint: `Look into ${logFile(directory)}.`,
      });
    child.once('message', (message) => settle(message as StartMessage));
    child.once('error', (error) => failed(`The embedded AWS could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      failed(`The embedded AWS ended while it started (${signal ?? `exit code ${code}`}).`),
    );
  });
}

function openLog(directory: string): number {
  try {
    mkdirSync(dirname(directory), { recursive: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return openSync(logFile(directory), 'a', 0o600);
  } catch (error) {
    throw new UserError(`${directory} cannot be written: ${(error as Error).message}`, {
      code: 'local-state-unusable',
      hint: 'The embedded AWS keeps its state there. Make the folder writable, or move what stands in its place.',
      exitCode: 1,
      cause: error,
    });
  }
}

async function end(pid: number): Promise<void> {
  kill(pid, 'SIGTERM');
  const deadline = Date.now() + patienceMilliseconds;
  while (isAlive(pid)) {
    // What is committed survives this, so a server that hangs is no reason to give up.
    if (Date.now() > deadline) kill(pid, 'SIGKILL');
    await sleep(10);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** One that has ended and waits for its parent to take note, which the init of a container may do late. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Only Linux has this file.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
