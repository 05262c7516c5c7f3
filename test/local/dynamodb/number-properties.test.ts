import { expect, test } from 'vitest';
import { encodeKey } from '../../../source/local/services/dynamodb/key-encoding.ts';
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
  subtractNumbers,
} from '../../../source/local/services/dynamodb/number.ts';

/** A number beside the reference: its value times 10^scale, as an integer. */
type Sample = { text: string; reference: bigint };

const scale = 200;
const rounds = 20_000;

/** mulberry32: the same seed gives the same samples on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function integer(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

/** Up to 38 digits, exponents over the whole range or, mostly, close together; zeros, signs and notations mixed. */
function sample(random: () => number): Sample {
  if (random() < 0.02)
    return { text: ['0', '-0', '0.00', '0e9'][integer(random, 0, 3)] ?? '0', reference: 0n };
  const length = random() < 0.5 ? integer(random, 1, 4) : integer(random, 1, 38);
  const first = String(integer(random, 1, 9));
  const rest = Array.from({ length: length - 1 }, () => integer(random, 0, 9)).join('');
  const digits = first + rest;
  const magnitude = random() < 0.3 ? integer(random, -130, 125) : integer(random, -3, 6);
  const exponent = magnitude - (length - 1);
  const sign = random() < 0.5 ? '-' : '';
  const coefficient = BigInt(sign + digits);
  const text =
    random() < 0.5
      ? `${sign}${digits}e${exponent}`
      : `${sign}${first}.${rest}E${magnitude < 0 ? '' : '+'}${magnitude}`;
  return { text, reference: coefficient * 10n ** BigInt(exponent + scale) };
}

/** The reference as plain decimal text, or undefined when DynamoDB cannot store it. */
function expected(reference: bigint): string | undefined {
  if (reference === 0n) return '0';
  const digits = (reference < 0n ? -reference : reference).toString();
  const magnitude = digits.length - 1 - scale;
  const significant = digits.replace(/0+$/, '').length;
  if (significant > 38 || magnitude > 125 || magnitude < -130) return undefined;
  const padded = digits.padStart(scale + 1, '0');
  const whole = padded.slice(0, -scale);
  const fraction = padded.slice(-scale).replace(/0+$/, '');
  return `${reference < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
}

function attempt(compute: () => string): string | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

test('canonical text, order, sums and differences are those of exact integers', () => {
  const random = randomFrom(20_260_101);
  for (let round = 0; round < rounds; round += 1) {
    const left = sample(random);
    const right = sample(random);
    const a = canonicalNumber(left.text);
    const b = canonicalNumber(right.text);
    const order = left.reference < right.reference ? -1 : left.reference > right.reference ? 1 : 0;
    const context = `${left.text} and ${right.text}`;
    expect(a, context).toBe(expected(left.reference));
    expect(Math.sign(compareNumbers(a, b)), context).toBe(order);
    expect(Math.sign(Buffer.compare(encodeKey({ N: a }), encodeKey({ N: b }))), context).toBe(order);
    expect(
      attempt(() => addNumbers(a, b)),
      context,
    ).toBe(expected(left.reference + right.reference));
    expect(
      attempt(() => subtractNumbers(a, b)),
      context,
    ).toBe(expected(left.reference - right.reference));
  }
});

test('neighbours in the last of 38 digits stay apart', () => {
  const random = randomFrom(7);
  for (let round = 0; round < 2_000; round += 1) {
    const { reference } = sample(random);
    const base = (reference % 10n ** 37n) + (reference < 0n ? -(10n ** 37n) : 10n ** 37n);
    const [a, b] = [canonicalNumber(String(base)), canonicalNumber(String(base + 1n))];
    expect(compareNumbers(a, b)).toBeLessThan(0);
    expect(Buffer.compare(encodeKey({ N: a }), encodeKey({ N: b }))).toBe(-1);
  }
});
