import { UserError } from '../model/errors.ts';
import type { Template } from '../model/template.ts';

/**
 * Images that have to be built are parameters of the template, and nothing would fill them.
 * @throws UserError `image-build-unavailable`
 */
export function refuseImageBuilds(template: Template): void {
  for (const [name, { Description }] of Object.entries(template.Parameters ?? {})) {
    if (!name.endsWith('ImageUri')) continue;
    throw new UserError(`${Description ?? name}: this version does not build images yet.`, {
      code: 'image-build-unavailable',
      hint: 'Push the image to a registry and use packaging of type prebuilt-image.',
    });
  }
}
