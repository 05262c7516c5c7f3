import { relative } from 'node:path';
import type { ProjectPlan } from '../../scaffold/project-plan.ts';
import type { StarterInfo } from '../../scaffold/starter.ts';
import type { Io } from '../io.ts';
import type { Choices } from './choices.ts';
import type { CreateAppFlags } from './flags.ts';

/** What a run prints. Results go to stdout; in JSON mode everything else goes to stderr. */
export type Report = {
  /** Something that happened on the way. */
  progress(line: string): void;
  starters(starters: readonly StarterInfo[]): void;
  /** `--dry-run`: the files and nothing else, for other programs. */
  plan(plan: ProjectPlan, choices: Choices): void;
  created(plan: ProjectPlan, choices: Choices, done: Done): void;
  text(text: string): void;
};

type Done = { installed: boolean; git: boolean; next: string[] };

export function createReport(flags: Pick<CreateAppFlags, 'json'>, io: Io): Report {
  const line = (value: object): void => {
    io.stdout.write(`${JSON.stringify(value)}\n`);
  };
  const text = (content: string): void => {
    io.stdout.write(content);
  };
  return {
    text,
    progress: (message) => {
      (flags.json ? io.stderr : io.stdout).write(`${message}\n`);
    },
    starters: (starters) => {
      if (flags.json) for (const starter of starters) line(starter);
      else text(starters.map(describeStarter).join('\n'));
    },
    plan: (plan, choices) => {
      const folder = relative(io.cwd, plan.directory);
      if (flags.json) {
        line({ ...receipt(plan, choices, io, { installed: false, git: false, next: [] }), dryRun: true });
      } else {
        for (const file of plan.files) text(`${folder === '' ? '' : `${folder}/`}${file.path}\n`);
      }
    },
    created: (plan, choices, done) => {
      if (flags.json) line(receipt(plan, choices, io, done));
      else text(`\nNext:\n${indent(done.next)}\n`);
    },
  };
}

const receipt = (plan: ProjectPlan, choices: Choices, io: Io, done: Done) => ({
  type: 'result',
  directory: relative(io.cwd, plan.directory) || '.',
  starter: choices.starter,
  name: plan.name,
  files: plan.files.map((file) => file.path),
  packageManager: choices.packageManager,
  ...done,
});

const describeStarter = ({ id, title, language, resources, description }: StarterInfo): string =>
  `${id}\n  ${title} (${language}): ${description}\n  Builds: ${resources.join(', ')}\n`;

export const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n');
