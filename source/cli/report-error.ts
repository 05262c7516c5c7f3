import { relative } from 'node:path';
import { formatProblem } from '../config/render-problem.ts';
import type { Problem } from '../model/diagnostic.ts';
import { formatPath } from '../model/diagnostic.ts';
import { AwsError, ConfigError, UserError } from '../model/errors.ts';
import { PackagingError } from '../packaging/packaging-error.ts';
import type { Context, GlobalFlags } from './context.ts';
import type { Io } from './io.ts';
import { wantsColor } from './output.ts';

const bugs = 'This is a bug in stp. Please report it with the output of the same command and --debug.';

/**
 * Prints an error in the mode of the command and gives its exit code: 2 for usage and configuration, 1 for what
 * could not be finished. A stack trace is only for `--debug`.
 */
export function reportError(
  error: unknown,
  io: Io,
  flags: Pick<GlobalFlags, 'json' | 'output' | 'color' | 'debug'>,
): number {
  const color = wantsColor(flags, io.stderr, io.env);
  if (flags.json || flags.output === 'json') {
    io.stdout.write(`${JSON.stringify(errorObject(error, io))}\n`);
  } else {
    io.stderr.write(`${errorText(error, io, color)}\n`);
  }
  if (flags.debug && error instanceof Error) io.stderr.write(`${error.stack ?? ''}\n`);
  return error instanceof UserError ? error.exitCode : 1;
}

/** Warnings about the config, on stderr. */
export function printWarnings(
  { io, flags }: Pick<Context, 'io' | 'flags'>,
  problems: readonly Problem[],
): void {
  const color = wantsColor(flags, io.stderr, io.env);
  for (const problem of problems) io.stderr.write(`${formatProblem(problem, { color, cwd: io.cwd })}\n\n`);
}

/** One `problem` line of the JSON output (spec/cli.md, `validate`). */
export const problemObject = (problem: Problem, io: Io) => ({
  type: 'problem',
  severity: problem.severity,
  code: problem.code,
  file: relative(io.cwd, problem.range.file),
  line: problem.range.line,
  column: problem.range.column,
  path: formatPath(problem.path),
  message: problem.message,
  ...(problem.expected === undefined ? {} : { expected: problem.expected }),
  ...(problem.suggestion === undefined ? {} : { suggestion: problem.suggestion }),
});

function errorObject(error: unknown, io: Io): Record<string, unknown> {
  if (error instanceof ConfigError) {
    const first = error.problems.find((problem) => problem.severity === 'error');
    if (first) {
      const { file, line, column } = problemObject(first, io);
      const problems = error.problems.map((problem) => problemObject(problem, io));
      return { type: 'error', code: first.code, message: first.message, file, line, column, problems };
    }
  }
  if (error instanceof UserError || error instanceof AwsError) {
    const place = error instanceof PackagingError ? error.problems[0]?.places[0] : undefined;
    return {
      type: 'error',
      code: error.code,
      message: error.message,
      ...(error.hint ? { hint: error.hint } : {}),
      ...(place?.file === undefined ? {} : { file: place.file, line: place.line, column: place.column }),
    };
  }
  return { type: 'error', code: 'internal', message: messageOf(error), hint: bugs };
}

function errorText(error: unknown, io: Io, color: boolean): string {
  if (error instanceof ConfigError) {
    const problems = error.problems.map((problem) => formatProblem(problem, { color, cwd: io.cwd }));
    return [...problems, error.message].join('\n\n');
  }
  if (error instanceof UserError) return [`error: ${error.message}`, error.hint].filter(Boolean).join('\n');
  if (error instanceof AwsError) {
    const request = error.requestId ? ` (request ${error.requestId})` : '';
    return [`error: ${error.code}: ${error.message}${request}`, error.hint].filter(Boolean).join('\n');
  }
  return `error: ${messageOf(error)}\n${bugs}`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
