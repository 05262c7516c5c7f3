import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createProject, customFunction, esFunction, outcomes } from './project.ts';

let project: ReturnType<typeof createProject>;
const functions = [esFunction('a', 'src/a.ts'), esFunction('b', 'src/b.ts')];
const packageBoth = async (): Promise<string[]> => outcomes(await project.package(functions));

beforeEach(async () => {
  project = createProject({
    'package.json': '{"name":"project"}',
    'tsconfig.json': '{ "extends": "./tsconfig.base.json" }',
    'tsconfig.base.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
    'src/a.ts': `import { name } from './name'; import leaf from 'leaf'; export default () => [name, leaf];\n`,
    'src/b.ts': 'export default () => 2;\n',
    'src/name.ts': `export const name = 'one';\n`,
    'node_modules/leaf/package.json': '{"name":"leaf","main":"index.js"}',
    'node_modules/leaf/index.js': 'module.exports = 1;\n',
    'node_modules/leaf/other.js': 'module.exports = 2;\n',
  });
  expect(await packageBoth()).toEqual(['a built', 'b built']);
  expect(await packageBoth()).toEqual(['a cached', 'b cached']);
});

const stale: [what: string, change: () => void, expected: string[]][] = [
  [
    'an imported file',
    () => project.write({ 'src/name.ts': `export const name = 'two';\n` }),
    ['a built', 'b cached'],
  ],
  [
    'a file of a package',
    () => project.write({ 'node_modules/leaf/index.js': 'module.exports = 3;\n' }),
    ['a built', 'b cached'],
  ],
  [
    'the main of a package',
    () => project.write({ 'node_modules/leaf/package.json': '{"name":"leaf","main":"other.js"}' }),
    ['a built', 'b cached'],
  ],
  ['the tsconfig', () => project.write({ 'tsconfig.json': '{}' }), ['a built', 'b built']],
  ['what the tsconfig extends', () => project.write({ 'tsconfig.base.json': '{}' }), ['a built', 'b built']],
  ['a nearer tsconfig', () => project.write({ 'src/tsconfig.json': '{}' }), ['a built', 'b built']],
  [
    'a file that now shadows another',
    () => project.write({ 'src/name.tsx': `export const name = 'x';\n` }),
    ['a built', 'b built'],
  ],
  [
    'an installation of packages',
    () => project.write({ 'node_modules/.package-lock.json': '{"packages":{}}' }),
    ['a built', 'b cached'],
  ],
  [
    'the project package.json',
    () => project.write({ 'package.json': '{"sideEffects":false}' }),
    ['a built', 'b built'],
  ],
];

describe('is not used after a change of', () => {
  test.each(stale)('%s', async (_what, change, expected) => {
    change();
    expect(await packageBoth()).toEqual(expected);
    expect(await packageBoth()).toEqual(['a cached', 'b cached']);
  });

  test('a flag, the runtime or the name of the entry', async () => {
    const noMaps = esFunction('b', 'src/b.ts', { languageSpecificConfig: { disableSourceMaps: true } });
    expect(outcomes(await project.package([noMaps]))).toEqual(['b built']);
    expect(
      outcomes(await project.package([{ ...esFunction('b', 'src/b.ts'), runtime: 'nodejs22.x' }])),
    ).toEqual(['b built']);
    // What was built before is still known.
    expect(await packageBoth()).toEqual(['a cached', 'b cached']);
  });

  test('an included file, or of which files there are', async () => {
    const withFiles = [esFunction('c', 'src/b.ts', { includeFiles: ['data/*.txt'] })];
    project.write({ 'data/one.txt': '1' });
    expect(outcomes(await project.package(withFiles))).toEqual(['c built']);
    expect(outcomes(await project.package(withFiles))).toEqual(['c cached']);
    project.write({ 'data/two.txt': '2' });
    expect(outcomes(await project.package(withFiles))).toEqual(['c built']);
    project.write({ 'data/one.txt': '3' });
    expect(outcomes(await project.package(withFiles))).toEqual(['c built']);
    rmSync(project.path('data/two.txt'));
    expect(outcomes(await project.package(withFiles))).toEqual(['c built']);
  });

  test('the folder of a custom artifact', async () => {
    const custom = [customFunction('d', 'build')];
    project.write({ 'build/bootstrap': '1' });
    expect(outcomes(await project.package(custom))).toEqual(['d built']);
    expect(outcomes(await project.package(custom))).toEqual(['d cached']);
    project.write({ 'build/extra': '2' });
    expect(outcomes(await project.package(custom))).toEqual(['d built']);
    project.write({ 'build/extra': '3' });
    expect(outcomes(await project.package(custom))).toEqual(['d built']);
  });
});

