import type { Value } from '../model/intrinsic.ts';

/** A value of a template in words: `PostsTable.Arn`, `arn:aws:s3:::…`, `${PostsTable.Arn}/index/*` without its marks. */
export function describeValue(value: Value | undefined): string {
  if (typeof value !== 'object' || value === null) return String(value ?? 'nothing');
  if ('Ref' in value) return String(value.Ref);
  if ('Fn::GetAtt' in value) return listOf(value['Fn::GetAtt']).join('.');
  if ('Fn::Sub' in value) {
    const [template] = listOf(value['Fn::Sub']);
    return String(template)
      .replace('${AWS::Partition}', 'aws')
      .replaceAll(/\$\{(?:AWS::)?([^}]+)\}/g, '$1');
  }
  return JSON.stringify(value);
}

/** A value as a list: CloudFormation takes one entry for a list of one in many places. */
export function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as Value];
}

/** The same value; the order of keys does not matter. */
export function sameValue(left: Value | undefined, right: Value | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  const leftKeys = Object.keys(left);
  return (
    Array.isArray(left) === Array.isArray(right) &&
    leftKeys.length === Object.keys(right).length &&
    leftKeys.every((key) => sameValue(memberOf(left, key), memberOf(right, key)))
  );
}

const memberOf = (value: object, key: string): Value | undefined =>
  (value as Record<string, Value | undefined>)[key];
