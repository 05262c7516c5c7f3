import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import { PackagingFailure } from './packaging-error.ts';

/** The part of TypeScript's interface for programs that is used; version 7 has none. */
type TypeScript = {
  version: string;
  transpileModule(
    text: string,
    options: { fileName: string; compilerOptions: Record<string, unknown> },
  ): { outputText: string };
  findConfigFile(folder: string, exists: (file: string) => boolean): string | undefined;
  readConfigFile(file: string, read: (file: string) => string | undefined): { config?: unknown };
  parseJsonConfigFileContent(
    config: unknown,
    host: unknown,
    folder: string,
  ): { options: Record<string, unknown> };
  sys: { fileExists(file: string): boolean; readFile(file: string): string | undefined };
  ModuleKind: { ESNext: number };
  JsxEmit: { Preserve: number };
};

/**
 * Where the project's own TypeScript is: its `package.json`, absolute.
 * @throws PackagingFailure where there is none, or one that no program can use
 */
export function locateTypeScript(functionName: string, directory: string): string {
  const require = createRequire(path.join(directory, 'stacktape.yml'));
  const refuse = (found: string): PackagingFailure =>
    new PackagingFailure({
      function: functionName,
      code: 'unsupported-option',
      message: `emitTsDecoratorMetadata needs a TypeScript in the project that writes it, ${found}`,
      hint: 'Install version 5 or 6: `npm install --save-dev typescript@5`. Or compile with a tool of your own and name the result with `type: custom-artifact`.',
    });
  let manifest: string;
  try {
    manifest = require.resolve('typescript/package.json');
  } catch {
    throw refuse('but there is none');
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  if (Number.parseInt(version, 10) >= 7) throw refuse(`but version ${version} has no interface for it`);
  return manifest;
}

/**
 * Has files with decorators compiled by TypeScript, file by file, before they are bundled: the bundler knows no types.
 * @param manifest of the TypeScript, as `locateTypeScript` gives it
 * @param tsConfigPath absolute; else the nearest to each file counts
 */
export function decoratorMetadata(manifest: string, tsConfigPath: string | undefined): Plugin {
  const typescript = createRequire(manifest)('typescript') as TypeScript;
  const optionsOf = new Map<string, Record<string, unknown>>();
  const readOptions = (folder: string): Record<string, unknown> => {
    const config = tsConfigPath ?? typescript.findConfigFile(folder, typescript.sys.fileExists);
    if (config === undefined) return {};
    const known = optionsOf.get(config);
    if (known !== undefined) return known;
    const { config: content = {} } = typescript.readConfigFile(config, typescript.sys.readFile);
    const { options } = typescript.parseJsonConfigFileContent(content, typescript.sys, path.dirname(config));
    optionsOf.set(config, options);
    return options;
  };
  return {
    name: 'decorator-metadata',
    setup(build) {
      build.onLoad({ filter: /\.(?:[cm]?ts|tsx)$/ }, ({ path: file }) => {
        if (/[/\\]node_modules[/\\]/.test(file)) return undefined;
        const text = readFileSync(file, 'utf8');
        if (!/(?:^|[\s(])@[\w$(]/.test(text)) return undefined;
        const compilerOptions = {
          ...readOptions(path.dirname(file)),
          experimentalDecorators: true,
          emitDecoratorMetadata: true,
          isolatedModules: true,
          importHelpers: false,
          noEmitHelpers: false,
          declaration: false,
          composite: false,
          incremental: false,
          module: typescript.ModuleKind.ESNext,
          jsx: typescript.JsxEmit.Preserve,
          sourceMap: false,
          inlineSourceMap: true,
          inlineSources: true,
          sourceRoot: undefined,
          mapRoot: undefined,
        };
        const { outputText } = typescript.transpileModule(text, { fileName: file, compilerOptions });
        return { contents: outputText, loader: file.endsWith('x') ? 'jsx' : 'js' };
      });
    },
  };
}
