import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PythonLanguageConfig } from '../../source/packaging/artifact.ts';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import {
  lockedVersions,
  pep440,
  pipenvRequirements,
  poetryRequirements,
  uvForeign,
} from '../../source/packaging/python-manifests.ts';
import { createZip } from '../../source/packaging/zip.ts';
import { createProject, outcomes, pythonInstallers, readZip, sourceFunction } from './project.ts';

const runtime = 'python3.13';
const handler = 'def handler(event, context): return 1\n';

describe('versions of Poetry in the words of Python', () => {
  test.each([
    ['^1.2.3', '>=1.2.3,<2'],
    ['^0.2.3', '>=0.2.3,<0.3'],
    ['^0.0.3', '>=0.0.3,<0.0.4'],
    ['^0.0', '>=0.0,<0.1'],
    ['^0', '>=0,<1'],
    ['^1.2b1', '>=1.2b1,<2'],
    ['~1.2.3', '>=1.2.3,<1.3'],
    ['~1', '>=1,<2'],
    ['~=1.2', '~=1.2'],
    ['1.2.*', '==1.2.*'],
    ['1.2.3', '==1.2.3'],
    ['=1.2.3', '==1.2.3'],
    ['*', ''],
    ['>=1.2, <2, !=1.5', '>=1.2,<2,!=1.5'],
  ])('%s → %s', (version, expected) => {
    expect(pep440(version)).toBe(expected);
  });
});

test('entries of Poetry become requirements; what is no package of an index is told by name', () => {
  expect(
    poetryRequirements({
      python: '^3.9',
      requests: { version: '^2.31', extras: ['socks', 'security'] },
      'uvloop-fast': { version: '*', markers: "platform_system != 'Windows'", python: '^3.9' },
      boto: { version: '1.0', optional: true },
      many: [
        { version: '<2', python: '<3.9' },
        { version: '>=2', platform: 'linux' },
      ],
      mine: { path: '../mine' },
      theirs: { git: 'https://git.invalid/a.git' },
    }),
  ).toEqual({
    lines: [
      'requests[socks,security]>=2.31,<3',
      "uvloop-fast ; (platform_system != 'Windows') and (python_version >= '3.9') and (python_version < '4')",
      "many<2 ; python_version < '3.9'",
      "many>=2 ; sys_platform == 'linux'",
    ],
    foreign: ['mine', 'theirs'],
  });
});

test('a primary source of Poetry takes the place of the standard index', () => {
  const sources = [
    { url: 'https://more.invalid/simple', priority: 'supplemental' },
    { url: 'https://packages.invalid/simple' },
  ];
  expect(poetryRequirements({ six: '*' }, sources).lines).toEqual([
    '--index-url https://packages.invalid/simple',
    '--extra-index-url https://more.invalid/simple',
    'six',
  ]);
});

test('what uv takes from elsewhere is known by its name, however it is written', () => {
  const sources = { 'my-lib': { path: '../lib' }, other: { workspace: true }, six: { index: 'mirror' } };
  expect(uvForeign(['My_Lib>=1', 'six'], sources)).toEqual(['my-lib']);
  expect(
    uvForeign(['other[extra]; python_version > "3"'], { other: [{ git: 'https://git.invalid' }] }),
  ).toEqual(['other']);
});

test('entries of a Pipfile become requirements, with the indexes that are not the standard one', () => {
  const pypi = { url: 'https://pypi.org/simple' };
  const packages = {
    six: '*',
    colorama: { version: '==0.4.6', sys_platform: "== 'win32'" },
    mine: { editable: true, path: '.' },
  };
  expect(pipenvRequirements(packages, [pypi])).toEqual({
    lines: ['six', "colorama==0.4.6 ; sys_platform == 'win32'"],
    foreign: ['mine'],
  });
  expect(
    pipenvRequirements({ six: '~=1.16' }, [{ url: 'https://packages.invalid/simple' }, pypi]).lines,
  ).toEqual([
    '--index-url https://packages.invalid/simple',
    '--extra-index-url https://pypi.org/simple',
    'six~=1.16',
  ]);
});

