import type { Condition, Operand } from './syntax.ts';

/** Names of the top-level attributes that a condition looks at. */
export function pathHeads(condition: Condition): Set<string> {
  return new Set(operandsOf(condition).flatMap(headsOf));
}

function operandsOf(condition: Condition): Operand[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [...operandsOf(condition.left), ...operandsOf(condition.right)];
    case 'not':
      return operandsOf(condition.condition);
    case 'compare':
      return [condition.left, condition.right];
    case 'between':
      return [condition.operand, condition.low, condition.high];
    case 'in':
      return [condition.operand, ...condition.candidates];
    case 'test':
      return condition.call.operands;
  }
}

function headsOf(operand: Operand): string[] {
  if (operand.kind === 'call') return operand.operands.flatMap(headsOf);
  return operand.kind === 'path' ? [String(operand.path[0])] : [];
}
