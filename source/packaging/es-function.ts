import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Message } from 'esbuild';
import type { BuildpackProperties, FunctionToPackage } from './artifact.ts';
import { describeMessages } from './build-messages.ts';
import type { Bundle, BundleRequest } from './bundle.ts';
import { esOptions } from './es-options.ts';
import { readIncludedFiles, writeSourceMap } from './included-files.ts';
import { PackagingFailure } from './packaging-error.ts';
import type { Stamp } from './stamps.ts';
import { createStamper, toPosix } from './stamps.ts';
import type { ZipEntry } from './zip.ts';

/**
 * What the bundler is asked for a function.
 * @throws PackagingFailure where the tsconfig that is named is not there, or an option cannot be met
 */
export function bundleRequest(
  fn: FunctionToPackage,
  properties: BuildpackProperties,
  directory: string,
): BundleRequest {
  const { entryfilePath, languageSpecificConfig: language = {}, excludeDependencies = [] } = properties;
  const tsConfigPath = language.tsConfigPath;
  const missing = (name: string, file: string): PackagingFailure =>
    new PackagingFailure({
      function: fn.name,
      code: 'missing-entry-file',
      message: `${name} ${file} does not exist`,
      hint: 'It is relative to the folder of the config.',
    });
  const exists = (file: string): boolean => existsSync(path.resolve(directory, file));
  if (tsConfigPath !== undefined && !exists(tsConfigPath)) throw missing('tsConfigPath', tsConfigPath);
  return {
    fn,
    properties,
    entry: toPosix(path.relative(directory, path.resolve(directory, entryfilePath))),
    options: esOptions(fn, excludeDependencies, language),
  };
}

/**
 * The files of a function's zip, and stamps of those that are not in the bundle.
 * @throws PackagingFailure where the handler is missing or a file lies outside of the project
 */
export function bundleContents(
  { fn, properties, entry }: BundleRequest,
  bundle: Bundle,
  directory: string,
): { entries: ZipEntry[]; stamps: Stamp[] } {
  const { languageSpecificConfig: language = {}, handlerFunction = 'default' } = properties;
  if (bundle.lacksDefaultExport && handlerFunction === 'default') {
    throw new PackagingFailure({
      function: fn.name,
      code: 'missing-handler',
      message: `${entry} has no default export, which is the function's handler`,
      hint: 'Write `export default async (event) => …`, or name another export as handlerFunction.',
    });
  }
  const stamper = createStamper(directory);
  const { entries, stamps } = readIncludedFiles(fn.name, properties, directory, stamper);
  const name = language.outputModuleFormat === 'esm' ? 'index.mjs' : 'index.js';
  const mapName = `${name}.map`;
  const { code, map } = bundle;
  const files = entries.filter((file) => file.path !== name && file.path !== mapName);
  if (map === undefined) return { entries: [...files, { path: name, data: code }], stamps };
  if (language.outputSourceMapsTo !== undefined) {
    const target = path.join(language.outputSourceMapsTo, fn.name, mapName);
    stamps.push(writeSourceMap(target, directory, map, stamper));
    return { entries: [...files, { path: name, data: code }], stamps };
  }
  const linked = Buffer.concat([code, Buffer.from(`//# sourceMappingURL=${mapName}\n`)]);
  return { entries: [...files, { path: name, data: linked }, { path: mapName, data: map }], stamps };
}

/** The bundler's refusal, with the place of each message relative to the working folder. */
export function buildFailure(
  fn: FunctionToPackage,
  messages: readonly Message[],
  directory: string,
  workingDirectory: string,
): PackagingFailure {
  const native = messages.some((message) => message.text.includes('for ".node" files'));
  const hint =
    'A package with native code cannot be bundled: name it in excludeDependencies, bring it in a layer.';
  return new PackagingFailure({
    function: fn.name,
    code: 'build-failed',
    message: `${messages.length} ${messages.length === 1 ? 'error' : 'errors'} in the build`,
    places: describeMessages(messages, directory, workingDirectory),
    ...(native ? { hint } : {}),
  });
}
