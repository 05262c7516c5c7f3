import type { Matcher } from './filter-pattern.ts';
import { invalidPattern, regularExpression } from './invalid-pattern.ts';

type Test = (root: unknown) => boolean;
type Token = { kind: 'sign' | 'selector' | 'phrase' | 'expression' | 'word'; text: string };

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
 * `{ $.a.b[0] = "text*" && ($.n >= 3 || $.c NOT EXISTS) }`. A message that is not JSON does not match.
 * @throws ServiceError InvalidParameterException
 */
export function parseJsonPattern(text: string): Matcher {
  if (!text.endsWith('}')) throw invalidPattern(text);
  const test = new Parser(tokenize(text.slice(1, -1).trimEnd(), text), text).parse();
  return (message) => {
    // Most lines are no JSON; to throw for each is slow.
    if (!/^\s*[{[]/.test(message)) return false;
    try {
      return test(JSON.parse(message));
    } catch {
      return false;
    }
  };
}

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
  #at = 0;

  constructor(tokens: readonly Token[], pattern: string) {
    this.#tokens = tokens;
    this.#pattern = pattern;
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
    const selector = this.#next();
    if (selector.kind !== 'selector') throw invalidPattern(this.#pattern);
    const path = pathOf(selector.text);
    const operator = this.#next();
    if (operator.kind === 'word') return this.#property(path, operator.text);
    const test = this.#comparison(operator, this.#next());
    return (root) => test(valueAt(root, path));
  }

  /** `IS NULL`, `IS TRUE`, `IS FALSE`, `EXISTS`, `NOT EXISTS`. */
  #property(path: readonly string[], first: string): Test {
    const word = first.toUpperCase();
    if (word === 'EXISTS') return (root) => valueAt(root, path) !== undefined;
    const second = this.#next().text.toUpperCase();
    if (word === 'NOT' && second === 'EXISTS') return (root) => valueAt(root, path) === undefined;
    const wanted = { NULL: null, TRUE: true, FALSE: false }[second];
    if (word !== 'IS' || wanted === undefined) throw invalidPattern(this.#pattern);
    return (root) => valueAt(root, path) === wanted;
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

/** `$.a.b[0]['c.d']` as its steps. */
const pathOf = (selector: string): string[] =>
  [...selector.matchAll(/\.([^.[]+)|\[(?:(\d+)|'([^']*)'|"([^"]*)")\]/g)].map(
    ([, name, index, single, double]) => name ?? index ?? single ?? double ?? '',
  );

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** `*` stands for any text, everything else for itself. */
const wildcard = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
      .join('[^]*')}$`,
  );
