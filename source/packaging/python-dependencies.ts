import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PythonLanguageConfig } from './artifact.ts';
import type { BuildJob } from './language-build.ts';
import { foldersUpTo, stampPath } from './language-build.ts';
import { PackagingFailure } from './packaging-error.ts';
import {
  type Entry,
  type LockedPackage,
  lockedVersions,
  pipenvRequirements,
  poetryIndexes,
  poetryRequirements,
  type Requirements,
  uvForeign,
} from './python-manifests.ts';
import { notOfIndex, readRequirements } from './python-requirements.ts';
import type { Stamp } from './stamps.ts';
import { findTool, requireTool, runTool, toolFailure } from './tools.ts';
import { exportLock, workspaceLock } from './uv-lock.ts';

/** What is to be installed. */
export type PythonDependencies = {
  /** Lines of a requirements file that refers to no other file. */
  requirements: string;
  /** Versions of a lock file, as lines; packages that nothing asks for are not installed by them. */
  constraints: string;
  /** Where they stand, relative to the config's folder; empty where there are none. */
  file: string;
  stamps: Stamp[];
};

type Manager = NonNullable<PythonLanguageConfig['packageManager']>;

/** Files with dependencies, in the order in which they are looked for in a folder, and whose they are. */
const knownFiles: readonly { name: string; managers: readonly Manager[] }[] = [
  { name: 'requirements.txt', managers: ['pip', 'uv'] },
  { name: 'uv.lock', managers: ['uv'] },
  { name: 'poetry.lock', managers: ['poetry'] },
  { name: 'Pipfile.lock', managers: ['pipenv'] },
  { name: 'Pipfile', managers: ['pipenv'] },
  { name: 'pyproject.toml', managers: ['pip', 'uv', 'poetry'] },
];

/** Lock files come before the manifest that they belong to, also where that is the one that the config names. */
const locksOf: Readonly<Record<string, readonly string[]>> = {
  'pyproject.toml': ['uv.lock', 'poetry.lock'],
  Pipfile: ['Pipfile.lock'],
};

/**
 * Reads the dependencies of a function from the file that the config names, else from the nearest one above the
 * entry file. In one folder a requirements.txt comes before what else is there; `packageManager` says otherwise.
 * @throws PackagingFailure where the file is not there or holds what cannot be installed
 */
export async function readPythonDependencies(job: BuildJob, folder: string): Promise<PythonDependencies> {
  const stamps: Stamp[] = [];
  const file = locate(job, folder, stamps);
  if (file === undefined) return { requirements: '', constraints: '', file: '', stamps };
  const lock = path.basename(file) === 'pyproject.toml' ? workspaceLock(job, file, stamps) : undefined;
  const { lines, constraints = [] } =
    lock === undefined ? await readFile(job, file, stamps) : await readUvLock(job, lock, file, stamps);
  return {
    requirements: lines.join('\n'),
    constraints: constraints.join('\n'),
    file: stampPath(job.directory, file),
    stamps,
  };
}

function locate(job: BuildJob, folder: string, stamps: Stamp[]): string | undefined {
  const { fn, properties, directory, stamper } = job;
  const { packageManagerFile: named, packageManager: manager } = properties.languageSpecificConfig ?? {};
  const files = knownFiles.filter(({ managers }) => manager === undefined || managers.includes(manager));
  const stamp = (file: string): boolean => {
    // Also of those that are not there: one that comes would be used.
    stamps.push(stamper.take('file', stampPath(directory, file)));
    return existsSync(file);
  };
  if (named !== undefined) {
    const file = path.resolve(directory, named);
    if (!stamp(file)) {
      throw new PackagingFailure({
        function: fn.name,
        code: 'missing-package',
        message: `packageManagerFile ${named} does not exist`,
        hint: 'It is relative to the folder of the config.',
      });
    }
    const locks = (locksOf[path.basename(file)] ?? [])
      .filter((name) => files.some((known) => known.name === name))
      .map((name) => path.join(path.dirname(file), name))
      .filter(stamp);
    return locks[0] ?? file;
  }
  for (const above of foldersUpTo(directory, folder)) {
    const here = files.map(({ name }) => path.join(above, name)).filter(stamp);
    if (here[0] !== undefined) return here[0];
  }
  if (manager === undefined) return undefined;
  throw new PackagingFailure({
    function: fn.name,
    code: 'missing-package',
    message: `packageManager ${manager} has nothing to install from: there is no ${files.map(({ name }) => name).join(' and no ')} from the folder of ${properties.entryfilePath} up to the config's`,
    hint: 'Name the file as packageManagerFile, or leave packageManager out.',
  });
}

type Found = { lines: string[]; constraints?: string[] };

