import { isIntrinsic, substitutionOf, type Value, variablesIn } from '../model/intrinsic.ts';
import { environmentBytes as limit } from '../resources/function/limits.ts';
import type { TemplateBuilder } from './template-builder.ts';

/**
 * Connections bring variables, so that only the whole tells. Of what CloudFormation fills in nobody knows the length:
 * what is too much at the least is an error, and what usually is too much a warning.
 */
export function checkEnvironment(
  name: string,
  variables: ReadonlyMap<string, { value: Value }>,
  stack: TemplateBuilder,
): void {
  const total = (guess: Guess) => {
    let bytes = 0;
    for (const [key, { value }] of variables) bytes += Buffer.byteLength(key) + bytesOf(value, guess);
    return bytes;
  };
  const least = total({ other: 0, arn: 'arn:aws:s3:::abc'.length });
  const usual = total({ other: 60, arn: 80 });
  if (usual <= limit) return;
  const isCertain = least > limit;
  stack.report({
    severity: isCertain ? 'error' : 'warning',
    code: 'environment-too-large',
    path: ['resources', name],
    at: 'key',
    message: `Function ${name}: its environment variables ${isCertain ? `take at least ${least}` : `will take about ${usual}`} bytes, those of its connections among them; Lambda allows ${limit}.`,
    suggestion: 'Connect it to fewer resources, or move large values to a file, a table or Secrets Manager.',
  });
}

/** Bytes that stand for what is not known. */
type Guess = { other: number; arn: number };

/** How short the values of pseudo parameters are at the least. */
const pseudoBytes: Readonly<Record<string, number>> = {
  'AWS::AccountId': 12,
  'AWS::Partition': 3,
  'AWS::Region': 9,
};

function bytesOf(value: Value | undefined, guess: Guess): number {
  if (typeof value === 'string') {
    const references = value.match(/\{\{resolve:.*?\}\}/g) ?? [];
    return Buffer.byteLength(value.replaceAll(/\{\{resolve:.*?\}\}/g, '')) + references.length * guess.other;
  }
  if (!isIntrinsic(value)) return 0;
  if ('Ref' in value) return pseudoBytes[value.Ref] ?? guess.other;
  if ('Fn::GetAtt' in value) return value['Fn::GetAtt'][1].endsWith('Arn') ? guess.arn : guess.other;
  if ('Fn::Join' in value) {
    const [delimiter, parts] = value['Fn::Join'];
    if (!Array.isArray(parts)) return 0;
    const between = Buffer.byteLength(delimiter) * Math.max(0, parts.length - 1);
    return parts.reduce<number>((sum, part) => sum + bytesOf(part, guess), between);
  }
  const substitution = substitutionOf(value);
  if (!substitution) return guess.other;
  const { template, variables } = substitution;
  let bytes = bytesOf(template.replaceAll(/\$\{[^!][^}]*\}/g, ''), guess);
  for (const name of variablesIn(template)) {
    bytes += Object.hasOwn(variables, name)
      ? bytesOf(variables[name], guess)
      : (pseudoBytes[name] ?? guess.other);
  }
  return bytes;
}
