import { type Intrinsic, isIntrinsic, type Value } from '../model/intrinsic.ts';

/**
 * JSON text of a value. What only CloudFormation knows stands in it as a variable of `Fn::Sub`, so that services
 * that take JSON as text get the real value.
 */
export function jsonText(value: Value): Value {
  const variables: Record<string, Value> = {};
  const marks: string[] = [];
  const marked = JSON.stringify(value, (_, member) => {
    if (!isIntrinsic(member)) return member;
    const name = `sub${marks.length}`;
    variables[name] = escaped(member);
    // No text of a config has this character in it, so that what is put in its place is a variable for certain.
    marks.push(`\u0000${name}\u0000`);
    return marks.at(-1);
  });
  if (marks.length === 0) return marked;
  const template = marked.replaceAll('${', '${!').replaceAll(/\\u0000(sub\d+)\\u0000/g, '${$1}');
  return { 'Fn::Sub': [template, variables] };
}

/** The text around variables with quotes and line breaks as JSON has them; it stands between quotes. */
function escaped(value: Intrinsic): Intrinsic {
  if (!('Fn::Sub' in value)) return value;
  const substitution = value['Fn::Sub'];
  const inQuotes = (text: string): string => JSON.stringify(text).slice(1, -1);
  return typeof substitution === 'string'
    ? { 'Fn::Sub': inQuotes(substitution) }
    : { 'Fn::Sub': [inQuotes(substitution[0]), substitution[1]] };
}
