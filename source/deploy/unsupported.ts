import { UserError } from '../model/errors.ts';
import type { HookPoint, ProjectSections } from '../model/project-sections.ts';
import type { Template } from '../model/template.ts';
import type { Run } from './operation.ts';

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

/** Hooks are checked with the config; that nothing runs them is said where they would have run. */
export function noticeHooks(run: Run, { hooks }: ProjectSections, points: readonly HookPoint[]): void {
  const skipped = points.filter((point) => (hooks?.[point]?.length ?? 0) > 0);
  if (skipped.length === 0) return;
  run.notice(
    'warning',
    `This version does not run hooks: ${skipped.join(', ')}. Run by hand what they name.`,
  );
}
