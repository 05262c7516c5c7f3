import { UserError } from '../../model/errors.ts';

/** A change that the provider does not make. */
export const immutable = (
  provider: string,
  name: string,
  property: string,
  from: unknown,
  to: unknown,
): UserError =>
  new UserError(`"${property}" of ${name} is ${from} at ${provider} and cannot become ${to}.`, {
    code: 'immutable-property',
    hint: 'Set it back, or give the resource another name; the old one is then removed with its data.',
  });
