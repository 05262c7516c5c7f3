import { validationError } from '../errors.ts';
import { attributeReference, subPieces } from './references.ts';
import { isObject } from './template.ts';

/** Stands for a value that only the deployment will give; a call that has it among its arguments has it as its result. */
export const notYetKnown: unique symbol = Symbol('known after deployment');

/** `AWS::NoValue`: the property or the item is left out. */
const noValue: unique symbol = Symbol('AWS::NoValue');

/** What the names in a template stand for. */
export type Scope = {
  /** Parameters and pseudo parameters; lists are arrays. */
  values: ReadonlyMap<string, string | string[]>;
  mappings: Record<string, Record<string, Record<string, unknown>>>;
  condition(name: string): boolean;
  /** Result of `Ref` on a resource, or `notYetKnown`. */
  ref(logicalId: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  importValue(name: string): string;
};

/**
 * Evaluates intrinsic functions at any depth.
 * @throws ServiceError `ValidationError` in CloudFormation's words.
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  const result = evaluateValue(value, scope);
  return result === noValue ? undefined : result;
}

/** True where a part of an evaluated value is `notYetKnown`. */
export function hasUnknown(value: unknown): boolean {
  if (value === notYetKnown) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** Dynamic references come with Secrets Manager and SSM; until then they are refused wherever they show up. */
export function refuseDynamicReference(text: string): void {
  const found = /\{\{resolve:[^}]*\}\}/.exec(text);
  if (found !== null) {
    throw validationError(`Dynamic reference ${found[0]} is not available in the embedded AWS yet.`);
  }
}

function evaluateValue(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') {
    refuseDynamicReference(value);
    return value;
  }
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (Array.isArray(value)) {
    return value.map((item) => evaluateValue(item, scope)).filter((item) => item !== noValue);
  }
  if (!isObject(value)) return value;
  const [key, ...others] = Object.keys(value);
  if (key !== undefined && others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) {
    return callFunction(key, value[key], scope);
  }
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const evaluated = evaluateValue(item, scope);
    if (evaluated !== noValue) result[name] = evaluated;
  }
  return result;
}

type IntrinsicFunction = (argument: unknown, scope: Scope) => unknown;

function callFunction(name: string, argument: unknown, scope: Scope): unknown {
  const call = functions[name];
  if (call === undefined) throw validationError(`Template format error: Unrecognized function ${name}`);
  const result = call(argument, scope);
  if (typeof result === 'string') refuseDynamicReference(result);
  return result;
}

/** Evaluates the arguments of a call; undefined as soon as one of them is not yet known. */
function known(argument: unknown, scope: Scope): unknown | undefined {
  const value = evaluateValue(argument, scope);
  return hasUnknown(value) ? undefined : value;
}

const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

const malformed = (name: string, expected: string) =>
  validationError(`Template error: every ${name} object requires ${expected}`);

const functions: Record<string, IntrinsicFunction> = {
  Ref(argument, scope) {
    if (typeof argument !== 'string') throw malformed('Ref', 'a single string parameter');
    return refer(argument, scope);
  },
  'Fn::GetAtt'(argument, scope) {
    const target = attributeReference(argument);
    if (target === undefined) {
      throw malformed('Fn::GetAtt', 'two non-empty parameters, the resource name and the resource attribute');
    }
    const attribute = known(target.attribute, scope);
    return attribute === undefined ? notYetKnown : scope.attribute(target.name, String(attribute));
  },
  'Fn::Sub'(argument, scope) {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    if (typeof text !== 'string' || !isObject(variables)) {
      throw malformed('Fn::Sub', 'one string, or a string and a map of variables');
    }
    const parts = subPieces(text).map((piece) => {
      if ('literal' in piece) return piece.literal;
      if (Object.hasOwn(variables, piece.variable)) return evaluateValue(variables[piece.variable], scope);
      const dot = piece.variable.indexOf('.');
      return dot < 0
        ? refer(piece.variable, scope)
        : scope.attribute(piece.variable.slice(0, dot), piece.variable.slice(dot + 1));
    });
    return parts.some(hasUnknown) ? notYetKnown : parts.map(textOf).join('');
  },
  'Fn::Join'(argument, scope) {
    if (!Array.isArray(argument) || argument.length !== 2) {
      throw malformed(
        'Fn::Join',
        'two parameters, (1) a string delimiter and (2) a list of strings to be joined',
      );
    }
    const values = known(argument[1], scope);
    if (values === undefined) return notYetKnown;
    if (!Array.isArray(values)) throw malformed('Fn::Join', 'a list of strings to be joined');
    return values.map(textOf).join(String(argument[0]));
  },
  'Fn::Select'(argument, scope) {
    const values = known(argument, scope);
    if (values === undefined) return notYetKnown;
    if (!Array.isArray(values) || !Array.isArray(values[1])) {
      throw malformed('Fn::Select', 'two parameters, an index and a list');
    }
    const selected = values[1][Number(values[0])];
    if (selected === undefined) {
      throw validationError(
        `Template error: Fn::Select cannot select nonexistent value at index ${values[0]}`,
      );
    }
    return selected;
  },
  'Fn::Split'(argument, scope) {
    const values = known(argument, scope);
    if (values === undefined) return notYetKnown;
    if (!Array.isArray(values) || values.length !== 2) {
      throw malformed('Fn::Split', 'two parameters, (1) a delimiter and (2) a string to be split');
    }
    return String(values[1]).split(String(values[0]));
  },
  'Fn::If'(argument, scope) {
    if (!Array.isArray(argument) || argument.length !== 3) {
      throw malformed('Fn::If', 'three parameters, a condition and two values');
    }
    return evaluateValue(scope.condition(String(argument[0])) ? argument[1] : argument[2], scope);
  },
  'Fn::FindInMap'(argument, scope) {
    const values = known(argument, scope);
    if (values === undefined) return notYetKnown;
    if (!Array.isArray(values) || values.length < 3) {
      throw malformed(
        'Fn::FindInMap',
        'three parameters, the map name, map key and the attribute for return value',
      );
    }
    const [map, top, second, options] = values;
    const found = scope.mappings[String(map)]?.[String(top)]?.[String(second)];
    if (found !== undefined) return found;
    if (isObject(options) && 'DefaultValue' in options) return options.DefaultValue;
    throw validationError(`Template error: Unable to get mapping for ${map}::${top}::${second}`);
  },
  'Fn::Base64'(argument, scope) {
    const value = known(argument, scope);
    return value === undefined ? notYetKnown : Buffer.from(textOf(value)).toString('base64');
  },
  'Fn::GetAZs'(argument, scope) {
    const asked = known(argument, scope);
    const region = asked === '' || asked === undefined ? refer('AWS::Region', scope) : asked;
    return ['a', 'b', 'c'].map((zone) => `${textOf(region)}${zone}`);
  },
  'Fn::ImportValue'(argument, scope) {
    const name = known(argument, scope);
    return name === undefined ? notYetKnown : scope.importValue(textOf(name));
  },
  'Fn::Length'(argument, scope) {
    const value = known(argument, scope);
    if (value === undefined) return notYetKnown;
    if (!Array.isArray(value)) throw malformed('Fn::Length', 'a list');
    return value.length;
  },
  'Fn::ToJsonString'(argument, scope) {
    const value = known(argument, scope);
    return value === undefined ? notYetKnown : JSON.stringify(value);
  },
};

function refer(name: string, scope: Scope): unknown {
  if (name === 'AWS::NoValue') return noValue;
  return scope.values.get(name) ?? scope.ref(name);
}
