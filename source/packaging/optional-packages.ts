import path from 'node:path';
import type { Message } from 'esbuild';
import { packageOf, readManifest } from './native-packages.ts';

/**
 * Names of packages that are not installed and that other packages get along without, such as the drivers of a
 * query builder for databases that the function does not use. Their imports fail on Lambda where they would fail
 * here: when they run. What the project's own code imports is needed, and so is what a package says it needs.
 * @param messages of a build that failed
 * @param directory what the paths in the messages are relative to
 */
export function optionalPackages(messages: readonly Message[], directory: string): string[] {
  const needed = new Set<string>();
  const optional = new Set<string>();
  for (const message of messages) {
    const name = /^Could not resolve "((?:@[^/"]+\/)?[^./@"][^/"]*)/.exec(message.text)?.[1];
    if (name !== undefined) (isOptional(name, message, directory) ? optional : needed).add(name);
  }
  return [...optional].filter((name) => !needed.has(name));
}

function isOptional(name: string, { location }: Message, directory: string): boolean {
  const importer = location === null ? undefined : packageOf(location.file);
  if (location === null || importer === undefined) return false;
  const manifest = readManifest(path.resolve(directory, importer.folder)) ?? {};
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
  if (peerDependenciesMeta?.[name]?.optional || optionalDependencies?.[name] !== undefined) return true;
  if (dependencies?.[name] !== undefined || peerDependencies?.[name] !== undefined) return false;
  // Packages say little about what they load late; an `import` at the top of a file is no late one.
  const before = Buffer.from(location.lineText).subarray(0, location.column).toString();
  return /\b(?:require(?:\.resolve)?|import)\(\s*$/.test(before);
}
