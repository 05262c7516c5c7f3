import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { UserError } from '../../model/errors.ts';
import { serverFile } from './paths.ts';

/** What a running server says of itself in `server.json`. */
export type ServerState = {
  pid: number;
  port: number;
  endpoint: string;
  /** Version of the program that started it; another version ends it and starts its own. */
  version: string;
  /** ISO 8601. */
  startedAt: string;
};

/** Written beside and renamed, so that a reader never sees half of it. */
export function writeServerState(directory: string, state: ServerState): void {
  const file = serverFile(directory);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** Takes the file away, unless another process has put its own there. */
export function removeServerState(directory: string): void {
  try {
    if (readServerState(directory)?.pid === process.pid) rmSync(serverFile(directory), { force: true });
  } catch {
    // A file that cannot be read is not ours to remove.
  }
}

/**
 * Undefined where no server has been started, or the last one ended properly.
 * @throws UserError where the file is damaged.
 */
export function readServerState(directory: string): ServerState | undefined {
  const file = serverFile(directory);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw damaged(file, error);
  }
  try {
    const state = JSON.parse(text) as ServerState;
    if (Number.isInteger(state?.pid) && typeof state.endpoint === 'string') return state;
  } catch (error) {
    throw damaged(file, error);
  }
  throw damaged(file, new Error('it holds no process id and endpoint'));
}

function damaged(file: string, cause: unknown): UserError {
  return new UserError(`${file} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
    code: 'local-state-unusable',
    hint: 'If no embedded AWS runs for this project, remove the file; the stacks are not in it. Otherwise run `stp local reset` to start with an empty embedded AWS.',
    exitCode: 1,
    cause,
  });
}
