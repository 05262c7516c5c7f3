import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FunctionToPackage } from '../../source/packaging/artifact.ts';
import { createZip } from '../../source/packaging/zip.ts';
import { handlerOf } from '../../source/resources/function/runtimes.ts';
import { createProject, readZip, unzip } from './project.ts';

const artifact = (runtime: string, packagePath: string, handler?: string): FunctionToPackage => ({
  name: 'f',
  runtime,
  architecture: 'x86_64',
  packaging: {
    type: 'custom-artifact',
    properties: { packagePath, ...(handler === undefined ? {} : { handler }) },
  },
});
const node = 'nodejs24.x';

test('a handler in a nested folder is found as Lambda finds it', async () => {
  const project = createProject({
    'build/dist/api/index.js': "exports.handler = async (event) => `${event} ${require('../name.js')}`;\n",
    'build/dist/name.js': "module.exports = 'nested';\n",
  });
  const fn = artifact(node, 'build', 'dist/api/index.js:handler');
  const [built] = await project.package([fn]);
  await unzip(built?.path ?? '', project.path('unpacked'));
  const handler = handlerOf({ packaging: fn.packaging as never, runtime: node });
  expect(handler).toBe('dist/api/index.handler');
  // Lambda's own way: what stands before the last dot of the last part is the module.
  const call = `const [, file, name] = /^(.*)\\.([^.]+)$/.exec(process.argv[1]);
require('./' + file)[name]('it is').then((said) => console.log(said));`;
  const printed = execFileSync(process.execPath, ['-e', call, handler], {
    cwd: project.path('unpacked'),
    encoding: 'utf8',
  });
  expect(printed).toBe('it is nested\n');
});

describe('a handler whose file is not in the artifact is told with what is there', () => {
  const project = () =>
    createProject({ 'build/dist/index.mjs': '', 'build/app/__init__.py': '', 'one.py': '' });
  test.each([
    [node, 'build', 'dist/index.js:handler'],
    [node, 'build', './dist/index.ts:handler'],
    ['python3.14', 'build', 'app.py:handler'],
    ['python3.14', 'one.py', 'one.py:handler'],
    ['provided.al2023', 'build', undefined],
    ['java25', 'build', 'posts.GetPosts::handle'],
  ])('on %s in %s there is %s', async (runtime, packagePath, handler) => {
    await expect(project().package([artifact(runtime, packagePath, handler)])).resolves.toHaveLength(1);
  });

  test.each([
    [
      ...[node, 'build', 'build/dist/index.mjs:go'],
      "f: the handler's file build/dist/index.mjs is not in packagePath build",
      'There is dist/index.mjs: write `handler: dist/index.mjs:go`.',
    ],
    [
      ...['python3.14', 'one.py', 'two.py:go'],
      "f: the handler's file two.py is not in packagePath one.py",
      'its contents are at the root',
    ],
  ] as [string, string, string, string, string][])(
    'on %s in %s there is no %s',
    async (runtime, packagePath, handler, message, hint) => {
      const failure = project().package([artifact(runtime, packagePath, handler)]);
      await expect(failure).rejects.toThrow(message);
      await expect(failure).rejects.toMatchObject({
        code: 'missing-handler',
        exitCode: 2,
        hint: expect.stringContaining(hint),
      });
    },
  );

  test('in a zip, too', async () => {
    const there = createProject({});
    writeFileSync(
      there.path('given.zip'),
      await createZip([{ path: 'api/index.js', data: Buffer.from('exports.go = () => 1;\n') }]),
    );
    await expect(there.package([artifact(node, 'given.zip', 'api/index.js:go')])).resolves.toHaveLength(1);
    await expect(there.package([artifact(node, 'given.zip', 'index.js:go')])).rejects.toThrow(
      "the handler's file index.js is not in packagePath given.zip",
    );
  });
});