test('versions of lock files, each for its machine where there are several, without the project itself', () => {
  expect(
    lockedVersions([
      { name: 'posts', version: '1', source: { virtual: '.' } },
      { name: 'six', version: '1.17.0', source: { registry: 'https://pypi.org/simple' } },
      {
        name: 'dateutil',
        version: '3.0',
        'resolution-markers': ["python_full_version == '3.10.*'", "python_full_version < '3.10'"],
      },
      { name: 'dateutil', version: '4.0', 'resolution-markers': ["python_full_version >= '3.11'"] },
      { name: 'attrs', version: '1', markers: { main: "python_version < '3.9'", dev: 'x' } },
      { name: 'attrs', version: '2' },
      { name: 'legacy', version: '1', source: { type: 'legacy', url: 'https://packages.invalid' } },
      { name: 'cloned', version: '1', source: { type: 'git', url: 'https://git.invalid/a.git' } },
    ]),
  ).toEqual([
    'six==1.17.0',
    "dateutil==3.0 ; (python_full_version == '3.10.*') or (python_full_version < '3.10')",
    "dateutil==4.0 ; (python_full_version >= '3.11')",
    "attrs==1 ; python_version < '3.9'",
    'legacy==1',
  ]);
});

/** A Poetry lock as Poetry 2 writes it, without the hashes. */
const poetryLock = (dateutil: string) => `[[package]]
name = "iniconfig"
version = "2.1.0"
optional = false
groups = ["dev"]
files = []

[[package]]
name = "python-dateutil"
version = "${dateutil}"
optional = false
groups = ["main"]
files = []

[package.dependencies]
six = ">=1.5"

[[package]]
name = "six"
version = "1.16.0"
optional = false
groups = ["main"]
files = []

[metadata]
lock-version = "2.1"
python-versions = "^3.9"
`;
const poetryProject = `[tool.poetry]
name = "posts"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.9"
python-dateutil = "^2.8.2"
colorama = { version = "*", markers = "sys_platform == 'win32'" }

[tool.poetry.group.dev.dependencies]
iniconfig = "^2"
`;
const pipfile = `[[source]]
url = "https://pypi.org/simple"
verify_ssl = true
name = "pypi"

[packages]
six = "==1.16.0"

[dev-packages]
iniconfig = "*"
`;
const pipfileLock = JSON.stringify({
  _meta: { sources: [{ name: 'pypi', url: 'https://pypi.org/simple', verify_ssl: true }] },
  default: {
    six: { hashes: ['sha256:x'], markers: "python_version >= '2.7'", version: '==1.15.0' },
    colorama: { version: '==0.4.6', sys_platform: "== 'win32'" },
  },
  develop: { iniconfig: { version: '==2.1.0' } },
});
const uvProject = `[project]
name = "posts"
version = "1"
requires-python = ">=3.9"
dependencies = ["six>=1.15", "colorama; sys_platform == 'win32'"]

[dependency-groups]
dev = ["iniconfig"]
`;
const uvLock = `version = 1
revision = 3
requires-python = ">=3.9"

[[package]]
name = "colorama"
version = "0.4.6"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.pythonhosted.org/packages/d8/53/6f443c9a4a8358a93a6792e2acffb9d9d5cb0a5cfd8802644b7b1c9a02e4/colorama-0.4.6.tar.gz", hash = "sha256:08695f5cb7ed6e0531a20572697297273c47b8cae5a63ffc6d6ed5c201be6e44", size = 27697 }

[[package]]
name = "iniconfig"
version = "2.1.0"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.pythonhosted.org/packages/f2/97/ebf4da567aa6827c909642694d71c9fcf53e5b504f2d96afea02718862f3/iniconfig-2.1.0.tar.gz", hash = "sha256:3abbd2e30b36733fee78f9c7f7308f2d0050e88f0087fd25c2645f63c773e1c7", size = 4793 }

[[package]]
name = "posts"
version = "1"
source = { virtual = "." }
dependencies = [
    { name = "colorama", marker = "sys_platform == 'win32'" },
    { name = "six" },
]

[package.dev-dependencies]
dev = [
    { name = "iniconfig" },
]

[package.metadata]
requires-dist = [
    { name = "colorama", marker = "sys_platform == 'win32'" },
    { name = "six", specifier = ">=1.15" },
]

[package.metadata.requires-dev]
dev = [{ name = "iniconfig" }]

[[package]]
name = "six"
version = "1.16.0"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.pythonhosted.org/packages/71/39/171f1c67cd00715f190ba0b100d606d440a28c93c7714febeca8b79af85e/six-1.16.0.tar.gz", hash = "sha256:1e61c37477a1626458e36f7b1d82aa5c9b094fa4802892072e49de9c60c4c926", size = 34041 }
`;

