import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AwsError, UserError } from '../../model/errors.ts';
import { YamlSource } from '../yaml-source.ts';
import { type AskAws, type ExternalAnswer, type ExternalCall, isEnvFile } from './external-call.ts';

export type Outside = {
  /** Absolute folder of the config. */
  directory: string;
  /** Absent where AWS is not to be asked. */
  aws?: AskAws;
  /** A custom directive without its file gives a placeholder, where nothing is built or deployed. */
  filesMayMiss?: boolean;
};

const run = promisify(execFile);

/** Finds out what a directive from outside gives. Failures of any kind are in the answer. */
export async function answerExternal(call: ExternalCall, outside: Outside): Promise<ExternalAnswer> {
  try {
    if (call.kind === 'built-in' && (call.name === 'StackOutput' || call.name === 'Secret'))
      return await askAws(call.name, call.args.map(String), outside.aws);
    if (call.kind === 'custom') return await callDirective(call, outside);
    return { value: await find(call, outside.directory) };
  } catch (error) {
    if (error instanceof NoAnswer) return { error: error.answer };
    const name = call.kind === 'custom' ? `${call.name} (${call.filePath})` : call.name;
    return { error: { code: 'directive-failed', message: `$${name} failed: ${failure(error)}` } };
  }
}

/** The first line says what; the others are how a program got there. */
function failure(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}

class NoAnswer extends Error {
  readonly answer: { code: string; message: string; expected?: string; suggestion?: string };

  constructor(answer: NoAnswer['answer']) {
    super(answer.message);
    this.answer = answer;
  }
}

type Call<K extends ExternalCall['kind']> = Extract<ExternalCall, { kind: K }>;

async function callDirective(call: Call<'custom'>, outside: Outside): Promise<ExternalAnswer> {
  const { hasNoFile, runCustomDirective } = await import('./custom-directive.ts');
  const { directory, filesMayMiss = false } = outside;
  if (filesMayMiss && hasNoFile(call, directory)) {
    const warning = {
      code: 'directive-file',
      message: `Directive $${call.name}: file "${call.filePath}" does not exist, and its name stands for its value.`,
    };
    return { value: call.name, warning };
  }
  return { value: await runCustomDirective(call, directory, (answer) => new NoAnswer(answer)) };
}

async function find(call: Call<'built-in'>, directory: string): Promise<unknown> {
  const [first = ''] = call.args.map(String);
  switch (call.name) {
    case 'FileRaw':
      return readText(first, call.name, directory);
    case 'File':
      return readData(first, directory);
    case 'GitInfo':
      return gitInfo(first, directory);
  }
  throw new Error(`$${call.name} is asked of AWS`);
}

