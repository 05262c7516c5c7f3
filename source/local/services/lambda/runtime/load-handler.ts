import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './function-error.ts';

export type Handler = (event: unknown, context: unknown, callback?: unknown) => unknown;

/**
 * Loads the function that `_HANDLER` names: `index.handler`, `src/app.default`, `index.api.get`.
 * @throws RuntimeError with the types that Lambda uses.
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const file = basename(handler);
  const dot = file.indexOf('.');
  if (dot < 1 || handler.includes('..')) {
    throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler: '${handler}'`);
  }
  const folder = handler.slice(0, handler.length - file.length);
  const module = await loadModule(taskRoot, join(folder, file.slice(0, dot)));
  const found = select(module, file.slice(dot + 1).split('.'));
  if (typeof found !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  refuseCallback(found as Handler);
  return found as Handler;
}

/** `import` wraps what a CommonJS bundle exports into `default`, and a bundle has a `default` of its own. */
function select(module: unknown, path: string[]): unknown {
  for (const root of [module, property(module, 'default')]) {
    let value = root;
    for (const step of path) value = property(value, step);
    if (typeof value === 'function') return value;
  }
  return undefined;
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'function' || (typeof value === 'object' && value !== null)
    ? (value as Record<string, unknown>)[key]
    : undefined;

async function loadModule(taskRoot: string, name: string): Promise<unknown> {
  const require = createRequire(join(taskRoot, 'index.js'));
  const base = resolve(taskRoot, name);
  const candidates: [path: string, isModule: () => boolean][] = [
    [base, () => false],
    [`${base}.js`, () => isModuleFolder(dirname(base))],
    [`${base}.mjs`, () => true],
    [`${base}.cjs`, () => false],
  ];
  try {
    for (const [path, isModule] of candidates) {
      if (!isFile(path)) continue;
      return isModule() ? await import(pathToFileURL(path).href) : require(path);
    }
    return require(require.resolve(base));
  } catch (error) {
    throw toImportError(error);
  }
}

function toImportError(error: unknown): unknown {
  if (error instanceof SyntaxError) {
    const wrapped = new RuntimeError('Runtime.UserCodeSyntaxError', String(error));
    if (error.stack !== undefined) wrapped.stack = error.stack;
    return wrapped;
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
    return new RuntimeError('Runtime.ImportModuleError', String(error), error);
  return error;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** What the nearest package.json says of `.js` files. */
function isModuleFolder(folder: string): boolean {
  for (let current = folder; ; current = dirname(current)) {
    const manifest = join(current, 'package.json');
    if (existsSync(manifest)) {
      try {
        return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
      } catch {
        return false;
      }
    }
    if (dirname(current) === current) return false;
  }
}

/** From Node.js 24 on Lambda refuses a handler with a third parameter, even when it is async. */
function refuseCallback(handler: Handler): void {
  if (!isNode24() || handler.length < 3) return;
  throw new RuntimeError(
    'Runtime.CallbackHandlerDeprecated',
    'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
  );
}

/** Whether the function asked for `nodejs24.x` or later; what really runs is the Node.js of this program. */
export function isNode24(): boolean {
  const major = /nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? '')?.[1];
  return major !== undefined && Number(major) >= 24;
}