test('several problems come with their hints, one of them with its hint apart', async () => {
  const project = createProject({ 'build/dist/index.js': '' });
  const lost = artifact(node, 'build', 'index.js:go');
  const gone = { ...artifact(node, 'gone', 'index.js:go'), name: 'g' };
  await expect(project.package([lost])).rejects.toMatchObject({
    message: "1 function could not be packaged\n\nf: the handler's file index.js is not in packagePath build",
    hint: expect.stringContaining('There is dist/index.js'),
  });
  const failure = await project.package([lost, gone]).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    hint: undefined,
    message: `2 functions could not be packaged

f: the handler's file index.js is not in packagePath build
The path is the one inside the artifact. There is dist/index.js: write \`handler: dist/index.js:go\`.

g: packagePath gone does not exist
It is relative to the folder of the config. What makes it has to run before the deploy.`,
  });
});

test('what holds no file is refused, as Lambda would refuse it', async () => {
  const project = createProject({ 'notes.md': '' });
  mkdirSync(project.path('build'));
  writeFileSync(project.path('build.zip'), await createZip([]));
  for (const path of ['build', 'build.zip']) {
    await expect(project.package([artifact('provided.al2023', path)])).rejects.toThrow(
      `f: there is no file in packagePath ${path}`,
    );
  }
});

test('a jar goes up as it is: inside a zip Lambda would not look into it', async () => {
  const project = createProject({});
  const jar = await createZip([{ path: 'posts/Get.class', data: Buffer.from('x') }]);
  writeFileSync(project.path('app.jar'), jar);
  const [built] = await project.package([artifact('java25', 'app.jar', 'posts.Get')]);
  expect(Object.keys(await readZip(readFileSync(built?.path ?? '')))).toEqual(['posts/Get.class']);
});

describe('more than Lambda takes', () => {
  test('is refused with its size and its largest pieces', async () => {
    const project = createProject({
      'build/small.js': 'x',
      'build/node_modules/@img/sharp/lib/a.node': '',
      'build/node_modules/@img/sharp/lib/b.node': '',
      'build/data/large.bin': '',
      'build/lib/app.jar': '',
    });
    const size = (name: string, megabytes: number) =>
      truncateSync(project.path(`build/${name}`), megabytes * 1024 * 1024);
    size('node_modules/@img/sharp/lib/a.node', 100);
    size('node_modules/@img/sharp/lib/b.node', 80);
    size('data/large.bin', 60);
    size('lib/app.jar', 11);
    const failure = project.package([artifact('provided.al2023', 'build')]);
    await expect(failure).rejects.toThrow(
      `f: the unzipped size is 251.0 MB, Lambda takes 250 MB at most, layers included.
Largest: node_modules/@img/sharp (180.0 MB), data (60.0 MB), lib/app.jar (11.0 MB), small.js (0.0 MB)`,
    );
    await expect(failure).rejects.toMatchObject({ code: 'artifact-too-large', exitCode: 2 });
  });

  test('inside a zip, too, however small it is zipped', async () => {
    const project = createProject({});
    const zip = await createZip([{ path: 'zeros', data: Buffer.alloc(251 * 1024 * 1024) }]);
    expect(zip.byteLength).toBeLessThan(50 * 1024 * 1024);
    writeFileSync(project.path('given.zip'), zip);
    await expect(project.package([artifact('provided.al2023', 'given.zip')])).rejects.toThrow(
      /the unzipped size is 251\.0 MB.*\nLargest: zeros \(251\.0 MB\)/,
    );
  });

  test('the limit is on what is unzipped: more than 50 MB zipped go through S3', async () => {
    const project = createProject({});
    const noise = Buffer.alloc(60 * 1024 * 1024);
    let state = 1;
    for (let at = 0; at < noise.length; at += 4) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      noise.writeInt32LE(state ^ (state >>> 15), at);
    }
    writeFileSync(project.path('noise.bin'), noise);
    const [built] = await project.package([artifact('provided.al2023', 'noise.bin')]);
    expect(built?.zippedBytes).toBeGreaterThan(50 * 1024 * 1024);
  });
});
