import { type Instance, render, useApp } from 'ink';
import { type ReactNode, useEffect } from 'react';

/** The terminal, as far as a screen needs it; `process.stdin` and `process.stdout` are that. */
export type Terminal = {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  /** What is written there while the screen is open is held back until it is closed. */
  stderr: NodeJS.WriteStream;
};

/** Signals, and what ends a process; injected by tests. */
export type ProcessLike = Pick<NodeJS.Process, 'on' | 'off'> & { kill(pid: number, signal: string): unknown };

export type ScreenControls = { exit(): void; suspend(): void; redraw(): void };

export type ScreenOptions = Terminal & {
  element: ReactNode;
  /** Given once the screen is drawn. */
  onReady(controls: ScreenControls): void;
  process?: ProcessLike;
};

/** Why the screen was left. */
export type ScreenEnd = { signal?: 'SIGINT' | 'SIGTERM' | 'SIGHUP' };

const homeAndErase = '\u001b[H\u001b[J';
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Draws on the alternate screen until the element asks for the end or a signal comes, and gives the terminal
 * back as it was, whatever happens. An error thrown while drawing, or anywhere in the process meanwhile, rejects
 * after that, so that the caller can print it where it stays.
 */
export async function runScreen(options: ScreenOptions): Promise<ScreenEnd> {
  const { stdin, stderr } = options;
  const host = options.process ?? process;
  // Keys typed before the first frame would be echoed, and Ctrl-C would kill, if this waited for an effect.
  stdin.setRawMode(true);
  const releaseStderr = holdBack(stderr);
  const end: ScreenEnd = {};
  let failure: { error: unknown } | undefined;
  let controls: ScreenControls | undefined;

  const app = mountScreen(
    <>
      <Controls
        host={host}
        onReady={(ready) => {
          controls = ready;
          options.onReady(ready);
        }}
      />
      {options.element}
    </>,
    options,
  );

  const onSignal = (signal: NodeJS.Signals) => {
    end.signal = endingSignals.find((name) => name === signal) ?? 'SIGTERM';
    app.unmount();
  };
  const onError = (error: unknown) => {
    failure ??= { error };
    app.unmount();
  };
  const onStop = () => controls?.suspend();
  for (const signal of endingSignals) host.on(signal, onSignal);
  host.on('SIGTSTP', onStop);
  host.on('uncaughtException', onError);
  host.on('unhandledRejection', onError);
  try {
    await app.waitUntilExit();
  } catch (error) {
    failure ??= { error };
  } finally {
    for (const signal of endingSignals) host.off(signal, onSignal);
    host.off('SIGTSTP', onStop);
    host.off('uncaughtException', onError);
    host.off('unhandledRejection', onError);
    stdin.setRawMode(false);
    stdin.pause();
    releaseStderr();
  }
  if (failure !== undefined) throw failure.error;
  return end;
}

/** Ink as it was found to be quickest: our stores have a frame clock of their own, so that Ink need not hold keys back. */
export function mountScreen(element: ReactNode, { stdin, stdout, stderr }: Terminal): Instance {
  const app = render(element, {
    stdin,
    stdout,
    stderr,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 1000,
    exitOnCtrlC: false,
    patchConsole: false,
    // The caller has decided already; Ink's own look at CI would leave the screen empty.
    interactive: true,
  });
  // Ink leaves out rows that did not change, but terminals bring back cells that a narrower window had hidden.
  const onResize = () => {
    app.clear();
    stdout.write(homeAndErase);
  };
  // Before Ink's own listener, which draws at once.
  stdout.prependListener('resize', onResize);
  const stop = () => stdout.off('resize', onResize);
  app.waitUntilExit().then(stop, stop);
  return app;
}

/** Hands Ink's own ways out, which only components can reach, to the caller. */
function Controls({ onReady, host }: { onReady(controls: ScreenControls): void; host: ProcessLike }) {
  const { exit, suspendTerminal } = useApp();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the screen is there
  useEffect(() => {
    let suspended = false;
    const away = async (meanwhile: () => Promise<void>) => {
      if (suspended) return;
      suspended = true;
      try {
        await suspendTerminal(meanwhile);
      } finally {
        suspended = false;
      }
    };
    onReady({
      exit: () => exit(),
      suspend: () => void away(() => stopUntilContinued(host)),
      // Leaving the alternate screen and coming back draws everything anew.
      redraw: () => void away(async () => {}),
    });
  }, []);
  return null;
}

/**
 * Stops the whole process group, as the terminal's Ctrl-Z would: the launcher and npm are in it too. The timer
 * stands still with the process; where nothing can be stopped (no shell above), it lets the screen come back.
 */
async function stopUntilContinued(host: ProcessLike): Promise<void> {
  const handlers = host === process ? process.listeners('SIGTSTP') : [];
  for (const handler of handlers) process.off('SIGTSTP', handler);
  try {
    host.kill(0, 'SIGTSTP');
    await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    for (const handler of handlers) process.on('SIGTSTP', handler);
  }
}

/** Warnings that Node or a library writes would tear the screen; they are let out once it is closed. */
function holdBack(stream: NodeJS.WriteStream): () => void {
  const held: (string | Uint8Array)[] = [];
  const write = stream.write;
  stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
    held.push(chunk);
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') callback();
    return true;
  }) as typeof write;
  return () => {
    stream.write = write;
    for (const chunk of held) stream.write(chunk);
  };
}
