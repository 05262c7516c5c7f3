import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import { isMapping } from '../mapping.ts';

const kinds = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

/** `Principal` of a statement in the policy of a resource. */
export const principalSchema = Type.Unknown({
  description:
    'Who the statement is about, as IAM has it: `*`, or for example `{ Service: sns.amazonaws.com }`.',
});

/**
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function* checkPrincipal(
  principal: unknown,
  path: readonly (string | number)[],
): Iterable<LocalFinding> {
  const expected = `"*", or a mapping of ${kinds.join(', ')} to names`;
  if (principal === '*') return;
  if (!isMapping(principal)) {
    const isWritten = typeof principal !== 'object' || principal === null || Array.isArray(principal);
    yield {
      code: 'invalid-principal',
      path: [...path, 'Principal'],
      message: isWritten
        ? `A statement of a policy has to say who it is about; ${JSON.stringify(principal) ?? 'nothing'} is nobody.`
        : 'What a directive gives can be the name of who a statement is about; the kind has to stand before it.',
      expected,
    };
    return;
  }
  for (const [kind, names] of Object.entries(principal)) {
    const list = [names].flat();
    // What directives give is an object, known when the stack is made.
    const isGood = list.length > 0 && list.every((name) => name !== null && name !== '');
    if (kinds.includes(kind) && isGood) continue;
    yield {
      code: 'invalid-principal',
      path: [...path, 'Principal', kind],
      at: 'key',
      message: kinds.includes(kind)
        ? `Principal "${kind}" names nobody.`
        : `IAM has no principals of kind "${kind}".`,
      expected,
    };
  }
}

/** Whether a statement lets everyone in. */
export const isPublic = ({
  Effect = 'Allow',
  Principal,
  Condition,
}: {
  Effect?: unknown;
  Principal: unknown;
  Condition?: unknown;
}): boolean =>
  Effect === 'Allow' &&
  Condition === undefined &&
  (Principal === '*' || [(Principal as { AWS?: unknown } | null)?.AWS].flat().includes('*'));
