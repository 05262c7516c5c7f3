import { UserError } from '../model/errors.ts';
import type { Template } from '../model/template.ts';

/**
 * Parameters that nothing fills in would fail the change set with CloudFormation's own words only. They stand for what
 * a provider besides AWS tells of a resource, and this version makes none there.
 * @throws UserError `provider-unavailable`
 */
export function refuseUnfilled(template: Template, filled: readonly string[]): void {
  const missing = Object.entries(template.Parameters ?? {}).filter(
    ([name, { Default }]) => Default === undefined && !filled.includes(name),
  );
  const [first] = missing;
  if (!first) return;
  const [name, { Description }] = first;
  throw new UserError(`Template parameter ${name} has no value (${Description ?? 'no description'}).`, {
    code: 'provider-unavailable',
    hint: 'This version makes nothing at providers besides AWS; use a resource of AWS in its place.',
  });
}
