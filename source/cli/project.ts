import { dirname, join, relative, resolve } from 'node:path';
import { offlineRegion, type Target } from '../aws/target.ts';
import { readCheckedConfig } from '../config/config-cache.ts';
import { findConfig } from '../config/find-config.ts';
import type { LoadedConfig, LoadOptions } from '../config/load-config.ts';
import type { Config } from '../model/config.ts';
import type { ConfigPath } from '../model/diagnostic.ts';
import { ConfigError, UserError } from '../model/errors.ts';
import type { Context } from './context.ts';
import { programBuild } from './program-version.ts';

/** Absolute path of the config: `--config`, else the nearest one upward from the working folder. */
export function configFile({ flags, io }: Pick<Context, 'flags' | 'io'>): string {
  if (flags.config !== undefined) return resolve(io.cwd, flags.config);
  const found = findConfig(io.cwd);
  if (found) return found;
  throw new UserError('No stacktape.yml here or in a folder above.', {
    code: 'no-config',
    hint: 'Make a project with create-stp-app, or name the file with --config.',
  });
}

/** Reads and checks the config; problems of any kind are in the result. */
export async function readProject(
  context: Context,
  options: { checkEntryFiles: boolean },
): Promise<LoadedConfig> {
  const { loadConfig } = await import('../config/load-config.ts');
  return loadConfig(loadOptions(context, options.checkEntryFiles));
}

/**
 * The checked config alone, for commands that point at no line of it; where it is unchanged it is not parsed
 * again.
 * @throws ConfigError
 */
export async function requireConfig(
  context: Context,
  { checkEntryFiles }: { checkEntryFiles: boolean },
): Promise<Config> {
  return readCheckedConfig(loadOptions(context, checkEntryFiles), {
    // With and without the check are two results, and commands of both kinds take turns.
    file: join(
      stateDirectory(configFile(context)),
      'cache',
      checkEntryFiles ? 'config.json' : 'deployed.json',
    ),
    build: programBuild,
  });
}

const loadOptions = (
  { flags, io }: Pick<Context, 'flags' | 'io'>,
  checkEntryFiles: boolean,
): LoadOptions => ({
  file: configFile({ flags, io }),
  stage: flags.stage,
  region: (flags.local ? undefined : (flags.region ?? io.env.AWS_REGION)) ?? offlineRegion,
  ...(flags.serviceName === undefined ? {} : { serviceName: flags.serviceName }),
  ...(flags.profile === undefined ? {} : { profile: flags.profile }),
  cliArguments: { stage: flags.stage, ...flags.own },
  checkEntryFiles,
});

/** As `readProject`, for commands that need a config without errors. */
export async function requireProject(context: Context, options: { checkEntryFiles: boolean }) {
  const loaded = await readProject(context, options);
  if (loaded.config === undefined) throw new ConfigError(loaded.problems);
  return {
    config: loaded.config,
    problems: loaded.problems,
    describe: loaded.describe,
    /** As output has it: the file relative to the working folder. */
    locate: (path: ConfigPath) => {
      const range = loaded.locate(path);
      return range && { ...range, file: relative(context.io.cwd, range.file) };
    },
  };
}

/**
 * As `requireProject`, with the template made of it; what only synthesis finds (limits, circles) is a
 * problem of the config too.
 */
export async function synthesizeProject(context: Context, options: { checkEntryFiles: boolean }) {
  const project = await requireProject(context, options);
  const { synthesizeStack } = await import('../synth/synthesize-stack.ts');
  const { findings, ...stack } = synthesizeStack(project.config);
  const problems = [...project.problems, ...project.describe(findings)];
  if (findings.some(({ severity }) => severity === 'error')) throw new ConfigError(problems);
  return { ...project, ...stack, problems };
}

/** Where the program keeps what belongs to a project: the embedded AWS, caches, the record of deployments. */
export const stateDirectory = (configPath: string): string => join(dirname(configPath), '.stp');

/** Where this command's AWS calls go. `--local` starts the embedded AWS when it is not running. */
export async function resolveTarget(context: Context, projectDirectory: string): Promise<Target> {
  const { flags, io } = context;
  if (flags.local) {
    const { ensureLocal } = await import('../local/background/background.ts');
    const local = await ensureLocal({ projectDirectory, version: programBuild, env: io.env });
    return { kind: 'local', ...local };
  }
  const { resolveRegion } = await import('../aws/region.ts');
  const region = await resolveRegion({
    ...(flags.region === undefined ? {} : { region: flags.region }),
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    env: io.env,
  });
  const endpoint = flags.endpointUrl ?? io.env.AWS_ENDPOINT_URL;
  return {
    kind: endpoint === undefined ? 'aws' : 'endpoint',
    region,
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}
