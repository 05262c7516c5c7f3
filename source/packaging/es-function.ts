import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Message } from 'esbuild';
import type { BuildpackProperties, FunctionToPackage } from './artifact.ts';
import { describeMessages } from './build-messages.ts';
import type { Bundle, BundleRequest } from './bundle.ts';
import { esOptions, sdkPackages } from './es-options.ts';
import { readIncludedFiles, writeSourceMap } from './included-files.ts';
import type { OutsidePackage } from './installed-packages.ts';
import { locatePackage } from './native-packages.ts';
import { PackagingFailure } from './packaging-error.ts';
import { prismaFiles } from './prisma-client.ts';
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
    options: esOptions(fn, excludeDependencies, language, directory),
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
  if (bundle.lacksHandler) {
    const isDefault = handlerFunction === 'default';
    const isRenamed = language.outputModuleFormat === 'esm' && bundle.isCommonJs;
    throw new PackagingFailure({
      function: fn.name,
      code: 'missing-handler',
      message: `${entry} has no ${isDefault ? 'default export' : `export ${handlerFunction}`}, which is the function's handler`,
      hint: isDefault
        ? 'Write `export default async (event) => …` (in CommonJS `exports.default = …`), or name another export as handlerFunction.'
        : isRenamed
          ? 'What CommonJS exports has no names in an ES module: leave outputModuleFormat out.'
          : `Write \`export const ${handlerFunction} = async (event) => …\`, or leave handlerFunction out to have the default export.`,
    });
  }
  const stamper = createStamper(directory);
  const included = readIncludedFiles(fn.name, properties, directory, stamper);
  const prisma = prismaFiles(fn, bundle.inputs, directory, stamper);
  const entries = [...included.entries, ...prisma.entries];
  const stamps = [...included.stamps, ...prisma.stamps];
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

/**
 * Packages that go into the zip beside the bundle: those with native code, and those that the config keeps out of
 * the bundle but not out of the zip. The runtime brings the SDK.
 */
export function packagesBeside(
  { fn, properties, entry }: BundleRequest,
  { outside }: Bundle,
  directory: string,
): { packages: OutsidePackage[]; isLeftOut(name: string): boolean } {
  const { languageSpecificConfig: language = {}, excludeDependencies = [] } = properties;
  const left = [...excludeDependencies, ...(language.dependenciesToExcludeFromDeploymentPackage ?? [])];
  const isLeftOut = (name: string): boolean => left.some((pattern) => matches(pattern, name));
  const isSdk = (name: string): boolean => sdkPackages(fn.runtime).some((pattern) => matches(pattern, name));
  const outsideBundle = language.dependenciesToExcludeFromBundle ?? [];
  const asked = outsideBundle.filter((name) => !name.includes('*'));
  const isAsked = (name: string): boolean => outsideBundle.some((pattern) => matches(pattern, name));
  const from = path.dirname(path.resolve(directory, entry));
  const packages = new Map(asked.map((name) => [name, { name, from }]));
  for (const found of outside) {
    // An import that may fail, of a package that is not installed, is left to fail on Lambda as it does here.
    const isOptional = !isAsked(found.name) && locatePackage(found.name, found.from) === undefined;
    if (!isOptional) packages.set(found.name, found);
  }
  const kept = [...packages.values()].filter(
    ({ name }) => !isLeftOut(name) && (asked.includes(name) || !isSdk(name)),
  );
  return { packages: kept, isLeftOut };
}

const matches = (pattern: string, name: string): boolean =>
  pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));

/** What to do about some of the bundler's refusals. */
const hints: readonly (readonly [text: RegExp, hint: string])[] = [
  [
    /for "\.node" files/,
    'Native code cannot be bundled: put it into a package of its own, or name it in includeFiles and load it by its path.',
  ],
  [
    /^No loader is configured for/,
    'Such files are not bundled: name them in includeFiles and read them by their path, which is that in the project.',
  ],
  [
    /^Top-level await .*"cjs"/,
    'CommonJS has no `await` outside of functions: set languageSpecificConfig.outputModuleFormat to esm.',
  ],
  [
    /^Could not resolve "[^./]/,
    'Install the packages of the project first. Name in excludeDependencies what a layer brings.',
  ],
];

/** The bundler's refusal, with the place of each message relative to the working folder. */
export function buildFailure(
  fn: FunctionToPackage,
  messages: readonly Message[],
  directory: string,
  workingDirectory: string,
): PackagingFailure {
  const hint = hints.find(([text]) => messages.some((message) => text.test(message.text)))?.[1];
  return new PackagingFailure({
    function: fn.name,
    code: 'build-failed',
    message: `${messages.length} ${messages.length === 1 ? 'error' : 'errors'} in the build`,
    places: describeMessages(messages, directory, workingDirectory),
    ...(hint === undefined ? {} : { hint }),
  });
}
