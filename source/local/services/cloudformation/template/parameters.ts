import type { Parameter } from '@aws-sdk/client-cloudformation';
import { validationError } from '../errors.ts';
import type { ParameterDefinition, ParsedTemplate } from './template.ts';

/**
 * Values of a template's parameters from a request, the stack's own former values and the defaults.
 * @throws ServiceError `ValidationError` for a missing, unknown or impossible value.
 */
export function parameterValues(
  template: ParsedTemplate,
  given: readonly Parameter[],
  previous: Readonly<Record<string, string>>,
): Record<string, string> {
  const unknown = given
    .map((parameter) => parameter.ParameterKey ?? '')
    .filter((key) => !template.parameters.has(key));
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }
  const byKey = new Map(given.map((parameter) => [parameter.ParameterKey, parameter]));
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, definition] of template.parameters) {
    const parameter = byKey.get(name);
    const value = parameter?.UsePreviousValue
      ? (previous[name] ?? definition.defaultValue)
      : (parameter?.ParameterValue ?? definition.defaultValue);
    if (value === undefined) {
      missing.push(name);
      continue;
    }
    checkValue(name, value, definition);
    values[name] = value;
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  return values;
}

const isList = (type: string): boolean => type === 'CommaDelimitedList' || type.startsWith('List<');

/** As `Ref` gives it: lists split at their commas. */
export const referenceValue = (definition: ParameterDefinition, value: string): string | string[] =>
  isList(definition.type) ? (value === '' ? [] : value.split(',').map((item) => item.trim())) : value;

function checkValue(name: string, value: string, definition: ParameterDefinition): void {
  const fail = (problem: string) => {
    throw validationError(
      definition.constraintDescription === undefined
        ? `Parameter '${name}' ${problem}`
        : `Parameter '${name}' failed to satisfy constraint: ${definition.constraintDescription}`,
    );
  };
  for (const item of [referenceValue(definition, value)].flat()) {
    if (definition.type === 'Number' || definition.type === 'List<Number>') {
      if (item.trim() === '' || Number.isNaN(Number(item))) fail('must be a number.');
      if (definition.minValue !== undefined && Number(item) < definition.minValue) {
        fail(`must be a number not less than ${definition.minValue}`);
      }
      if (definition.maxValue !== undefined && Number(item) > definition.maxValue) {
        fail(`must be a number not greater than ${definition.maxValue}`);
      }
    }
    if (definition.allowedValues !== undefined && !definition.allowedValues.includes(item)) {
      fail('must be one of AllowedValues');
    }
  }
  if (definition.minLength !== undefined && value.length < definition.minLength) {
    fail(`must contain at least ${definition.minLength} characters`);
  }
  if (definition.maxLength !== undefined && value.length > definition.maxLength) {
    fail(`must contain at most ${definition.maxLength} characters`);
  }
  if (
    definition.allowedPattern !== undefined &&
    !new RegExp(`^(?:${definition.allowedPattern})$`).test(value)
  ) {
    fail(`must match pattern ${definition.allowedPattern}`);
  }
}
