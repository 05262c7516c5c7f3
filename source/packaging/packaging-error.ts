import { UserError } from '../model/errors.ts';
import type { BuildMessage, PackagingProblem } from './artifact.ts';

/** Every function that could not be packaged, in one error. */
export class PackagingError extends UserError {
  readonly problems: readonly PackagingProblem[];

  constructor(problems: readonly PackagingProblem[]) {
    const hint = problems.find((problem) => problem.hint !== undefined)?.hint;
    const built = problems.some((problem) => problem.code.endsWith('-failed'));
    super(describeProblems(problems), {
      code: problems[0]?.code ?? 'build-failed',
      exitCode: built ? 1 : 2,
      ...(hint === undefined ? {} : { hint }),
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

/** Functions that share a broken file get its messages once, under all their names. */
function describeProblems(problems: readonly PackagingProblem[]): string {
  const namesByText = new Map<string, string[]>();
  for (const problem of problems) {
    const text = describeProblem(problem);
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
