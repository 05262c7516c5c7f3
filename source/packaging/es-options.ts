import type { BuildOptions } from 'esbuild';
import type { EsLanguageConfig, FunctionToPackage } from './artifact.ts';
import { locateTypeScript } from './decorator-metadata.ts';
import { PackagingFailure } from './packaging-error.ts';

/** Options of the bundler that functions can share in one call. Plain data, so that it can be compared and hashed. */
export type EsOptions = {
  target: string;
  format: 'cjs' | 'esm';
  external: string[];
  packages?: 'external';
  tsconfig?: string;
  sourceMaps: boolean;
  /** The `package.json` of the TypeScript that compiles files with decorators. Absolute. */
  typescript?: string;
};

const extensions = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/** True for files that esbuild bundles. */
export const isEsFile = (file: string): boolean => extensions.test(file);

/** Major version of a Node runtime, 24 for `nodejs24.x`. */
export function nodeMajor(runtime: string): number | undefined {
  const major = /^nodejs(\d+)\.x$/.exec(runtime)?.[1];
  return major === undefined ? undefined : Number(major);
}

/** Lambda ships version 3 of the SDK from Node 18 on and version 2 before that. */
export const sdkPackages = (runtime: string): string[] =>
  (nodeMajor(runtime) ?? 0) >= 18 ? ['@aws-sdk/*', '@smithy/*'] : ['aws-sdk'];

/** @throws PackagingFailure where the config asks for what cannot be done */
export function esOptions(
  fn: FunctionToPackage,
  excluded: readonly string[],
  config: EsLanguageConfig,
  directory: string,
): EsOptions {
  const major = nodeMajor(fn.runtime);
  if (major === undefined) {
    throw new PackagingFailure({
      function: fn.name,
      code: 'unsupported-option',
      message: `runtime ${fn.runtime} cannot run JavaScript or TypeScript`,
      hint: 'Use a runtime such as nodejs24.x, or leave `runtime` out.',
    });
  }
  const external = new Set([...excluded, ...(config.dependenciesToExcludeFromDeploymentPackage ?? [])]);
  for (const name of config.dependenciesToExcludeFromBundle ?? []) external.add(name);
  const all = external.delete('*');
  for (const name of sdkPackages(fn.runtime)) external.add(name);
  return {
    target: `node${config.nodeVersion ?? major}`,
    format: config.outputModuleFormat ?? 'cjs',
    external: [...external].sort(),
    sourceMaps: config.disableSourceMaps !== true,
    ...(all ? { packages: 'external' } : {}),
    ...(config.tsConfigPath === undefined ? {} : { tsconfig: config.tsConfigPath }),
    ...(config.emitTsDecoratorMetadata ? { typescript: locateTypeScript(fn.name, directory) } : {}),
  };
}

/** CommonJS packages inside an ES module call `require` for Node's own modules, and look for files beside theirs. */
const esmBanner = [
  "import{createRequire as __stpCreateRequire}from'node:module';",
  "import{fileURLToPath as __stpFile}from'node:url';",
  "import{dirname as __stpFolder}from'node:path';",
  'const require=__stpCreateRequire(import.meta.url),__filename=__stpFile(import.meta.url),__dirname=__stpFolder(__filename);',
].join('');

/** ES modules inside of CommonJS know themselves by their URL and their path. */
const cjsBanner = 'const __stpUrl=require("node:url").pathToFileURL(__filename).href;';

/** The same, in esbuild's words. */
export function toBuildOptions(options: EsOptions): BuildOptions {
  return {
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: options.target,
    format: options.format,
    external: options.external,
    sourcemap: options.sourceMaps ? 'external' : false,
    logLevel: 'silent',
    ...(options.packages === undefined ? {} : { packages: options.packages }),
    ...(options.tsconfig === undefined ? {} : { tsconfig: options.tsconfig }),
    ...(options.format === 'esm'
      ? { banner: { js: esmBanner } }
      : {
          banner: { js: cjsBanner },
          define: {
            'import.meta.url': '__stpUrl',
            'import.meta.dirname': '__dirname',
            'import.meta.filename': '__filename',
          },
        }),
  };
}
