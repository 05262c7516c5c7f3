import { invalidPattern, regularExpression } from './invalid-pattern.ts';

export type Token = { kind: 'sign' | 'selector' | 'phrase' | 'expression' | 'word'; text: string };

/** Reads the value that a condition is about from what it is tested on; `undefined` where it is absent. */
export type Reader = (root: unknown) => unknown;
export type Test = (root: unknown) => boolean;

const tokenPattern = new RegExp(
  [
    '\\s*(?:',
    '(&&|\\|\\||!=|<=|>=|[()<>=])',
    '|(\\$(?:\\.[^\\s.\\[\\]()=!<>&|]+|\\[(?:\\d+|\'[^\']*\'|"[^"]*")\\])+)',
    '|"((?:[^"\\\\]|\\\\.)*)"',
    '|%([^%]+)%',
    '|([^\\s()=!<>&|"%$]+)',
    ')',
  ].join(''),
  'y',
);

/**
 * Comparisons with `&&`, `||` and parentheses.
 * @param pattern The whole of it, for the error.
 * @param readerOf What stands on the left of a comparison; nothing where the token cannot stand there.
 * @throws ServiceError InvalidParameterException
 */
export const parseCondition = (
  text: string,
  pattern: string,
  readerOf: (token: Token) => Reader | undefined,
): Test => new Parser(tokenize(text.trimEnd(), pattern), pattern, readerOf).parse();

function tokenize(text: string, pattern: string): Token[] {
  const kinds = ['sign', 'selector', 'phrase', 'expression', 'word'] as const;
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const match = tokenPattern.exec(text);
    if (match === null) throw invalidPattern(pattern);
    for (const [index, kind] of kinds.entries()) {
      const held = match[index + 1];
      if (held !== undefined) tokens.push({ kind, text: held });
    }
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #pattern: string;
  readonly #readerOf: (token: Token) => Reader | undefined;
  #at = 0;

  constructor(tokens: readonly Token[], pattern: string, readerOf: (token: Token) => Reader | undefined) {
    this.#tokens = tokens;
    this.#pattern = pattern;
    this.#readerOf = readerOf;
  }

  parse(): Test {
    const test = this.#either();
    if (this.#at < this.#tokens.length) throw invalidPattern(this.#pattern);
    return test;
  }

  #either(): Test {
    const tests = [this.#both()];
    while (this.#takeSign('||')) tests.push(this.#both());
    return (root) => tests.some((test) => test(root));
  }

  #both(): Test {
    const tests = [this.#condition()];
    while (this.#takeSign('&&')) tests.push(this.#condition());
    return (root) => tests.every((test) => test(root));
  }

  #condition(): Test {
    if (this.#takeSign('(')) {
      const test = this.#either();
      if (!this.#takeSign(')')) throw invalidPattern(this.#pattern);
      return test;
    }
    const read = this.#readerOf(this.#next());
    if (read === undefined) throw invalidPattern(this.#pattern);
    const operator = this.#next();
    if (operator.kind === 'word') return this.#property(read, operator.text);
    const test = this.#comparison(operator, this.#next());
    return (root) => test(read(root));
  }

  /** `IS NULL`, `IS TRUE`, `IS FALSE`, `EXISTS`, `NOT EXISTS`. */
  #property(read: Reader, first: string): Test {
    const word = first.toUpperCase();
    if (word === 'EXISTS') return (root) => read(root) !== undefined;
    const second = this.#next().text.toUpperCase();
    if (word === 'NOT' && second === 'EXISTS') return (root) => read(root) === undefined;
    const wanted = { NULL: null, TRUE: true, FALSE: false }[second];
    if (word !== 'IS' || wanted === undefined) throw invalidPattern(this.#pattern);
    return (root) => read(root) === wanted;
  }

  #comparison(operator: Token, operand: Token): (value: unknown) => boolean {
    if (operator.kind !== 'sign' || operand.kind === 'sign' || operand.kind === 'selector') {
      throw invalidPattern(this.#pattern);
    }
    const number = operand.kind === 'word' ? Number(operand.text) : Number.NaN;
    const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(number);
    switch (operator.text) {
      case '<':
        return (value) => isNumber(value) && value < number;
      case '<=':
        return (value) => isNumber(value) && value <= number;
      case '>':
        return (value) => isNumber(value) && value > number;
      case '>=':
        return (value) => isNumber(value) && value >= number;
      case '=':
        return this.#equals(operand, number);
      case '!=': {
        const equals = this.#equals(operand, number);
        // A field that is absent is neither equal nor unequal.
        return (value) => value !== undefined && !equals(value);
      }
      default:
        throw invalidPattern(this.#pattern);
    }
  }

  #equals(operand: Token, number: number): (value: unknown) => boolean {
    const expression =
      operand.kind === 'expression'
        ? regularExpression(operand.text, this.#pattern)
        : wildcard(operand.kind === 'phrase' ? operand.text.replaceAll(/\\(.)/g, '$1') : operand.text);
    return (value) => {
      if (typeof value === 'number' && !Number.isNaN(number)) return value === number;
      if (value === null || value === undefined || typeof value === 'object') return false;
      return expression.test(String(value));
    };
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw invalidPattern(this.#pattern);
    this.#at += 1;
    return token;
  }

  #takeSign(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || token.text !== text) return false;
    this.#at += 1;
    return true;
  }
}

/** `*` stands for any text, everything else for itself. */
const wildcard = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
      .join('[^]*')}$`,
  );
