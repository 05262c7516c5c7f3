import type { ConfigPath, Finding } from '../../model/diagnostic.ts';
import { didYouMean } from '../../model/nearest-word.ts';
import { DirectiveError } from './built-ins.ts';
import { type DirectiveCall, DirectiveSyntaxError } from './parse-directive.ts';

/** An error together with the part of the text that it is about. */
export class At extends Error {
  readonly error: DirectiveError;
  readonly start: number;
  readonly end: number;

  constructor(error: DirectiveError, start: number, end: number) {
    super(error.message);
    this.error = error;
    this.start = start;
    this.end = end;
  }
}

/** A directive that is none, with what may have been meant. */
export function unknownDirective(name: string, names: readonly string[]): DirectiveError {
  const known = names.map((one) => `$${one}`);
  const near = didYouMean(`$${name}`, known);
  return new DirectiveError(
    'unknown-directive',
    `Unknown directive $${name}. You can only use built-in and custom directives.`,
    {
      expected: `one of ${known.join(', ')}`,
      suggestion: near.suggestion ?? 'Directives of your own are registered in "directives".',
    },
  );
}

export const notAccessible = (call: DirectiveCall, path: readonly string[]): At =>
  new At(
    new DirectiveError(
      'directive-path',
      `Property with path "${path.join('.')}" is not accessible on result of directive $${call.name}().`,
    ),
    path.length > 0 ? call.bracketEnd : call.start,
    call.end,
  );

/** Points at the argument that the error names, else at the whole call. */
export function atArgument(error: DirectiveError, call: DirectiveCall): At {
  const argument = error.details.argument === undefined ? undefined : call.args[error.details.argument];
  return new At(error, argument?.start ?? call.start, argument?.end ?? call.end);
}

/** What is wrong with a directive, as a finding about the text that it stands in; other errors are thrown on. */
export function findingOf(error: unknown, written: string, path: ConfigPath): Finding {
  if (error instanceof DirectiveSyntaxError) {
    return {
      severity: 'error',
      code: 'directive-syntax',
      path,
      within: [error.offset, Math.min(error.offset + 1, Math.max(written.length, error.offset))],
      message: error.message,
      ...(error.expected === undefined ? {} : { expected: error.expected }),
    };
  }
  const directiveError = error instanceof At ? error.error : error;
  if (!(directiveError instanceof DirectiveError)) throw error;
  const { expected, suggestion } = directiveError.details;
  return {
    severity: 'error',
    code: directiveError.code,
    path,
    ...(error instanceof At ? { within: [error.start, error.end] as const } : {}),
    message: directiveError.message,
    ...(expected === undefined ? {} : { expected }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
