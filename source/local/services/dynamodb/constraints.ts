import { validationError } from './errors.ts';

type Value = string | number | undefined;

/**
 * Checks of single members that AWS makes before it looks at anything else; all failures come in one
 * `ValidationException`. Members are called as the API calls them, with a small first letter.
 */
export class Constraints {
  readonly #failures: string[] = [];

  required(member: string, value: unknown): this {
    if (value === undefined || value === null) this.#fail(member, undefined, 'Member must not be null');
    return this;
  }

  length(member: string, value: string | readonly unknown[] | undefined, least: number, most: number): this {
    if (value === undefined) return this;
    const shown = typeof value === 'string' ? value : `[${value.join(', ')}]`;
    if (value.length < least) {
      this.#fail(member, shown, `Member must have length greater than or equal to ${least}`);
    }
    if (value.length > most) {
      this.#fail(member, shown, `Member must have length less than or equal to ${most}`);
    }
    return this;
  }

  range(member: string, value: number | undefined, least: number, most = Number.POSITIVE_INFINITY): this {
    if (value === undefined) return this;
    if (value < least) this.#fail(member, value, `Member must have value greater than or equal to ${least}`);
    if (value > most) this.#fail(member, value, `Member must have value less than or equal to ${most}`);
    return this;
  }

  oneOf(member: string, value: string | undefined, allowed: readonly string[]): this {
    if (value !== undefined && !allowed.includes(value)) {
      this.#fail(member, value, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
    }
    return this;
  }

  /** Letters, digits, `_`, `-` and `.`: names of tables and indexes. */
  name(member: string, value: string | undefined): this {
    if (value !== undefined && !/^[a-zA-Z0-9_.-]+$/.test(value)) {
      this.#fail(member, value, 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
    }
    return this;
  }

  /** Throws when anything failed. */
  enforce(): void {
    const count = this.#failures.length;
    if (count === 0) return;
    const errors = count === 1 ? 'error' : 'errors';
    throw validationError(`${count} validation ${errors} detected: ${this.#failures.join('; ')}`);
  }

  #fail(member: string, value: Value, constraint: string): void {
    const shown = value === undefined ? 'null' : `'${value}'`;
    this.#failures.push(`Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`);
  }
}
