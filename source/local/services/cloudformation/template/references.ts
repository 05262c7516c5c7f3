import { isObject } from './template.ts';

/** What a value in a template points at: `Ref`, `Fn::GetAtt` and the variables of `Fn::Sub`. */
export type Reference = {
  /** A logical id, a parameter or a pseudo parameter. */
  name: string;
  /** Undefined for the `Ref` kind. */
  attribute: string | undefined;
  through: 'Ref' | 'Fn::GetAtt' | 'Fn::Sub';
};

/** A piece of the text of `Fn::Sub`. */
export type SubPiece = { literal: string } | { variable: string };

/** Splits the text of `Fn::Sub`; `${!Name}` is the literal `${Name}`. */
export function subPieces(text: string): SubPiece[] {
  const pieces: SubPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$\{([^{}]*)\}/g)) {
    if (match.index > end) pieces.push({ literal: text.slice(end, match.index) });
    const name = (match[1] ?? '').trim();
    pieces.push(name.startsWith('!') ? { literal: `\${${name.slice(1)}}` } : { variable: name });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ literal: text.slice(end) });
  return pieces;
}

/** `['Table', 'StreamArn']` of both forms of `Fn::GetAtt`; the attribute may be an intrinsic function. */
export function attributeReference(argument: unknown): { name: string; attribute: unknown } | undefined {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot < 0 ? undefined : { name: argument.slice(0, dot), attribute: argument.slice(dot + 1) };
  }
  if (!Array.isArray(argument) || argument.length < 2 || typeof argument[0] !== 'string') return undefined;
  const [name, ...rest] = argument;
  return { name, attribute: rest.length === 1 ? rest[0] : rest.map(String).join('.') };
}

/** Every reference in a value, in the order of the text, conditions' names left out. */
export function* referencesIn(value: unknown): Generator<Reference> {
  if (Array.isArray(value)) {
    for (const item of value) yield* referencesIn(item);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, argument] of Object.entries(value)) {
    if (key === 'Ref' && typeof argument === 'string') {
      yield { name: argument, attribute: undefined, through: 'Ref' };
    } else if (key === 'Fn::GetAtt') {
      const target = attributeReference(argument);
      if (target !== undefined) {
        const attribute = typeof target.attribute === 'string' ? target.attribute : '';
        yield { name: target.name, attribute, through: 'Fn::GetAtt' };
        if (attribute === '') yield* referencesIn(target.attribute);
      }
    } else if (key === 'Fn::Sub') {
      yield* referencesInSub(argument);
    } else {
      yield* referencesIn(argument);
    }
  }
}

function* referencesInSub(argument: unknown): Generator<Reference> {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = isObject(variables) ? variables : {};
  yield* referencesIn(own);
  if (typeof text !== 'string') return;
  for (const piece of subPieces(text)) {
    if ('literal' in piece || Object.hasOwn(own, piece.variable)) continue;
    const dot = piece.variable.indexOf('.');
    yield dot < 0
      ? { name: piece.variable, attribute: undefined, through: 'Fn::Sub' }
      : { name: piece.variable.slice(0, dot), attribute: piece.variable.slice(dot + 1), through: 'Fn::Sub' };
  }
}

/** Names of the conditions that a value asks for, by `Fn::If` or `Condition`. */
export function* conditionsIn(value: unknown, insideConditions = false): Generator<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* conditionsIn(item, insideConditions);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, argument] of Object.entries(value)) {
    if (key === 'Fn::If' && Array.isArray(argument) && typeof argument[0] === 'string') {
      yield argument[0];
      yield* conditionsIn(argument.slice(1), insideConditions);
    } else if (insideConditions && key === 'Condition' && typeof argument === 'string') {
      yield argument;
    } else {
      yield* conditionsIn(argument, insideConditions);
    }
  }
}
