import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import type { Item } from '../../../source/local/services/dynamodb/attribute-value.ts';
import { holds } from '../../../source/local/services/dynamodb/expressions/evaluate.ts';
import { project } from '../../../source/local/services/dynamodb/expressions/projection.ts';
import { parseExpressions } from '../../../source/local/services/dynamodb/expressions/request-expressions.ts';
import { applyUpdate } from '../../../source/local/services/dynamodb/expressions/update.ts';

type Values = Record<string, AttributeValue>;

function condition(source: string, item: Item, values?: Values, names?: Record<string, string>): boolean {
  const { condition: parsed } = parseExpressions(
    {
      ConditionExpression: source,
      ExpressionAttributeValues: values,
      ExpressionAttributeNames: names,
    },
    ['UpdateExpression', 'ConditionExpression'],
  );
  if (!parsed) throw new Error('no condition');
  return holds(parsed, item);
}

function update(source: string, item: Item, values?: Values, names?: Record<string, string>): Item {
  const { update: parsed } = parseExpressions(
    { UpdateExpression: source, ExpressionAttributeValues: values, ExpressionAttributeNames: names },
    ['UpdateExpression', 'ConditionExpression'],
  );
  return applyUpdate(item, parsed ?? []);
}

function projection(source: string, item: Item, names?: Record<string, string>): Item {
  const { projection: parsed } = parseExpressions(
    { ProjectionExpression: source, ExpressionAttributeNames: names },
    ['ProjectionExpression'],
  );
  return project(item, parsed ?? []);
}

const n = (value: number): AttributeValue => ({ N: String(value) });
const s = (value: string): AttributeValue => ({ S: value });

