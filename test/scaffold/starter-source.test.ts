import { join } from 'node:path';
import { expect, test } from 'vitest';
import { detectPackageManager } from '../../source/scaffold/package-manager.ts';
import { stpCommand } from '../../source/scaffold/printed-command.ts';
import { parseStarterSource } from '../../source/scaffold/starter-source.ts';
import { createWorkspace, starterFiles, writeFiles } from './workspace.ts';

const bundled = [
  { id: 'api', title: 'API', language: 'go', resources: ['function'], description: 'An API.' },
];

test('--starter is an id, a folder or a repository', () => {
  const cwd = createWorkspace({ ...starterFiles, 'api/stacktape.yml': '' });
  const parse = (text: string) => parseStarterSource(text, bundled, cwd);
  expect(parse('api')).toEqual({ kind: 'bundled', id: 'api' });
  expect(parse('./api')).toEqual({ kind: 'folder', folder: join(cwd, 'api') });
  expect(parse('starter')).toEqual({ kind: 'folder', folder: join(cwd, 'starter') });
  expect(parse('github:me/repo.git')).toEqual({
    kind: 'github',
    repository: 'me/repo',
    path: '',
    ref: undefined,
  });
  expect(parse('github:me/my.repo/starters/one#feature/x')).toEqual({
    kind: 'github',
    repository: 'me/my.repo',
    path: 'starters/one',
    ref: 'feature/x',
  });
  expect(() => parse('apy')).toThrow('there is no starter "apy"');
  expect(() => parse('./nowhere')).toThrow('./nowhere is not a folder with a stacktape.yml');
  for (const wrong of ['github:me', 'github:me/repo/../..', 'github:me/repo#--upload-pack=x']) {
    expect(() => parse(wrong)).toThrow('is not of the form github:owner/repo[/path][#ref]');
  }
});

test('the package manager is the one that started the program', () => {
  expect(detectPackageManager({ npm_config_user_agent: 'pnpm/9.1.0 npm/? node/v22.13.0 linux x64' })).toBe(
    'pnpm',
  );
  expect(detectPackageManager({ npm_config_user_agent: 'deno/2' })).toBe('npm');
  expect(detectPackageManager({})).toBe('npm');
});

test('commands are printed so that they work: by name only where ours is found to stay', () => {
  const folder = createWorkspace();
  const command = (PATH: string) => stpCommand({ PATH }, join(folder, 'app'), '1.2.3');
  const throughNpx = 'npx -p create-stp-app@1.2.3 stp';
  expect(command('/nowhere')).toBe(throughNpx);

  writeFiles(folder, {
    'theirs/stp': '#!/bin/sh\necho spanning tree\n',
    'ours/stp': '#!/bin/sh\nexec node ../lib/node_modules/create-stp-app/bin/stp.js "$@"\n',
    '_npx/1/node_modules/.bin/stp': '#!/bin/sh\nexec node ../create-stp-app/bin/stp.js "$@"\n',
  });
  expect(command(`${folder}/theirs:${folder}/ours`)).toBe(throughNpx);
  expect(command(`${folder}/ours`)).toBe('stp');
  // On the PATH only for as long as npx runs.
  expect(command(`${folder}/_npx/1/node_modules/.bin`)).toBe(throughNpx);

  writeFiles(folder, { 'app/node_modules/create-stp-app/package.json': '{}' });
  expect(command('/nowhere')).toBe('stp');
});
