import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { validationError } from '../errors.ts';
import { parseCondition } from './condition.ts';
import type { Placeholders } from './placeholders.ts';
import type { Comparator, Condition, Operand } from './syntax.ts';

export type KeyOperator = '=' | '<' | '<=' | '>' | '>=' | 'begins_with' | 'between';

/** A condition on one key attribute; `between` has two values. */
export type KeyCondition = { attribute: string; operator: KeyOperator; values: AttributeValue[] };

const mirrored: Record<Exclude<Comparator, '<>'>, KeyOperator> = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** The one or two conditions of a key condition expression. Throws `ValidationException`. */
export function parseKeyCondition(source: string, placeholders: Placeholders): KeyCondition[] {
  const conditions = flatten(parseCondition('KeyConditionExpression', source, placeholders));
  const attributes = new Set(conditions.map(({ attribute }) => attribute));
  if (attributes.size < conditions.length) {
    throw validationError('KeyConditionExpressions must only contain one condition per key');
  }
  if (conditions.length > 2) {
    throw validationError('Conditions can be of length 1 or 2 only');
  }
  return conditions;
}

function flatten(condition: Condition): KeyCondition[] {
  switch (condition.kind) {
    case 'and':
      return [...flatten(condition.left), ...flatten(condition.right)];
    case 'or':
    case 'not':
    case 'in':
      throw invalidOperator(condition.kind.toUpperCase());
    case 'compare':
      if (condition.comparator === '<>') throw invalidOperator('<>');
      return [comparison(condition.comparator, condition.left, condition.right)];
    case 'between': {
      const { operand, low, high } = condition;
      return [keyFirst('BETWEEN', 'between', [operand, low, high])];
    }
    case 'test': {
      const { function: name, operands } = condition.call;
      if (name !== 'begins_with') throw invalidOperator(name);
      return [keyFirst(name, name, operands)];
    }
  }
}

function comparison(comparator: Exclude<Comparator, '<>'>, left: Operand, right: Operand): KeyCondition {
  const attribute = attributeOf([left, right]);
  if (left.kind === 'path') return { attribute, operator: comparator, values: values([right]) };
  return { attribute, operator: mirrored[comparator], values: values([left]) };
}

function keyFirst(title: string, operator: KeyOperator, operands: Operand[]): KeyCondition {
  const [first, ...others] = operands;
  if (first?.kind !== 'path') {
    throw validationError(
      `Invalid condition in KeyConditionExpression: ${title} operator must have the key attribute as its first operand`,
    );
  }
  return { attribute: attributeOf(operands), operator, values: values(others) };
}

function attributeOf(operands: Operand[]): string {
  if (operands.some(({ kind }) => kind === 'call')) {
    throw validationError('KeyConditionExpressions cannot contain nested operations');
  }
  const paths = operands.flatMap((operand) => (operand.kind === 'path' ? [operand.path] : []));
  if (paths.length > 1) {
    throw validationError(
      'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
    );
  }
  const [path] = paths;
  if (!path) {
    throw validationError('Invalid condition in KeyConditionExpression: No key attribute specified');
  }
  if (path.length > 1) {
    throw validationError('KeyConditionExpressions cannot have conditions on nested attributes');
  }
  return String(path[0]);
}

function values(operands: Operand[]): AttributeValue[] {
  return operands.flatMap((operand) => (operand.kind === 'value' ? [operand.value] : []));
}

function invalidOperator(operator: string): Error {
  return validationError(`Invalid operator used in KeyConditionExpression: ${operator}`);
}
