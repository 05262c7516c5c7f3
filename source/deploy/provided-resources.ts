import { UserError } from '../model/errors.ts';
import type { Template } from '../model/template.ts';

/**
 * Parameters that nothing fills in would fail the change set with CloudFormation's own words only. They stand for what
 * a provider besides AWS tells of a resource, and this version makes none there.
 * @throws UserError `provider-unavailable`, or `image-build-unavailable` for an image that has to be built
 */
export function refuseUnfilled(template: Template, filled: readonly string[]): void {
  const missing = Object.entries(template.Parameters ?? {}).filter(
    ([name, { Default }]) => Default === undefined && !filled.includes(name),
  );
  const [first] = missing;
  if (!first) return;
  const [name, { Description }] = first;
  if (name.endsWith('ImageUri')) {
    throw new UserError(`${Description ?? name}: this version does not build images yet.`, {
      code: 'image-build-unavailable',
      hint: 'Push the image to a registry and use packaging of type prebuilt-image.',
    });
  }
  throw new UserError(`Template parameter ${name} has no value (${Description ?? 'no description'}).`, {
    code: 'provider-unavailable',
    hint: 'This version makes nothing at providers besides AWS; use a resource of AWS in its place.',
  });
}
