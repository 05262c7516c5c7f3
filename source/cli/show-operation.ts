import type { DeployEvent, Question } from '../deploy/deploy-event.ts';
import type { DeployControl } from '../deploy/deploy-stack.ts';
import type { DeployState } from '../deploy/deploy-state.ts';
import { describeEvent } from '../deploy/describe-event.ts';
import { exitCodeOfState } from '../deploy/exit-code.ts';
import { initialDeployState, reduceDeploy } from '../deploy/reduce-deploy.ts';
import type { LogSource } from '../logs/log-entry.ts';
import { stpCommand } from '../scaffold/printed-command.ts';
import { confirmOrRefuse } from './confirm.ts';
import type { Context } from './context.ts';
import { programVersion } from './program-version.ts';

export type OperationOptions = {
  /** Ctrl-C and SIGTERM without the full screen cancel instead of detaching. */
  cancelOnInterrupt?: boolean;
  allowDataLoss?: boolean;
  detach?: boolean;
  historyDirectory: string;
  openLogs?: () => LogSource | undefined;
};

/**
 * Runs an operation and shows its events in the mode of the command: the full screen, plain lines, or JSON lines.
 * Gives the exit code of its outcome.
 */
export async function showOperation(
  context: Context,
  start: (control: DeployControl) => AsyncIterable<DeployEvent>,
  options: OperationOptions,
): Promise<number> {
  const state =
    context.mode === 'tty' ? await onScreen(context, start, options) : await inLines(context, start, options);
  return exitCodeOfState(state, { detach: options.detach === true });
}

async function onScreen(
  context: Context,
  start: (control: DeployControl) => AsyncIterable<DeployEvent>,
  options: OperationOptions,
): Promise<DeployState> {
  const { runDeployApp } = await import('../ui/app.tsx');
  const detach = new AbortController();
  const cancel = new AbortController();
  const answers = Promise.withResolvers<boolean>();
  const events = start({
    confirm: async (question) => agreedByFlags(context, question, options) || answers.promise,
    detach: detach.signal,
    cancel: cancel.signal,
    now: Date.now,
    historyDirectory: options.historyDirectory,
  });
  return runDeployApp({
    events,
    answer: (answer) => answers.resolve(answer === 'yes'),
    cancel: () => cancel.abort(),
    detach: () => detach.abort(),
    ...(options.openLogs === undefined ? {} : { openLogs: options.openLogs }),
    attachCommand: attachCommand(context),
    now: Date.now,
    stdin: context.io.stdin,
    stdout: context.io.stdout,
    stderr: context.io.stderr,
    color: context.color,
  });
}

async function inLines(
  context: Context,
  start: (control: DeployControl) => AsyncIterable<DeployEvent>,
  options: OperationOptions,
): Promise<DeployState> {
  const detach = new AbortController();
  const cancel = new AbortController();
  const interrupt = () => (options.cancelOnInterrupt ? cancel : detach).abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  let state = initialDeployState;
  try {
    const events = start({
      confirm: (question) =>
        confirmOrRefuse(context, {
          message: [question.message, ...question.reasons.map((reason) => `  ${reason}`)].join('\n'),
          dataLoss: question.losesData,
          allowDataLoss: options.allowDataLoss === true,
        }),
      detach: detach.signal,
      cancel: cancel.signal,
      now: Date.now,
      historyDirectory: options.historyDirectory,
    });
    for await (const event of events) {
      state = reduceDeploy(state, event);
      context.emit(event);
      if (context.mode === 'json') continue;
      if (event.type === 'error') {
        context.io.stderr.write(`error: ${[event.message, event.hint].filter(Boolean).join('\n')}\n`);
        continue;
      }
      const line = describeEvent(event, state);
      if (line !== undefined) context.print(line);
    }
    if (state.result?.status === 'detached') context.print(`Watch it again: ${attachCommand(context)}`);
    return state;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** As it works from where the user stands, with the flags that lead to the same stack. */
function attachCommand({ io, flags }: Context): string {
  const words = [stpCommand(io.env, io.cwd, programVersion), 'attach', `--stage ${flags.stage}`];
  if (flags.local) words.push('--local');
  for (const name of ['region', 'profile', 'config'] as const) {
    if (flags[name] !== undefined) words.push(`--${name} ${flags[name]}`);
  }
  if (flags.endpointUrl !== undefined) words.push(`--endpoint-url ${flags.endpointUrl}`);
  return words.join(' ');
}

const agreedByFlags = (context: Context, question: Question, options: OperationOptions): boolean =>
  context.flags.yes === true &&
  (!question.losesData || options.allowDataLoss === true || context.flags.local === true);
