import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A document path with its placeholders replaced: names of attributes and indexes of lists. */
export type Path = readonly (string | number)[];

export type PathOperand = { kind: 'path'; path: Path };
export type ValueOperand = { kind: 'value'; value: AttributeValue };
export type Call = { kind: 'call'; function: string; operands: Operand[] };
export type Operand = PathOperand | ValueOperand | Call;

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { kind: 'and' | 'or'; left: Condition; right: Condition }
  | { kind: 'not'; condition: Condition }
  | { kind: 'compare'; comparator: Comparator; left: Operand; right: Operand }
  | { kind: 'between'; operand: Operand; low: Operand; high: Operand }
  | { kind: 'in'; operand: Operand; candidates: Operand[] }
  | { kind: 'test'; call: Call };

export type Arithmetic = { kind: 'plus' | 'minus'; left: Operand; right: Operand };

export type UpdateAction =
  | { kind: 'set'; path: Path; value: Operand | Arithmetic }
  | { kind: 'remove'; path: Path }
  | { kind: 'add' | 'delete'; path: Path; value: AttributeValue };

/** As DynamoDB writes a path in its messages: `[a, [0], b]`. */
export function pathText(path: Path): string {
  return `[${path.map((part) => (typeof part === 'number' ? `[${part}]` : part)).join(', ')}]`;
}
