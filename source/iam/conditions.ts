import { literally, matchesArn, matchesPattern } from './match-pattern.ts';
import { fillVariables } from './policy-variables.ts';
import { type RequestContext, valueAt } from './request-context.ts';

/** `undefined`: the operator is unknown here. */
type Test = (expected: string, actual: string) => boolean;

const inverse =
  (test: Test): Test =>
  (expected, actual) =>
    !test(expected, actual);

const equals: Test = (expected, actual) => expected === actual;
const equalsIgnoringCase: Test = (expected, actual) => expected.toLowerCase() === actual.toLowerCase();
const like: Test = (expected, actual) => matchesPattern(expected, actual);
const number =
  (compare: (expected: number, actual: number) => boolean): Test =>
  (expected, actual) =>
    expected.trim() !== '' && actual.trim() !== '' && compare(Number(expected), Number(actual));
const date =
  (compare: (expected: number, actual: number) => boolean): Test =>
  (expected, actual) =>
    compare(timeOf(expected), timeOf(actual));

/** Milliseconds of a date in ISO 8601 or in seconds since the epoch. */
const timeOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

/** Whether an address is in a range such as `203.0.113.0/24` or `2001:db8::/32`; without a length it is one address. */
const inRange: Test = (range, address) => {
  const { BlockList, isIP } = process.getBuiltinModule('node:net');
  const [network = '', length] = range.split('/');
  const version = isIP(network);
  const all = version === 6 ? 128 : 32;
  const bits = length === undefined ? all : Number(length);
  if (version === 0 || isIP(address) !== version || !(bits >= 0 && bits <= all)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, version === 6 ? 'ipv6' : 'ipv4');
  return list.check(address, version === 6 ? 'ipv6' : 'ipv4');
};

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const operators: Readonly<Record<string, { test: Test; negated?: true }>> = {
  StringEquals: { test: equals },
  StringNotEquals: { test: inverse(equals), negated: true },
  StringEqualsIgnoreCase: { test: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { test: inverse(equalsIgnoringCase), negated: true },
  StringLike: { test: like },
  StringNotLike: { test: inverse(like), negated: true },
  // Both of them take wildcards.
  ArnEquals: { test: matchesArn },
  ArnLike: { test: matchesArn },
  ArnNotEquals: { test: inverse(matchesArn), negated: true },
  ArnNotLike: { test: inverse(matchesArn), negated: true },
  Bool: { test: equalsIgnoringCase },
  NumericEquals: { test: number((expected, actual) => actual === expected) },
  NumericNotEquals: { test: number((expected, actual) => actual !== expected), negated: true },
  NumericLessThan: { test: number((expected, actual) => actual < expected) },
  NumericLessThanEquals: { test: number((expected, actual) => actual <= expected) },
  NumericGreaterThan: { test: number((expected, actual) => actual > expected) },
  NumericGreaterThanEquals: { test: number((expected, actual) => actual >= expected) },
  DateEquals: { test: date((expected, actual) => actual === expected) },
  DateNotEquals: { test: date((expected, actual) => actual !== expected), negated: true },
  DateLessThan: { test: date((expected, actual) => actual < expected) },
  DateLessThanEquals: { test: date((expected, actual) => actual <= expected) },
  DateGreaterThan: { test: date((expected, actual) => actual > expected) },
  DateGreaterThanEquals: { test: date((expected, actual) => actual >= expected) },
  // Both sides are in Base64.
  BinaryEquals: { test: equals },
  IpAddress: { test: inRange },
  NotIpAddress: { test: inverse(inRange), negated: true },
};

/** `StringEquals`, `ForAnyValue:ArnLikeIfExists`: an operator, what it says of several values, and of a missing key. */
function readOperator(written: string): { name: string; set: string | undefined; ifExists: boolean } {
  const [, set, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written) ?? [];
  return { name, set, ifExists: ifExists !== undefined };
}

/** Whether IAM knows an operator of conditions. */
export const isConditionOperator = (written: string): boolean =>
  written === 'Null' || Object.hasOwn(operators, readOperator(written).name);

/**
 * Whether every condition of a statement holds. `undefined` where one has an operator that is not known here: the
 * caller decides for the safe side.
 */
export function conditionsHold(
  condition: unknown,
  context: RequestContext,
  hasVariables: boolean,
): boolean | undefined {
  if (condition === undefined) return true;
  if (typeof condition !== 'object' || condition === null) return undefined;
  let unknown = false;
  for (const [operator, keys] of Object.entries(condition)) {
    for (const [key, expected] of Object.entries((keys ?? {}) as Record<string, unknown>)) {
      const values = hasVariables ? filledValues(operator, valuesOf(expected), context) : valuesOf(expected);
      const holds = holdsFor(operator, values, actualOf(key, context));
      if (holds === false) return false;
      if (holds === undefined) unknown = true;
    }
  }
  return unknown ? undefined : true;
}

function holdsFor(
  written: string,
  expected: readonly string[],
  actual: readonly string[] | undefined,
): boolean | undefined {
  const { name, set, ifExists } = readOperator(written);
  if (name === 'Null') {
    const isMissing = actual === undefined || actual.length === 0;
    return expected.some((value) => (value.toLowerCase() === 'true') === isMissing);
  }
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator) return undefined;
  // All of no values fit; a condition that is not about a set fails without its key, unless it is a negated one.
  if (actual === undefined || actual.length === 0) {
    return set === 'ForAllValues' || ifExists || (set === undefined && operator.negated === true);
  }
  const fits = (value: string): boolean =>
    operator.negated
      ? expected.every((one) => operator.test(one, value))
      : expected.some((one) => operator.test(one, value));
  if (set === 'ForAnyValue') return actual.some(fits);
  return actual.every(fits);
}

function actualOf(key: string, context: RequestContext): readonly string[] | undefined {
  const value = valueAt(key, context);
  return typeof value === 'string' ? [value] : value;
}

/** Texts and ARNs may have variables, values of other operators not. */
function filledValues(written: string, values: readonly string[], context: RequestContext): string[] {
  const { name } = readOperator(written);
  if (!/^(?:String|Arn)/.test(name)) return [...values];
  const isPattern = name.startsWith('Arn') || name.endsWith('Like');
  return values.flatMap(
    (value) => (isPattern ? fillVariables(value, context, literally) : fillVariables(value, context)) ?? [],
  );
}

const valuesOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);
