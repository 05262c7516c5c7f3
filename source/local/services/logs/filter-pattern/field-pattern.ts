import { parseCondition, type Test } from './condition.ts';
import type { Matcher } from './filter-pattern.ts';
import { invalidPattern } from './invalid-pattern.ts';

/** Fields are apart by spaces; what is in brackets or quotes is one. */
const fieldPattern = /\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)/g;
const partPattern = /((?:[^,"%]|"(?:[^"\\]|\\.)*"|%[^%]*%)+)(?:,|$)/y;

/**
 * `[ip, user, ..., status = 4*, bytes > 1000]`: a condition for each field of a message in its place; the dots
 * stand for any number of fields.
 * @throws ServiceError InvalidParameterException
 */
export function parseFieldPattern(text: string): Matcher {
  if (!text.endsWith(']')) throw invalidPattern(text);
  const parts = split(text.slice(1, -1), text);
  const dots = parts.indexOf('...');
  if (dots !== parts.lastIndexOf('...')) throw invalidPattern(text);
  const tests = parts.filter((part) => part !== '...').map((part) => parsePart(part, text));
  return (message) => {
    const fields = [...message.matchAll(fieldPattern)].map(
      ([, bracketed, quoted, plain]) => bracketed ?? quoted ?? plain ?? '',
    );
    const skipped = fields.length - tests.length;
    if (skipped < 0 || (dots === -1 && skipped > 0)) return false;
    return tests.every((test, index) =>
      test(fieldValue(fields[dots !== -1 && index >= dots ? index + skipped : index])),
    );
  };
}

function split(text: string, pattern: string): string[] {
  const parts: string[] = [];
  partPattern.lastIndex = 0;
  while (partPattern.lastIndex < text.length) {
    const part = partPattern.exec(text)?.[1]?.trim();
    if (part === undefined || part === '') throw invalidPattern(pattern);
    parts.push(part);
  }
  if (parts.length === 0) throw invalidPattern(pattern);
  return parts;
}

function parsePart(part: string, pattern: string): Test {
  if (/^[\w-]+$/.test(part)) return () => true;
  return parseCondition(part, pattern, (token) => (token.kind === 'word' ? (field) => field : undefined));
}

/** A number where it is written as one, so that it can be compared. */
function fieldValue(field: string | undefined): unknown {
  const number = Number(field);
  return String(number) === field ? number : field;
}
