import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import {
  createProject,
  hasTool,
  outcomes,
  pythonInstallers,
  readZip,
  sourceFunction,
  unzip,
} from './project.ts';

const runtime = 'python3.13';
const files = {
  'requirements.txt': '# what the API needs\n-r base.txt\n',
  'base.txt': 'six==1.16.0\n',
  'src/get-posts.py': `import six
from posts.store import titles

def handler(event, context):
    return {"text": six.ensure_str(b"".join(title.encode() for title in titles()))}
`,
  'src/posts/__init__.py': '',
  'src/posts/store.py': 'def titles():\n    return ["one", "two"]\n',
  'src/.env': 'SECRET=1\n',
  'src/__pycache__/get-posts.cpython-311.pyc': 'x',
  'src/virtual/pyvenv.cfg': 'home = /usr/bin\n',
  'src/virtual/lib/site.py': 'x\n',
};
const handler = 'def handler(event, context): return 1\n';
const getPosts = sourceFunction('getPosts', 'src/get-posts.py', runtime);

test('without dependencies no tool is needed', async () => {
  const project = createProject({
    'main.py': 'def handler(event, context): return 1\n',
    'pages/a.html': '<p>',
    'notes.md': '#',
  });
  const plain = sourceFunction('plain', 'main.py', runtime, { excludeFiles: ['notes.md'] });
  const [artifact] = await project.package([plain], { environment: { PATH: '' } });
  expect(Object.keys(await readZip(readFileSync(artifact?.path ?? '')))).toEqual(['main.py', 'pages/a.html']);
});

test('zips that are put into the project do not become part of it', async () => {
  const project = createProject({ 'main.py': handler, 'lib/tags.py': '' });
  const run = async () =>
    project.package([sourceFunction('f', 'main.py', runtime)], { outDirectory: project.path('out') });
  const [first] = await run();
  const [second] = await run();
  expect(second).toMatchObject({ digest: first?.digest, outcome: 'cached' });
  expect(Object.keys(await readZip(readFileSync(project.path('out/f.zip'))))).toEqual([
    'lib/tags.py',
    'main.py',
  ]);
});

test('a module that has no handler is told; one that imports it from elsewhere is not', async () => {
  const project = createProject({
    'none.py': 'def handle(event, context): return 1\n',
    'named.py': 'def handle(event, context): return 1\n',
    'imported.py': 'from lib import *\n',
    'left/out.py': 'def handler(event, context): return 1\n',
  });
  await project.package([
    sourceFunction('named', 'named.py', runtime, { handlerFunction: 'handle' }),
    sourceFunction('imported', 'imported.py', runtime),
  ]);
  const failure = await project
    .package([
      sourceFunction('none', 'none.py', runtime),
      sourceFunction('out', 'left/out.py', runtime, { excludeFiles: ['left/*.py'] }),
    ])
    .catch((error: unknown) => error);
  if (!(failure instanceof PackagingError)) throw failure;
  expect(failure.message).toContain("none: none.py has no function handler, which is the function's handler");
  expect(failure.message).toContain('out: excludeFiles leaves out left/out.py, which holds the handler');
  expect(failure.problems.map(({ code }) => code)).toEqual(['missing-handler', 'missing-handler']);
});

test('pythonVersion has to be the version of the runtime', async () => {
  const project = createProject({ 'main.py': handler });
  const of = (pythonVersion: number | string) =>
    project.package([sourceFunction('f', 'main.py', runtime, { languageSpecificConfig: { pythonVersion } })]);
  await expect(of(3.11)).rejects.toThrow(/pythonVersion 3\.11 is not the version of the runtime python3\.13/);
  expect(outcomes(await of(3.13))).toEqual(['f built']);
  expect(outcomes(await of('3.13'))).toEqual(['f built']);
});

test.skipIf(!hasTool('python3'))('a Python without pip is told how to come by it', async () => {
  const project = createProject({ 'main.py': handler, 'requirements.txt': 'six\n' });
  execFileSync('python3', ['-m', 'venv', '--without-pip', project.path('.bare')]);
  const failure = await project
    .package([sourceFunction('f', 'main.py', runtime)], {
      environment: { PATH: project.path('.bare/bin') },
    })
    .catch((error: unknown) => error);
  if (!(failure instanceof PackagingError)) throw failure;
  expect(failure.message).toContain('No module named pip');
  expect(failure.hint).toContain('python3 -m ensurepip');
});

