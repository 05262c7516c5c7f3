import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import { codeFrame, splitLines } from './code-frame.ts';
import type { Outside } from './directives/answer-externals.ts';
import { callKey, type ExternalAnswer, type ExternalCall } from './directives/external-call.ts';
import { globalAlarmsFileName } from './global-alarms.ts';
import { type LoadedConfig, type ReadOptions, readConfig } from './read-config.ts';

export type { LoadedConfig } from './read-config.ts';

const fileNames = ['stacktape.yml', 'stacktape.yaml'];

/**
 * The nearest config in a folder or one above it, as an absolute path.
 * @throws UserError where a folder has both names, since one of them would be ignored.
 */
export function findConfig(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = fileNames.map((name) => join(folder, name)).filter(isFile);
    const [first, second] = found;
    if (second !== undefined) {
      throw new UserError(`${folder} has both ${fileNames.join(' and ')}.`, {
        code: 'several-configs',
        hint: 'Remove one of them, or name the one to use with --config.',
      });
    }
    if (first !== undefined) return first;
    if (dirname(folder) === folder) return undefined;
  }
}

export type LoadOptions = Omit<ReadOptions, 'text' | 'pathKind' | 'alarms' | 'externals'> & {
  /** Asks AWS for an output of a stack, for `$StackOutput`. */
  stackOutput?: NonNullable<Outside['stackOutput']>;
  /** Whether the files that functions are built from have to be there. */
  checkEntryFiles: boolean;
};

/**
 * Reads and checks a config file. Problems of any kind are in the result, sorted by place.
 * @throws UserError where the file cannot be read at all.
 */
export async function loadConfig({
  checkEntryFiles,
  stackOutput,
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
  return readUntilAnswered(
    { directory, ...(stackOutput ? { stackOutput } : {}) },
    {
      ...options,
      file,
      text,
      ...(alarms ? { alarms } : {}),
      ...(checkEntryFiles ? { pathKind: (path: string) => kindOf(resolve(directory, path)) } : {}),
    },
  );
}

/** A config says what it wants to know only when it is read; it is read again with each answer that leads to more. */
async function readUntilAnswered(outside: Outside, options: ReadOptions): Promise<LoadedConfig> {
  const answers = new Map<string, ExternalAnswer>();
  for (;;) {
    const wanted = new Map<string, ExternalCall>();
    const loaded = readConfig({
      ...options,
      externals: {
        answer: (call) => answers.get(callKey(call)),
        want: (call) => wanted.set(callKey(call), call),
      },
    });
    if (wanted.size === 0) return loaded;
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

/** Undefined also for what may not be looked at, or is no path at all. */
function kindOf(path: string): 'file' | 'directory' | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile()) return 'file';
    return stats?.isDirectory() ? 'directory' : undefined;
  } catch {
    return undefined;
  }
}

const isFile = (path: string): boolean => kindOf(path) === 'file';
