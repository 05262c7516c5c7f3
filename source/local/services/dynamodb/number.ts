import { validationError } from './errors.ts';

/** `coefficient × 10^exponent`, the coefficient without trailing zeros; zero is `0 × 10^0`. */
type Decimal = { coefficient: bigint; exponent: number };

/** The parts that an order-preserving encoding needs: `0.d₁d₂…` shifted so that `d₁` stands before the point. */
export type NumberParts = { sign: -1 | 0 | 1; magnitude: number; digits: string };

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
const largestMagnitude = 125;
const smallestMagnitude = -130;
const mostDigits = 38;

const notation = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * DynamoDB's canonical text of a number: plain decimal notation, no superfluous zeros, no negative zero.
 * Throws `ValidationException` for what is no number, has more than 38 significant digits or is out of range.
 */
export function canonicalNumber(text: string): string {
  return format(parse(text));
}

/** Sum of two canonical numbers, exact; throws `ValidationException` when it cannot be stored. */
export function addNumbers(left: string, right: string): string {
  return format(sum(parse(left), parse(right)));
}

/** Difference of two canonical numbers, exact; throws `ValidationException` when it cannot be stored. */
export function subtractNumbers(left: string, right: string): string {
  const subtrahend = parse(right);
  return format(sum(parse(left), { ...subtrahend, coefficient: -subtrahend.coefficient }));
}

/** Negative, zero or positive, as for `Array.prototype.sort`; both texts canonical. */
export function compareNumbers(left: string, right: string): number {
  if (left === right) return 0;
  // A double holds every decimal of up to 15 digits apart from its neighbours.
  if (left.length <= 15 && right.length <= 15) return Number(left) - Number(right);
  const [a, b] = aligned(parse(left), parse(right));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sign, power of ten of the first digit, and digits of a canonical number. */
export function numberParts(text: string): NumberParts {
  const { coefficient, exponent } = parse(text);
  if (coefficient === 0n) return { sign: 0, magnitude: 0, digits: '' };
  const digits = absolute(coefficient).toString();
  return { sign: coefficient < 0n ? -1 : 1, magnitude: exponent + digits.length - 1, digits };
}

function parse(text: string): Decimal {
  const match = notation.exec(text);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (!match || whole + fraction === '') {
    const suffix = text === '' ? '' : `: ${text}`;
    throw validationError(`The parameter cannot be converted to a numeric value${suffix}`);
  }
  const significant = (whole + fraction).replace(/^0+/, '');
  const digits = withoutTrailingZeros(significant);
  if (digits === '') return { coefficient: 0n, exponent: 0 };
  const exponent = Number(match[4] ?? 0) - fraction.length + (significant.length - digits.length);
  checkRange(digits.length, exponent);
  return { coefficient: match[1] === '-' ? -BigInt(digits) : BigInt(digits), exponent };
}

function checkRange(digits: number, exponent: number): void {
  const magnitude = exponent + digits - 1;
  if (magnitude > largestMagnitude) {
    throw validationError(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  }
  if (magnitude < smallestMagnitude) {
    throw validationError(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
  if (digits > mostDigits) {
    throw validationError('Attempting to store more than 38 significant digits in a Number');
  }
}

function sum(left: Decimal, right: Decimal): Decimal {
  const [a, b] = aligned(left, right);
  const total = a + b;
  if (total === 0n) return { coefficient: 0n, exponent: 0 };
  const all = absolute(total).toString();
  const digits = withoutTrailingZeros(all);
  const exponent = Math.min(left.exponent, right.exponent) + (all.length - digits.length);
  checkRange(digits.length, exponent);
  return { coefficient: total < 0n ? -BigInt(digits) : BigInt(digits), exponent };
}

function aligned(left: Decimal, right: Decimal): [bigint, bigint] {
  const exponent = Math.min(left.exponent, right.exponent);
  return [
    left.coefficient * 10n ** BigInt(left.exponent - exponent),
    right.coefficient * 10n ** BigInt(right.exponent - exponent),
  ];
}

function format({ coefficient, exponent }: Decimal): string {
  const sign = coefficient < 0n ? '-' : '';
  const digits = absolute(coefficient).toString();
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent);
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

// A regular expression for trailing zeros is quadratic on long runs of zeros inside a number.
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}
