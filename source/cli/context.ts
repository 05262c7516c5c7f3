import { styleText } from 'node:util';
import type { Io } from './io.ts';
import { type OutputMode, resolveOutputMode, wantsColor } from './output.ts';

/** Flags that every command takes. */
export type GlobalFlags = {
  output?: string;
  json?: boolean;
  config?: string;
  stage: string;
  region?: string;
  profile?: string;
  endpointUrl?: string;
  serviceName?: string;
  local?: boolean;
  color?: boolean;
  debug?: boolean;
  yes?: boolean;
  /** What stood after `--`, by name; directives read it. */
  own?: Record<string, string | true>;
};

/** What a command works with: the outside, its flags, and how it prints. */
export type Context = {
  io: Io;
  flags: GlobalFlags;
  mode: OutputMode;
  color: boolean;
  /** A line of a result on stdout; nothing in json mode. */
  print(line: string): void;
  /** Progress and remarks: stdout in plain mode, stderr in json mode. */
  note(line: string): void;
  /** One object of the JSON output; nothing in the other modes. */
  emit(object: { type: string; [key: string]: unknown }): void;
  style(format: Parameters<typeof styleText>[0], text: string): string;
};

export function createContext(io: Io, flags: GlobalFlags): Context {
  const mode = resolveOutputMode(flags, io);
  const color = wantsColor(flags, io.stdout, io.env);
  return {
    io,
    flags,
    mode,
    color,
    print: (line) => {
      if (mode !== 'json') io.stdout.write(`${line}\n`);
    },
    note: (line) => {
      (mode === 'json' ? io.stderr : io.stdout).write(`${line}\n`);
    },
    emit: (object) => {
      if (mode === 'json') io.stdout.write(`${JSON.stringify(object)}\n`);
    },
    style: (format, text) => (color ? styleText(format, text, { validateStream: false }) : text),
  };
}
