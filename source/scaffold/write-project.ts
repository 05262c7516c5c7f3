import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import { moveEntries } from './move-entries.ts';
import type { PlannedFile, ProjectPlan } from './project-plan.ts';
import type { Target } from './target-folder.ts';

export type WriteResult =
  | { status: 'written' /** Paths that were there and stayed as they were. */; kept: string[] }
  | { status: 'interrupted' };

/**
 * Writes a project into a folder beside its place and moves it there when it is whole. When that fails, or
 * `isInterrupted` says so before the move, nothing is left: no file, no folder that was made for it.
 * What is in a folder already is kept; where a file of the plan has the same name, the one that is there stays.
 * @throws UserError where the disk refuses
 */
export async function writeProject(
  plan: ProjectPlan,
  target: Target,
  isInterrupted: () => boolean,
): Promise<WriteResult> {
  const undo: (() => void)[] = [];
  try {
    const staging = makeStaging(plan.directory, target, undo);
    for (const file of plan.files) writeFile(staging, file);
    // The files are written in one go, which is fastest; signals that came meanwhile are seen after a turn.
    await new Promise((done) => setImmediate(done));
    if (isInterrupted()) {
      rollBack(undo);
      return { status: 'interrupted' };
    }
    if (target.kind === 'absent') {
      renameSync(staging, plan.directory);
      return { status: 'written', kept: [] };
    }
    const kept = moveEntries(staging, plan.directory);
    rmSync(staging, { recursive: true, force: true });
    return { status: 'written', kept };
  } catch (error) {
    rollBack(undo);
    throw asUserError(error, plan.directory);
  }
}

/** Every change registers how it is taken back; the last one goes first. */
function rollBack(undo: (() => void)[]): void {
  for (const step of undo.splice(0).reverse()) step();
}

function makeStaging(directory: string, target: Target, undo: (() => void)[]): string {
  const parent = dirname(directory);
  if (target.kind === 'absent') {
    const first = mkdirSync(parent, { recursive: true });
    if (first !== undefined) undo.push(() => removeEmptyFolders(parent, first));
  }
  // A mount point's neighbours are on another disk, to which nothing can be moved.
  const beside =
    target.kind === 'absent' || (statSync(parent).dev === statSync(directory).dev && isWritable(parent));
  const name = `.${basename(directory)}.stp-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const staging = join(beside ? parent : directory, name);
  undo.push(() => rmSync(staging, { recursive: true, force: true }));
  mkdirSync(staging);
  return staging;
}

function writeFile(root: string, file: PlannedFile): void {
  const path = join(root, file.path);
  const mode = file.executable ? 0o777 : 0o666;
  const write = (): void => {
    if ('contents' in file) writeFileSync(path, file.contents, { mode, flag: 'wx' });
    // Not copied as a file: an installed program's may be read-only, and a copy would be so too.
    else writeFileSync(path, readFileSync(file.source), { mode, flag: 'wx' });
  };
  try {
    write();
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    mkdirSync(dirname(path), { recursive: true });
    write();
  }
}

/** From the innermost up to the first one that was made, as long as nobody put anything in. */
function removeEmptyFolders(innermost: string, first: string): void {
  for (let folder = innermost; folder.startsWith(resolve(first)); folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const reasons: Record<string, string> = {
  EACCES: 'there is no permission to write there',
  EPERM: 'there is no permission to write there',
  EROFS: 'it is on a read-only disk',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of its path is a file',
  ENAMETOOLONG: 'its name is too long',
  ENOTEMPTY: 'something else was put there meanwhile',
  EEXIST: 'something else was put there meanwhile',
};

function asUserError(error: unknown, directory: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error;
  // A folder cannot be made below a file; that the file exists is all that the system says then.
  const code = error.code === 'EEXIST' && error.syscall === 'mkdir' ? 'ENOTDIR' : String(error.code);
  const reason = reasons[code] ?? error.message;
  return new UserError(`The project cannot be written to ${directory}: ${reason}`, {
    code: 'project-not-written',
    hint: 'Nothing was left behind.',
    exitCode: 1,
    cause: error,
  });
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
