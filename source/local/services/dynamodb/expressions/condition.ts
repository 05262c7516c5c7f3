import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attributeTypes, base64, compareValues, typeOf } from '../attribute-value.ts';
import { Parser } from './parser.ts';
import type { Placeholders } from './placeholders.ts';
import { type Call, type Comparator, type Condition, type Operand, pathText } from './syntax.ts';

const comparators: readonly string[] = ['=', '<>', '<', '<=', '>', '>='] satisfies Comparator[];

const functions: Record<string, number> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};

const ordered = ['S', 'N', 'B'];

/**
 * Syntax tree of a condition, filter or key condition; `title` is the parameter's name.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 * Throws `ValidationException`.
 */
export function parseCondition(title: string, source: string, placeholders: Placeholders): Condition {
  const grammar = new ConditionGrammar(new Parser(title, source, placeholders));
  return grammar.parse();
}

/** In parentheses stands a condition or an operand, which shows only afterwards. */
type Node = (Condition | Operand) & { parenthesised?: true };

class ConditionGrammar {
  readonly #parser: Parser;

  constructor(parser: Parser) {
    this.#parser = parser;
  }

  parse(): Condition {
    const condition = this.#condition(this.#or());
    this.#parser.finish();
    return condition;
  }

  #or(): Node {
    let node = this.#and();
    while (this.#parser.takeKeyword('OR')) {
      const left = this.#condition(node);
      node = { kind: 'or', left, right: this.#condition(this.#and()) };
    }
    return node;
  }

  #and(): Node {
    let node = this.#not();
    while (this.#parser.takeKeyword('AND')) {
      const left = this.#condition(node);
      node = { kind: 'and', left, right: this.#condition(this.#not()) };
    }
    return node;
  }

