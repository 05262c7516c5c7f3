import { relative } from 'node:path';
import { formatProblem } from '../../config/render-problem.ts';
import { synthesizeStack } from '../../synth/synthesize-stack.ts';
import type { Context } from '../context.ts';
import { configFile, readProject } from '../project.ts';
import { problemObject } from '../report-error.ts';

/** `stp validate`: every problem at once. Exit 0 with warnings only, 2 with errors. */
export async function validate(context: Context): Promise<number> {
  const loaded = await readProject(context, { checkEntryFiles: true });
  const problems = [
    ...loaded.problems,
    ...(loaded.config === undefined ? [] : loaded.describe(synthesizeStack(loaded.config).findings)),
  ];
  const file = relative(context.io.cwd, configFile(context));
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  for (const problem of problems) {
    context.emit(problemObject(problem, context.io));
    context.print(`${formatProblem(problem, { color: context.color, cwd: context.io.cwd })}\n`);
  }
  context.emit({ type: 'result', valid: errors === 0, file, errors, warnings });
  const found = [count(errors, 'error'), count(warnings, 'warning')].filter((text) => text !== '');
  context.print(
    found.length === 0
      ? `${context.style('green', '✓')} ${file} is valid`
      : `${errors > 0 ? context.style('red', '✗') : context.style('yellow', '!')} ${file}: ${found.join(', ')}`,
  );
  return errors > 0 ? 2 : 0;
}

const count = (n: number, noun: string): string => (n === 0 ? '' : `${n} ${noun}${n === 1 ? '' : 's'}`);
