import { spawn } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure } from 'esbuild';

/**
 * Runs the bundle of a module in a process of its own, which code of the user's may end, or leave waiting, without
 * taking the command with it.
 */
const program = `
const { createRequire } = require('node:module');
const { dirname } = require('node:path');
const { exit, send } = process;
const answer = (given) => send.call(process, given, () => exit(0));
const fail = (error) => answer({ error: error instanceof Error ? error.message : String(error) });
process.on('uncaughtException', fail);
process.once('message', async ({ code, file, name, args }) => {
  try {
    const module = { exports: {} };
    const names = ['module', 'exports', 'require', '__filename', '__dirname'];
    new Function(...names, code)(module, module.exports, createRequire(file), file, dirname(file));
    const { exports } = module;
    if (name === null) answer({ value: 'default' in exports ? exports.default : exports });
    else if (typeof exports[name] === 'function') answer({ value: await exports[name](...args) });
    else answer({ export: typeof exports[name] });
  } catch (error) {
    fail(error);
  }
});
`;

/** `export` is the type of what has the name and cannot be called. */
type Answer = { value?: unknown } | { error: string } | { export: string };

/**
 * Calls an exported function of a file in JavaScript or TypeScript, which may be async.
 * @returns `export` where there is none of that name, or another thing than a function
 * @throws Error with the words of what was thrown
 */
export const callJavaScript = (
  file: string,
  name: string,
  args: readonly unknown[],
): Promise<{ value?: unknown } | { export: string }> => run(file, name, args);

/** The default export, else all exports, as far as JSON can hold them. Errors as those of `callJavaScript`. */
export async function readJavaScript(file: string): Promise<unknown> {
  const answer = await run(file, null, []);
  return 'value' in answer ? answer.value : undefined;
}

async function run(file: string, name: string | null, args: readonly unknown[]) {
  const code = await bundle(file);
  const answer = await new Promise<Answer>((settle, fail) => {
    const child = spawn(process.execPath, ['--input-type=commonjs', '-e', program], {
      // The standard output belongs to what the command prints.
      stdio: ['ignore', process.stderr.fd, process.stderr.fd, 'ipc'],
    });
    child.on('error', fail);
    child.on('message', (given) => settle(given as Answer));
    child.on('close', () => settle({ error: 'its process ended before it gave anything' }));
    child.send({ code, file, name, args });
  });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

/** With the files that it imports. Its packages are taken from where it lies; nothing is written to the disk. */
async function bundle(file: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles, errors } = await build({
    entryPoints: [file],
    absWorkingDir: dirname(file),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    write: false,
    logLevel: 'silent',
    define: {
      'import.meta.url': JSON.stringify(pathToFileURL(file).href),
      'import.meta.filename': JSON.stringify(file),
      'import.meta.dirname': JSON.stringify(dirname(file)),
    },
  }).catch(({ errors: found }: BuildFailure) => ({ outputFiles: [], errors: found }));
  const [error] = errors;
  if (error) {
    const { file: at = basename(file), line = 1, column = 0 } = error.location ?? {};
    throw new Error(`${at}:${line}:${column + 1}: ${error.text}`);
  }
  return outputFiles[0]?.text ?? '';
}
