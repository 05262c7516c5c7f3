import { describe, expect, test } from 'vitest';
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
  subtractNumbers,
} from '../../../source/local/services/dynamodb/number.ts';

describe('canonical text', () => {
  test.each([
    ['1', '1'],
    ['+1.50', '1.5'],
    ['-0', '0'],
    ['000', '0'],
    ['0.000', '0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['12.34E-3', '0.01234'],
    ['100', '100'],
    ['-1e-130', `-0.${'0'.repeat(129)}1`],
    ['9.9e125', `99${'0'.repeat(124)}`],
    ['1'.repeat(38), '1'.repeat(38)],
    [`${'1'.repeat(38)}000`, `${'1'.repeat(38)}000`],
  ])('%s is stored as %s', (text, canonical) => {
    expect(canonicalNumber(text)).toBe(canonical);
  });

  test.each([
    ['', 'The parameter cannot be converted to a numeric value'],
    ['abc', 'The parameter cannot be converted to a numeric value: abc'],
    ['.', 'The parameter cannot be converted to a numeric value: .'],
    ['1e', 'The parameter cannot be converted to a numeric value: 1e'],
    ['0x10', 'The parameter cannot be converted to a numeric value: 0x10'],
    ['Infinity', 'The parameter cannot be converted to a numeric value: Infinity'],
    ['1e126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['-1e-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
    ['1'.repeat(39), 'Attempting to store more than 38 significant digits in a Number'],
  ])('%s is refused', (text, message) => {
    expect(() => canonicalNumber(text)).toThrow(message);
  });
});

test('arithmetic is exact where doubles are not', () => {
  expect(addNumbers('0.1', '0.2')).toBe('0.3');
  expect(addNumbers('99999999999999999999999999999999999999', '1')).toBe(`1${'0'.repeat(38)}`);
  expect(subtractNumbers('9007199254740993', '1')).toBe('9007199254740992');
  expect(subtractNumbers('1', '1')).toBe('0');
  expect(() => addNumbers(`1${'0'.repeat(50)}`, '1')).toThrow('more than 38 significant digits');
});

test('numbers beyond the exact range of doubles keep their order', () => {
  expect(compareNumbers('9007199254740993', '9007199254740992')).toBeGreaterThan(0);
  expect(compareNumbers('-9007199254740993', '-9007199254740992')).toBeLessThan(0);
  expect(compareNumbers('0.1000000000000000000001', '0.1')).toBeGreaterThan(0);
});
