import { basename, resolve } from 'node:path';
import { confirm, input, search, select } from '@inquirer/prompts';
import { UserError } from '../../model/errors.ts';
import type { PackageManager } from '../../scaffold/package-manager.ts';
import { packageManagers } from '../../scaffold/package-manager.ts';
import { nameProblem, serviceNameFrom } from '../../scaffold/project-name.ts';
import type { StarterInfo } from '../../scaffold/starter.ts';
import { inspectTarget } from '../../scaffold/target-folder.ts';
import type { Io } from '../io.ts';
import type { Choices } from './choices.ts';
import { defaultDirectory, matchStarters } from './choices.ts';
import type { CreateAppFlags } from './flags.ts';

/** The streams of a prompt: results own stdout in JSON mode. */
const streams = (io: Io, flags: CreateAppFlags) => ({
  input: io.stdin,
  output: flags.json ? io.stderr : io.stdout,
});

/** Asks for what no flag has said. With `--yes` only the starter can be left to ask for. */
export async function askChoices(
  flags: CreateAppFlags,
  starters: readonly StarterInfo[],
  detected: PackageManager,
  io: Io,
): Promise<Choices> {
  const context = streams(io, flags);
  const directory =
    flags.directory ??
    (flags.yes
      ? defaultDirectory
      : await input(
          {
            message: 'Directory',
            default: defaultDirectory,
            validate: (text) => targetProblem(text, io.cwd) ?? true,
          },
          context,
        ));
  // Said before the other questions, so that nobody answers them in vain.
  inspectTarget(resolve(io.cwd, directory), directory);
  const starter = flags.starter ?? (await askStarter(starters, context));
  const name = flags.name ?? (flags.yes ? undefined : await askName(directory, io.cwd, context));
  const packages =
    flags.packageManager ??
    (flags.yes || !flags.install ? detected : await askPackageManager(detected, context));
  const git = flags.git && (flags.yes || (await confirm({ message: 'Make a git repository?' }, context)));
  return {
    directory,
    starter,
    name,
    packageManager: packages === 'none' ? detected : packages,
    install: flags.install && packages !== 'none',
    git,
  };
}

type Streams = ReturnType<typeof streams>;

function askStarter(starters: readonly StarterInfo[], context: Streams): Promise<string> {
  return search(
    {
      message: 'Starter',
      source: (term) =>
        matchStarters(starters, term ?? '').map((starter) => ({
          value: starter.id,
          name: `${starter.title} (${starter.language})`,
          description: `${starter.description}\nBuilds: ${starter.resources.join(', ')}`,
        })),
    },
    context,
  );
}

function askName(directory: string, cwd: string, context: Streams): Promise<string> {
  let suggested: string | undefined;
  try {
    suggested = serviceNameFrom(basename(resolve(cwd, directory)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return input(
    {
      message: 'Name of the service',
      validate: (text) => nameProblem(text) ?? true,
      ...(suggested === undefined ? {} : { default: suggested }),
    },
    context,
  );
}

function askPackageManager(detected: PackageManager, context: Streams): Promise<PackageManager | 'none'> {
  return select<PackageManager | 'none'>(
    {
      message: 'Install packages with',
      default: detected,
      choices: [...packageManagers.map((value) => ({ value })), { value: 'none', name: 'do not install' }],
    },
    context,
  );
}

function targetProblem(text: string, cwd: string): string | undefined {
  if (text.trim() === '') return 'A directory is needed.';
  try {
    inspectTarget(resolve(cwd, text), text);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

export const askYes = (
  message: string,
  flags: CreateAppFlags,
  io: Io,
  signal: AbortSignal,
): Promise<boolean> => confirm({ message }, { ...streams(io, flags), signal });
