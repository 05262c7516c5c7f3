import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate as turn } from 'node:timers/promises';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Backend } from '../../../backend.ts';
import { environmentVariables } from './environment-variables.ts';
import { createFunctionLog, type FunctionLog } from './function-logs.ts';
import { endProcessGroup, launchOf, memoryOf, startProcess } from './function-process.ts';
import { exitReason, logTail, type ReportFigures, reportLine } from './invocation-report.ts';
import {
  type InvocationRequest,
  type ReportedError,
  type RuntimeApiServer,
  serveRuntimeApi,
} from './runtime-api-server.ts';
import type { Watchdog } from './watchdog.ts';

export type EnvironmentInvocation = Omit<InvocationRequest, 'deadline'>;

export type Outcome = {
  payload: Uint8Array;
  /** The function failed; `payload` is its error. */
  failed: boolean;
  /** Base64, at most 4 KB of text. */
  logTail: string;
};

type Result = { payload: Uint8Array; failed: boolean; status?: ReportFigures['status']; errorType?: string };

type Running = {
  request: EnvironmentInvocation;
  lines: string[];
  /** What Lambda has to say after the function's own last lines. */
  closing: string[];
  /** `performance.now()` when the process got it; undefined while it still initializes. */
  startedAt: number | undefined;
  result: Result | undefined;
  timer: NodeJS.Timeout | undefined;
  resolve(outcome: Outcome): void;
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const longestResponse = 6_291_556;
/** How long Lambda gives the initialization before it counts as part of the invocation. */
const initMilliseconds = 10_000;
const memoryCheckMilliseconds = 100;
/** A process that has answered asks for the next invocation at once, or is about to end. */
const settleMilliseconds = 1000;

/** One warm process of a function. It runs one invocation at a time. */
export class ExecutionEnvironment {
  readonly generation: string;
  readonly #backend: Backend;
  readonly #configuration: FunctionConfiguration;
  readonly #watchdog: Watchdog;
  readonly #log: FunctionLog;
  readonly #temporaryFolder: string;
  readonly #onEnd: () => void;
  #process: ChildProcess | undefined;
  #api: RuntimeApiServer | undefined;
  #partialLine = '';
  #bornAt = performance.now();
  #initialized = false;
  /** Until a REPORT line has told it. */
  #initDuration: number | undefined;
  #running: Running | undefined;
  #deliver: ((request: InvocationRequest) => void) | undefined;
  #asked: (() => void) | undefined;
  #memoryPeak = 0;
  #memoryTimer: NodeJS.Timeout | undefined;
  #killedFor: 'memory' | 'timeout' | undefined;
  #ended = false;
  #closed = false;

  constructor(
    backend: Backend,
    watchdog: Watchdog,
    options: { configuration: FunctionConfiguration; generation: string; onEnd(): void },
  ) {
    const { configuration } = options;
    this.#backend = backend;
    this.#watchdog = watchdog;
    this.#configuration = configuration;
    this.generation = options.generation;
    this.#onEnd = options.onEnd;
    const group = configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${configuration.FunctionName}`;
    this.#log = createFunctionLog(backend, group, configuration.Version ?? '$LATEST');
    this.#temporaryFolder = join(backend.directory, 'functions', 'tmp', randomBytes(8).toString('hex'));
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Runs one invocation, after starting the process if this is the first. Never rejects for what a function does. */
  invoke(request: EnvironmentInvocation, taskRoot: string): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#running = {
        request,
        resolve,
        lines: [],
        closing: [],
        startedAt: undefined,
        result: undefined,
        timer: undefined,
      };
      this.#memoryTimer = setInterval(() => this.#checkMemory(), memoryCheckMilliseconds);
      if (this.#deliver) this.#begin();
      else
        this.#start(taskRoot).catch((error: unknown) => {
          this.end();
          reject(error);
        });
    });
  }

  /** Ends the process. An invocation that runs in it fails as if it had been killed. */
  end(): void {
    if (this.#process?.pid !== undefined && this.#process.exitCode === null)
      endProcessGroup(this.#process.pid);
    else this.#close();
  }

  async #start(taskRoot: string): Promise<void> {
    const configuration = this.#configuration;
    this.#bornAt = performance.now();
    const launch = launchOf(configuration, taskRoot);
    this.#write(initStartLine(configuration, this.#backend.region));
    if (launch.kind === 'error') {
      this.#running?.closing.push(
        `RequestId: ${this.#running.request.requestId} Error: ${launch.message}\n${launch.type}`,
      );
      this.#fail(launch.type, launch.message);
      return;
    }
    mkdirSync(this.#temporaryFolder, { recursive: true });
    this.#api = await serveRuntimeApi({
      next: () => this.#next(),
      response: (requestId, body) => this.#respond(requestId, body),
      error: (requestId, error) => this.#reportError(requestId, error),
      initError: (error) => this.#reportInitError(error),
    });
    if (this.#closed) {
      this.#api.close();
      throw new Error('the environment was ended before it started');
    }
    const variables = environmentVariables(this.#backend, configuration, {
      taskRoot,
      temporaryFolder: this.#temporaryFolder,
      runtimeApi: this.#api.address,
      logGroup: this.#log.group,
      logStream: this.#log.stream,
    });
    if (configuration.Runtime?.startsWith('nodejs'))
      variables.NODE_COMPILE_CACHE = join(this.#backend.directory, 'functions', 'compiled');
    const child = startProcess(launch, { cwd: taskRoot, variables });
    this.#process = child;
    if (child.pid !== undefined) this.#watchdog.watch(child.pid);
    const decoder = new StringDecoder('utf8');
    child.stdout?.on('data', (chunk: Buffer) => this.#read(decoder.write(chunk)));
    child.on('error', (error) => this.#exited(`Runtime exited with error: ${error.message}`));
    child.on('exit', (code, signal) => this.#exited(exitReason(code, signal)));
    this.#setTimer(initMilliseconds + this.#timeout);
  }

  get #timeout(): number {
    return (this.#configuration.Timeout ?? 3) * 1000;
  }

  #next(): Promise<InvocationRequest> {
    if (!this.#initialized) this.#initDuration = performance.now() - this.#bornAt;
    this.#initialized = true;
    return new Promise((resolve) => {
      this.#deliver = resolve;
      if (this.#running?.result) this.#asked?.();
      else if (this.#running) this.#begin();
    });
  }

  #begin(): void {
    const running = this.#running;
    const deliver = this.#deliver;
    if (!running || !deliver) return;
    this.#deliver = undefined;
    this.#write(
      `START RequestId: ${running.request.requestId} Version: ${this.#configuration.Version ?? '$LATEST'}`,
    );
    running.startedAt = performance.now();
    this.#setTimer(this.#timeout);
    deliver({ ...running.request, deadline: Date.now() + this.#timeout });
  }

  #setTimer(milliseconds: number): void {
    const running = this.#running;
    if (!running) return;
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      this.#killedFor = 'timeout';
      this.end();
    }, milliseconds);
  }

  #respond(requestId: string, body: Buffer): boolean | 'too-large' {
    if (this.#running?.request.requestId !== requestId || this.#running.result) return false;
    if (body.length > longestResponse) {
      const message = `Response payload size (${body.length} bytes) exceeded maximum allowed payload size (${longestResponse} bytes).`;
      this.#finish(failure('Function.ResponseSizeTooLarge', message));
      return 'too-large';
    }
    this.#finish({ payload: body, failed: false });
    return true;
  }

  #reportError(requestId: string, error: ReportedError): boolean {
    if (this.#running?.request.requestId !== requestId || this.#running.result) return false;
    this.#finish({ payload: error.body, failed: true });
    return true;
  }

  #reportInitError(error: ReportedError): void {
    this.#finish({
      payload: error.body,
      failed: true,
      status: 'error',
      errorType: error.type ?? 'Runtime.Unknown',
    });
  }

  #exited(reason: string): void {
    const running = this.#running;
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    if (!running) {
      this.#close();
      return;
    }
    const { requestId } = running.request;
    if (this.#killedFor === 'timeout') {
      const message = `Task timed out after ${(this.#timeout / 1000).toFixed(2)} seconds`;
      running.closing.push(`${new Date(this.#backend.now()).toISOString()} ${requestId} ${message}`);
      this.#finish({
        ...failure('Sandbox.Timedout', `RequestId: ${requestId} Error: ${message}`),
        status: 'timeout',
      });
      return;
    }
    const type = this.#killedFor === 'memory' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
    running.closing.push(`RequestId: ${requestId} Error: ${reason}\n${type}`);
    if (running.result) {
      running.result.status ??= 'error';
      running.result.errorType ??= type;
      this.#asked?.();
    } else this.#fail(type, `RequestId: ${requestId} Error: ${reason}`);
  }

  #fail(type: string, message: string): void {
    this.#finish({ ...failure(type, message), status: 'error', errorType: type });
  }

  /** The result is there; lines that were written before it may still be on their way. */
  #finish(result: Result): void {
    const running = this.#running;
    if (!running || running.result) return;
    running.result = result;
    clearTimeout(running.timer);
    const endedAt = performance.now();
    this.#settled()
      .then(async () => {
        // What has been written sits in the pipe: it is read in the next turn of the loop.
        await turn();
        await turn();
        await this.#report(running, result, endedAt);
      })
      .catch((error: unknown) => this.#backend.log(`lambda: ${error}`));
  }

  #settled(): Promise<void> {
    if (this.#deliver || this.#ended || !this.#process) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, settleMilliseconds);
      this.#asked = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #report(running: Running, result: Result, endedAt: number): Promise<void> {
    this.#checkMemory();
    clearInterval(this.#memoryTimer);
    if (this.#partialLine !== '') this.#read('\n');
    for (const line of running.closing) this.#write(line);
    const { requestId } = running.request;
    const initDuration = running.startedAt === undefined ? undefined : this.#initDuration;
    this.#initDuration = undefined;
    if (running.startedAt === undefined) {
      const type = result.errorType ? `\tError Type: ${result.errorType}` : '';
      const elapsed = (endedAt - this.#bornAt).toFixed(2);
      this.#write(
        `INIT_REPORT Init Duration: ${elapsed} ms\tPhase: init\tStatus: ${result.status ?? 'error'}${type}`,
      );
      this.#write(`START RequestId: ${requestId} Version: ${this.#configuration.Version ?? '$LATEST'}`);
    }
    this.#write(`END RequestId: ${requestId}`);
    this.#write(
      reportLine(requestId, {
        duration: result.status === 'timeout' ? this.#timeout : endedAt - (running.startedAt ?? this.#bornAt),
        initDuration,
        memorySize: this.#configuration.MemorySize ?? 128,
        maxMemoryUsed: this.#memoryPeak,
        ...(result.status ? { status: result.status } : {}),
        ...(result.errorType ? { errorType: result.errorType } : {}),
      }),
    );
    await this.#log.flush();
    this.#running = undefined;
    // A process that failed to initialize, or that asked for nothing after its answer, is not used again.
    if (!this.#deliver || this.#ended) this.#close();
    running.resolve({ payload: result.payload, failed: result.failed, logTail: logTail(running.lines) });
  }

  #read(text: string): void {
    const lines = (this.#partialLine + text).split('\n');
    this.#partialLine = lines.pop() ?? '';
    for (const line of lines) this.#write(line);
  }

  #write(message: string): void {
    this.#log.write(message);
    this.#running?.lines.push(message);
  }

  #checkMemory(): void {
    const pid = this.#process?.pid;
    const memory = pid === undefined ? undefined : memoryOf(pid);
    if (memory === undefined) return;
    this.#memoryPeak = Math.max(this.#memoryPeak, memory.peak);
    if (memory.allocated <= (this.#configuration.MemorySize ?? 128) * 1024 * 1024 || this.#ended) return;
    this.#killedFor = 'memory';
    this.end();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const pid = this.#process?.pid;
    if (pid !== undefined) {
      // The leader may be gone and have left others behind.
      endProcessGroup(pid);
      this.#watchdog.forget(pid);
    }
    this.#api?.close();
    clearInterval(this.#memoryTimer);
    rmSync(this.#temporaryFolder, { recursive: true, force: true });
    if (!this.#ended) {
      this.#ended = true;
      this.#onEnd();
    }
  }
}

/** `nodejs:22` and what really runs it. */
function initStartLine(configuration: FunctionConfiguration, region: string): string {
  const [, family = '', version = ''] = /^([a-z]+)([\d.]*)/.exec(configuration.Runtime ?? '') ?? [];
  const runner = family === 'nodejs' ? ` (Node.js ${process.versions.node})` : '';
  const name = version === '' ? family : `${family}:${version.replace(/\.$/, '')}`;
  return `INIT_START Runtime Version: ${name}${runner}\tRuntime Version ARN: arn:aws:lambda:${region}::runtime:local`;
}

function failure(errorType: string, errorMessage: string): Result {
  return { payload: Buffer.from(JSON.stringify({ errorType, errorMessage })), failed: true };
}
