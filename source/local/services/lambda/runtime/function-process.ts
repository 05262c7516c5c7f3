import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { programFile } from '../../../program-files.ts';

/** Lambda gives V8 nine tenths of the memory that is configured. */
const heapShare = 0.9;

export type Launch =
  | { kind: 'command'; command: string; arguments: string[] }
  | { kind: 'error'; type: string; message: string };

/** What to run for a runtime, or why it cannot be run. */
export function launchOf(configuration: FunctionConfiguration, taskRoot: string): Launch {
  const runtime = configuration.Runtime ?? '';
  if (runtime.startsWith('nodejs')) {
    const heap = Math.floor((configuration.MemorySize ?? 128) * heapShare);
    return {
      kind: 'command',
      command: process.execPath,
      arguments: [`--max-old-space-size=${heap}`, programFile('nodeRuntime')],
    };
  }
  const bootstrap = join(taskRoot, 'bootstrap');
  if (existsSync(bootstrap)) return { kind: 'command', command: bootstrap, arguments: [] };
  return {
    kind: 'error',
    type: 'Runtime.InvalidEntrypoint',
    message: "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
  };
}

/**
 * Starts a function's process as the leader of its own process group, so that what it starts ends with it.
 * Both outputs go into one pipe, so that their lines keep their order; only a shell can join them.
 */
export function startProcess(
  launch: { command: string; arguments: string[] },
  options: { cwd: string; variables: Record<string, string> },
): ChildProcess {
  return spawn('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', launch.command, ...launch.arguments], {
    cwd: options.cwd,
    env: options.variables,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
}

/** Ends a process and whatever it started. */
export function endProcessGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Bytes: the most that was ever resident, and what is now allocated. Undefined where the system has no /proc. */
export function memoryOf(pid: number): { peak: number; allocated: number } | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return undefined;
  }
  const kilobytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return {
    peak: kilobytes('VmHWM') * 1024,
    allocated: (kilobytes('RssAnon') + kilobytes('RssShmem')) * 1024,
  };
}
