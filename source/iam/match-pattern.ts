/** `*` is any characters, `?` one. Without case for actions, with it for all else. */
export function matchesPattern(pattern: string, value: string, ignoreCase = false): boolean {
  return regExp(pattern, '.*', ignoreCase).test(value);
}

/**
 * Whether an ARN fits a pattern. The first five colons part segments, in which wildcards stay: only one at the end of
 * a segment reaches over the colons behind it. What comes after is a path in which a wildcard is any characters.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  let source = '';
  let colons = 0;
  for (const [index, sign] of [...pattern].entries()) {
    const next = pattern[index + 1];
    if (sign === ':') colons++;
    if (sign === '*') source += colons >= 5 || next === ':' || next === undefined ? '.*' : '[^:]*';
    else if (sign === '?') source += colons >= 5 ? '.' : '[^:]';
    else source += escaped(sign);
  }
  return new RegExp(`^${source}$`, 's').test(arn);
}

/** Stand for `*` and `?` that are no wildcards: signs that nobody's names have. */
const literalSigns: Readonly<Record<string, string>> = { '*': '\uE02A', '?': '\uE03F' };

/** A text as it stands in a pattern that takes it word for word. */
export const literally = (text: string): string =>
  text.replaceAll(/[*?]/g, (sign) => literalSigns[sign] ?? sign);

const escaped = (sign: string): string =>
  sign
    .replaceAll(/[.+?^${}()|[\]\\/]/g, '\\$&')
    .replace('\uE02A', '\\*')
    .replace('\uE03F', '\\?');

function regExp(pattern: string, star: string, ignoreCase: boolean): RegExp {
  const source = [...pattern].map((sign) => (sign === '*' ? star : sign === '?' ? '.' : escaped(sign)));
  return new RegExp(`^${source.join('')}$`, ignoreCase ? 'is' : 's');
}
