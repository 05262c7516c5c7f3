import { typeOf } from '../attribute-value.ts';
import { validationError } from '../errors.ts';
import type { Placeholders } from './placeholders.ts';
import { isReservedWord } from './reserved-words.ts';
import type { Call, Operand, Path, PathOperand, ValueOperand } from './syntax.ts';
import { type Token, tokenize } from './tokenize.ts';

/** In which order DynamoDB complains when an expression has several faults. A syntax error beats them all. */
const ranks = [
  'parentheses',
  'unknown function',
  'misused function',
  'reserved word',
  'section',
  'placeholder',
  'overlap',
  'operand',
] as const;

export type Rank = (typeof ranks)[number];

const longestExpression = 4096;
/** Far more than anyone writes, and far less than the stack holds. */
const deepestNesting = 150;

/**
 * What the grammars of conditions, updates, projections and key conditions have in common: a cursor over the
 * tokens, document paths, placeholders, function calls, and the collected faults.
 */
export class Parser {
  readonly #title: string;
  readonly #source: string;
  readonly #tokens: Token[];
  readonly #placeholders: Placeholders;
  readonly #faults: { rank: Rank; message: string }[] = [];
  #position = 0;
  #depth = 0;

  /** `title` is the parameter that the expression came in. */
  constructor(title: string, source: string, placeholders: Placeholders) {
    this.#title = title;
    this.#source = source;
    this.#placeholders = placeholders;
    if (source.trim() === '') throw this.error('The expression can not be empty;');
    const size = Buffer.byteLength(source);
    if (size > longestExpression) {
      throw this.error(`Expression size has exceeded the maximum allowed size; expression size: ${size}`);
    }
    this.#tokens = tokenize(source);
  }

  error(message: string): Error {
    return validationError(`Invalid ${this.#title}: ${message}`);
  }

  /** Notes a fault, to be thrown by `finish` unless there is one that DynamoDB finds earlier. */
  fault(rank: Rank, message: string): void {
    this.#faults.push({ rank, message });
  }

  /** At the end of the expression: throws for what is left over and for the first of the noted faults. */
  finish(): void {
    if (this.peek().kind !== 'end') throw this.syntaxError();
    for (const rank of ranks) {
      const fault = this.#faults.find((candidate) => candidate.rank === rank);
      if (fault) throw this.error(fault.message);
    }
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)];
    if (!token) throw new Error('an expression has at least its end');
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.#position += 1;
    return token;
  }

  /** Takes the symbol if it is the next token. */
  take(symbol: string): boolean {
    const { kind, text } = this.peek();
    const found = kind === 'symbol' && text === symbol;
    if (found) this.#position += 1;
    return found;
  }

  expect(symbol: string): void {
    if (!this.take(symbol)) throw this.syntaxError();
  }

  isKeyword(keyword: string): boolean {
    const { kind, text } = this.peek();
    return kind === 'identifier' && text.toUpperCase() === keyword;
  }

  takeKeyword(keyword: string): boolean {
    const found = this.isKeyword(keyword);
    if (found) this.#position += 1;
    return found;
  }

  syntaxError(): Error {
    const at = Math.min(this.#position, this.#tokens.length - 1);
    const token = this.peek();
    const from = (this.#tokens[at - 1] ?? token).start;
    const to = (this.#tokens[at + 1] ?? token).end;
    const near = this.#source.slice(from, to);
    return this.error(`Syntax error; token: "${token.text}", near: "${near}"`);
  }

  /** Parses what stands within something else. */
  nested<T>(parse: () => T): T {
    if (this.#depth >= deepestNesting) throw this.error('The expression is nested too deeply;');
    this.#depth += 1;
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  path(): Path {
    const path: (string | number)[] = [this.#pathName()];
    for (;;) {
      if (this.take('.')) path.push(this.#pathName());
      else if (this.take('[')) path.push(this.#pathIndex());
      else return path;
    }
  }

  #pathName(): string {
    const { kind, text } = this.peek();
    if (kind === 'identifier') {
      this.#position += 1;
      if (isReservedWord(text)) {
        this.fault('reserved word', `Attribute name is a reserved keyword; reserved keyword: ${text}`);
      }
      return text;
    }
    if (kind !== 'name') throw this.syntaxError();
    this.#position += 1;
    const name = this.#placeholders.name(text);
    if (name !== undefined) return name;
    this.fault(
      'placeholder',
      `An expression attribute name used in the document path is not defined; attribute name: ${text}`,
    );
    return text;
  }

  #pathIndex(): number {
    const { kind, text } = this.peek();
    if (kind !== 'index') throw this.syntaxError();
    this.#position += 1;
    this.expect(']');
    return Number(text);
  }

  value(): ValueOperand {
    const { kind, text } = this.peek();
    if (kind !== 'value') throw this.syntaxError();
    this.#position += 1;
    const value = this.#placeholders.value(text);
    if (value !== undefined) return { kind: 'value', value };
    this.fault(
      'placeholder',
      `An expression attribute value used in expression is not defined; attribute value: ${text}`,
    );
    return { kind: 'value', value: { NULL: true } };
  }

  /** A path, a placeholder for a value, or a call; whether the function may stand there is the caller's to say. */
  operand(): Operand {
    if (this.peek().kind === 'value') return this.value();
    if (this.peek().kind === 'identifier' && this.peek(1).text === '(') return this.call();
    const operand: PathOperand = { kind: 'path', path: this.path() };
    return operand;
  }

  call(): Call {
    const name = this.next().text;
    this.expect('(');
    const operands: Operand[] = [];
    do operands.push(this.nested(() => this.argument()));
    while (this.take(','));
    this.expect(')');
    return { kind: 'call', function: name, operands };
  }

  argument(): Operand {
    if (!this.take('(')) return this.operand();
    const operand = this.nested(() => this.argument());
    this.expect(')');
    return operand;
  }

  /** Notes the fault of a literal operand whose type the function or operator cannot take. */
  checkOperandType(label: string, operand: Operand, allowed: readonly string[]): void {
    if (operand.kind !== 'value') return;
    const type = typeOf(operand.value);
    if (allowed.includes(type)) return;
    this.fault('operand', `Incorrect operand type for operator or function; ${label}, operand type: ${type}`);
  }

  checkOperandCount(call: Call, count: number): boolean {
    if (call.operands.length === count) return true;
    this.fault(
      'operand',
      `Incorrect number of operands for operator or function; operator or function: ${call.function}, number of operands: ${call.operands.length}`,
    );
    return false;
  }
}