  #not(): Node {
    if (!this.#parser.takeKeyword('NOT')) return this.#comparison();
    return { kind: 'not', condition: this.#condition(this.#parser.nested(() => this.#not())) };
  }

  #comparison(): Node {
    const node = this.#primary();
    const { kind, text } = this.#parser.peek();
    if (kind === 'symbol' && comparators.includes(text)) {
      const left = this.#operand(node);
      this.#parser.next();
      const right = this.#operand(this.#primary());
      return this.#compare(text as Comparator, left, right);
    }
    if (this.#parser.isKeyword('BETWEEN')) return this.#between(this.#operand(node));
    if (this.#parser.isKeyword('IN')) return this.#in(this.#operand(node));
    return node;
  }

  #primary(): Node {
    const parser = this.#parser;
    if (parser.take('(')) {
      const inner = parser.nested(() => this.#or());
      parser.expect(')');
      if (inner.parenthesised) {
        parser.fault('parentheses', 'The expression has redundant parentheses;');
      }
      return { ...inner, parenthesised: true };
    }
    if (['AND', 'OR', 'NOT', 'BETWEEN', 'IN'].some((keyword) => parser.isKeyword(keyword))) {
      throw parser.syntaxError();
    }
    const operand = parser.operand();
    if (operand.kind === 'call') this.#checkCall(operand);
    return operand;
  }

  #compare(comparator: Comparator, left: Operand, right: Operand): Condition {
    this.#checkDistinct(comparator, [left, right]);
    if (comparator !== '=' && comparator !== '<>') {
      for (const operand of [left, right]) {
        this.#parser.checkOperandType(`operator: ${comparator}`, operand, ordered);
      }
    }
    return { kind: 'compare', comparator, left, right };
  }

  #between(operand: Operand): Condition {
    this.#parser.next();
    const low = this.#operand(this.#primary());
    if (!this.#parser.takeKeyword('AND')) throw this.#parser.syntaxError();
    const high = this.#operand(this.#primary());
    for (const bound of [operand, low, high]) {
      this.#parser.checkOperandType('operator: BETWEEN', bound, ordered);
    }
    if (low.kind === 'value' && high.kind === 'value') this.#checkBounds(low.value, high.value);
    return { kind: 'between', operand, low, high };
  }

  #checkBounds(low: AttributeValue, high: AttributeValue): void {
    const bounds = `lower bound operand: AttributeValue: {${literal(low)}}, upper bound operand: AttributeValue: {${literal(high)}}`;
    if (typeOf(low) !== typeOf(high)) {
      this.#parser.fault(
        'operand',
        `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`,
      );
    } else if ((compareValues(low, high) ?? 0) > 0) {
      this.#parser.fault(
        'operand',
        `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
      );
    }
  }

  #in(operand: Operand): Condition {
    const parser = this.#parser;
    parser.next();
    parser.expect('(');
    const candidates: Operand[] = [];
    do candidates.push(this.#operand(this.#primary()));
    while (parser.take(','));
    parser.expect(')');
    if (candidates.length > 100) {
      parser.fault(
        'operand',
        `The IN operator is provided with too many operands; number of operands: ${candidates.length}`,
      );
    }
    return { kind: 'in', operand, candidates };
  }

  /** What stands where a condition belongs: a boolean function becomes one, everything else is a fault. */
  #condition(node: Node): Condition {
    if (node.kind === 'path' || node.kind === 'value') throw this.#parser.syntaxError();
    if (node.kind !== 'call') return node;
    if (node.function === 'size') this.#misused(node);
    return { kind: 'test', call: node };
  }

  /** What stands where a value belongs: of the functions only `size` has one. */
  #operand(node: Node): Operand {
    if (node.kind !== 'path' && node.kind !== 'value' && node.kind !== 'call') {
      throw this.#parser.syntaxError();
    }
    if (node.kind === 'call' && node.function !== 'size') this.#misused(node);
    return node;
  }

  #misused(call: Call): void {
    this.#parser.fault(
      'misused function',
      `The function is not allowed to be used this way in an expression; function: ${call.function}`,
    );
  }

  #checkCall(call: Call): void {
    const parser = this.#parser;
    const name = call.function;
    const count = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (count === undefined) {
      parser.fault('unknown function', `Invalid function name; function: ${name}`);
      return;
    }
    for (const operand of call.operands) {
      if (operand.kind !== 'call') continue;
      this.#checkCall(operand);
      if (operand.function !== 'size') this.#misused(operand);
    }
    if (!parser.checkOperandCount(call, count)) return;
    this.#checkDistinct(name, call.operands);
    this.#checkOperands(call);
  }

  #checkOperands(call: Call): void {
    const parser = this.#parser;
    const [first, second] = call.operands;
    const label = `operator or function: ${call.function}`;
    switch (call.function) {
      case 'attribute_exists':
      case 'attribute_not_exists':
        if (first?.kind !== 'path') {
          parser.fault('operand', `Operator or function requires a document path; ${label}`);
        }
        return;
      case 'begins_with':
        for (const operand of call.operands) parser.checkOperandType(label, operand, ['S', 'B']);
        return;
      case 'size':
        if (first) parser.checkOperandType(label, first, attributeTypes.filter(hasSize));
        return;
      case 'attribute_type':
        this.#checkTypeName(label, second);
        return;
    }
  }

  #checkTypeName(label: string, operand: Operand | undefined): void {
    if (operand?.kind !== 'value') {
      this.#parser.fault(
        'operand',
        `Incorrect operand type for operator or function; ${label}, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}`,
      );
      return;
    }
    this.#parser.checkOperandType(label, operand, ['S']);
    const type = operand.value.S;
    if (type !== undefined && !attributeTypes.some((known) => known === type)) {
      this.#parser.fault(
        'operand',
        `Invalid attribute type name found; type: ${type}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
      );
    }
  }

  #checkDistinct(operator: string, operands: Operand[]): void {
    const [first, second] = operands;
    if (first?.kind !== 'path' || second?.kind !== 'path') return;
    if (pathText(first.path) !== pathText(second.path)) return;
    this.#parser.fault(
      'operand',
      `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${pathText(first.path)}`,
    );
  }
}

function hasSize(type: string): boolean {
  return type !== 'N' && type !== 'BOOL' && type !== 'NULL';
}

function literal(value: AttributeValue): string {
  return `${typeOf(value)}:${value.S ?? value.N ?? (value.B ? base64(value.B) : '')}`;
}
