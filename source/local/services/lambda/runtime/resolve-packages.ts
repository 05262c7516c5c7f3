import { realpathSync } from 'node:fs';
import nodeModule from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The packages that come with Lambda's Node.js runtimes. */
const shipped = /^@(aws-sdk|smithy|aws-crypto)\//;
const isPackage = (specifier: string): boolean => /^[^./]/.test(specifier) && !/^[a-z]+:/.test(specifier);

/**
 * A function finds the packages in its own zip and those that Lambda ships, and no others: neither those of
 * the project that the zip is unpacked in, nor those of this program. What a bundle lacks has to fail here too.
 * @param sdkModules A folder like `node_modules`. NODE_PATH names it for `require`; `import` ignores NODE_PATH.
 */
export function limitPackages(taskRoot: string, sdkModules: string): void {
  // Node.js has them since 22.15. An import by name would fail before; bundles of CommonJS do without.
  if (typeof nodeModule.registerHooks !== 'function') return;
  const task = pathToFileURL(realpathSync(taskRoot) + sep).href;
  const require = nodeModule.createRequire(join(sdkModules, 'index.js'));
  nodeModule.registerHooks({
    resolve(specifier, context, next) {
      if (!isPackage(specifier) || !context.parentURL?.startsWith(task)) return next(specifier, context);
      try {
        const found = next(specifier, context);
        if (found.url.startsWith(task) || !found.url.startsWith('file:')) return found;
      } catch (error) {
        if (!shipped.test(specifier)) throw error;
      }
      if (!shipped.test(specifier)) throw notFound(specifier);
      const path = require.resolve(specifier, { paths: [sdkModules] });
      return { url: pathToFileURL(path).href, shortCircuit: true };
    },
  });
}

function notFound(specifier: string): Error {
  const error: NodeJS.ErrnoException = new Error(`Cannot find package '${specifier}'`);
  error.code = 'MODULE_NOT_FOUND';
  return error;
}