describe('conditions', () => {
  const item: Item = {
    a: n(5),
    b: n(7),
    t: s('hello'),
    bin: { B: Uint8Array.of(1, 2, 3) },
    tags: { SS: ['x', 'y'] },
    doc: { M: { rows2: { L: [n(1), { M: { deep: s('yes') } }] } } },
    flag: { BOOL: true },
  };

  test.each<[string, Values | undefined, boolean]>([
    ['a = :v', { ':v': s('5') }, false],
    ['a = :v', { ':v': { N: '5.00' } }, true],
    ['a < b', undefined, true],
    ['a > b', undefined, false],
    ['b >= a AND a <= b', undefined, true],
    ['absent = :v', { ':v': n(1) }, false],
    ['absent <> :v', { ':v': n(1) }, true],
    ['NOT absent = :v', { ':v': n(1) }, true],
    ['a BETWEEN :l AND :h', { ':l': n(5), ':h': n(6) }, true],
    ['NOT a BETWEEN :l AND :h AND t = :t', { ':l': n(5), ':h': n(6), ':t': s('hello') }, false],
    ['a IN (:x, :y, b)', { ':x': n(1), ':y': n(5) }, true],
    ['a = :no AND a = :no OR t = :t', { ':no': n(0), ':t': s('hello') }, true],
    ['a = :no AND (a = :no OR t = :t)', { ':no': n(0), ':t': s('hello') }, false],
    ['not(a = :no)and((a)=b or flag=:f)', { ':no': n(0), ':f': { BOOL: true } }, true],
    ['attribute_exists(doc.rows2[1].deep)', undefined, true],
    ['attribute_exists(doc.rows2[2])', undefined, false],
    ['attribute_not_exists(doc.nowhere.here)', undefined, true],
    ['attribute_type(tags, :t)', { ':t': s('SS') }, true],
    ['begins_with(t, :p)', { ':p': s('hell') }, true],
    ['begins_with(bin, :p)', { ':p': { B: Uint8Array.of(1, 2) } }, true],
    ['begins_with(a, :p)', { ':p': s('5') }, false],
    ['contains(t, :p)', { ':p': s('ell') }, true],
    ['contains(tags, :p)', { ':p': s('y') }, true],
    ['contains(doc.rows2, :p)', { ':p': n(1) }, true],
    ['contains(bin, :p)', { ':p': { B: Uint8Array.of(2, 3) } }, true],
    ['size(t) = :n', { ':n': n(5) }, true],
    ['size(doc.rows2) < size(bin)', undefined, true],
    ['size(a) = :n', { ':n': n(1) }, false],
  ])('%s', (source, values, expected) => {
    expect(condition(source, item, values)).toBe(expected);
  });

  test('strings are ordered by their UTF-8 bytes', () => {
    expect(condition('a < :v', { a: s('\uffee') }, { ':v': s('😀') })).toBe(true);
  });

  test('sets and documents are equal whatever their order', () => {
    expect(condition('a = :v', { a: { NS: ['1', '2'] } }, { ':v': { NS: ['2.0', '1'] } })).toBe(true);
    expect(
      condition('a = :v', { a: { M: { x: n(1), y: n(2) } } }, { ':v': { M: { y: n(2), x: n(1) } } }),
    ).toBe(true);
  });

  test('an attribute may be called like a property of every object', () => {
    expect(condition('attribute_exists(#p)', {}, undefined, { '#p': 'constructor' })).toBe(false);
    expect(condition('attribute_exists(#p)', {}, undefined, { '#p': '__proto__' })).toBe(false);
  });

  test.each<[string, Values | undefined, string]>([
    ['', undefined, 'Invalid ConditionExpression: The expression can not be empty;'],
    ['a = ', undefined, 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "= "'],
    ['a ! b', undefined, 'Invalid ConditionExpression: Syntax error; token: "!", near: "a ! b"'],
    ['a', undefined, 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "a"'],
    ['_a = b', undefined, 'Invalid ConditionExpression: Syntax error; token: "_", near: "_a"'],
    ['a = b = c', undefined, 'Invalid ConditionExpression: Syntax error; token: "=", near: "b = c"'],
    ['((a = b))', undefined, 'Invalid ConditionExpression: The expression has redundant parentheses;'],
    [
      'name = a',
      undefined,
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: name',
    ],
    [
      'a.Status = b',
      undefined,
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: Status',
    ],
    [
      '#a = b',
      undefined,
      'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #a',
    ],
    [
      'a = :v',
      undefined,
      'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :v',
    ],
    ['exists(a)', undefined, 'Invalid ConditionExpression: Invalid function name; function: exists'],
    [
      'size(a)',
      undefined,
      'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: size',
    ],
    [
      'attribute_exists(a) = b',
      undefined,
      'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: attribute_exists',
    ],
    [
      'begins_with(a)',
      undefined,
      'Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1',
    ],
    [
      'begins_with(a, :v)',
      { ':v': n(1) },
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    [
      'attribute_exists(:v)',
      { ':v': n(1) },
      'Invalid ConditionExpression: Operator or function requires a document path; operator or function: attribute_exists',
    ],
    [
      'attribute_type(a, :v)',
      { ':v': s('X') },
      'Invalid ConditionExpression: Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    ],
    [
      'a = a',
      undefined,
      'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]',
    ],
    [
      'a BETWEEN :h AND :l',
      { ':l': n(1), ':h': n(2) },
      'Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}',
    ],
    [
      'a = b',
      { ':unused': n(1) },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:unused}',
    ],
    ['a = b', { bad: n(1) }, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "bad"'],
    [
      'a = :v',
      { ':v': { N: 'x' } },
      'ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :v',
    ],
  ])('%s is refused', (source, values, message) => {
    expect(() => condition(source, item, values)).toThrow(message);
  });
});

test.each([
  ['parentheses', `${'('.repeat(2000)}a = b${')'.repeat(2000)}`],
  ['negations', `${'NOT '.repeat(1000)}a = b`],
  ['calls', `${'size('.repeat(600)}a${')'.repeat(600)} = b`],
])('%s nested without measure are refused', (_title, source) => {
  expect(() => condition(source, {})).toThrow('The expression is nested too deeply;');
});

test('a chain as long as an expression may be is no nesting', () => {
  expect(condition(`${'a <> b OR '.repeat(400)}a = b`, { a: n(1), b: n(1) })).toBe(true);
});

describe('updates', () => {
  test.each<[string, Item, Values | undefined, Item]>([
    ['SET a = :v', {}, { ':v': n(1) }, { a: n(1) }],
    ['SET a = a + :v', { a: n(1) }, { ':v': { N: '0.2' } }, { a: { N: '1.2' } }],
    ['SET a = a - :v', { a: n(1) }, { ':v': n(3) }, { a: n(-2) }],
    ['SET a = b, b = a', { a: n(1), b: n(2) }, undefined, { a: n(2), b: n(1) }],
    ['set a = if_not_exists(a, :z) + :one', {}, { ':z': n(0), ':one': n(1) }, { a: n(1) }],
    ['SET a = (if_not_exists(a, :z) + :one)', { a: n(4) }, { ':z': n(0), ':one': n(1) }, { a: n(5) }],
    ['SET a = list_append(a, :v)', { a: { L: [n(1)] } }, { ':v': { L: [n(2)] } }, { a: { L: [n(1), n(2)] } }],
    [
      'SET a = list_append(if_not_exists(a, :empty), :v)',
      {},
      { ':empty': { L: [] }, ':v': { L: [n(2)] } },
      { a: { L: [n(2)] } },
    ],
    ['SET a[1] = :v', { a: { L: [n(1), n(2)] } }, { ':v': n(9) }, { a: { L: [n(1), n(9)] } }],
    [
      'SET a[9] = :y, a[7] = :x',
      { a: { L: [n(1)] } },
      { ':x': n(2), ':y': n(3) },
      { a: { L: [n(1), n(2), n(3)] } },
    ],
    ['REMOVE a[0], a[1]', { a: { L: [n(1), n(2), n(3)] } }, undefined, { a: { L: [n(3)] } }],
    ['SET a[5] = :v REMOVE a[0]', { a: { L: [n(1), n(2)] } }, { ':v': n(3) }, { a: { L: [n(2), n(3)] } }],
    ['SET a.b = :v', { a: { M: {} } }, { ':v': n(1) }, { a: { M: { b: n(1) } } }],
    ['REMOVE a.b, c', { a: { M: { b: n(1) } } }, undefined, { a: { M: {} } }],
    ['ADD a :v', {}, { ':v': n(1) }, { a: n(1) }],
    ['ADD a :v', { a: n(1) }, { ':v': n(-3) }, { a: n(-2) }],
    ['ADD a :v', { a: { SS: ['x'] } }, { ':v': { SS: ['x', 'y'] } }, { a: { SS: ['x', 'y'] } }],
    ['DELETE a :v', { a: { SS: ['x', 'y'] } }, { ':v': { SS: ['x'] } }, { a: { SS: ['y'] } }],
    ['DELETE a :v', { a: { NS: ['1'] } }, { ':v': { NS: ['1.0'] } }, {}],
    ['DELETE a :v', { b: n(1) }, { ':v': { SS: ['x'] } }, { b: n(1) }],
  ])('%s', (source, item, values, expected) => {
    const before = structuredClone(item);
    expect(update(source, item, values)).toEqual(expected);
    expect(item).toEqual(before);
  });

  test.each<[string, Item, Values | undefined, string]>([
    ['SET', {}, undefined, 'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "SET"'],
    [
      'SET a = :v SET b = :v',
      {},
      { ':v': n(1) },
      'The "SET" section can only be used once in an update expression;',
    ],
    [
      'SET a = :v, a.b = :v',
      {},
      { ':v': n(1) },
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]',
    ],
    [
      'SET a.b = :v, a[0] = :v',
      {},
      { ':v': n(1) },
      'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]',
    ],
    [
      'SET a = b',
      {},
      undefined,
      'The provided expression refers to an attribute that does not exist in the item',
    ],
    [
      'SET a = b + :v',
      { b: s('x') },
      { ':v': n(1) },
      'An operand in the update expression has an incorrect data type',
    ],
    [
      'SET a.b = :v',
      {},
      { ':v': n(1) },
      'The document path provided in the update expression is invalid for update',
    ],
    [
      'ADD a :v',
      {},
      { ':v': s('x') },
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND',
    ],
    [
      'SET a = plus(b, :v)',
      {},
      { ':v': n(1) },
      'Invalid UpdateExpression: Invalid function name; function: plus',
    ],
    ['SET ttl = :v', {}, { ':v': n(1) }, 'Attribute name is a reserved keyword; reserved keyword: ttl'],
    [
      'ADD a :v',
      { a: { SS: ['x'] } },
      { ':v': n(1) },
      'An operand in the update expression has an incorrect data type',
    ],
  ])('%s is refused', (source, item, values, message) => {
    expect(() => update(source, item, values)).toThrow(message);
  });
});

describe('projections', () => {
  const item: Item = {
    id: n(1),
    other: n(2),
    doc: { M: { a: n(3), b: { L: [n(4), n(5), { M: { x: n(6), y: n(7) } }] } } },
  };

  test.each<[string, Item]>([
    ['id', { id: n(1) }],
    ['id, absent', { id: n(1) }],
    ['doc.a', { doc: { M: { a: n(3) } } }],
    ['doc.b[2].y, doc.b[0]', { doc: { M: { b: { L: [n(4), { M: { y: n(7) } }] } } } }],
    ['doc.b[9]', {}],
    ['id.x', {}],
  ])('%s', (source, expected) => {
    expect(projection(source, item)).toEqual(expected);
  });

  test('paths that overlap are refused', () => {
    expect(() => projection('doc, doc.a', item)).toThrow(
      'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [doc], path two: [doc, a]',
    );
  });
});
