import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type AttributeType, typeOf } from '../attribute-value.ts';
import { pathConflict } from './document-path.ts';
import { Parser } from './parser.ts';
import type { Placeholders } from './placeholders.ts';
import type { Arithmetic, Call, Operand, UpdateAction } from './syntax.ts';

const sections = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;

type Section = (typeof sections)[number];

/** Names of types as the messages about ADD and DELETE write them. */
const longNames: Record<AttributeType, string> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
  M: 'MAP',
  L: 'LIST',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
};

/**
 * The actions of an update expression in the order they are written.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 * Throws `ValidationException`.
 */
export function parseUpdate(source: string, placeholders: Placeholders): UpdateAction[] {
  const parser = new Parser('UpdateExpression', source, placeholders);
  const actions: UpdateAction[] = [];
  const seen = new Set<Section>();
  while (parser.peek().kind !== 'end') {
    const section = sections.find((keyword) => parser.takeKeyword(keyword));
    if (!section) throw parser.syntaxError();
    if (seen.has(section)) {
      parser.fault('section', `The "${section}" section can only be used once in an update expression;`);
    }
    seen.add(section);
    do actions.push(action(parser, section));
    while (parser.take(','));
  }
  const conflict = pathConflict(actions.map(({ path }) => path));
  if (conflict) parser.fault('overlap', conflict);
  parser.finish();
  return actions;
}

function action(parser: Parser, section: Section): UpdateAction {
  const path = parser.path();
  switch (section) {
    case 'SET':
      parser.expect('=');
      return { kind: 'set', path, value: setValue(parser) };
    case 'REMOVE':
      return { kind: 'remove', path };
    case 'ADD':
      return { kind: 'add', path, value: literal(parser, section, ['N', 'SS', 'NS', 'BS']) };
    case 'DELETE':
      return { kind: 'delete', path, value: literal(parser, section, ['SS', 'NS', 'BS']) };
  }
}

function literal(parser: Parser, section: 'ADD' | 'DELETE', allowed: AttributeType[]): AttributeValue {
  const { value } = parser.value();
  const type = typeOf(value);
  if (!allowed.includes(type)) {
    parser.fault(
      'operand',
      `Incorrect operand type for operator or function; operator: ${section}, operand type: ${longNames[type]}, typeSet: ALLOWED_FOR_${section}_OPERAND`,
    );
  }
  return value;
}

function setValue(parser: Parser): Operand | Arithmetic {
  if (parser.take('(')) {
    const inner = parser.nested(() => setValue(parser));
    parser.expect(')');
    if ('left' in inner) return inner;
    return arithmetic(parser, inner);
  }
  return arithmetic(parser, checked(parser, parser.argument()));
}

function arithmetic(parser: Parser, left: Operand): Operand | Arithmetic {
  const operator = parser.take('+') ? '+' : parser.take('-') ? '-' : undefined;
  if (!operator) return left;
  const right = checked(parser, parser.argument());
  for (const operand of [left, right]) {
    parser.checkOperandType(`operator or function: ${operator}`, operand, ['N']);
  }
  return { kind: operator === '+' ? 'plus' : 'minus', left, right };
}

function checked(parser: Parser, operand: Operand): Operand {
  if (operand.kind === 'call') checkCall(parser, operand);
  return operand;
}

function checkCall(parser: Parser, call: Call): void {
  const name = call.function;
  const label = `operator or function: ${name}`;
  if (name !== 'if_not_exists' && name !== 'list_append') {
    parser.fault('unknown function', `Invalid function name; function: ${name}`);
    return;
  }
  for (const operand of call.operands) checked(parser, operand);
  if (!parser.checkOperandCount(call, 2)) return;
  if (name === 'list_append') {
    for (const operand of call.operands) parser.checkOperandType(label, operand, ['L']);
  } else if (call.operands[0]?.kind !== 'path') {
    parser.fault('operand', `Operator or function requires a document path; ${label}`);
  }
}
