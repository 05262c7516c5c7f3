import type { DirectiveCall } from './parse-directive.ts';

/** An argument after the local directives in it are resolved. */
export type RuntimeArgument = string | number | boolean | RuntimeValue;

/** A call that only CloudFormation can resolve, with the arguments that were found for it. */
export type RuntimeCall = { call: DirectiveCall; args: readonly RuntimeArgument[] };

/**
 * Stands in the config, from the reading of the directives until everything is checked, for a value that only
 * CloudFormation will know: one call, or a text with calls in it.
 */
export class RuntimeValue {
  /** As it is written, for messages. */
  readonly written: string;
  readonly parts: readonly (string | RuntimeCall)[];

  constructor(written: string, parts: readonly (string | RuntimeCall)[]) {
    this.written = written;
    this.parts = parts;
  }

  /** Stands for a directive that could not be resolved; its error is reported already. */
  get isUnresolved(): boolean {
    return this.parts.length === 0;
  }
}
