import { UserError } from '../model/errors.ts';
import type { BuildMessage, PackagingProblem } from './artifact.ts';

/** Every function that could not be packaged, in one error. */
export class PackagingError extends UserError {
  readonly problems: readonly PackagingProblem[];

  constructor(problems: readonly PackagingProblem[]) {
    const [hint, ...others] = new Set(problems.map((problem) => problem.hint));
    const isOne = others.length === 0;
    const built = problems.some((problem) => problem.code.endsWith('-failed'));
    super(describeProblems(problems, !isOne), {
      code: problems[0]?.code ?? 'build-failed',
      exitCode: built ? 1 : 2,
      ...(hint === undefined || !isOne ? {} : { hint }),
    });
    this.problems = problems;
  }
}

/** A throwable problem of one function; `packageFunctions` collects them. */
export class PackagingFailure extends Error {
  override readonly name = 'PackagingFailure';
  readonly problem: PackagingProblem;

  constructor(problem: Omit<PackagingProblem, 'places'> & { places?: BuildMessage[] }) {
    super(problem.message);
    this.problem = { places: [], ...problem };
  }
}

/**
 * Functions that share a broken file get its messages once, under all their names.
 * @param withHints where there are several, each stands with its problem
 */
function describeProblems(problems: readonly PackagingProblem[], withHints: boolean): string {
  const namesByText = new Map<string, string[]>();
  for (const problem of problems) {
    const hint = withHints && problem.hint !== undefined ? `\n${problem.hint}` : '';
    const text = describeProblem(problem) + hint;
    namesByText.set(text, [...(namesByText.get(text) ?? []), problem.function]);
  }
  const count = problems.length;
  const title = `${count} ${count === 1 ? 'function' : 'functions'} could not be packaged`;
  return [title, ...[...namesByText].map(([text, names]) => `${names.join(', ')}: ${text}`)].join('\n\n');
}

function describeProblem(problem: PackagingProblem): string {
  const lines = [problem.message];
  for (const place of problem.places) {
    lines.push(place.file === undefined ? place.text : `${formatPlace(place)}: ${place.text}`);
    if (place.frame !== undefined) lines.push(place.frame);
  }
  return lines.join('\n');
}

function formatPlace(place: BuildMessage): string {
  return place.line === undefined ? `${place.file}` : `${place.file}:${place.line}:${place.column ?? 1}`;
}
