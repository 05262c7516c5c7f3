import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { ExternalCall } from './external-call.ts';

type Custom = Extract<ExternalCall, { kind: 'custom' }>;
type Refuse = (answer: { code: string; message: string; expected?: string; suggestion?: string }) => Error;

/** The file of a directive, and the export where one is named. */
function partsOf({ filePath }: Custom): { path: string; name: string | undefined } {
  // A drive letter of Windows is no separator.
  const colon = filePath.lastIndexOf(':');
  return colon > 1
    ? { path: filePath.slice(0, colon), name: filePath.slice(colon + 1) }
    : { path: filePath, name: undefined };
}

export const hasNoFile = (call: Custom, directory: string): boolean =>
  !existsSync(resolve(directory, partsOf(call).path));

/** Calls the user's own directive (spec 2.4). What it prints goes to the standard error output. */
export async function runCustomDirective(call: Custom, directory: string, refuse: Refuse): Promise<unknown> {
  const { path, name: named } = partsOf(call);
  const file = resolve(directory, path);
  const isPython = extname(path) === '.py';
  const name = named ?? (isPython ? 'main' : 'default');
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
  const { callJavaScript } = await import('./javascript.ts');
  const answer = await callJavaScript(file, name, call.args);
  if (!('export' in answer)) return answer.value;
  throw refuse({
    code: 'directive-export',
    message:
      answer.export === 'undefined'
        ? `Directive $${call.name}: "${path}" has no export "${name}".`
        : `Directive $${call.name}: export "${name}" of "${path}" is no function.`,
    suggestion: 'Name the export after a colon: directives.ts:myDirective.',
  });
}
