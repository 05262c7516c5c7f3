import { spawn } from '@lydell/node-pty';
import { Terminal as Emulator } from '@xterm/headless';

export type Terminal = {
  /** What the screen shows, one string a row, right-trimmed. */
  screen(): string;
  /** What has scrolled off above the screen and the screen itself, outside the alternate screen. */
  scrollback(): string;
  alternate(): boolean;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  kill(signal: string): void;
  /** Resolves when the screen fulfils it; it is looked at after each write of the program. */
  waitFor(what: string | RegExp | ((screen: string) => boolean), timeout?: number): Promise<string>;
  exited: Promise<number>;
};

/** Runs a program in a real pseudo-terminal whose screen is kept by an emulator. */
export function openTerminal(
  file: string,
  args: string[],
  options: { cwd: string; env: Record<string, string>; columns?: number; rows?: number },
): Terminal {
  const { columns = 100, rows = 30 } = options;
  const emulator = new Emulator({ cols: columns, rows, allowProposedApi: true, scrollback: 5000 });
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    cols: columns,
    rows,
    name: 'xterm-256color',
  });
  const watchers = new Set<() => void>();
  let written = 0;
  let parsed = 0;
  child.onData((data) => {
    written++;
    emulator.write(data, () => {
      parsed++;
      for (const look of watchers) look();
    });
  });
  emulator.onData((answer) => child.write(answer));

  const lines = (from: number, to: number): string => {
    const buffer = emulator.buffer.active;
    const texts: string[] = [];
    for (let row = from; row < to; row++) {
      texts.push(buffer.getLine(row)?.translateToString(true, 0, emulator.cols) ?? '');
    }
    return texts.join('\n');
  };
  const screen = () => {
    const top = emulator.buffer.active.baseY;
    return lines(top, top + emulator.rows);
  };

  const exited = new Promise<number>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      // What was written last may still be on its way through the emulator.
      const settle = () =>
        parsed < written ? setImmediate(settle) : resolve(signal ? 128 + signal : exitCode);
      setTimeout(settle, 20);
    });
  });
  let over = false;
  exited.then(() => {
    over = true;
    for (const look of watchers) look();
  });

  return {
    screen,
    scrollback: () => lines(0, emulator.buffer.active.length),
    alternate: () => emulator.buffer.active.type === 'alternate',
    type: (keys) => child.write(keys),
    resize: (newColumns, newRows) => {
      emulator.resize(newColumns, newRows);
      child.resize(newColumns, newRows);
    },
    kill: (signal) => child.kill(signal),
    exited,
    waitFor: (what, timeout = 30_000) =>
      new Promise((resolve, reject) => {
        const holds = (text: string) =>
          typeof what === 'function'
            ? what(text)
            : typeof what === 'string'
              ? text.includes(what)
              : what.test(text);
        const stop = () => {
          clearTimeout(timer);
          watchers.delete(look);
        };
        const look = () => {
          const text = screen();
          if (holds(text)) {
            stop();
            resolve(text);
          } else if (over) {
            stop();
            reject(new Error(`the program ended before ${what} was seen; the screen was:\n${text}`));
          }
        };
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`${what} was not seen in ${timeout} ms; the screen was:\n${screen()}`));
        }, timeout);
        watchers.add(look);
        look();
      }),
  };
}
