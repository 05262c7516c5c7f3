import { constraintBroken } from '../errors.ts';
import { parseJsonPattern } from './json-pattern.ts';
import { parseTermPattern } from './term-pattern.ts';

export type Matcher = (message: string) => boolean;

/**
 * What a filter pattern lets through: terms, `"phrases"`, `?either`, `-not`, `%regular expressions%`, or a
 * condition on JSON (`{ $.a = "b" && $.n > 3 }`). An empty one lets everything through.
 * @throws ServiceError InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): Matcher {
  if (pattern.length > 1024) {
    throw constraintBroken('filterPattern', pattern, 'have length less than or equal to 1024');
  }
  const text = pattern.trim();
  return text.startsWith('{') ? parseJsonPattern(text) : parseTermPattern(text);
}
