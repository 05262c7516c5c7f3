import path from 'node:path';
import type { BuildpackProperties, FunctionToPackage } from './artifact.ts';
import { matchGlobs, type Stamp, type Stamper, toPosix } from './stamps.ts';
import type { Environment } from './tools.ts';
import type { ZipEntry } from './zip.ts';

/** What a language's build is given. */
export type BuildJob = {
  fn: FunctionToPackage;
  properties: BuildpackProperties;
  /** Folder of the config. Absolute. */
  directory: string;
  /** What the paths in messages are relative to. Absolute. */
  workingDirectory: string;
  /** For what is kept from build to build besides zips. Absolute. */
  cacheDirectory: string;
  environment: Environment;
  stamper: Stamper;
  /** Builds that several functions of one run share, by what they are built from. */
  shared: Map<string, Promise<unknown>>;
  signal?: AbortSignal | undefined;
};

/** The files of the zip, and stamps of all that they were made from, taken before the tools ran. */
export type LanguageBuild = { entries: ZipEntry[]; stamps: Stamp[] };

/** A path as the stamps have it. */
export const stampPath = (directory: string, file: string): string =>
  toPosix(path.relative(directory, file)) || '.';

/** Stamps of a pattern and of every file that it matches now. */
export function globStamps(
  { stamper, directory }: Pick<BuildJob, 'stamper' | 'directory'>,
  include: readonly string[],
): Stamp[] {
  const globs = { include, exclude: [] };
  const files = matchGlobs(directory, globs);
  return [
    stamper.take('glob', JSON.stringify([include, []])),
    ...files.map((file) => stamper.take('file', file)),
  ];
}

/** A build once per run, however many functions ask for it. */
export function once<T>(
  shared: Map<string, Promise<unknown>>,
  key: string,
  build: () => Promise<T>,
): Promise<T> {
  const known = shared.get(key);
  if (known !== undefined) return known as Promise<T>;
  const started = build();
  shared.set(key, started);
  return started;
}

/** The folder and those above it, up to the config's folder, or to the root where it lies elsewhere. Absolute. */
export function* foldersUpTo(directory: string, from: string): Iterable<string> {
  for (let at = from; ; at = path.dirname(at)) {
    yield at;
    if (at === directory || path.dirname(at) === at) return;
  }
}
