import { validationError } from '../errors.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { isObject, type ParsedTemplate } from './template.ts';

/**
 * Values of all conditions of a template. They see parameters and mappings, never resources.
 * @throws ServiceError `ValidationError` for a malformed or circular one.
 */
export function evaluateConditions(
  template: ParsedTemplate,
  values: ReadonlyMap<string, string | string[]>,
): Map<string, boolean> {
  const results = new Map<string, boolean>();
  const underway = new Set<string>();

  const conditionOf = (name: string): boolean => {
    const done = results.get(name);
    if (done !== undefined) return done;
    if (!template.conditions.has(name)) {
      throw validationError(
        `Template format error: Unresolved condition dependency ${name} in the Conditions block of the template`,
      );
    }
    if (underway.has(name)) {
      throw validationError(
        `Template format error: Circular dependency between conditions: [${[...underway].join(', ')}]`,
      );
    }
    underway.add(name);
    const result = truth(template.conditions.get(name));
    underway.delete(name);
    results.set(name, result);
    return result;
  };

  const outside = (name: string): never => {
    throw validationError(
      `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
    );
  };
  const scope: Scope = {
    values,
    mappings: template.mappings,
    condition: conditionOf,
    ref: outside,
    attribute: outside,
    importValue: outside,
  };

  const truth = (value: unknown): boolean => {
    if (!isObject(value))
      throw validationError(
        'Template format error: Conditions can only be boolean operations on parameters and other conditions',
      );
    const [name = '', argument] = Object.entries(value)[0] ?? [];
    switch (name) {
      case 'Condition':
        return conditionOf(String(argument));
      case 'Fn::Equals': {
        const [left, right] = operands(name, argument, 2, 2).map((operand) => evaluate(operand, scope));
        return JSON.stringify(stringly(left)) === JSON.stringify(stringly(right));
      }
      case 'Fn::And':
        return operands(name, argument, 2, 10).every(truth);
      case 'Fn::Or':
        return operands(name, argument, 2, 10).some(truth);
      case 'Fn::Not':
        return !operands(name, argument, 1, 1).every(truth);
      default:
        throw validationError(
          'Template format error: Conditions can only be boolean operations on parameters and other conditions',
        );
    }
  };

  for (const name of template.conditions.keys()) conditionOf(name);
  return results;
}

function operands(name: string, argument: unknown, least: number, most: number): unknown[] {
  if (!Array.isArray(argument) || argument.length < least || argument.length > most) {
    const count = least === most ? `${least}` : `at least ${least} and at most ${most}`;
    throw validationError(
      `Template error: every ${name} object requires ${count} boolean or string parameters.`,
    );
  }
  return argument;
}

const stringly = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
