import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { offlineRegion, type Target } from '../aws/target.ts';
import { readCheckedConfig } from '../config/config-cache.ts';
import type { AskAws } from '../config/directives/external-call.ts';
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

type ReadProject = {
  checkEntryFiles: boolean;
  /** Whether the template names the versions of secrets that are current now; costs a call for each. */
  pinSecrets?: boolean;
  /** Whether it is about a stack that is there: an output that it was made with may be gone by now. */
  deployed?: boolean;
};

/** Reads and checks the config; problems of any kind are in the result. */
export async function readProject(context: Context, options: ReadProject): Promise<LoadedConfig> {
  const { loadConfig } = await import('../config/load-config.ts');
  return withAnswers(context, options, async (aws) =>
    loadConfig({ ...(await loadOptions(context, options)), aws }),
  );
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
  const options = await loadOptions(context, { checkEntryFiles });
  return withAnswers(context, { deployed: !checkEntryFiles }, (aws) =>
    readCheckedConfig(
      { ...options, aws },
      {
        // With and without the check are two results, and commands of both kinds take turns.
        file: join(stateDirectory(options.file), 'cache', checkEntryFiles ? 'config.json' : 'deployed.json'),
        build: programBuild,
      },
    ),
  );
}

async function loadOptions(
  { flags, io }: Pick<Context, 'flags' | 'io'>,
  { checkEntryFiles }: ReadProject,
): Promise<LoadOptions> {
  const file = configFile({ flags, io });
  const profile = flags.profile ?? io.env.AWS_PROFILE;
  return {
    file,
    stage: flags.stage,
    region: await regionOf({ flags, io }),
    ...(flags.serviceName === undefined ? {} : { serviceName: flags.serviceName }),
    ...(profile === undefined ? {} : { profile }),
    cliArguments: cliArguments(flags),
    checkEntryFiles,
  };
}

/** What `$CliArgs` reads: the flags that were given, by their long names, and what stands after `--`. */
function cliArguments({ own, ...flags }: Context['flags']): NonNullable<LoadOptions['cliArguments']> {
  const given: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(flags)) {
    // Nobody gave `color`: it stands for the absence of --no-color.
    if (typeof value === 'object' || value === undefined || (name === 'color' && value)) continue;
    given[name] = value;
    given[name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)] = value;
  }
  return { ...given, ...own };
}

/**
 * The Region that the template is made for: that of the deployment where one is named, also in the shared config
 * files. Those are read only where they are there, since commands without AWS calls have to start fast.
 */
async function regionOf({ flags, io }: Pick<Context, 'flags' | 'io'>): Promise<string> {
  if (flags.local) return offlineRegion;
  const named = flags.region || io.env.AWS_REGION || io.env.AWS_DEFAULT_REGION;
  if (named) return named;
  const folder = join(io.env.HOME ?? io.env.USERPROFILE ?? homedir(), '.aws');
  const files = [
    io.env.AWS_CONFIG_FILE ?? join(folder, 'config'),
    io.env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, 'credentials'),
  ];
  if (!files.some((file) => existsSync(file))) return offlineRegion;
  const { resolveRegion } = await import('../aws/region.ts');
  return resolveRegion({
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    env: io.env,
  }).catch((error: unknown) => {
    if (error instanceof UserError && error.code === 'no-region') return offlineRegion;
    throw error;
  });
}

/** Runs something that reads a config, with the AWS of this command to ask; it is looked for when it is asked. */
async function withAnswers<R>(
  context: Context,
  { pinSecrets = false, deployed = false }: Partial<ReadProject>,
  read: (aws: AskAws) => Promise<R>,
): Promise<R> {
  let made: ReturnType<typeof import('./ask-aws.ts').askAws> | undefined;
  const aws = async () => {
    const { askAws } = await import('./ask-aws.ts');
    made ??= askAws(() => resolveTarget(context, dirname(configFile(context))), { pinSecrets });
    return made;
  };
  try {
    return await read({
      async stackOutput(...asked) {
        const answer = await (await aws()).stackOutput(...asked);
        // Its logs, and deleting it, do not depend on the value.
        return deployed && 'error' in answer ? { value: asked[1] } : answer;
      },
      ...(pinSecrets && {
        secretVersion: async (name: string) => (await aws()).secretVersion?.(name) ?? { value: null },
      }),
    });
  } finally {
    made?.close();
  }
}

/** As `readProject`, for commands that need a config without errors. */
export async function requireProject(context: Context, options: ReadProject) {
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
export async function synthesizeProject(context: Context, options: ReadProject) {
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
