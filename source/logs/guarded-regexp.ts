import { createContext, Script } from 'node:vm';

/** A benign expression needs about a millisecond for the lines of one chunk. */
export const regexpMilliseconds = 100;

const context = createContext({ pattern: undefined, lines: undefined });
const script = new Script('lines.map((line) => { pattern.lastIndex = 0; return pattern.test(line); })');

/**
 * Tests lines with an expression that the user wrote. One like `(a+)+$` can take longer than anybody lives, and
 * JavaScript has no way to stop it but to end the thread or to run it in a context with a limit of time; the
 * second needs no copy of the lines. Answers undefined when the limit was reached.
 */
export function testLines(
  pattern: RegExp,
  lines: readonly string[],
  milliseconds: number = regexpMilliseconds,
): readonly boolean[] | undefined {
  if (lines.length === 0) return [];
  context.pattern = pattern;
  context.lines = lines;
  try {
    return script.runInContext(context, { timeout: milliseconds });
  } catch (error) {
    // The error comes from the other context, where `Error` is another one.
    if (isObject(error) && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  } finally {
    context.pattern = undefined;
    context.lines = undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
