import { validationError } from '../errors.ts';
import { parseCondition } from './condition.ts';
import { type KeyCondition, parseKeyCondition } from './key-condition.ts';
import { type PlaceholderInput, Placeholders } from './placeholders.ts';
import { parseProjection } from './projection.ts';
import type { Condition, Path, UpdateAction } from './syntax.ts';
import { parseUpdate } from './update-grammar.ts';

const parameters = [
  'UpdateExpression',
  'ConditionExpression',
  'KeyConditionExpression',
  'FilterExpression',
  'ProjectionExpression',
] as const;

type Parameter = (typeof parameters)[number];

/** The expression parameters of a request, whichever of them its operation has. */
export type ExpressionInput = PlaceholderInput & { [name in Parameter]?: string | undefined };

export type Expressions = {
  update?: UpdateAction[];
  condition?: Condition;
  keyCondition?: KeyCondition[];
  filter?: Condition;
  projection?: Path[];
};

/** What expressions took the place of, and this service does not have. */
const legacy = [
  'AttributesToGet',
  'AttributeUpdates',
  'ConditionalOperator',
  'Expected',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
];

/**
 * Parses every expression of a request; `allowed` are those that its operation takes.
 * Throws `ValidationException` for the first fault, for placeholders that nothing uses and for the parameters
 * from before there were expressions.
 */
export function parseExpressions(input: ExpressionInput, allowed: readonly Parameter[]): Expressions {
  const given = allowed.filter((name) => input[name] !== undefined);
  refuseLegacy(input, given);
  if (input.ExpressionAttributeNames && given.length === 0) {
    throw validationError('ExpressionAttributeNames can only be specified when using expressions');
  }
  const withValues = allowed.filter((name) => name !== 'ProjectionExpression');
  if (input.ExpressionAttributeValues && !withValues.some((name) => given.includes(name))) {
    const are = withValues.length > 1 ? 'are' : 'is';
    throw validationError(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(' and ')} ${are} null`,
    );
  }
  const placeholders = new Placeholders(input);
  const expressions: Expressions = {};
  for (const name of given) parse(expressions, name, input[name] ?? '', placeholders);
  placeholders.refuseUnused();
  return expressions;
}

function parse(into: Expressions, name: Parameter, source: string, placeholders: Placeholders): void {
  switch (name) {
    case 'UpdateExpression':
      into.update = parseUpdate(source, placeholders);
      return;
    case 'ConditionExpression':
      into.condition = parseCondition(name, source, placeholders);
      return;
    case 'KeyConditionExpression':
      into.keyCondition = parseKeyCondition(source, placeholders);
      return;
    case 'FilterExpression':
      into.filter = parseCondition(name, source, placeholders);
      return;
    case 'ProjectionExpression':
      into.projection = parseProjection(source, placeholders);
      return;
  }
}

function refuseLegacy(input: object, expressions: readonly string[]): void {
  const present = new Map(Object.entries(input));
  const used = legacy.filter((name) => present.get(name) !== undefined);
  if (used.length === 0) return;
  if (expressions.length > 0) {
    throw validationError(
      `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${used.join(', ')}} Expression parameters: {${expressions.join(', ')}}`,
    );
  }
  throw validationError(
    `The embedded AWS does not have the legacy parameters ${used.join(', ')}: use expressions instead`,
  );
}
