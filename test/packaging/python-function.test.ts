import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import { createProject, hasTool, outcomes, readZip, sourceFunction, unzip } from './project.ts';

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

test('lock files that cannot be installed from say what can', async () => {
  const project = createProject({
    'a/main.py': '',
    'a/Pipfile': '[packages]\n',
    'b/main.py': '',
    'b/poetry.lock': '',
    'c/main.py': '',
    'c/requirements.txt': 'six\n-e ../lib\n',
    'd/main.py': '',
    'd/uv.lock': '',
  });
  const failure = await project
    .package(
      ['a', 'b', 'c', 'd'].map((name) => sourceFunction(name, `${name}/main.py`, runtime)),
      { environment: { PATH: '' } },
    )
    .catch((error: unknown) => error);
  if (!(failure instanceof PackagingError)) throw failure;
  expect(failure.exitCode).toBe(2);
  expect(failure.problems.map(({ function: name, code }) => [name, code])).toEqual([
    ['a', 'unsupported-option'],
    ['b', 'unsupported-option'],
    ['c', 'unsupported-option'],
    ['d', 'missing-tool'],
  ]);
  expect(failure.message).toContain(
    'a/Pipfile cannot be installed; requirements.txt, pyproject.toml with [project] dependencies, and uv.lock can',
  );
  expect(failure.problems[1]?.hint).toContain('poetry export');
  expect(failure.message).toContain('c/requirements.txt asks for `-e ../lib`');
});

test('pythonVersion has to be the version of the runtime', async () => {
  const project = createProject({ 'main.py': '' });
  const of = (pythonVersion: number) =>
    project.package([sourceFunction('f', 'main.py', runtime, { languageSpecificConfig: { pythonVersion } })]);
  await expect(of(3.11)).rejects.toThrow(/pythonVersion 3\.11 is not the version of the runtime python3\.13/);
  expect(outcomes(await of(3.13))).toEqual(['f built']);
});

describe.skipIf(!hasTool('python3') && !hasTool('uv'))('with Python', { timeout: 120_000 }, () => {
  test('code and packages lie side by side, and the handler answers', async () => {
    const project = createProject(files);
    const [artifact] = await project.package([getPosts]);
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
    const [one] = await first.package([getPosts]);
    const [two] = await second.package([getPosts]);
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
      'main.py': 'import markupsafe\n',
      'requirements.txt': 'markupsafe==3.0.2\n',
    });
    const [artifact] = await project.package([sourceFunction('f', 'main.py', runtime, { architecture })]);
    expect(Object.keys(await readZip(readFileSync(artifact?.path ?? '')))).toContain(
      `markupsafe/_speedups.cpython-313-${suffix}.so`,
    );
  });

  test('pyproject.toml is read, and packages can be left out', async () => {
    const project = createProject({
      'pyproject.toml':
        '[project]\nname = "posts"\nversion = "1"\ndependencies = [\n  "python-dateutil==2.9.0.post0", # brings six\n]\n',
      'src/main.py': 'import dateutil\n',
    });
    const f = sourceFunction('f', 'src/main.py', runtime, { excludeDependencies: ['Python_Dateutil'] });
    const [artifact] = await project.package([f]);
    const names = Object.keys(await readZip(readFileSync(artifact?.path ?? '')));
    expect(names).toContain('six.py');
    expect(names.filter((name) => name.includes('dateutil'))).toEqual([]);
  });

  test('a repeat starts no tool; code alone is built again without an installation', async () => {
    const project = createProject(files);
    const run = async (environment = process.env) =>
      outcomes(await project.package([getPosts], { environment }));
    expect(await run()).toEqual(['getPosts built']);
    expect(await run()).toEqual(['getPosts cached']);
    project.write({ 'src/__pycache__/more.pyc': 'x', 'src/.cache': 'x', 'README.md': '#' });
    expect(await run()).toEqual(['getPosts cached']);
    project.write({ 'src/posts/more.py': '' });
    // Nothing can be reached through this proxy.
    expect(
      await run({ ...process.env, HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' }),
    ).toEqual(['getPosts built']);
    project.write({ 'base.txt': 'six==1.17.0\n' });
    expect(await run()).toEqual(['getPosts built']);
    project.write({ 'src/requirements.txt': '' });
    expect(await run()).toEqual(['getPosts built']);
    expect(await run()).toEqual(['getPosts cached']);
  });

  test('what pip says comes with the file and the function', async () => {
    const project = createProject({ 'main.py': '', 'requirements.txt': 'six==0.0.1234\n' });
    const failure = await project
      .package([sourceFunction('f', 'main.py', runtime), sourceFunction('g', 'main.py', runtime)])
      .catch((error: unknown) => error);
    if (!(failure instanceof PackagingError)) throw failure;
    expect(failure.exitCode).toBe(1);
    expect(failure.message).toMatch(/^f, g: the packages of requirements\.txt could not be installed$/m);
    expect(failure.message).toContain('six==0.0.1234');
    expect(failure.hint).toContain('a wheel for Python 3.13 on Linux x86_64');
  });
});
