import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../../../backend.ts';
import { checkedValue } from '../attribute-value.ts';
import { validationError } from '../errors.ts';

export type PlaceholderInput = {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
};

/** `#names` and `:values` of one request, shared by all its expressions; remembers which were used. */
export class Placeholders {
  readonly #names: Map<string, string>;
  readonly #values: Map<string, AttributeValue>;
  readonly #unusedNames: Set<string>;
  readonly #unusedValues: Set<string>;

  /** Throws `ValidationException` for a malformed key or value. */
  constructor(input: PlaceholderInput) {
    this.#names = new Map(entries('ExpressionAttributeNames', input.ExpressionAttributeNames, '#'));
    this.#values = new Map(
      entries('ExpressionAttributeValues', input.ExpressionAttributeValues, ':').map(([key, value]) => [
        key,
        checked(key, value),
      ]),
    );
    this.#unusedNames = new Set(this.#names.keys());
    this.#unusedValues = new Set(this.#values.keys());
  }

  name(placeholder: string): string | undefined {
    this.#unusedNames.delete(placeholder);
    return this.#names.get(placeholder);
  }

  value(placeholder: string): AttributeValue | undefined {
    this.#unusedValues.delete(placeholder);
    return this.#values.get(placeholder);
  }

  /** Once all expressions are parsed: DynamoDB refuses what none of them mentions. */
  refuseUnused(): void {
    refuse('ExpressionAttributeNames', this.#unusedNames);
    refuse('ExpressionAttributeValues', this.#unusedValues);
  }
}

function entries<T>(parameter: string, input: Record<string, T> | undefined, sigil: string): [string, T][] {
  if (input === undefined) return [];
  const all = Object.entries(input);
  if (all.length === 0) throw validationError(`${parameter} must not be empty`);
  for (const [key] of all) {
    if (key[0] !== sigil || !/^.[0-9a-zA-Z_]+$/.test(key)) {
      throw validationError(`${parameter} contains invalid key: Syntax error; key: "${key}"`);
    }
  }
  return all;
}

function checked(key: string, value: AttributeValue): AttributeValue {
  try {
    return checkedValue(value);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw validationError(
      `ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`,
    );
  }
}

function refuse(parameter: string, unused: Set<string>): void {
  if (unused.size === 0) return;
  throw validationError(
    `Value provided in ${parameter} unused in expressions: keys: {${[...unused].join(', ')}}`,
  );
}
