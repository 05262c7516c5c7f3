import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../model/config.ts';
import { ConfigError } from '../model/errors.ts';
import { globalAlarmsFileName, kindOf } from './find-config.ts';
import type { LoadOptions } from './load-config.ts';

/** What a kept config was made of; it holds as long as all of that is the same. */
type Kept = {
  key: string;
  /** What was asked of the disk, and the answers. */
  paths: [path: string, kind: ReturnType<typeof kindOf> | null][];
  config: Config;
};

/**
 * The checked config, from a file of kept results where nothing has changed: parsing a large config costs more
 * than all else that a command does. Only what is right without a remark is kept, and only where no directive
 * asked for anything outside. The file is written where its folder's parent is there already, and a file that is
 * damaged or cannot be written counts as absent.
 * @param cache.build of the program; another build may read a config differently
 * @throws ConfigError, and what `loadConfig` throws
 */
export async function readCheckedConfig(
  options: Omit<LoadOptions, 'observe'>,
  cache: { file: string; build: string },
): Promise<Config> {
  const directory = dirname(resolve(options.file));
  const key = await keyOf(options, directory, cache.build);
  const kept = await readKept(cache.file);
  if (kept !== undefined && kept.key === key && kept.paths.every(isUnchanged(directory))) return kept.config;

  const { loadConfig } = await import('./load-config.ts');
  const paths = new Map<string, ReturnType<typeof kindOf>>();
  let isPure = true;
  const { config, problems } = await loadConfig({
    ...options,
    observe: {
      path: (path, kind) => paths.set(path, kind),
      external: () => {
        isPure = false;
      },
    },
  });
  if (config === undefined) throw new ConfigError(problems);
  if (isPure && problems.length === 0 && key !== undefined) {
    await keep(cache.file, { key, paths: [...paths].map(([path, kind]) => [path, kind ?? null]), config });
  }
  return config;
}

const isUnchanged =
  (directory: string) =>
  ([path, kind]: Kept['paths'][number]): boolean =>
    (kindOf(resolve(directory, path)) ?? null) === kind;

/** Undefined where the config cannot be read; `loadConfig` says why. */
async function keyOf(
  { aws: _aws, cliArguments, ...options }: Omit<LoadOptions, 'observe'>,
  directory: string,
  build: string,
): Promise<string | undefined> {
  const hash = createHash('sha256').update(JSON.stringify([build, options]));
  try {
    const text = await readFile(options.file);
    hash.update(text);
    // Only a config that reads them depends on the flags of the command.
    if (text.includes('CliArgs')) hash.update('\0').update(JSON.stringify(cliArguments));
    const alarms = join(directory, globalAlarmsFileName);
    if (existsSync(alarms)) hash.update('\0').update(await readFile(alarms));
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Partial<Kept>;
    const { key, paths, config } = kept;
    if (typeof key === 'string' && Array.isArray(paths) && config !== undefined)
      return { key, paths, config };
  } catch {
    // As if it were not there.
  }
  return undefined;
}

async function keep(file: string, kept: Kept): Promise<void> {
  const folder = dirname(file);
  if (!existsSync(dirname(folder))) return;
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, JSON.stringify(kept));
    await rename(temporary, file);
  } catch {
    // A folder that cannot be written makes the next start slower, nothing else.
  }
}
