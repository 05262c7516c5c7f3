import { basename, join, resolve } from 'node:path';
import { detectPackageManager } from '../scaffold/package-manager.ts';
import { stpCommand } from '../scaffold/printed-command.ts';
import { nameProblem, serviceNameFrom } from '../scaffold/project-name.ts';
import type { ProjectPlan } from '../scaffold/project-plan.ts';
import { planProject } from '../scaffold/project-plan.ts';
import { listStarters, readStarter, startersFolder } from '../scaffold/read-starter.ts';
import type { StarterInfo } from '../scaffold/starter.ts';
import { parseStarterSource, startersHint } from '../scaffold/starter-source.ts';
import { inspectTarget } from '../scaffold/target-folder.ts';
import type { Choices } from './create-app/choices.ts';
import { choicesFromFlags } from './create-app/choices.ts';
import { createProject } from './create-app/create-project.ts';
import type { CreateAppFlags } from './create-app/flags.ts';
import { help, parseFlags, usage } from './create-app/flags.ts';
import { holdInterrupts } from './create-app/interrupts.ts';
import type { Report } from './create-app/report.ts';
import { createReport, indent } from './create-app/report.ts';
import type { Io } from './io.ts';
import { programVersion } from './program-version.ts';

const interrupted = 130;

/**
 * The program `create-stp-app`: makes a project out of a starter (spec/cli.md).
 * What only some runs need (prompts, processes, the rendering of errors) is loaded by those.
 * @param continueWith deploys the new project locally; offered on a terminal, with the project's absolute folder
 * @returns the exit code
 */
export async function runCreateApp(
  argv: readonly string[],
  io: Io,
  continueWith?: (directory: string) => Promise<number>,
): Promise<number> {
  let flags: CreateAppFlags | undefined;
  try {
    flags = parseFlags(argv);
    return await run(flags, io, continueWith);
  } catch (error) {
    // What a prompt throws when Ctrl-C or a signal ends it.
    if (error instanceof Error && /^(?:Exit|Abort)PromptError$/.test(error.name)) return interrupted;
    const { reportError } = await import('./report-error.ts');
    return reportError(error, io, {
      json: flags?.json ?? (argv.includes('--json') || /(?:^|,)--output[=,]json(?:,|$)/.test(argv.join(','))),
      color: flags?.color ?? true,
      debug: flags?.debug ?? argv.includes('--debug'),
    });
  }
}

async function run(
  flags: CreateAppFlags,
  io: Io,
  continueWith: ((directory: string) => Promise<number>) | undefined,
): Promise<number> {
  const report = createReport(flags, io);
  const starters = flags.help || flags.version ? [] : listStarters(startersFolder());
  if (flags.help) report.text(help);
  else if (flags.version) report.text(`${programVersion}\n`);
  else if (flags.list) report.starters(starters);
  else return scaffold(flags, starters, io, report, continueWith);
  return 0;
}

async function scaffold(
  flags: CreateAppFlags,
  starters: readonly StarterInfo[],
  io: Io,
  report: Report,
  continueWith: ((directory: string) => Promise<number>) | undefined,
): Promise<number> {
  const interactive = isInteractive(flags, io);
  const choices = await choose(flags, starters, interactive, io);
  const directory = resolve(io.cwd, choices.directory);
  const name = choices.name ?? serviceNameFrom(basename(directory));
  const problem = nameProblem(name);
  if (problem !== undefined) throw usage(`--name: ${problem}`);
  const target = inspectTarget(directory, choices.directory);

  const interrupts = holdInterrupts();
  const { signal } = interrupts;
  let dispose = (): void => {};
  try {
    const starter = await locateStarter(choices.starter, starters, io, report, signal);
    dispose = starter.dispose;
    const plan = planProject({
      starter: readStarter(starter.folder),
      directory,
      name,
      stp: stpCommand(io.env, directory, programVersion),
    });
    if (flags.dryRun) {
      report.plan(plan, choices);
      return 0;
    }
    const asks = interactive && !flags.yes;
    if (asks && !(await confirmPlan(plan, choices, flags, io, report, signal))) return interrupted;
    const creation = await createProject(plan, target, choices, { io, report, signal });
    if (creation !== 'complete') return creation === 'interrupted' ? interrupted : 1;
    if (!asks || flags.json || continueWith === undefined) return 0;
    const { askYes } = await import('./create-app/prompts.ts');
    const question = 'Deploy it now, to the AWS that is embedded in this program?';
    if (!(await askYes(question, flags, io, signal))) return 0;
  } catch (error) {
    if (signal.aborted) return interrupted;
    throw error;
  } finally {
    dispose();
    interrupts.dispose();
  }
  return continueWith(directory);
}

async function locateStarter(
  text: string,
  starters: readonly StarterInfo[],
  io: Io,
  report: Report,
  signal: AbortSignal,
): Promise<{ folder: string; dispose(): void }> {
  const source = parseStarterSource(text, starters, io.cwd);
  if (source.kind === 'bundled') return { folder: join(startersFolder(), source.id), dispose: () => {} };
  if (source.kind === 'folder') return { folder: source.folder, dispose: () => {} };
  report.progress(`Fetching ${text}`);
  const { fetchStarter } = await import('../scaffold/fetch-starter.ts');
  return fetchStarter(source, { env: io.env, signal });
}

/** From flags where they say all; on a terminal by asking; else an error that names what is missing. */
async function choose(
  flags: CreateAppFlags,
  starters: readonly StarterInfo[],
  interactive: boolean,
  io: Io,
): Promise<Choices> {
  const detected = detectPackageManager(io.env);
  const given = choicesFromFlags(flags, detected);
  const asksNothing = flags.yes || flags.dryRun;
  if (given !== undefined && asksNothing) return given;
  if (!interactive) {
    const missing = [...(given === undefined ? ['--starter <id>'] : []), ...(asksNothing ? [] : ['--yes'])];
    throw usage(
      `there is no terminal to ask on: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} needed`,
      startersHint(starters),
    );
  }
  const { askChoices } = await import('./create-app/prompts.ts');
  return askChoices(flags, starters, detected, io);
}

function isInteractive(flags: CreateAppFlags, io: Io): boolean {
  if (flags.output === 'plain' || io.env.TERM === 'dumb') return false;
  if (io.env.CI && flags.output !== 'tty') return false;
  return Boolean(io.stdin.isTTY && (flags.json ? io.stderr : io.stdout).isTTY);
}

async function confirmPlan(
  plan: ProjectPlan,
  choices: Choices,
  flags: CreateAppFlags,
  io: Io,
  report: Report,
  signal: AbortSignal,
): Promise<boolean> {
  const { askYes } = await import('./create-app/prompts.ts');
  const steps = [
    `${plan.files.length} files in ${choices.directory}: ${plan.files.map((file) => file.path).join(', ')}`,
    ...(choices.install ? [`packages, installed by ${choices.packageManager}`] : []),
    ...(choices.git ? ['a git repository'] : []),
  ];
  report.progress(`\nService ${plan.name} from ${choices.starter}:\n${indent(steps)}\n`);
  return askYes('Create it?', flags, io, signal);
}
