import * as Type from 'typebox';
import { isConditionOperator } from '../../iam/conditions.ts';
import type { LocalFinding } from '../../model/descriptor.ts';
import { isKnownLater } from '../../model/intrinsic.ts';
import { mapOf, oneOf } from '../schema.ts';
import { principalSchema } from './principal.ts';

/** Keys of a statement as IAM has them. Actions and resources differ by whose policy it is. */
export const statementProperties = {
  Sid: Type.Optional(
    Type.String({
      description: 'Name of the statement.',
      pattern: '^[A-Za-z0-9]*$',
      'stp:format': 'letters and digits',
    }),
  ),
  Effect: Type.Optional(
    oneOf(['Allow', 'Deny'], { description: 'A Deny wins over every Allow.', default: 'Allow' }),
  ),
  Principal: principalSchema,
  Condition: Type.Optional(
    mapOf(mapOf(Type.Unknown()), { description: 'When the statement holds, as IAM has it.' }),
  ),
};

type Statement = { Sid?: unknown; Action?: unknown; Resource?: unknown; Condition?: unknown };

/**
 * What IAM refuses in the statements of one policy, which it says only in the middle of a deploy. What directives give
 * is an object, known when the stack is made.
 * @param service whose resource has the policy; it takes no actions of others
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function* checkStatements(
  statements: readonly Statement[],
  path: readonly (string | number)[],
  service?: 'sqs' | 's3',
): Iterable<LocalFinding> {
  const sids = new Set<string>();
  for (const [index, { Sid, Action, Resource, Condition }] of statements.entries()) {
    const at = [...path, index];
    if (typeof Sid === 'string' && sids.has(Sid)) {
      yield {
        code: 'duplicate-entry',
        path: [...at, 'Sid'],
        message: `Another statement of the policy has the name "${Sid}" already.`,
        suggestion: 'Rename it, or leave "Sid" out.',
      };
    } else if (typeof Sid === 'string') sids.add(Sid);
    for (const [key, action] of entriesOf(Action, [...at, 'Action'])) {
      const [prefix, name] = action.toLowerCase().split(':');
      const isAction = action === '*' || /^[a-z0-9*-]+:[a-z0-9*?]+$/i.test(action);
      if (isAction && (service === undefined || name === undefined || prefix === service)) continue;
      yield {
        code: 'wrong-action',
        path: key,
        message: `"${action}" is no action of ${service === undefined ? 'IAM' : service.toUpperCase()}.`,
        expected: `${service === undefined ? 'a service and an action' : 'an action'} such as ${service === 'sqs' ? 'sqs:SendMessage' : 's3:GetObject'}, or *`,
      };
    }
    for (const [key, resource] of entriesOf(Resource, [...at, 'Resource'])) {
      if (/^(?:\*|arn:)/.test(resource) || isKnownLater(resource)) continue;
      yield {
        code: 'wrong-arn',
        path: key,
        message: `"${resource}" is neither an ARN nor *.`,
        expected:
          'an ARN, for example $ResourceParam(…) or $CfResourceParam(…) with the "arn" of a resource, or *',
      };
    }
    if (typeof Condition !== 'object' || Condition === null) continue;
    for (const operator of Object.keys(Condition)) {
      if (isConditionOperator(operator)) continue;
      yield {
        code: 'wrong-condition',
        path: [...at, 'Condition', operator],
        at: 'key',
        message: `IAM has no condition operator "${operator}".`,
        expected: 'an operator such as StringEquals, ArnLike or Bool',
      };
    }
  }
}

/** Texts of a value or of a list of values, each with its place. */
function* entriesOf(
  value: unknown,
  path: readonly (string | number)[],
): Iterable<[path: readonly (string | number)[], text: string]> {
  if (typeof value === 'string') yield [path, value];
  if (!Array.isArray(value)) return;
  for (const [index, entry] of value.entries())
    if (typeof entry === 'string') yield [[...path, index], entry];
}