test('a file that was only touched is compared by its content', async () => {
  utimesSync(project.path('src/name.ts'), new Date(2020, 1, 1), new Date(2020, 1, 1));
  expect(await packageBoth()).toEqual(['a cached', 'b cached']);
});

test('a change that keeps size and time of a file is seen', async () => {
  const file = project.path('src/name.ts');
  const before = new Date(2020, 1, 1);
  utimesSync(file, before, before);
  expect(await packageBoth()).toEqual(['a cached', 'b cached']);
  writeFileSync(file, `export const name = 'six';\n`);
  utimesSync(file, before, before);
  expect(await packageBoth()).toEqual(['a built', 'b cached']);
});

test('files that have nothing to do with the build do not matter', async () => {
  project.write({ 'README.md': '#', 'src/notes.md': '#', 'other/file.ts': 'export {}' });
  expect(await packageBoth()).toEqual(['a cached', 'b cached']);
});

test('a damaged index is told about, and everything is built again', async () => {
  writeFileSync(path.join(project.cacheDirectory, 'index.json'), '{"format":1,"stamps":[],"records":{"a');
  project.events.length = 0;
  expect(await packageBoth()).toEqual(['a built', 'b built']);
  expect(project.events.filter((event) => event.type === 'notice')).toMatchObject([
    { message: expect.stringContaining('is damaged') },
  ]);
  expect(await packageBoth()).toEqual(['a cached', 'b cached']);
});

test('a damaged or missing zip is built again', async () => {
  const folder = path.join(project.cacheDirectory, 'artifacts');
  const [first, second] = readdirSync(folder).sort();
  const damaged = readFileSync(path.join(folder, first ?? ''));
  damaged[40] = (damaged[40] ?? 0) ^ 0xff;
  writeFileSync(path.join(folder, first ?? ''), damaged);
  rmSync(path.join(folder, second ?? ''));
  expect(await packageBoth()).toEqual(['a built', 'b built']);
  expect(await packageBoth()).toEqual(['a cached', 'b cached']);
});

test('a cache that cannot be written does not stop the build', async () => {
  // A file where the folder should be fails for every user, root included.
  rmSync(project.cacheDirectory, { recursive: true });
  writeFileSync(project.cacheDirectory, 'in the way');
  project.events.length = 0;
  const artifacts = await project.package(functions);
  expect(outcomes(artifacts)).toEqual(['a built', 'b built']);
  expect(artifacts.every((artifact) => existsSync(artifact.path))).toBe(true);
  expect(project.events.filter((event) => event.type === 'notice')).toMatchObject([
    { message: expect.stringContaining('cannot be written') },
  ]);
  expect(readFileSync(project.cacheDirectory, 'utf8')).toBe('in the way');
});

test('runs at the same time keep each other records', async () => {
  const names = Array.from({ length: 8 }, (_, index) => `f${index}`);
  for (const name of names) project.write({ [`src/${name}.ts`]: `export default () => '${name}';\n` });
  const runs = await Promise.all(names.map((name) => project.package([esFunction(name, `src/${name}.ts`)])));
  expect(runs.flatMap(outcomes)).toEqual(names.map((name) => `${name} built`));
  const again = await project.package(names.map((name) => esFunction(name, `src/${name}.ts`)));
  expect(outcomes(again)).toEqual(names.map((name) => `${name} cached`));
});

test('a repeat does not load esbuild', () => {
  const script = `
    const { packageFunctions } = await import(${JSON.stringify(path.join(import.meta.dirname, '../../source/packaging/package-functions.ts'))});
    const artifacts = await packageFunctions(${JSON.stringify(functions)}, {
      directory: ${JSON.stringify(project.directory)},
      cacheDirectory: ${JSON.stringify(project.cacheDirectory)},
      onEvent() {},
    });
    const { createRequire } = await import('node:module');
    const loaded = Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/esbuild/lib/'));
    console.log(artifacts.map((artifact) => artifact.outcome).join(), loaded ? 'loaded' : 'not loaded');
  `;
  const repeat = () =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim();
  expect(repeat()).toBe('cached,cached not loaded');
  // The same question has another answer where there is something to build.
  project.write({ 'src/b.ts': 'export default () => 3;\n' });
  expect(repeat()).toBe('cached,built loaded');
});

test('a source map that is kept apart is made again when it is gone', async () => {
  const apart = [esFunction('e', 'src/b.ts', { languageSpecificConfig: { outputSourceMapsTo: 'maps' } })];
  expect(outcomes(await project.package(apart))).toEqual(['e built']);
  expect(outcomes(await project.package(apart))).toEqual(['e cached']);
  rmSync(project.path('maps/e/index.js.map'));
  expect(outcomes(await project.package(apart))).toEqual(['e built']);
  expect(existsSync(project.path('maps/e/index.js.map'))).toBe(true);
});
