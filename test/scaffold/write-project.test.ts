import { mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../source/model/errors.ts';
import { moveEntries } from '../../source/scaffold/move-entries.ts';
import type { PlannedFile, ProjectPlan } from '../../source/scaffold/project-plan.ts';
import { inspectTarget } from '../../source/scaffold/target-folder.ts';
import { writeProject } from '../../source/scaffold/write-project.ts';
import { createWorkspace, treeOf, writeFiles } from './workspace.ts';

const contents = (path: string, text = path, executable = false): PlannedFile => ({
  path,
  contents: text,
  executable,
});

function planFor(directory: string, files: PlannedFile[]): ProjectPlan {
  return { directory, starter: 's', name: 'n', files };
}

const write = (plan: ProjectPlan, isInterrupted = () => false) =>
  writeProject(plan, inspectTarget(plan.directory, plan.directory), isInterrupted);

const files = [
  contents('a.txt'),
  contents('deep/er/b.sh', '#!/bin/sh\n', true),
  contents('README.md', 'ours'),
];

test('a new folder appears whole, with the folders above it', async () => {
  const root = createWorkspace();
  const directory = join(root, 'one/two/app');
  expect(await write(planFor(directory, files))).toEqual({ status: 'written', kept: [] });
  expect(treeOf(root)).toEqual(['one/two/app/README.md', 'one/two/app/a.txt', 'one/two/app/deep/er/b.sh']);
  expect(statSync(join(directory, 'deep/er/b.sh')).mode & 0o111).toBe(0o111);
  expect(statSync(join(directory, 'a.txt')).mode & 0o111).toBe(0);
});

test('a folder with a fresh repository is filled around what is there', async () => {
  const root = createWorkspace({ '.git/HEAD': 'ref', 'README.md': 'theirs', LICENSE: 'MIT' });
  const before = statSync(root).ino;
  expect(await write(planFor(root, files))).toEqual({ status: 'written', kept: ['README.md'] });
  expect(treeOf(root)).toEqual(['.git/HEAD', 'LICENSE', 'README.md', 'a.txt', 'deep/er/b.sh']);
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe('theirs');
  // A shell that stands in it still does.
  expect(statSync(root).ino).toBe(before);
});

test('any other folder that is not empty is refused, and so is a file', () => {
  const root = createWorkspace({ 'app/notes.txt': 'mine', 'app/.git/HEAD': 'ref', file: '' });
  expect(() => inspectTarget(join(root, 'app'), 'app')).toThrow('app is not empty: it holds notes.txt');
  expect(() => inspectTarget(join(root, 'file'), 'file')).toThrow('file is a file');
  expect(inspectTarget(join(root, 'other'), 'other')).toEqual({ kind: 'absent' });
});

test('an interrupt before the move leaves nothing, not even the folders above', async () => {
  const root = createWorkspace();
  expect(await write(planFor(join(root, 'one/two/app'), files), () => true)).toEqual({
    status: 'interrupted',
  });
  expect(treeOf(root)).toEqual([]);
  const filled = createWorkspace({ 'README.md': 'theirs' });
  expect(await write(planFor(filled, files), () => true)).toEqual({ status: 'interrupted' });
  expect(treeOf(filled)).toEqual(['README.md']);
});

test('a file that cannot be written leaves nothing', async () => {
  const root = createWorkspace();
  const broken = [...files, contents('a.txt/not-a-folder')];
  const failure = await write(planFor(join(root, 'app'), broken)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect(failure).toMatchObject({ code: 'project-not-written', exitCode: 1 });
  expect(treeOf(root)).toEqual([]);
});

test('a move that fails half way is undone', () => {
  const root = createWorkspace({ 'from/a': '', 'from/b/c': '', 'from/d': '', 'to/LICENSE': 'MIT' });
  const before = treeOf(root);
  const move = () =>
    moveEntries(join(root, 'from'), join(root, 'to'), (source, target) => {
      if (String(source).endsWith('/d')) throw new Error('disk trouble');
      renameSync(source, target);
    });
  expect(move).toThrow('disk trouble');
  expect(treeOf(root)).toEqual(before);
});

test('a path through a file is told apart from a bug', async () => {
  const root = createWorkspace({ file: '' });
  const failure = await write(planFor(join(root, 'file/app'), files)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect(String(failure)).toMatch(/cannot be written to .*file\/app: a part of its path is a file/);
  expect(treeOf(root)).toEqual(['file']);
});

test('a folder that was put there meanwhile is not touched', async () => {
  const root = createWorkspace();
  const directory = join(root, 'app');
  const failure = await write(planFor(directory, files), () => {
    mkdirSync(directory);
    writeFileSync(join(directory, 'theirs'), '');
    return false;
  }).catch((error: unknown) => error);
  expect(String(failure)).toContain('something else was put there meanwhile');
  expect(treeOf(root)).toEqual(['app/theirs']);
});

test('a link in the target counts as there, wherever it points', async () => {
  const root = createWorkspace();
  mkdirSync(join(root, 'app'));
  symlinkSync('nowhere', join(root, 'app/README.md'));
  expect(await write(planFor(join(root, 'app'), files))).toEqual({ status: 'written', kept: ['README.md'] });
  writeFiles(root, { other: '' });
  expect(treeOf(root)).toEqual(['app/README.md', 'app/a.txt', 'app/deep/er/b.sh', 'other']);
});
