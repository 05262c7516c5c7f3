import { Console } from 'node:console';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure } from 'esbuild';
import type { ExternalCall } from './external-call.ts';

type Custom = Extract<ExternalCall, { kind: 'custom' }>;
type Refuse = (answer: { code: string; message: string; expected?: string; suggestion?: string }) => Error;

/** Calls the user's own directive (spec 2.4). What it prints goes to the standard error output. */
export async function runCustomDirective(call: Custom, directory: string, refuse: Refuse): Promise<unknown> {
  // A drive letter of Windows is no separator.
  const colon = call.filePath.lastIndexOf(':');
  const hasExport = colon > 1;
  const path = hasExport ? call.filePath.slice(0, colon) : call.filePath;
  const file = resolve(directory, path);
  const isPython = extname(path) === '.py';
  const name = hasExport ? call.filePath.slice(colon + 1) : isPython ? 'main' : 'default';
  if (!/\.(?:[cm]?[jt]s|py)$/.test(path)) {
    throw refuse({
      code: 'directive-file',
      message: `Directive $${call.name}: "${path}" is no file that can be run.`,
      expected: 'a file that ends with .js, .ts or .py',
    });
  }
  if (!existsSync(file)) {
    throw refuse({
      code: 'directive-file',
      message: `Directive $${call.name}: file "${path}" does not exist.`,
      suggestion: 'Paths are relative to the folder of the config.',
    });
  }
  if (isPython) {
    const { callPython } = await import('./python.ts');
    const result = await callPython(file, name, call.args, () =>
      refuse({
        code: 'missing-tool',
        message: `Directive $${call.name} is written in Python, and there is no python3.`,
        suggestion: 'Install Python 3.',
      }),
    );
    if (result) return result.value;
    throw refuse({
      code: 'directive-export',
      message: `Directive $${call.name}: "${call.filePath}" has no function "${name}".`,
      suggestion: 'Name the function after a colon: directives.py:my_directive.',
    });
  }
  const handler = (await loadModule(file))[name];
  if (typeof handler === 'function') return jsonOf(await handler(...call.args));
  throw refuse({
    code: 'directive-export',
    message:
      handler === undefined
        ? `Directive $${call.name}: "${path}" has no export "${name}".`
        : `Directive $${call.name}: export "${name}" of "${path}" is no function.`,
    suggestion: 'Name the export after a colon: directives.ts:myDirective.',
  });
}

/** Only what the config could say itself may come of a directive. */
export const jsonOf = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));

/**
 * Loads a module of the user's, in JavaScript or TypeScript, with the files that it imports. Its packages are taken
 * from where it lies; nothing is written to the disk.
 */
export async function loadModule(file: string): Promise<Record<string, unknown>> {
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
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(file).href) },
  }).catch(({ errors: found }: BuildFailure) => ({ outputFiles: [], errors: found }));
  const [error] = errors;
  if (error) {
    const { file: at = basename(file), line = 1, column = 0 } = error.location ?? {};
    throw new Error(`${at}:${line}:${column + 1}: ${error.text}`);
  }
  const module: { exports: Record<string, unknown> } = { exports: {} };
  const names = ['module', 'exports', 'require', '__filename', '__dirname', 'console'];
  // The standard output belongs to what the command prints.
  const values = [
    module,
    module.exports,
    createRequire(file),
    file,
    dirname(file),
    new Console(process.stderr),
  ];
  new Function(...names, outputFiles[0]?.text ?? '')(...values);
  return module.exports;
}
