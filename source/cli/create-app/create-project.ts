import { relative } from 'node:path';
import { UserError } from '../../model/errors.ts';
import { installPackages } from '../../scaffold/package-manager.ts';
import { stpCommand } from '../../scaffold/printed-command.ts';
import type { ProjectPlan } from '../../scaffold/project-plan.ts';
import type { Target } from '../../scaffold/target-folder.ts';
import { writeProject } from '../../scaffold/write-project.ts';
import type { Io } from '../io.ts';
import { programVersion } from '../program-version.ts';
import type { Choices } from './choices.ts';
import { nextCommands } from './next-commands.ts';
import type { Report } from './report.ts';
import { indent } from './report.ts';

/** `complete`: everything that was asked for. `incomplete`: the project is there, its packages are not. */
export type Creation = 'complete' | 'incomplete' | 'interrupted';

/**
 * Writes the project, then installs its packages and makes a repository. Once the files are in place nothing takes
 * them away again: what fails after that is reported, with the command that makes up for it.
 */
export async function createProject(
  plan: ProjectPlan,
  target: Target,
  choices: Choices,
  { io, report, signal }: { io: Io; report: Report; signal: AbortSignal },
): Promise<Creation> {
  const written = await writeProject(plan, target, () => signal.aborted);
  if (written.status === 'interrupted') return 'interrupted';
  const shown = relative(io.cwd, plan.directory) || '.';
  report.progress(`Created ${shown} with ${plan.files.length - written.kept.length} files`);
  if (written.kept.length > 0) report.progress(`Kept as they were: ${written.kept.join(', ')}`);

  const hasPackages = plan.files.some((file) => file.path === 'package.json');
  const wanted = choices.install && hasPackages;
  const installed = wanted && (await install(choices, plan.directory, { io, report, signal }));
  const git = choices.git && !signal.aborted && (await makeRepository(plan.directory, io, report));
  const next = nextCommands({
    directory: plan.directory,
    cwd: io.cwd,
    installed,
    packageManager: hasPackages ? choices.packageManager : undefined,
    stp: stpCommand(io.env, plan.directory, programVersion),
  });
  if (signal.aborted) {
    report.progress(`Interrupted. The project is in ${shown}; next:\n${indent(next)}`);
    return 'interrupted';
  }
  report.created(plan, choices, { installed, git, next });
  return wanted && !installed ? 'incomplete' : 'complete';
}

type Surroundings = { io: Io; report: Report; signal: AbortSignal };

async function install(
  choices: Choices,
  directory: string,
  { io, report, signal }: Surroundings,
): Promise<boolean> {
  report.progress(`Installing packages with ${choices.packageManager}`);
  try {
    await installPackages(choices.packageManager, directory, { env: io.env, signal });
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!signal.aborted)
      io.stderr.write(`${error.message}\nThe project is complete without them; install them later.\n`);
    return false;
  }
}

async function makeRepository(directory: string, io: Io, report: Report): Promise<boolean> {
  const { createRepository } = await import('../../scaffold/git-repository.ts');
  const result = await createRepository(directory, io.env);
  if (result.status === 'failed') report.progress(`No git repository was made: ${result.message}`);
  return result.status === 'created';
}
