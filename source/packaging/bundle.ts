import { isBuiltin } from 'node:module';
import path from 'node:path';
import type { BuildOptions, BuildResult, Message, Metafile, Plugin } from 'esbuild';
import { UserError } from '../model/errors.ts';
import type { BuildpackProperties, FunctionToPackage } from './artifact.ts';
import { decoratorMetadata } from './decorator-metadata.ts';
import type { EsOptions } from './es-options.ts';
import { toBuildOptions } from './es-options.ts';
import { lacksHandler } from './handler-export.ts';
import type { OutsidePackage } from './installed-packages.ts';
import { isNative, packageOf } from './native-packages.ts';
import { optionalPackages } from './optional-packages.ts';
import { toPosix } from './stamps.ts';

export type BundleRequest = {
  fn: FunctionToPackage;
  properties: BuildpackProperties;
  /** Relative to the project's folder, with `/`. */
  entry: string;
  options: EsOptions;
};

export type Bundle = {
  code: Uint8Array;
  map: Uint8Array | undefined;
  /** Every file that the bundler read for it, relative to the project's folder, with `/`. */
  inputs: string[];
  /** Packages that were imported and left outside, each with the absolute folder of a file that imports it. */
  outside: OutsidePackage[];
  /** True when it is certain that the entry has no export of the handler's name. */
  lacksHandler: boolean;
  /** True where the entry is a CommonJS module. */
  isCommonJs: boolean;
};

export type BundleResult = { bundle: Bundle } | { messages: Message[] };

/**
 * Bundles many entry points with one esbuild call for each distinct set of options. When such a call fails it is
 * repeated function by function, so that each function gets its own messages and the sound ones their bundles.
 * No path in the output is absolute: all are relative to `directory`, which therefore may lie anywhere.
 */
export async function bundleAll(
  requests: readonly BundleRequest[],
  directory: string,
): Promise<Map<string, BundleResult>> {
  const results = new Map<string, BundleResult>();
  // What is native shows in what a bundle was made from, and what is optional in why there is none; with those left
  // outside it is made once more.
  for (let waiting = requests; waiting.length > 0; ) {
    const made = await bundleOnce(waiting, directory);
    for (const [name, result] of made) results.set(name, result);
    waiting = waiting.flatMap((request) => {
      const result = made.get(request.fn.name);
      return result === undefined ? [] : keepOutside([request], result, directory);
    });
  }
  return results;
}

/** The requests with what has to stay outside by their result; none where there is nothing more. */
function keepOutside(
  requests: readonly BundleRequest[],
  result: BundleResult,
  directory: string,
): BundleRequest[] {
  const found = [
    ...nativePackages(result, directory),
    ...('messages' in result ? optionalPackages(result.messages, directory) : []),
  ];
  return requests.flatMap((request) => {
    const added = found.filter((name) => !request.options.external.includes(name));
    if (added.length === 0) return [];
    const external = [...request.options.external, ...added].sort();
    return [{ ...request, options: { ...request.options, external } }];
  });
}

/** Names of the packages with native code among those that the bundler read, or that it could not read. */
function nativePackages(result: BundleResult, directory: string): string[] {
  const files =
    'bundle' in result
      ? result.bundle.inputs
      : result.messages.flatMap(({ location, notes }) => [
          ...(location === null ? [] : [location.file]),
          ...notes.flatMap((note) => note.location?.file ?? []),
        ]);
  const names = new Map<string, string>();
  for (const file of files) {
    const found = packageOf(file);
    if (found !== undefined) names.set(found.folder, found.name);
  }
  return [
    ...new Set(
      [...names].flatMap(([folder, name]) => (isNative(path.resolve(directory, folder)) ? [name] : [])),
    ),
  ];
}

async function bundleOnce(
  requests: readonly BundleRequest[],
  directory: string,
): Promise<Map<string, BundleResult>> {
  const esbuild = await loadEsbuild();
  const groups = new Map<string, BundleRequest[]>();
  for (const request of requests) {
    const key = JSON.stringify(request.options);
    groups.set(key, [...(groups.get(key) ?? []), request]);
  }
  const results = new Map<string, BundleResult>();
  for (const group of groups.values()) {
    try {
      await bundleGroup(esbuild.build, group, directory, results);
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      // Functions often fail by the same packages: all are tried again without them before each is by itself.
      const again = keepOutside(group, { messages: error.errors }, directory);
      if (again.length > 0) {
        for (const [name, result] of await bundleOnce(again, directory)) results.set(name, result);
        continue;
      }
      if (group.length === 1 && group[0]) {
        results.set(group[0].fn.name, { messages: error.errors });
        continue;
      }
      for (const request of group) {
        try {
          await bundleGroup(esbuild.build, [request], directory, results);
        } catch (cause) {
          if (!isBuildFailure(cause)) throw cause;
          results.set(request.fn.name, { messages: cause.errors });
        }
      }
    }
  }
  return results;
}

