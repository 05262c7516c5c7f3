import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import { codeFrame, splitLines } from './code-frame.ts';
import type { Outside } from './directives/answer-externals.ts';
import { type AskAws, callKey, type ExternalAnswer, type ExternalCall } from './directives/external-call.ts';
import { globalAlarmsFileName, kindOf } from './find-config.ts';
import { type LoadedConfig, type ReadOptions, readConfig } from './read-config.ts';

export type { LoadedConfig } from './read-config.ts';

export type LoadOptions = Omit<ReadOptions, 'text' | 'pathKind' | 'alarms' | 'externals'> & {
  /** For the directives that ask AWS; without it they are errors. */
  aws?: AskAws;
  /** Whether the files that functions are built from have to be there. */
  checkEntryFiles: boolean;
  /** Told what the result depends on besides the two texts and the options. */
  observe?: {
    /** A path relative to the config was looked at. */
    path(path: string, kind: 'file' | 'directory' | undefined): void;
    /** A directive asked for something outside: a file, a process, AWS. */
    external(): void;
  };
};

/**
 * Reads and checks a config file. Problems of any kind are in the result, sorted by place.
 * @throws UserError where the file cannot be read at all.
 */
export async function loadConfig({
  checkEntryFiles,
  aws,
  observe,
  ...options
}: LoadOptions): Promise<LoadedConfig> {
  const file = resolve(options.file);
  const directory = dirname(file);
  const bytes = await readBytes(file);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return notUtf8(bytes, file);
  }
  const alarms = await readAlarms(join(directory, globalAlarmsFileName));
  const pathKind = (path: string) => {
    const kind = kindOf(resolve(directory, path));
    observe?.path(path, kind);
    return kind;
  };
  const outside = { directory, filesMayMiss: !checkEntryFiles, ...(aws ? { aws } : {}) };
  return readUntilAnswered(outside, () => observe?.external(), {
    ...options,
    file,
    text,
    ...(alarms ? { alarms } : {}),
    ...(checkEntryFiles ? { pathKind } : {}),
  });
}

/** A config says what it wants to know only when it is read; it is read again with each answer that leads to more. */
async function readUntilAnswered(
  outside: Outside,
  onExternal: () => void,
  options: ReadOptions,
): Promise<LoadedConfig> {
  const answers = new Map<string, ExternalAnswer>();
  for (;;) {
    const wanted = new Map<string, ExternalCall>();
    const loaded = readConfig({
      ...options,
      externals: {
        answer: (call) => answers.get(callKey(call)),
        want: (call) => wanted.set(callKey(call), call),
        pinsSecrets: outside.aws?.secretVersion !== undefined,
      },
    });
    if (wanted.size === 0) return loaded;
    onExternal();
    const { answerExternal } = await import('./directives/answer-externals.ts');
    await Promise.all(
      [...wanted].map(async ([key, call]) => answers.set(key, await answerExternal(call, outside))),
    );
  }
}

async function readAlarms(file: string): Promise<{ file: string; text: string } | undefined> {
  return isFile(file) ? { file, text: (await readBytes(file)).toString('utf8') } : undefined;
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw new UserError(`There is no file ${file}.`, { code: 'no-config', cause });
    }
    const reason =
      code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'access is denied' : String(code);
    throw new UserError(`${file} cannot be read: ${reason}.`, { code: 'unreadable-config', cause });
  }
}

/** Where the first wrong byte is, among the lines that can be read. */
function notUtf8(bytes: Buffer, file: string): LoadedConfig {
  const text = new TextDecoder('utf-8').decode(bytes);
  const offset = Math.max(0, text.indexOf('\uFFFD'));
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const range = { file, line, column, endLine: line, endColumn: column + 1 };
  return {
    file,
    text,
    config: undefined,
    problems: [
      {
        severity: 'error',
        code: 'not-utf-8',
        path: [],
        message: 'The config is not UTF-8.',
        suggestion: 'Save it in UTF-8.',
        range,
        frame: codeFrame(splitLines(text), range),
      },
    ],
    locate: () => undefined,
    describe: () => [],
  };
}

const isFile = (path: string): boolean => kindOf(path) === 'file';
