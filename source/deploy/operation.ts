import { randomBytes } from 'node:crypto';
import { toAwsError } from '../aws/aws-error.ts';
import type { Clients } from '../aws/clients.ts';
import { AwsError, UserError } from '../model/errors.ts';
import type {
  DeployEvent,
  DeployEventBody,
  FailureCause,
  Operation,
  Phase,
  Question,
  ResultStatus,
} from './deploy-event.ts';
import { openRecord } from './history.ts';

/** How a command steers an operation that runs. */
export type DeployControl = {
  /** Asked as the contract says (spec/cli.md, confirmation). May throw `UserError` where nobody can be asked. */
  confirm(question: Question): Promise<boolean>;
  /** Stop watching; the stack goes on by itself. Before anything was changed it is an interruption. */
  detach: AbortSignal;
  /** Take the operation back. Before anything was changed it is an interruption. */
  cancel: AbortSignal;
  now(): number;
  /** `.stp/history` of the project; without it nothing is recorded. */
  historyDirectory?: string;
  /** Milliseconds between two looks at a stack. Default: 2,000, and 150 for the embedded AWS. */
  pollInterval?: number;
};

/** How an operation ended, save for the times. */
export type Outcome = {
  status: ResultStatus;
  outputs?: Record<string, string>;
  cause?: FailureCause;
  interrupted?: true;
};

/** What the steps of an operation work with. */
export type Run = {
  readonly id: string;
  readonly clients: Clients;
  readonly control: DeployControl;
  readonly pollInterval: number;
  /** Aborts when nobody reads the events any more. */
  readonly abandoned: AbortSignal;
  /** Aborts for each reason to stop before anything was changed. */
  readonly interrupted: AbortSignal;
  emit(body: DeployEventBody): void;
  notice(level: 'info' | 'warning', message: string): void;
  /** From here on the stack is changed: stopping is no interruption any more, and an error has an outcome. */
  begin(): void;
  /** Runs a step as a phase: running, then done, or failed where it throws. */
  phase<T>(phase: Phase, step: () => Promise<T>): Promise<T>;
  /** Shows the question and gives the answer; both are in the record. */
  ask(question: Question): Promise<boolean>;
};

/** Thrown by steps that stop because of `Run.interrupted`; it never leaves the room. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Sortable by time, and no two are alike: `20261124T034315Z-1f3a`. */
export function newOperationId(now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(2).toString('hex')}`;
}

/**
 * Runs the steps of an operation and yields its events as they come, `started` first, `result` or `error` last.
 * Each event is in the record before it is yielded. `UserError` and `AwsError` become the `error` event; anything
 * else is a bug and is thrown. A reader that stops early stops the watching, not the stack.
 */
export async function* runOperation(
  setup: {
    operation: Operation;
    started: Omit<
      Extract<DeployEventBody, { type: 'started' }>,
      'type' | 'operation' | 'id' | 'region' | 'target'
    >;
    clients: Clients;
    control: DeployControl;
  },
  steps: (run: Run) => Promise<Outcome>,
): AsyncGenerator<DeployEvent, void> {
  const { clients, control } = setup;
  const startedAt = control.now();
  const id = newOperationId(startedAt);
  const record = openRecord(control.historyDirectory, id);
  const waiting: DeployEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let ended = false;
  let begun = false;
  let runningPhase: Phase | undefined;
  const abandoned = new AbortController();

  const emit = (body: DeployEventBody) => {
    const event: DeployEvent = { at: new Date(control.now()).toISOString(), ...body };
    const problem = record.write(event);
    waiting.push(event);
    wake.resolve();
    if (problem !== undefined)
      emit({ type: 'notice', level: 'warning', message: `This deployment is not recorded: ${problem}` });
  };
  const run: Run = {
    id,
    clients,
    control,
    pollInterval: control.pollInterval ?? (clients.target.kind === 'local' ? 150 : 2000),
    abandoned: abandoned.signal,
    interrupted: AbortSignal.any([control.cancel, control.detach, abandoned.signal]),
    emit,
    notice: (level, message) => emit({ type: 'notice', level, message }),
    begin: () => {
      begun = true;
    },
    async phase(phase, step) {
      runningPhase = phase;
      emit({ type: 'phase', phase, status: 'running' });
      const value = await step();
      emit({ type: 'phase', phase, status: 'done' });
      runningPhase = undefined;
      return value;
    },
    async ask(question) {
      emit({ type: 'question', question });
      const answer = await Promise.race([control.confirm(question), whenAborted(run.interrupted)]);
      if (answer === undefined) throw new Interrupted();
      emit({ type: 'answer', answer: answer ? 'yes' : 'no' });
      return answer;
    },
  };

  const end = (outcome: Outcome) => {
    const { outputs = {}, ...rest } = outcome;
    emit({ type: 'result', ...rest, outputs, milliseconds: control.now() - startedAt });
  };
  const work = async () => {
    try {
      end(await steps(run));
    } catch (thrown) {
      if (!begun && (thrown instanceof Interrupted || run.interrupted.aborted)) {
        if (runningPhase)
          emit({ type: 'phase', phase: runningPhase, status: 'failed', message: 'interrupted' });
        end({ status: 'cancelled', interrupted: true });
        return;
      }
      const error = toAwsError(thrown);
      if (runningPhase) emit({ type: 'phase', phase: runningPhase, status: 'failed' });
      if (!(error instanceof UserError) && !(error instanceof AwsError)) throw error;
      emit({
        type: 'error',
        code: error.code,
        message: error.message,
        exitCode: error instanceof UserError ? error.exitCode : 1,
        ...(error.hint !== undefined && { hint: error.hint }),
      });
    }
  };

  const { target } = clients;
  emit({
    type: 'started',
    operation: setup.operation,
    id,
    region: target.region,
    target: { kind: target.kind, ...(target.endpoint !== undefined && { endpoint: target.endpoint }) },
    ...setup.started,
  });
  const working = work().finally(() => {
    ended = true;
    wake.resolve();
  });
  // A bug is thrown to the reader below; it must not end the process before the reader gets there.
  working.catch(() => {});
  try {
    while (true) {
      yield* waiting.splice(0);
      if (ended && waiting.length === 0) break;
      await wake.promise;
      wake = Promise.withResolvers();
    }
    await working;
  } finally {
    abandoned.abort();
    await working.catch(() => {});
    record.close();
    clients.destroy();
  }
}

/** Resolves with undefined once the signal aborts. */
export function whenAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}

/** Waits, and ends early when the signal aborts. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}

export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted();
}