async function loadEsbuild(): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild');
  } catch (cause) {
    throw new UserError('esbuild cannot be loaded', {
      code: 'esbuild-missing',
      hint: 'Install again without leaving out optional dependencies: they hold esbuild for this machine.',
      exitCode: 1,
      cause,
    });
  }
}

type Build = (options: BuildOptions) => Promise<BuildResult>;

async function bundleGroup(
  build: Build,
  group: readonly BundleRequest[],
  directory: string,
  results: Map<string, BundleResult>,
): Promise<void> {
  const options = group[0]?.options;
  if (options === undefined) return;
  const result = await build({
    ...toBuildOptions(options),
    // Nothing is written. The outputs are named as if they lay in the project's folder, so that the paths in the
    // source maps begin there and a stack trace names `src/…`.
    entryPoints: group.map((request, index) => ({ in: `./${request.entry}`, out: outputName(index) })),
    absWorkingDir: directory,
    outdir: '.',
    write: false,
    plugins: pluginsOf(options, directory),
    metafile: true,
  });
  const { metafile, outputFiles } = result;
  if (metafile === undefined || outputFiles === undefined) throw new Error('esbuild gave no output');
  const files = new Map(
    outputFiles.map((file) => [file.path.slice(file.path.lastIndexOf('stp~')), file.contents]),
  );
  group.forEach((request, index) => {
    const name = outputName(index);
    const code = files.get(`${name}.js`);
    const entryPoint = metafile.outputs[`${name}.js`]?.entryPoint;
    if (code === undefined || entryPoint === undefined)
      throw new Error(`esbuild gave no output for ${request.entry}`);
    results.set(request.fn.name, {
      bundle: {
        code,
        map: files.get(`${name}.js.map`),
        inputs: [...reachableInputs(metafile, entryPoint), ...compilerOf(options, directory)],
        outside: outsidePackages(metafile, entryPoint, directory),
        isCommonJs: metafile.inputs[entryPoint]?.format === 'cjs',
        lacksHandler: lacksHandler(
          metafile,
          `${name}.js`,
          path.resolve(directory, request.entry),
          code,
          request,
        ),
      },
    });
  });
}

const pluginsOf = ({ typescript, tsconfig }: EsOptions, directory: string): Plugin[] =>
  typescript === undefined
    ? []
    : [decoratorMetadata(typescript, tsconfig && path.resolve(directory, tsconfig))];

/** Another TypeScript may write other code. */
const compilerOf = ({ typescript }: EsOptions, directory: string): string[] =>
  typescript === undefined ? [] : [toPosix(path.relative(directory, typescript))];

const outputName = (index: number): string => `stp~${index}`;

function reachableInputs(metafile: Metafile, entryPoint: string): string[] {
  const reached = new Set([entryPoint]);
  for (const input of reached) {
    for (const imported of metafile.inputs[input]?.imports ?? []) {
      if (!imported.external) reached.add(imported.path);
    }
  }
  // A file that `browser` or `sideEffects` turned off is still one that decides about the output.
  return [...reached]
    .map((input) => input.replace(/^\(disabled\):/, ''))
    .filter((input) => !/^[a-z-]{2,}:/.test(input));
}

function outsidePackages(metafile: Metafile, entryPoint: string, directory: string): OutsidePackage[] {
  const packages = new Map<string, OutsidePackage>();
  for (const input of reachableInputs(metafile, entryPoint)) {
    for (const { external, path: imported } of metafile.inputs[input]?.imports ?? []) {
      // `<runtime>` is the bundler's own.
      const name = /^(?:@[^/]+\/)?[^./@<][^/]*/.exec(imported)?.[0];
      if (!external || name === undefined || isBuiltin(imported) || packages.has(name)) continue;
      packages.set(name, { name, from: path.dirname(path.resolve(directory, input)) });
    }
  }
  return [...packages.values()];
}

function isBuildFailure(error: unknown): error is { errors: Message[] } {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
