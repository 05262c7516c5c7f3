import type { DeployEvent } from '../deploy/deploy-event.ts';
import type { DeployState } from '../deploy/deploy-state.ts';
import type { LogSource } from '../logs/log-entry.ts';
import { systemClock } from './clock.ts';
import { type ProcessLike, runScreen, type ScreenEnd, type Terminal } from './run-screen.tsx';
import { type DeployControl, DeployModel } from './screens/deploy/deploy-model.ts';
import { formatDeploySummary } from './screens/deploy/format-deploy-summary.ts';
import { LogsModel } from './screens/logs/logs-model.ts';
import { Shell } from './shell/shell.tsx';
import { ShellModel } from './shell/shell-model.ts';
import { themeFor } from './theme.ts';

export type AppOptions = Terminal & {
  /** Milliseconds since 1970. */
  now(): number;
  /** Default: as `FORCE_COLOR` and `NO_COLOR` say. */
  color?: boolean;
  process?: ProcessLike;
};

export type DeployAppOptions = AppOptions &
  DeployControl & {
    events: AsyncIterable<DeployEvent>;
    /** With it there is a Logs tab. Called when that is opened, and again while there is nothing to read yet. */
    openLogs?: () => LogSource | undefined;
    /** Printed where the user may want to watch again. Default: `stp attach` with the stage and the target. */
    attachCommand?: string;
  };

/**
 * The dashboard of an operation until the user leaves it; then a summary is written to stdout, where it stays.
 * Answers with the last state once the events have ended. A signal detaches, or stops what has not changed anything yet. Throws what `events` throws, and
 * errors of drawing, after the terminal has been given back.
 */
export async function runDeployApp(options: DeployAppOptions): Promise<DeployState> {
  const clock = systemClock(options.now);
  const theme = themeFor(process.env, options.color);
  const deploy = new DeployModel({ control: options, clock, theme });
  const logs = options.openLogs && new LogsModel({ open: options.openLogs, clock, theme });
  const shell = new ShellModel(logs === undefined ? [deploy] : [deploy, logs], clock, theme);
  const drained = drain(options.events, deploy, shell);
  // Its error is thrown below; until then it must not count as unhandled.
  drained.catch(() => {});
  deploy.onLeave = () => shell.end();
  deploy.startTicking();
  try {
    const end = await runShell(shell, options);
    if (end.signal !== undefined) deploy.abandon();
  } finally {
    deploy.stop();
    logs?.stop();
    await settled(drained);
    const width = options.stdout.columns || 80;
    const { attachCommand } = options;
    options.stdout.write(
      formatDeploySummary(deploy.state.current, {
        color: theme.color,
        width,
        ...(attachCommand !== undefined && { attachCommand }),
      }),
    );
  }
  await drained;
  return deploy.state.current;
}

export type LogsAppOptions = AppOptions & {
  source: LogSource;
  /** Typed into the filter's line beforehand. */
  filter?: string;
  /** Of text and columns; older lines are dropped past it. Default 256 MiB. */
  maxBytes?: number;
};

/** The log viewer, until the user leaves it or a signal comes. */
export async function runLogsApp(options: LogsAppOptions): Promise<ScreenEnd> {
  const clock = systemClock(options.now);
  const theme = themeFor(process.env, options.color);
  const logs = new LogsModel({
    open: () => options.source,
    clock,
    theme,
    ...(options.filter !== undefined && { filter: options.filter }),
    ...(options.maxBytes !== undefined && { maxBytes: options.maxBytes }),
  });
  const shell = new ShellModel([logs], clock, theme);
  logs.show();
  try {
    return await runShell(shell, options);
  } finally {
    logs.stop();
  }
}

async function drain(
  events: AsyncIterable<DeployEvent>,
  deploy: DeployModel,
  shell: ShellModel,
): Promise<void> {
  try {
    for await (const event of events) {
      deploy.apply(event);
      // A question nobody sees would wait for ever.
      if (event.type === 'question') shell.open(shell.screens.indexOf(deploy));
    }
  } catch (error) {
    shell.end();
    throw error;
  }
}

async function settled(work: Promise<void>): Promise<void> {
  await work.then(
    () => {},
    () => {},
  );
}

async function runShell(shell: ShellModel, options: AppOptions): Promise<ScreenEnd> {
  const theme = themeFor(process.env, options.color);
  return await runScreen({
    stdin: options.stdin,
    stdout: options.stdout,
    stderr: options.stderr,
    ...(options.process !== undefined && { process: options.process }),
    element: <Shell model={shell} theme={theme} />,
    onReady: (controls) => {
      shell.host = controls;
      if (shell.ended) controls.exit();
    },
  });
}
