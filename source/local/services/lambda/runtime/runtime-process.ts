import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate as turn } from 'node:timers/promises';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Backend } from '../../../backend.ts';
import { environmentVariables } from './environment-variables.ts';
import { endProcessGroup, type Launch, memoryOf, startProcess } from './function-process.ts';
import { exitReason } from './invocation-report.ts';
import { type RuntimeApiEvents, type RuntimeApiServer, serveRuntimeApi } from './runtime-api-server.ts';
import type { Watchdog } from './watchdog.ts';

export type RuntimeProcessOptions = {
  backend: Backend;
  watchdog: Watchdog;
  configuration: FunctionConfiguration;
  launch: Extract<Launch, { kind: 'command' }>;
  taskRoot: string;
  logGroup: string;
  logStream: string;
  api: RuntimeApiEvents;
  onLine(line: string): void;
  /** Once, however the process ends. `outOfMemory`: it was ended because it had taken too much. */
  onExit(reason: string, outOfMemory: boolean): void;
};

/** The process of one environment with what belongs to it: its Runtime API, its temporary folder, its output. */
export class RuntimeProcess {
  readonly #options: RuntimeProcessOptions;
  readonly #temporaryFolder: string;
  #api: RuntimeApiServer | undefined;
  #child: ChildProcess | undefined;
  #partialLine = '';
  #peak = 0;
  #outOfMemory = false;
  #exited = false;
  #closed = false;

  constructor(options: RuntimeProcessOptions) {
    this.#options = options;
    this.#temporaryFolder = join(
      options.backend.directory,
      'functions',
      'tmp',
      randomBytes(8).toString('hex'),
    );
  }

  async start(): Promise<void> {
    const { backend, watchdog, configuration, launch, taskRoot, api } = this.#options;
    this.#api = await serveRuntimeApi(api);
    if (this.#closed) {
      this.#api.close();
      return;
    }
    mkdirSync(this.#temporaryFolder, { recursive: true });
    const variables = environmentVariables(backend, configuration, {
      taskRoot,
      temporaryFolder: this.#temporaryFolder,
      runtimeApi: this.#api.address,
      logGroup: this.#options.logGroup,
      logStream: this.#options.logStream,
    });
    if (configuration.Runtime?.startsWith('nodejs'))
      variables.NODE_COMPILE_CACHE = join(backend.directory, 'functions', 'compiled');
    const child = startProcess(launch, { cwd: taskRoot, variables });
    this.#child = child;
    if (child.pid !== undefined) watchdog.watch(child.pid);
    const decoder = new StringDecoder('utf8');
    child.stdout?.on('data', (chunk: Buffer) => this.#read(decoder.write(chunk)));
    child.on('error', (error) => this.#exit(`Runtime exited with error: ${error.message}`));
    child.on('exit', (code, signal) => this.#exit(exitReason(code, signal)));
  }

  /** The most memory that it ever had, in bytes. */
  get memoryPeak(): number {
    return this.#peak;
  }

  /** Looks at its memory, and ends it where it has taken more than is configured. */
  checkMemory(): void {
    const pid = this.#child?.pid;
    const memory = pid === undefined || this.#exited ? undefined : memoryOf(pid);
    if (memory === undefined) return;
    this.#peak = Math.max(this.#peak, memory.peak);
    if (memory.allocated <= (this.#options.configuration.MemorySize ?? 128) * 1024 * 1024) return;
    this.#outOfMemory = true;
    this.end();
  }

  /** Resolves when what it has written up to now has been read; a line without its end counts as one. */
  async drain(): Promise<void> {
    // It sits in the pipe, which is read in the next turn of the loop.
    await turn();
    await turn();
    if (this.#partialLine !== '') this.#read('\n');
  }

  /** Ends it; `onExit` follows. */
  end(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) this.#exit('Runtime exited with error: signal: killed');
    else if (!this.#exited) endProcessGroup(pid);
  }

  /** Ends it and gives back what it held. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const pid = this.#child?.pid;
    if (pid !== undefined) {
      // The leader may be gone and have left others behind.
      endProcessGroup(pid);
      this.#options.watchdog.forget(pid);
    }
    this.#api?.close();
    rmSync(this.#temporaryFolder, { recursive: true, force: true });
  }

  #read(text: string): void {
    const lines = (this.#partialLine + text).split('\n');
    this.#partialLine = lines.pop() ?? '';
    for (const line of lines) this.#options.onLine(line);
  }

  #exit(reason: string): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#options.onExit(reason, this.#outOfMemory);
  }
}