async function readText(path: string, directive: string, directory: string): Promise<string> {
  try {
    return await readFile(resolve(directory, path), 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new NoAnswer({
      code: 'directive-file',
      message:
        code === 'EISDIR'
          ? `$${directive}: "${path}" is a folder.`
          : `$${directive}: file "${path}" ${code === 'ENOENT' ? 'does not exist' : 'cannot be read'}.`,
      ...(code === 'ENOENT' ? { suggestion: 'Paths are relative to the folder of the config.' } : {}),
    });
  }
}

/** The data of a file by its ending. */
async function readData(path: string, directory: string): Promise<unknown> {
  const extension = isEnvFile(path) ? '.env' : extname(path).toLowerCase();
  if (/^\.[cm]?[jt]s$/.test(extension)) {
    await readText(path, 'File', directory);
    const { readJavaScript } = await import('./javascript.ts');
    return readJavaScript(resolve(directory, path));
  }
  if (extension === '.py') {
    await readText(path, 'File', directory);
    const { readPython } = await import('./python.ts');
    return readPython(
      resolve(directory, path),
      () =>
        new NoAnswer({
          code: 'missing-tool',
          message: `$File: "${path}" is written in Python, and there is no python3.`,
          suggestion: 'Install Python 3.',
        }),
    );
  }
  const text = (await readText(path, 'File', directory)).replace(/^\uFEFF/, '');
  try {
    switch (extension) {
      case '.json':
        return JSON.parse(text);
      case '.yml':
      case '.yaml':
        return readYaml(text, path);
      case '.env':
        return process.getBuiltinModule('node:util').parseEnv(text);
      case '.ini':
        return (await import('./parse-ini.ts')).parseIni(text);
    }
  } catch (error) {
    throw new NoAnswer({
      code: 'directive-file',
      message: `$File: "${path}" cannot be read as ${extension.slice(1)}: ${error instanceof Error ? error.message : error}`,
    });
  }
  throw new NoAnswer({
    code: 'directive-file',
    message: `$File cannot read "${path}".`,
    expected: 'a file that ends with .json, .yml, .yaml, .env, .ini, .js, .ts or .py',
    suggestion: 'Use $FileRaw for its text.',
  });
}

/** As a config: with the short forms of CloudFormation's functions, and no key twice. */
function readYaml(text: string, path: string): unknown {
  const source = new YamlSource(text, path);
  const [finding] = source.findings;
  if (!finding) return source.value;
  const { line, column } = source.range(finding.start, finding.end);
  throw new Error(`${finding.message} (line ${line}, column ${column})`);
}

const gitCommands: Readonly<Record<string, readonly string[]>> = {
  commit: ['rev-parse', 'HEAD'],
  branch: ['rev-parse', '--abbrev-ref', 'HEAD'],
  username: ['config', 'user.name'],
  gitUrl: ['config', '--get', 'remote.origin.url'],
};

async function gitInfo(what: string, directory: string): Promise<string> {
  const args = Object.hasOwn(gitCommands, what) ? gitCommands[what] : undefined;
  if (!args) {
    throw new NoAnswer({
      code: 'directive-argument',
      message: `$GitInfo knows nothing of "${what}".`,
      expected: `one of ${Object.keys(gitCommands).join(', ')}`,
    });
  }
  try {
    const { stdout } = await run('git', [...args], { cwd: directory });
    return stdout.trim();
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const [said = ''] = String((error as { stderr?: unknown }).stderr ?? '').split('\n', 1);
    throw new NoAnswer({
      code: 'directive-git',
      message: isMissing
        ? '$GitInfo needs git, which is not installed.'
        : `$GitInfo('${what}'): ${said === '' ? 'git knows none' : `git says "${said}"`}.`,
      suggestion: isMissing ? 'Install git.' : `\`git ${args.join(' ')}\` has to work in ${directory}.`,
    });
  }
}

async function askAws(
  directive: 'StackOutput' | 'Secret',
  args: readonly string[],
  aws: AskAws | undefined,
): Promise<ExternalAnswer> {
  const [first = '', output = '', region] = args;
  const alternative =
    directive === 'StackOutput'
      ? 'Or use $CfStackOutput, which CloudFormation resolves when it deploys.'
      : undefined;
  const ask =
    directive === 'Secret'
      ? aws?.secretVersion && (() => aws.secretVersion?.(first))
      : aws && (() => aws.stackOutput(first, output, region));
  try {
    const answer = await ask?.();
    if (answer) return answer;
  } catch (error) {
    if (!(error instanceof UserError || error instanceof AwsError)) throw error;
    const suggestion = [error.hint, alternative].filter(Boolean).join(' ');
    throw new NoAnswer({
      code: 'directive-needs-aws',
      message: `$${directive} asks AWS, which failed: ${error.message}`,
      ...(suggestion === '' ? {} : { suggestion }),
    });
  }
  throw new NoAnswer({
    code: 'directive-needs-aws',
    message: `$${directive} asks AWS, which is not to be asked here.`,
    ...(alternative === undefined ? {} : { suggestion: alternative.replace('Or use', 'Use') }),
  });
}
