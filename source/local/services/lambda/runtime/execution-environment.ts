import { performance } from 'node:perf_hooks';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Backend } from '../../../backend.ts';
import { createFunctionLog, type FunctionLog } from './function-logs.ts';
import { launchOf } from './function-process.ts';
import {
  initReportLine,
  initStartLine,
  LogTail,
  type ReportFigures,
  reportLine,
} from './invocation-report.ts';
import type { InvocationRequest, ReportedError } from './runtime-api-server.ts';
import { RuntimeProcess } from './runtime-process.ts';
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
  tail: LogTail;
  /** What Lambda has to say after the function's own last lines. */
  closing: string[];
  /** `performance.now()` when the process got it; undefined while it still initializes. */
  startedAt: number | undefined;
  result: Result | undefined;
  timer: NodeJS.Timeout | undefined;
  resolve(outcome: Outcome): void;
};

export type EnvironmentOptions = {
  configuration: FunctionConfiguration;
  /** Of code and configuration: an environment serves one. */
  generation: string;
  taskRoot: string;
  /** Once, when no further invocation can be run in it. */
  onEnd(): void;
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const longestResponse = 6_291_556;
/** How long Lambda gives the initialization before it counts as part of the invocation. */
const initMilliseconds = 10_000;
const memoryCheckMilliseconds = 100;
/** A process that has answered asks for the next invocation at once, or is about to end. */
const settleMilliseconds = 1000;

/** One warm environment of a function. It runs one invocation at a time. */
export class ExecutionEnvironment {
  readonly generation: string;
  readonly #backend: Backend;
  readonly #options: EnvironmentOptions;
  readonly #watchdog: Watchdog;
  readonly #log: FunctionLog;
  #process: RuntimeProcess | undefined;
  #bornAt = 0;
  #initialized = false;
  /** Until a REPORT line has told it. */
  #initDuration: number | undefined;
  #running: Running | undefined;
  /** The open request for the next invocation. */
  #deliver: ((request: InvocationRequest) => void) | undefined;
  #settled: (() => void) | undefined;
  #memoryTimer: NodeJS.Timeout | undefined;
  #timedOut = false;
  #ended = false;

  constructor(backend: Backend, watchdog: Watchdog, options: EnvironmentOptions) {
    const { configuration } = options;
    this.generation = options.generation;
    this.#backend = backend;
    this.#watchdog = watchdog;
    this.#options = options;
    const group = configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${configuration.FunctionName}`;
    this.#log = createFunctionLog(backend, group, this.#version);
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get #version(): string {
    return this.#options.configuration.Version ?? '$LATEST';
  }

  get #timeout(): number {
    return (this.#options.configuration.Timeout ?? 3) * 1000;
  }

  /** Runs one invocation, after starting the process if this is the first. Never rejects for what a function does. */
  invoke(request: EnvironmentInvocation): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#running = {
        request,
        resolve,
        tail: new LogTail(),
        closing: [],
        startedAt: undefined,
        result: undefined,
        timer: undefined,
      };
      this.#memoryTimer = setInterval(() => this.#process?.checkMemory(), memoryCheckMilliseconds);
      if (this.#deliver) this.#begin();
      else
        this.#start().catch((error: unknown) => {
          this.#close();
          reject(error);
        });
    });
  }

  /** Ends the process. An invocation that runs in it fails as if it had been killed. */
  end(): void {
    if (this.#running) this.#process?.end();
    else this.#close();
  }

  async #start(): Promise<void> {
    const { configuration, taskRoot } = this.#options;
    this.#bornAt = performance.now();
    this.#write(initStartLine(configuration.Runtime ?? '', this.#backend.region));
    const launch = launchOf(configuration, taskRoot);
    if (launch.kind === 'error') {
      this.#crash(launch.type, launch.message);
      return;
    }
    this.#process = new RuntimeProcess({
      backend: this.#backend,
      watchdog: this.#watchdog,
      configuration,
      launch,
      taskRoot,
      logGroup: this.#log.group,
      logStream: this.#log.stream,
      api: {
        next: () => this.#next(),
        response: (requestId, body) => this.#respond(requestId, body),
        error: (requestId, error) => this.#reportError(requestId, error),
        initError: (error) => this.#reportInitError(error),
      },
      onLine: (line) => this.#write(line),
      onExit: (reason, outOfMemory) => this.#exited(reason, outOfMemory),
    });
    this.#setTimer(initMilliseconds + this.#timeout);
    await this.#process.start();
  }

  #next(): Promise<InvocationRequest> {
    if (!this.#initialized) this.#initDuration = performance.now() - this.#bornAt;
    this.#initialized = true;
    return new Promise((resolve) => {
      this.#deliver = resolve;
      if (this.#running?.result) this.#settled?.();
      else if (this.#running) this.#begin();
    });
  }

  #begin(): void {
    const running = this.#running;
    const deliver = this.#deliver;
    if (!running || !deliver) return;
    this.#deliver = undefined;
    this.#process?.checkMemory();
    this.#write(`START RequestId: ${running.request.requestId} Version: ${this.#version}`);
    running.startedAt = performance.now();
    this.#setTimer(this.#timeout);
    deliver({ ...running.request, deadline: Date.now() + this.#timeout });
  }

  #setTimer(milliseconds: number): void {
    const running = this.#running;
    if (!running) return;
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      this.#timedOut = true;
      this.#process?.end();
    }, milliseconds);
  }

  #respond(requestId: string, body: Buffer): boolean | 'too-large' {
    if (!this.#isOpen(requestId)) return false;
    if (body.length > longestResponse) {
      const message = `Response payload size (${body.length} bytes) exceeded maximum allowed payload size (${longestResponse} bytes).`;
      this.#finish(failure('Function.ResponseSizeTooLarge', message));
      return 'too-large';
    }
    this.#finish({ payload: body, failed: false });
    return true;
  }

  #reportError(requestId: string, error: ReportedError): boolean {
    if (!this.#isOpen(requestId)) return false;
    this.#finish({ payload: error.body, failed: true });
    return true;
  }

  #isOpen(requestId: string): boolean {
    return this.#running?.request.requestId === requestId && this.#running.result === undefined;
  }

  #reportInitError(error: ReportedError): void {
    const errorType = error.type ?? 'Runtime.Unknown';
    this.#finish({ payload: error.body, failed: true, status: 'error', errorType });
  }

  #exited(reason: string, outOfMemory: boolean): void {
    const running = this.#running;
    this.#markEnded();
    if (!running) {
      this.#close();
      return;
    }
    const type = outOfMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
    if (this.#timedOut && !running.result) {
      const { requestId } = running.request;
      const message = `Task timed out after ${(this.#timeout / 1000).toFixed(2)} seconds`;
      running.closing.push(`${new Date(this.#backend.now()).toISOString()} ${requestId} ${message}`);
      const error = failure('Sandbox.Timedout', `RequestId: ${requestId} Error: ${message}`);
      this.#finish({ ...error, status: 'timeout' });
    } else this.#crash(type, reason);
  }

  /** The runtime is over, after a result or without one. */
  #crash(type: string, reason: string): void {
    const running = this.#running;
    if (!running) return;
    const message = `RequestId: ${running.request.requestId} Error: ${reason}`;
    running.closing.push(`${message}\n${type}`);
    if (running.result) {
      running.result.status ??= 'error';
      running.result.errorType ??= type;
      this.#settled?.();
    } else this.#finish({ ...failure(type, message), status: 'error', errorType: type });
  }

  #finish(result: Result): void {
    const running = this.#running;
    if (!running || running.result) return;
    running.result = result;
    clearTimeout(running.timer);
    const endedAt = performance.now();
    this.#settle()
      .then(() => this.#process?.drain())
      .then(() => this.#report(running, result, endedAt))
      .catch((error: unknown) => this.#backend.log(`lambda: ${error}`));
  }

  /** Resolves when the process has asked for the next invocation, or has ended. */
  #settle(): Promise<void> {
    if (this.#deliver || this.#ended || !this.#process) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, settleMilliseconds);
      this.#settled = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #report(running: Running, result: Result, endedAt: number): Promise<void> {
    const { requestId } = running.request;
    const { startedAt } = running;
    this.#process?.checkMemory();
    clearInterval(this.#memoryTimer);
    for (const line of running.closing) this.#write(line);
    if (startedAt === undefined) {
      this.#write(initReportLine(endedAt - this.#bornAt, result.status ?? 'error', result.errorType));
      this.#write(`START RequestId: ${requestId} Version: ${this.#version}`);
    }
    this.#write(`END RequestId: ${requestId}`);
    this.#write(
      reportLine(requestId, {
        duration: result.status === 'timeout' ? this.#timeout : endedAt - (startedAt ?? this.#bornAt),
        initDuration: startedAt === undefined ? undefined : this.#initDuration,
        memorySize: this.#options.configuration.MemorySize ?? 128,
        maxMemoryUsed: this.#process?.memoryPeak ?? 0,
        ...(result.status ? { status: result.status } : {}),
        ...(result.errorType ? { errorType: result.errorType } : {}),
      }),
    );
    this.#initDuration = undefined;
    await this.#log.flush();
    this.#running = undefined;
    // A process that failed to initialize, or that asked for nothing after its answer, is not used again.
    if (!this.#deliver || this.#ended) this.#close();
    running.resolve({ payload: result.payload, failed: result.failed, logTail: running.tail.toBase64() });
  }

  #write(message: string): void {
    this.#log.write(message);
    this.#running?.tail.add(message);
  }

  #markEnded(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd();
  }

  #close(): void {
    this.#markEnded();
    clearInterval(this.#memoryTimer);
    this.#process?.close();
    void this.#log.flush();
  }
}

function failure(errorType: string, errorMessage: string): Result {
  return { payload: Buffer.from(JSON.stringify({ errorType, errorMessage })), failed: true };
}
