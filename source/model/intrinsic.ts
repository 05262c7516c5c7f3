/**
 * CloudFormation's intrinsic functions as plain data.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */

/** One intrinsic function call: an object with a single key, `Ref` or `Fn::…`. */
export type Intrinsic =
  | { readonly Ref: string }
  | { readonly 'Fn::GetAtt': readonly [logicalId: string, attribute: string] }
  | { readonly 'Fn::Sub': string | readonly [template: string, variables: Record<string, Value>] }
  | { readonly 'Fn::Join': readonly [delimiter: string, values: Value] }
  | { readonly 'Fn::Select': readonly [index: number | string, values: Value] }
  | { readonly 'Fn::Split': readonly [delimiter: string, value: Value] }
  | { readonly 'Fn::GetAZs': Value }
  | { readonly 'Fn::ImportValue': Value };

/** Whatever may stand in a template: JSON with intrinsic functions at any depth. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Intrinsic
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

export const ref = (logicalId: string): Intrinsic => ({ Ref: logicalId });

export const getAtt = (logicalId: string, attribute: string): Intrinsic => ({
  'Fn::GetAtt': [logicalId, attribute],
});

/** `Fn::Sub`. Text without `${` comes back as it is, so that a template has no empty calls. */
export function sub(template: string, variables?: Record<string, Value>): Value {
  if (!template.includes('${')) return template;
  return { 'Fn::Sub': variables ? [template, variables] : template };
}

export const join = (delimiter: string, values: Value): Intrinsic => ({ 'Fn::Join': [delimiter, values] });

/** True for an object with exactly one key that names an intrinsic function. */
export function isIntrinsic(value: unknown): value is Intrinsic {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [key, ...rest] = Object.keys(value);
  return key !== undefined && rest.length === 0 && (key === 'Ref' || key.startsWith('Fn::'));
}

/** Whether a text has a reference in it that CloudFormation resolves in the middle of a deploy. */
export const hasDynamicReference = (text: string): boolean => text.includes('{{resolve:');

/** Whether CloudFormation alone knows what a value comes to. */
export const isKnownLater = (value: unknown): boolean =>
  typeof value === 'string' ? hasDynamicReference(value) : isIntrinsic(value);

/** What an `Fn::Sub` is put together from; undefined for any other value. */
export function substitutionOf(
  value: unknown,
): { template: string; variables: Record<string, Value> } | undefined {
  if (typeof value !== 'object' || value === null || !('Fn::Sub' in value)) return undefined;
  const [template, variables] = [value['Fn::Sub']].flat() as unknown[];
  if (typeof template !== 'string') return undefined;
  const isMapping = typeof variables === 'object' && variables !== null;
  return { template, variables: isMapping ? (variables as Record<string, Value>) : {} };
}

/** The names that an `Fn::Sub` puts values in the place of. `${!…}` is text. */
export const variablesIn = (template: string): string[] =>
  Array.from(template.matchAll(/\$\{([^!}][^}]*)\}/g), ([, name = '']) => name);

/** What a `Ref` or an `Fn::GetAtt` names, also in a template that somebody else wrote. */
export function logicalIdOf(value: Value | undefined): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('Ref' in value && typeof value.Ref === 'string') return value.Ref;
  const attribute = 'Fn::GetAtt' in value ? value['Fn::GetAtt'] : undefined;
  return Array.isArray(attribute) && typeof attribute[0] === 'string' ? attribute[0] : undefined;
}

/** The values, each once. */
export const distinct = (values: readonly Value[]): Value[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

/** A value where CloudFormation takes text alone, also of numbers. */
export const asText = (value: string | number | boolean | Intrinsic): Value =>
  isIntrinsic(value) ? value : String(value);
