/** `$Name(arg, …).path` as it is written; offsets are those of the text that it stands in. */
export type DirectiveCall = {
  name: string;
  args: DirectiveArgument[];
  /** Steps into the result, which has to be an object or a list then. */
  path: string[];
  start: number;
  /** Offset after the closing bracket. */
  bracketEnd: number;
  /** Offset after the path. */
  end: number;
};

export type DirectiveArgument =
  | { kind: 'literal'; value: string | number | boolean; start: number; end: number }
  | { kind: 'call'; call: DirectiveCall; start: number; end: number };

/** Thrown inside the parser and caught at its edge: a mistake in a directive and where it is. */
export class DirectiveSyntaxError extends Error {
  readonly offset: number;
  readonly expected: string | undefined;

  constructor(message: string, offset: number, expected?: string) {
    super(message);
    this.offset = offset;
    this.expected = expected;
  }
}

const opening = /\$([$A-Z_a-z][\w$]*)\(/y;
const number = /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const word = /[A-Za-z]+/y;
const step = /\.([\w$-]+)/y;

/** Deeper nesting than anybody writes by hand. */
const deepest = 100;

/** The name of the directive that begins at `offset`, if one does. */
export function directiveNameAt(text: string, offset: number): string | undefined {
  opening.lastIndex = offset;
  return opening.exec(text)?.[1];
}

/**
 * Parses the directive that begins at `offset` (spec 2.1); nesting may be of any depth up to a hundred.
 * @throws DirectiveSyntaxError
 */
export function parseDirective(text: string, offset: number, depth = 0): DirectiveCall {
  opening.lastIndex = offset;
  const name = opening.exec(text)?.[1];
  if (name === undefined) throw new DirectiveSyntaxError('A directive begins with $Name(.', offset);
  if (depth > deepest) throw new DirectiveSyntaxError('Directives are nested too deeply.', offset);
  const args: DirectiveArgument[] = [];
  let at = skipSpace(text, opening.lastIndex);
  if (text[at] !== ')') {
    for (;;) {
      const argument = parseArgument(text, at, name, depth);
      args.push(argument);
      at = skipSpace(text, argument.end);
      if (text[at] === ')') break;
      if (text[at] !== ',') {
        throw at >= text.length
          ? new DirectiveSyntaxError(`$${name}( is not closed.`, text.length, 'a closing )')
          : new DirectiveSyntaxError(`Unexpected "${text[at]}" in $${name}(…).`, at, '"," or ")"');
      }
      at = skipSpace(text, at + 1);
    }
  }
  const bracketEnd = at + 1;
  const path: string[] = [];
  let end = bracketEnd;
  for (step.lastIndex = end; ; end = step.lastIndex) {
    const found = step.exec(text);
    if (!found?.[1]) break;
    path.push(found[1]);
  }
  return { name, args, path, start: offset, bracketEnd, end };
}

function parseArgument(text: string, start: number, name: string, depth: number): DirectiveArgument {
  const character = text[start];
  if (character === "'" || character === '"') return parseText(text, start, name);
  if (character === '$' && directiveNameAt(text, start) !== undefined) {
    const call = parseDirective(text, start, depth + 1);
    return { kind: 'call', call, start, end: call.end };
  }
  number.lastIndex = start;
  const digits = number.exec(text)?.[0];
  if (digits !== undefined) {
    return { kind: 'literal', value: Number(digits), start, end: number.lastIndex };
  }
  word.lastIndex = start;
  const found = word.exec(text)?.[0];
  if (found === 'true' || found === 'false') {
    return { kind: 'literal', value: found === 'true', start, end: word.lastIndex };
  }
  const expected = 'a text in quotes, a number, true, false or another directive';
  if (start >= text.length) throw new DirectiveSyntaxError(`$${name}( is not closed.`, start, expected);
  throw new DirectiveSyntaxError(
    found === undefined
      ? `Unexpected "${character}" in $${name}(…).`
      : `${found} in $${name}(…) has to be in quotes.`,
    start,
    found === undefined ? expected : `'${found}'`,
  );
}

function parseText(text: string, start: number, name: string): DirectiveArgument {
  const quote = text[start];
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    const next = text[at + 1];
    if (character === '\\' && (next === quote || next === '\\')) {
      value += next;
      at++;
    } else if (character === quote) return { kind: 'literal', value, start, end: at + 1 };
    else value += character;
  }
  throw new DirectiveSyntaxError(`A text in $${name}(…) is not closed.`, start, `a closing ${quote}`);
}

function skipSpace(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n') at++;
  return at;
}
