import type { Problem } from './diagnostic.ts';

/**
 * Something the user can mend: a wrong flag, a wrong config, a missing tool.
 * The command line prints it without a stack trace.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** Stable, kebab-case, for scripts. */
  readonly code: string;
  /** What to do about it, as a sentence. */
  readonly hint: string | undefined;
  /** 2: usage or configuration, nothing was touched. 1: the command could not finish. */
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { code: string; hint?: string; exitCode?: 1 | 2; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 2;
  }
}

/** A config that cannot be used, with every problem found in it. */
export class ConfigError extends UserError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    super(`${errors} ${errors === 1 ? 'error' : 'errors'} in the config`, { code: 'invalid-config' });
    this.problems = problems;
  }
}

/** AWS refused or could not be reached: the service's own words, and what to do where that is known. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly requestId: string | undefined;
  readonly hint: string | undefined;

  constructor(
    message: string,
    options: { code: string; requestId?: string; hint?: string; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.requestId = options.requestId;
    this.hint = options.hint;
  }
}