describe.each(pythonInstallers())('with $name', { timeout: 120_000 }, ({ name: installer, environment }) => {
  /** Names of what was installed, `six-1.16.0`, and the project that it was installed for. */
  async function install(files: Record<string, string>, languageSpecificConfig: PythonLanguageConfig = {}) {
    const project = createProject({ 'src/main.py': handler, ...files });
    const fn = sourceFunction('f', 'src/main.py', runtime, { languageSpecificConfig });
    const [artifact] = await project.package([fn], { environment });
    const names = Object.keys(await readZip(readFileSync(artifact?.path ?? '')));
    const installed = names.flatMap((file) => /^([^/]+)\.dist-info\/METADATA$/.exec(file)?.[1] ?? []);
    return { project, fn, installed };
  }

  test('pyproject.toml by itself, of every kind', async () => {
    const { installed } = await install({ 'pyproject.toml': uvProject.replace('six>=1.15', 'six==1.15.0') });
    expect(installed).toEqual(['six-1.15.0']);
    const poetry = poetryProject
      .replace('^2.8.2', '2.8.2')
      .replace('[tool.poetry.group', 'six = "1.15.0"\n\n[tool.poetry.group');
    expect((await install({ 'pyproject.toml': poetry })).installed).toEqual([
      'python_dateutil-2.8.2',
      'six-1.15.0',
    ]);
    expect((await install({ 'pyproject.toml': '[tool.ruff]\nline-length = 100\n' })).installed).toEqual([]);
  });

  test('conditions are about the machine that the function runs on', async () => {
    const project = createProject({
      'main.py': handler,
      // Needs tomli before Python 3.11.
      'requirements.txt':
        'build==1.2.2\nsix==1.16.0; platform_machine == "aarch64"\ncolorama; os_name == "nt"\n',
    });
    const on = async (version: string, architecture: 'x86_64' | 'arm64') => {
      const fn = sourceFunction('f', 'main.py', `python${version}`, { architecture });
      const [artifact] = await project.package([fn], { environment });
      const names = Object.keys(await readZip(readFileSync(artifact?.path ?? '')));
      return ['tomli/__init__.py', 'six.py', 'colorama/__init__.py'].filter((name) => names.includes(name));
    };
    expect(await on('3.10', 'x86_64')).toEqual(['tomli/__init__.py']);
    expect(await on('3.10', 'arm64')).toEqual(['tomli/__init__.py', 'six.py']);
    expect(await on('3.14', 'x86_64')).toEqual([]);
  });

  test('a package that needs a newer Python than this machine has is there for a function that has it', async () => {
    const project = createProject({ 'main.py': handler });
    const info = 'newer-1.0.dist-info';
    const files = {
      'newer.py': '',
      [`${info}/METADATA`]: 'Metadata-Version: 2.1\nName: newer\nVersion: 1.0\nRequires-Python: >=3.14\n',
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${info}/RECORD`]: `newer.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
    };
    const entries = Object.entries(files).map(([path, text]) => ({ path, data: Buffer.from(text) }));
    mkdirSync(project.path('wheels'));
    writeFileSync(project.path('wheels/newer-1.0-py3-none-any.whl'), await createZip(entries));
    project.write({ 'requirements.txt': `--no-index\n--find-links ${project.path('wheels')}\nnewer\n` });
    const on = (version: string) =>
      project.package([sourceFunction('f', 'main.py', `python${version}`)], { environment });
    const [artifact] = await on('3.14');
    expect(Object.keys(await readZip(readFileSync(artifact?.path ?? '')))).toContain('newer.py');
    await expect(on('3.13')).rejects.toThrow('f: the packages of requirements.txt could not be installed');
  });

  test('constraints decide versions and install nothing, and a change of them builds again', async () => {
    const { project, fn, installed } = await install({
      'requirements.txt': '-c constraints.txt\npython-dateutil==2.8.2\n',
      'constraints.txt': 'six==1.15.0 # the last one that fits\nattrs==23.1.0\n',
    });
    expect(installed).toEqual(['python_dateutil-2.8.2', 'six-1.15.0']);
    expect(outcomes(await project.package([fn], { environment }))).toEqual(['f cached']);
    project.write({ 'constraints.txt': 'six==1.16.0\n' });
    expect(outcomes(await project.package([fn], { environment }))).toEqual(['f built']);
  });

  test('a lock of uv decides the versions, and a new one is installed', async () => {
    const { project, fn, installed } = await install({ 'pyproject.toml': uvProject, 'uv.lock': uvLock });
    expect(installed).toEqual(['six-1.16.0']);
    expect(outcomes(await project.package([fn], { environment }))).toEqual(['f cached']);
    project.write({ 'pyproject.toml': uvProject.replace('six>=1.15', 'six>=1.14') });
    expect(outcomes(await project.package([fn], { environment }))).toEqual(['f built']);
  });

  test('the lock of a workspace of uv decides for its members, also above the config', async () => {
    const project = createProject({
      'pyproject.toml': `[project]
name = "root"
version = "0"
requires-python = ">=3.13"

[tool.uv.workspace]
members = ["functions/*"]
`,
      'functions/get/pyproject.toml':
        '[project]\nname = "get"\nversion = "0"\nrequires-python = ">=3.13"\ndependencies = ["six>=1.15"]\n',
      'functions/get/main.py': handler,
      'uv.lock': `version = 1
revision = 1
requires-python = ">=3.13"

[manifest]
members = ["get", "root"]

[[package]]
name = "get"
version = "0"
source = { virtual = "functions/get" }
dependencies = [{ name = "six" }]

[package.metadata]
requires-dist = [{ name = "six", specifier = ">=1.15" }]

[[package]]
name = "root"
version = "0"
source = { virtual = "." }

${uvLock.slice(uvLock.indexOf('[[package]]\nname = "six"'))}`,
    });
    const get = (entryfilePath: string) => sourceFunction('get', entryfilePath, runtime);
    const installed = async (artifacts: ReturnType<typeof project.package>) =>
      Object.keys(await readZip(readFileSync((await artifacts)[0]?.path ?? ''))).filter((name) =>
        name.endsWith('/METADATA'),
      );
    const inside = project.package([get('functions/get/main.py')], { environment });
    expect(await installed(inside)).toEqual(['six-1.16.0.dist-info/METADATA']);
    const directory = project.path('functions/get');
    const above = project.package([get('main.py')], { environment, directory });
    expect(await installed(above)).toEqual(['six-1.16.0.dist-info/METADATA']);
  });

  test('a lock of Poetry decides the versions, without what only developers use', async () => {
    const files = { 'pyproject.toml': poetryProject, 'poetry.lock': poetryLock('2.8.2') };
    const { project, fn, installed } = await install(files);
    expect(installed).toEqual(['python_dateutil-2.8.2', 'six-1.16.0']);
    project.write({ 'poetry.lock': poetryLock('2.9.0.post0') });
    expect(outcomes(await project.package([fn], { environment }))).toEqual(['f built']);
  });

  test('a Pipfile, and its lock before it', async () => {
    expect((await install({ Pipfile: pipfile })).installed).toEqual(['six-1.16.0']);
    expect((await install({ Pipfile: pipfile, 'Pipfile.lock': pipfileLock })).installed).toEqual([
      'six-1.15.0',
    ]);
  });

  test('packageManager chooses among several files, packageManagerFile names one; its lock decides', async () => {
    const files = {
      'requirements.txt': 'six==1.14.0\n',
      Pipfile: pipfile,
      'Pipfile.lock': pipfileLock,
      'pyproject.toml': poetryProject,
      'poetry.lock': poetryLock('2.8.2'),
    };
    expect((await install(files)).installed).toEqual(['six-1.14.0']);
    expect((await install(files, { packageManager: 'pipenv' })).installed).toEqual(['six-1.15.0']);
    expect((await install(files, { packageManager: 'poetry' })).installed).toEqual([
      'python_dateutil-2.8.2',
      'six-1.16.0',
    ]);
    expect((await install(files, { packageManagerFile: 'Pipfile' })).installed).toEqual(['six-1.15.0']);
    expect((await install(files, { packageManagerFile: 'pyproject.toml' })).installed).toEqual([
      'python_dateutil-2.8.2',
      'six-1.16.0',
    ]);
  });

  test('what cannot be read or installed is told with the file', async () => {
    const refusal = async (files: Record<string, string>, config: PythonLanguageConfig = {}) => {
      const failure = await install(files, config).catch((error: unknown) => error);
      if (!(failure instanceof PackagingError)) throw failure;
      return failure.message;
    };
    expect(
      await refusal({ 'pyproject.toml': '[project]\nname = "x"\ndynamic = ["dependencies"]\n' }),
    ).toContain('pyproject.toml has its build tool make up the dependencies');
    expect(
      await refusal({ 'pyproject.toml': `${uvProject}\n[tool.uv.sources]\nsix = { path = "../six" }\n` }),
    ).toContain('pyproject.toml asks for `six`, which is not a package of an index');
    expect(await refusal({ 'pyproject.toml': '[project\n' })).toContain('f: pyproject.toml cannot be read');
    expect(await refusal({ Pipfile: '[packages]\nmine = {path = "."}\n' })).toContain(
      'Pipfile asks for `mine`, which is not a package of an index',
    );
    expect(await refusal({ 'Pipfile.lock': '{' })).toContain('Pipfile.lock cannot be read');
    expect(await refusal({ 'poetry.lock': poetryLock('2.8.2') })).toContain(
      'poetry.lock has no pyproject.toml beside it',
    );
    expect(await refusal({}, { packageManager: 'pipenv' })).toContain(
      "packageManager pipenv has nothing to install from: there is no Pipfile.lock and no Pipfile from the folder of src/main.py up to the config's",
    );
    expect(await refusal({}, { packageManagerFile: 'lib/requirements.txt' })).toContain(
      'packageManagerFile lib/requirements.txt does not exist',
    );
    expect(await refusal({ 'requirements.txt': 'six\n-e ../lib\n' })).toContain(
      'requirements.txt asks for `-e ../lib`',
    );
    expect(await refusal({ 'requirements.txt': '-r gone.txt\n' })).toContain(
      'gone.txt is included by another requirements file, but does not exist',
    );
    if (installer === 'uv') return;
    expect(await refusal({ 'requirements.txt': 'six\n' }, { packageManager: 'uv' })).toContain(
      'f: the build needs uv, which packageManager asks for, but uv is not on PATH',
    );
  });
});
