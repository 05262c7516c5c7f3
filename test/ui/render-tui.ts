import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import type { ReactNode } from 'react';
import { mountScreen, type ProcessLike, type Terminal } from '../../source/ui/run-screen.tsx';

/** A terminal in this process: what is written is what would be seen. */
export class TestTerminal implements Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Raw mode, as it was set last. */
  raw = false;
  readonly #emulator: InstanceType<typeof xterm.Terminal>;
  readonly #waiting = new Set<() => void>();

  constructor(columns: number, rows: number) {
    this.#emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
    this.stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (raw: boolean) => {
        this.raw = raw;
      },
      ref() {},
      unref() {},
    }) as unknown as NodeJS.ReadStream;
    this.stdout = this.#output(columns, rows);
    this.stderr = this.#output(columns, rows);
  }

  /** What is seen, without the blank ends of lines and screen. */
  screen(): string {
    const buffer = this.#emulator.buffer.active;
    const lines: string[] = [];
    for (let row = 0; row < this.#emulator.rows; row++) {
      // Bounded, or cells left from before a shrink would show up.
      const line = buffer.getLine(buffer.baseY + row)?.translateToString(true, 0, this.#emulator.cols);
      lines.push(line?.trimEnd() ?? '');
    }
    return lines.join('\n').trimEnd();
  }

  get isAlternate(): boolean {
    return this.#emulator.buffer.active.type === 'alternate';
  }

  type(keys: string): void {
    this.stdin.push(keys);
  }

  resize(columns: number, rows: number): void {
    this.#emulator.resize(columns, rows);
    Object.assign(this.stdout, { columns, rows });
    this.stdout.emit('resize');
  }

  /** Looks again after each write, so that nothing sleeps; the test's own timeout ends it. */
  async waitFor(condition: string | ((screen: string) => boolean)): Promise<string> {
    const holds = typeof condition === 'string' ? (screen: string) => screen.includes(condition) : condition;
    while (!holds(this.screen())) await new Promise<void>((resolve) => this.#waiting.add(resolve));
    return this.screen();
  }

  #output(columns: number, rows: number): NodeJS.WriteStream {
    const stream = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        this.#emulator.write(chunk, () => {
          done();
          for (const wake of this.#waiting) wake();
          this.#waiting.clear();
        });
      },
    });
    return Object.assign(stream, { columns, rows, isTTY: true }) as unknown as NodeJS.WriteStream;
  }
}

export type Tui = {
  terminal: TestTerminal;
  screen(): string;
  /** Types and waits for the frame that shows it. */
  press(...reads: string[]): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** The frame of what has been changed from outside. */
  settle(): Promise<void>;
  close(): void;
};

/** Draws an element as `runScreen` does, with the handle that tells when a frame is out. */
export async function renderTui(element: ReactNode, columns = 80, rows = 24): Promise<Tui> {
  const terminal = new TestTerminal(columns, rows);
  const app = mountScreen(element, terminal);
  await app.waitUntilRenderFlush();
  return {
    terminal,
    screen: () => terminal.screen(),
    async press(...reads) {
      for (const keys of reads) {
        terminal.type(keys);
        await read(terminal.stdin);
        await app.waitUntilRenderFlush();
      }
    },
    async resize(toColumns, toRows) {
      terminal.resize(toColumns, toRows);
      await app.waitUntilRenderFlush();
    },
    settle: () => app.waitUntilRenderFlush(),
    close: () => app.unmount(),
  };
}

/** Until everything typed has been taken from the stream. */
async function read(stdin: NodeJS.ReadStream): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (stdin.readableLength > 0);
}

/** A process that gets signals from the test, and whose death is only noted. */
export class TestProcess implements ProcessLike {
  readonly killed: string[] = [];
  readonly #handlers = new Map<string, Set<(argument: never) => void>>();

  on = ((event: string, handler: (argument: never) => void) => {
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers.add(handler));
    return this;
  }) as unknown as ProcessLike['on'];

  off = ((event: string, handler: (argument: never) => void) => {
    this.#handlers.get(event)?.delete(handler);
    return this;
  }) as unknown as ProcessLike['off'];

  kill(_pid: number, signal: string): void {
    this.killed.push(signal);
  }

  raise(event: string, argument: unknown = event): void {
    for (const handler of this.#handlers.get(event) ?? []) handler(argument as never);
  }

  /** Whether anything listens still. */
  get isQuiet(): boolean {
    return [...this.#handlers.values()].every(({ size }) => size === 0);
  }
}