describe.each(pythonInstallers())('with $name', { timeout: 120_000 }, ({ environment }) => {
  test('code and packages lie side by side, and the handler answers', async () => {
    const project = createProject(files);
    const [artifact] = await project.package([getPosts], { environment });
    const names = Object.keys(await readZip(readFileSync(artifact?.path ?? '')));
    expect(names).toEqual(
      expect.arrayContaining(['get-posts.py', 'posts/__init__.py', 'posts/store.py', 'six.py']),
    );
    expect(names.filter((name) => /pyc|virtual|\.env|direct_url/.test(name))).toEqual([]);
    await unzip(artifact?.path ?? '', project.path('unpacked'));
    // As Lambda does it: the module's name is the handler's first part, whatever signs it has.
    const call =
      "import importlib,json; print(json.dumps(importlib.import_module('get-posts').handler({}, None)))";
    const printed = execFileSync('python3', ['-c', call], {
      cwd: project.path('unpacked'),
      env: { ...process.env, PYTHONNOUSERSITE: '1' },
      encoding: 'utf8',
    });
    expect(JSON.parse(printed)).toEqual({ text: 'onetwo' });
  });

  test('the bytes are the same wherever the project lies; programs of packages stay out', async () => {
    const dependent = { ...files, 'base.txt': 'six==1.16.0\ncharset-normalizer==3.4.0\n' };
    const first = createProject(dependent);
    const second = createProject(dependent);
    const [one] = await first.package([getPosts], { environment });
    const [two] = await second.package([getPosts], { environment });
    expect(two?.digest).toBe(one?.digest);
    const zip = await readZip(readFileSync(one?.path ?? ''));
    expect(Object.keys(zip).filter((name) => name.startsWith('bin/'))).toEqual([]);
    expect(zip['charset_normalizer-3.4.0.dist-info/RECORD']?.text).not.toContain('bin/');
  });

  test.each([
    ['x86_64', 'x86_64-linux-gnu'],
    ['arm64', 'aarch64-linux-gnu'],
  ] as const)('packages with native code are those of the runtime, on %s', async (architecture, suffix) => {
    const project = createProject({
      'main.py': `import markupsafe\n${handler}`,
      'requirements.txt': 'markupsafe==3.0.2\n',
    });
    const [artifact] = await project.package([sourceFunction('f', 'main.py', runtime, { architecture })], {
      environment,
    });
    expect(Object.keys(await readZip(readFileSync(artifact?.path ?? '')))).toContain(
      `markupsafe/_speedups.cpython-313-${suffix}.so`,
    );
  });

  test('packages can be left out, what they need is not', async () => {
    const project = createProject({
      'requirements.txt': 'python-dateutil==2.9.0.post0 # brings six\n',
      'src/main.py': `import dateutil\n${handler}`,
    });
    const f = sourceFunction('f', 'src/main.py', runtime, { excludeDependencies: ['Python_Dateutil'] });
    const [artifact] = await project.package([f], { environment });
    const names = Object.keys(await readZip(readFileSync(artifact?.path ?? '')));
    expect(names).toContain('six.py');
    expect(names.filter((file) => file.includes('dateutil'))).toEqual([]);
  });

  test('what only developers read is left out, unless minify says otherwise', async () => {
    const project = createProject({
      'main.py': handler,
      'main.pyi': '',
      'requirements.txt': 'markupsafe==3.0.2\n',
    });
    const of = (fn: string, minify?: boolean) =>
      sourceFunction(
        fn,
        'main.py',
        runtime,
        minify === undefined ? {} : { languageSpecificConfig: { minify } },
      );
    const [small, all] = await project.package([of('small'), of('all', false)], { environment });
    const zip = await readZip(readFileSync(small?.path ?? ''));
    const stubs = (files: string[]) => files.filter((file) => /\.(?:pyi|c)$|py\.typed$/.test(file));
    // A file of the user's own stays.
    expect(stubs(Object.keys(zip))).toEqual(['main.pyi']);
    expect(zip['MarkupSafe-3.0.2.dist-info/RECORD']?.text).not.toContain('.pyi');
    expect(stubs(Object.keys(await readZip(readFileSync(all?.path ?? ''))))).toEqual([
      'main.pyi',
      'markupsafe/_speedups.c',
      'markupsafe/_speedups.pyi',
      'markupsafe/py.typed',
    ]);
  });

  test('a repeat starts no tool; code alone is built again without an installation', async () => {
    const project = createProject(files);
    const run = async (changed = {}) =>
      outcomes(await project.package([getPosts], { environment: { ...environment, ...changed } }));
    expect(await run()).toEqual(['getPosts built']);
    expect(await run()).toEqual(['getPosts cached']);
    project.write({ 'src/__pycache__/more.pyc': 'x', 'src/.cache': 'x', 'README.md': '#' });
    expect(await run()).toEqual(['getPosts cached']);
    project.write({ 'src/posts/more.py': '' });
    // Nothing can be reached through this proxy.
    expect(await run({ HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' })).toEqual([
      'getPosts built',
    ]);
    project.write({ 'base.txt': 'six==1.17.0\n' });
    expect(await run()).toEqual(['getPosts built']);
    project.write({ 'src/requirements.txt': '' });
    expect(await run()).toEqual(['getPosts built']);
    expect(await run()).toEqual(['getPosts cached']);
  });

  test('what the installer says comes with the file and the function', async () => {
    const project = createProject({ 'main.py': handler, 'requirements.txt': 'six==0.0.1234\n' });
    const failure = await project
      .package([sourceFunction('f', 'main.py', runtime), sourceFunction('g', 'main.py', runtime)], {
        environment,
      })
      .catch((error: unknown) => error);
    if (!(failure instanceof PackagingError)) throw failure;
    expect(failure.exitCode).toBe(1);
    expect(failure.message).toMatch(/^f, g: the packages of requirements\.txt could not be installed$/m);
    expect(failure.message).toContain('six==0.0.1234');
    expect(failure.hint).toContain('a wheel for Python 3.13 on Linux x86_64');
    expect(failure.problems[0]?.code).toBe('install-failed');
  });

  test('a package that has to be compiled is refused, not compiled for this machine', async () => {
    // Published as source alone.
    const project = createProject({ 'main.py': handler, 'requirements.txt': 'docopt==0.6.2\n' });
    const failure = await project
      .package([sourceFunction('f', 'main.py', runtime)], { environment })
      .catch((error: unknown) => error);
    if (!(failure instanceof PackagingError)) throw failure;
    expect(failure.hint).toContain('nothing is compiled here');
    expect(failure.message).toContain('docopt');
  });
});
