import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findConfig } from '../../source/config/find-config.ts';
import { loadConfig } from '../../source/config/load-config.ts';
import { serviceNameFor } from '../../source/config/read-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stp-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (file: string, checkEntryFiles = true) =>
  loadConfig({ file, stage: 'dev', region: 'us-east-1', checkEntryFiles });

const functionText = `resources:
  f:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/f.ts } }
`;

test('the nearest config upward is found, a folder of that name is not', () => {
  const deep = join(folder, 'a/b/c');
  mkdirSync(deep, { recursive: true });
  mkdirSync(join(deep, 'stacktape.yml'));
  writeFileSync(join(folder, 'a/stacktape.yaml'), functionText);
  writeFileSync(join(folder, 'stacktape.yml'), functionText);
  expect(findConfig(deep)).toBe(join(folder, 'a/stacktape.yaml'));
});

test('two configs in one folder are refused', () => {
  writeFileSync(join(folder, 'stacktape.yml'), '');
  writeFileSync(join(folder, 'stacktape.yaml'), '');
  expect(() => findConfig(folder)).toThrow(/has both stacktape\.yml and stacktape\.yaml/);
});

test('entry files are looked for beside the config, and only when that is wanted', async () => {
  const file = join(folder, 'stacktape.yml');
  writeFileSync(file, functionText);
  expect((await load(file)).problems.map(({ code }) => code)).toEqual(['missing-entry-file']);
  expect((await load(file, false)).problems).toEqual([]);
  mkdirSync(join(folder, 'src/f.ts'), { recursive: true });
  expect((await load(file)).problems[0]?.message).toBe(
    'Function f: entryfilePath "src/f.ts" is a folder, not a file.',
  );
  rmSync(join(folder, 'src/f.ts'), { recursive: true });
  writeFileSync(join(folder, 'src/f.ts'), '');
  const { config } = await load(file);
  expect(config).toMatchObject({ directory: folder, stage: 'dev', serviceName: serviceNameFor(folder) });
});

test('an entry file whose path is no path', async () => {
  const file = join(folder, 'stacktape.yml');
  for (const path of ['"src/\\0.ts"', `${'x'.repeat(5000)}.ts`, 'stacktape.yml/f.ts']) {
    writeFileSync(file, functionText.replace('src/f.ts', path));
    expect((await load(file)).problems.map(({ code }) => code)).toEqual(['missing-entry-file']);
  }
});

test('a file that is not UTF-8', async () => {
  const file = join(folder, 'stacktape.yml');
  writeFileSync(file, Buffer.from('resources:\n  caf\xe9: 1\n', 'latin1'));
  const { config, problems } = await load(file);
  expect(config).toBeUndefined();
  expect(problems).toMatchObject([{ code: 'not-utf-8', range: { line: 2, column: 6 } }]);
});

test.each([
  ['nothing there', 'none.yml', 'no-config'],
  ['a folder', '.', 'unreadable-config'],
])('%s is a usage error', async (_name, path, code) => {
  await expect(load(join(folder, path))).rejects.toMatchObject({ name: 'UserError', code, exitCode: 2 });
});

test.each([
  ['my-app', 'my-app'],
  ['my_app (2)', 'my-app-2'],
  ['2nd app', 'nd-app'],
  ['123', 'service'],
  ['', 'service'],
])('folder "%s" gives the service name %s', (name, serviceName) => {
  expect(serviceNameFor(`/projects/${name}`)).toBe(name === '' ? 'projects' : serviceName);
});

test.each([
  [{ stage: 'my stage' }, 'invalid-stage'],
  [{ stage: '' }, 'invalid-stage'],
  [{ serviceName: '1st' }, 'invalid-service-name'],
])('%o is a usage error', async (wrong, code) => {
  const file = join(folder, 'stacktape.yml');
  writeFileSync(file, functionText);
  const options = { file, stage: 'dev', region: 'us-east-1', checkEntryFiles: false };
  await expect(loadConfig({ ...options, ...wrong })).rejects.toMatchObject({
    name: 'UserError',
    code,
    exitCode: 2,
  });
});
