import { createContext, Script } from 'node:vm';

/** A benign expression needs about a millisecond for the lines of one chunk. */
export const regexpMilliseconds = 100;

const context = createContext({ pattern: undefined, lines: undefined, text: undefined });

const testEach = new Script('lines.map((line) => { pattern.lastIndex = 0; return pattern.test(line); })');

/** Undefined as soon as a match reaches over the end of its line. */
const firstOfEachLine = new Script(`(() => {
  const places = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match[0].includes('\\n')) return undefined;
    if (match.index >= text.length) break;
    places.push(match.index);
    const end = text.indexOf('\\n', match.index);
    if (end < 0) break;
    pattern.lastIndex = end + 1;
  }
  return places;
})()`);

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
  return guarded<boolean[]>(testEach, { pattern, lines }, milliseconds)?.value;
}

/** Whether lines may be tested all at once: an expression that looks around could see the lines beside its own. */
export function canScan(pattern: RegExp): boolean {
  return !/\(\?(?!:|<\w)/.test(pattern.source);
}

/**
 * As `testLines`, but over a text of many lines at once, ten times as fast: the place of the first match in each
 * line that has one. `each`: a match reaches over a line's end, so that the lines have to be tested one by one.
 */
export function scanLines(pattern: RegExp, text: string): readonly number[] | 'each' | undefined {
  const result = guarded<number[] | undefined>(firstOfEachLine, { pattern, text }, regexpMilliseconds);
  return result === undefined ? undefined : (result.value ?? 'each');
}

function guarded<T>(script: Script, given: object, milliseconds: number): { value: T } | undefined {
  Object.assign(context, given);
  try {
    return { value: script.runInContext(context, { timeout: milliseconds }) };
  } catch (error) {
    // The error comes from the other context, where `Error` is another one.
    if (isObject(error) && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  } finally {
    Object.assign(context, { pattern: undefined, lines: undefined, text: undefined });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
