import { type RequestContext, valueAt } from './request-context.ts';

/** `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and `${*}` for a sign that is no wildcard. */
const variable = /\$\{(?:([*?$])|\s*([^},'\s]+)\s*(?:,\s*'((?:[^']|'')*)'\s*)?)\}/g;

/**
 * A text of a policy with the values of its variables. Undefined where one has no value and no other in its place:
 * nothing is equal to it then, or like it. A key with several values is no variable.
 * @param kept how a value stands in the text, for texts in which signs mean something
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function fillVariables(
  text: string,
  context: RequestContext,
  kept: (value: string) => string = (value) => value,
): string | undefined {
  if (!text.includes('${')) return text;
  let isKnown = true;
  const filled = text.replaceAll(
    variable,
    (_, sign: string | undefined, key = '', instead: string | undefined) => {
      const given = valueAt(key, context);
      const value = sign ?? (typeof given === 'string' ? given : undefined) ?? instead?.replaceAll("''", "'");
      if (value === undefined) isKnown = false;
      return kept(value ?? '');
    },
  );
  return isKnown ? filled : undefined;
}
