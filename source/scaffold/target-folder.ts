import { readdirSync, statSync } from 'node:fs';
import { UserError } from '../model/errors.ts';

/** What a repository that was just made on a forge holds; a project is filled in around it. */
const harmless = new Set(['.git', '.gitignore', 'LICENSE', 'README.md']);

export type Target = { kind: 'absent' } | { kind: 'fillable'; existing: string[] };

/**
 * Looks at the folder where a project is to be.
 * @throws UserError where it holds anything that a project must not be mixed with
 */
export function inspectTarget(directory: string, shownAs: string): Target {
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (stats === undefined) return { kind: 'absent' };
  if (!stats.isDirectory()) {
    throw new UserError(`${shownAs} is a file`, {
      code: 'target-not-a-folder',
      hint: 'Name another folder.',
    });
  }
  const existing = readdirSync(directory);
  const foreign = existing.filter((name) => !harmless.has(name)).sort();
  if (foreign.length > 0) {
    const some =
      foreign.slice(0, 3).join(', ') + (foreign.length > 3 ? `, and ${foreign.length - 3} more` : '');
    throw new UserError(`${shownAs} is not empty: it holds ${some}`, {
      code: 'target-not-empty',
      hint: `Name another folder. Only ${[...harmless].join(', ')} may be there already.`,
    });
  }
  return { kind: 'fillable', existing };
}
