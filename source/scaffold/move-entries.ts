import { lstatSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Moves every entry of one folder into another. What is there already stays, and its counterpart where it was.
 * When a move fails, those before it are taken back.
 * @param rename for the test of just that
 * @returns the names that were there already
 */
export function moveEntries(from: string, to: string, rename: typeof renameSync = renameSync): string[] {
  const kept: string[] = [];
  const moved: string[] = [];
  try {
    for (const name of readdirSync(from).sort()) {
      if (lstatSync(join(to, name), { throwIfNoEntry: false }) !== undefined) {
        kept.push(name);
        continue;
      }
      rename(join(from, name), join(to, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved.reverse()) renameSync(join(to, name), join(from, name));
    throw error;
  }
  return kept;
}
