import { constraintBroken } from '../errors.ts';
import { parseFieldPattern } from './field-pattern.ts';
import { parseJsonPattern } from './json-pattern.ts';
import { parseTermPattern } from './term-pattern.ts';

export type Matcher = (message: string) => boolean;

/**
 * What a filter pattern lets through: terms, `"phrases"`, `?either`, `-not`, `%regular expressions%`, a
 * condition on JSON (`{ $.a = "b" && $.n > 3 }`) or one for each field (`[ip, ..., status = 4*]`). An empty one lets everything through.
 * @throws ServiceError InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): Matcher {
  if (pattern.length > 1024) {
    throw constraintBroken('filterPattern', pattern, 'have length less than or equal to 1024');
  }
  const text = pattern.trim();
  if (text.startsWith('{')) return parseJsonPattern(text);
  return text.startsWith('[') ? parseFieldPattern(text) : parseTermPattern(text);
}