async function readFile(job: BuildJob, file: string, stamps: Stamp[]): Promise<Found> {
  const beside = (name: string): string => path.join(path.dirname(file), name);
  switch (path.basename(file)) {
    case 'uv.lock':
      return readUvLock(job, file, beside('pyproject.toml'), stamps);
    case 'poetry.lock':
      return readLocked(job, file, beside('pyproject.toml'), stamps);
    case 'Pipfile.lock':
      return readPipfileLock(job, file);
    case 'Pipfile':
      return readPipfile(job, file);
    case 'pyproject.toml':
      return { lines: await readProject(job, file) };
    default:
      return readRequirements(job, file, stamps);
  }
}

async function readUvLock(job: BuildJob, lock: string, project: string, stamps: Stamp[]): Promise<Found> {
  return findTool('uv', job.environment) === undefined
    ? readLocked(job, lock, project, stamps)
    : { lines: await exportLock(job, lock, project, stamps) };
}

/** What the project asks for directly, in the versions of the lock; what those need is found as at any installation. */
async function readLocked(job: BuildJob, lock: string, project: string, stamps: Stamp[]): Promise<Found> {
  stamps.push(job.stamper.take('file', stampPath(job.directory, project)));
  if (!existsSync(project)) {
    throw new PackagingFailure({
      function: job.fn.name,
      code: 'missing-package',
      message: `${stampPath(job.directory, lock)} has no pyproject.toml beside it, which says what the project asks for`,
    });
  }
  const lines = await readProject(job, project);
  const { package: packages = [] } = await readToml<{ package?: LockedPackage[] }>(job, lock);
  return { lines, constraints: lockedVersions(packages) };
}

function readPipfileLock(job: BuildJob, file: string): Found {
  let lock: { default?: Record<string, Entry>; _meta?: { sources?: { url?: string }[] } };
  try {
    lock = JSON.parse(readFileSync(file, 'utf8')) as typeof lock;
  } catch (cause) {
    throw new PackagingFailure({
      function: job.fn.name,
      code: 'missing-package',
      message: `${stampPath(job.directory, file)} cannot be read: ${String(cause)}`,
      hint: 'Write it again with `pipenv lock`.',
    });
  }
  return accept(job, file, pipenvRequirements(lock.default ?? {}, lock._meta?.sources ?? []));
}

async function readPipfile(job: BuildJob, file: string): Promise<Found> {
  const { packages = {}, source = [] } = await readToml<{
    packages?: Record<string, Entry>;
    source?: { url?: string }[];
  }>(job, file);
  return accept(job, file, pipenvRequirements(packages, source));
}

async function readProject(job: BuildJob, file: string): Promise<string[]> {
  const { project = {}, tool = {} } = await readToml<{
    project?: { dependencies?: string[]; dynamic?: string[] };
    tool?: {
      poetry?: { dependencies?: Record<string, Entry>; source?: { url?: string; priority?: string }[] };
      uv?: { sources?: Record<string, unknown> };
    };
  }>(job, file);
  const { dependencies: poetry, source: sources = [] } = tool.poetry ?? {};
  if (project.dependencies !== undefined) {
    const foreign = uvForeign(project.dependencies, tool.uv?.sources ?? {});
    return accept(job, file, { lines: [...poetryIndexes(sources), ...project.dependencies], foreign }).lines;
  }
  if (poetry !== undefined) return accept(job, file, poetryRequirements(poetry, sources)).lines;
  if (!project.dynamic?.includes('dependencies')) return [];
  throw new PackagingFailure({
    function: job.fn.name,
    code: 'unsupported-option',
    message: `${stampPath(job.directory, file)} has its build tool make up the dependencies (\`dynamic\`), so they cannot be read`,
    hint: 'Write them down with `python3 -m pip freeze > requirements.txt`: it comes first where both are there.',
  });
}

function accept(job: BuildJob, file: string, { lines, foreign }: Requirements): { lines: string[] } {
  if (foreign[0] !== undefined) throw notOfIndex(job, file, foreign[0]);
  return { lines };
}

/** Python reads TOML itself from 3.11 on; before, pip brings a reader. */
const tomlScript = `
import json, sys
try:
    import tomllib
except ImportError:
    from pip._vendor import tomli as tomllib
with open(sys.argv[1], 'rb') as file:
    print(json.dumps(tomllib.load(file), default=str))
`;

async function readToml<T>(job: BuildJob, file: string): Promise<T> {
  const { fn, environment, signal, directory } = job;
  const python = findTool('python3', environment);
  const uv = python === undefined ? findTool('uv', environment) : undefined;
  const program = uv ?? python ?? requireTool(fn.name, 'python3', environment);
  const before = uv === undefined ? [] : ['run', '--quiet', '--no-project', '--python', '>=3.11', 'python'];
  const args = [...before, '-c', tomlScript, file];
  const result = await runTool(program, args, { cwd: directory, environment, signal });
  if (!result.ok)
    throw toolFailure(fn.name, `${stampPath(directory, file)} cannot be read`, result.output, {
      code: 'install-failed',
    });
  return JSON.parse(result.stdout) as T;
}
