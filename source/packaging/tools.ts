import { execFile } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { BuildMessage } from './artifact.ts';
import { PackagingFailure } from './packaging-error.ts';

/** Variables of the process that the tools are started in. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Tool = { title: string; get: string };

/** What is started, and how a user comes by it. */
const tools = {
  npm: {
    title: 'npm, which installs packages for Lambda’s platform',
    get: 'Install Node.js with npm: https://nodejs.org/en/download',
  },
  go: { title: 'the Go toolchain', get: 'Install Go: https://go.dev/doc/install' },
  python3: {
    title: 'Python 3 with pip, or uv, which install the dependencies',
    get: 'Install one of them: https://www.python.org/downloads, https://docs.astral.sh/uv/getting-started/installation',
  },
  uv: {
    title: 'uv, which packageManager asks for',
    get: 'Install it (https://docs.astral.sh/uv/getting-started/installation), or leave packageManager out to have pip install the same.',
  },
  javac: {
    title: 'a Java Development Kit',
    get: 'Install a JDK (https://docs.aws.amazon.com/corretto) and put it on PATH, or set JAVA_HOME.',
  },
  mvn: {
    title: 'Maven',
    get: 'Install it (https://maven.apache.org/install.html), or add the wrapper mvnw to the project.',
  },
  gradle: {
    title: 'Gradle',
    get: 'Install it (https://gradle.org/install), or add the wrapper gradlew to the project.',
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

/**
 * Where installers put programs without a word to PATH; Go's asks the user to write it down.
 * @see https://go.dev/doc/install
 */
const usualFolders = process.platform === 'win32' ? [] : ['/usr/local/go/bin'];

/** The process's variables, with the usual folders of toolchains behind those that PATH has. */
export const machineEnvironment = (): Environment =>
  usualFolders.length === 0
    ? process.env
    : { ...process.env, PATH: [process.env.PATH ?? '', ...usualFolders].join(path.delimiter) };

/** Absolute path of a program on PATH. */
export function findTool(name: string, environment: Environment): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (environment.PATH ?? '').split(path.delimiter)) {
    if (folder === '') continue;
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (isProgram(file)) return file;
    }
  }
  return undefined;
}

export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Changes with every other version of a tool, without starting it. */
export function toolIdentity(name: string, environment: Environment): string {
  const file = findTool(name, environment);
  if (file === undefined) return 'none';
  const real = realpathSync(file);
  const { size, mtimeMs } = statSync(real);
  return `${real}:${size}:${mtimeMs}`;
}

/** @throws PackagingFailure that says which tool the function needs and how to get it */
export function requireTool(functionName: string, name: ToolName, environment: Environment): string {
  const file = findTool(name, environment);
  if (file === undefined) throw missingTool(functionName, name);
  return file;
}

export function missingTool(functionName: string, name: ToolName): PackagingFailure {
  const { title, get } = tools[name];
  return new PackagingFailure({
    function: functionName,
    code: 'missing-tool',
    // All in the message: several functions may miss different tools, and each shall be told how to get its own.
    message: `the build needs ${title}, but ${name} is not on PATH.\n${get}`,
  });
}

export type ToolResult = { ok: boolean; stdout: string; output: string };

/** A build of a tool uses several cores already. */
const atOnce = Math.max(1, Math.floor(availableParallelism() / 2));
let running = 0;
const waiting: (() => void)[] = [];

/**
 * Runs a tool to its end, a few at a time.
 * @throws the signal's reason when it aborts; the process is ended then
 */
export async function runTool(
  file: string,
  args: readonly string[],
  options: { cwd: string; environment: Environment; signal?: AbortSignal | undefined },
): Promise<ToolResult> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    options.signal?.throwIfAborted();
    return await execute(file, args, options);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

const maximumOutput = 256 * 1024 * 1024;

function execute(
  file: string,
  args: readonly string[],
  { cwd, environment, signal }: { cwd: string; environment: Environment; signal?: AbortSignal | undefined },
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const settings = {
      cwd,
      env: { ...environment },
      maxBuffer: maximumOutput,
      windowsHide: true,
      // Windows starts batch files through its shell alone.
      shell: /\.(?:cmd|bat)$/i.test(file),
      ...(signal === undefined ? {} : { signal }),
    };
    execFile(file, args, settings, (error, stdout, stderr) => {
      if (signal?.aborted) reject(signal.reason);
      else
        resolve({
          ok: error === null,
          stdout,
          output: [stdout, stderr || (error?.message ?? '')].filter(Boolean).join('\n'),
        });
    });
  });
}

const maximumLines = 30;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours of terminals
const colours = /\u001b\[[0-9;]*m/g;

/** A tool's own words: without colours, without what it repeats, the last lines where there are many. */
export function trimOutput(output: string): string {
  const lines = output
    .replaceAll(colours, '')
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line, at, all) => line !== '' && line !== all[at - 1]);
  const left = lines.length - maximumLines;
  return (left > 0 ? [`… ${left} lines before`, ...lines.slice(left)] : lines).join('\n');
}

/** The refusal of a tool, with its own output. */
export function toolFailure(
  functionName: string,
  what: string,
  output: string,
  options: { code?: 'build-failed' | 'install-failed'; hint?: string; places?: BuildMessage[] } = {},
): PackagingFailure {
  const { code = 'build-failed', hint, places = [] } = options;
  const said = trimOutput(output);
  return new PackagingFailure({
    function: functionName,
    code,
    message: said === '' ? what : `${what}\n${said}`,
    places,
    ...(hint === undefined ? {} : { hint }),
  });
}
