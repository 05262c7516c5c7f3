import type { Matcher } from './filter-pattern.ts';
import { invalidPattern, regularExpression } from './invalid-pattern.ts';

/** A sign, then a phrase in quotes, an expression in percent signs, or a word. */
const termPattern = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|([^\s"%]+))(?=\s|$)/y;

/**
 * Terms without an order, with their case. Terms with `?` are ignored beside terms without, as CloudWatch's
 * documentation says.
 * @throws ServiceError InvalidParameterException
 */
export function parseTermPattern(text: string): Matcher {
  const all: Matcher[] = [];
  const any: Matcher[] = [];
  const none: Matcher[] = [];
  termPattern.lastIndex = 0;
  while (termPattern.lastIndex < text.length) {
    const match = termPattern.exec(text);
    if (match === null) throw invalidPattern(text);
    const [, sign, phrase, source, word = ''] = match;
    const expression = source === undefined ? undefined : regularExpression(source, text);
    const wanted = phrase === undefined ? word : phrase.replaceAll(/\\(.)/g, '$1');
    const matcher: Matcher =
      expression === undefined
        ? (message) => message.includes(wanted)
        : (message) => expression.test(message);
    (sign === '?' ? any : sign === '-' ? none : all).push(matcher);
  }
  const isAlternative = all.length === 0 && none.length === 0 && any.length > 0;
  return (message) =>
    isAlternative
      ? any.some((matches) => matches(message))
      : all.every((matches) => matches(message)) && !none.some((matches) => matches(message));
}
