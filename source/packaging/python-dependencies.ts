import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildJob } from './language-build.ts';
import { foldersUpTo, stampPath } from './language-build.ts';
import { PackagingFailure } from './packaging-error.ts';
import type { Stamp } from './stamps.ts';
import { findTool, missingTool, requireTool, runTool, toolFailure } from './tools.ts';

/** What is to be installed, as lines of a requirements file that refers to no other file. */
export type PythonDependencies = { requirements: string; file: string; stamps: Stamp[] };

const knownFiles = [
  'requirements.txt',
  'uv.lock',
  'poetry.lock',
  'Pipfile.lock',
  'Pipfile',
  'pyproject.toml',
] as const;

/**
 * Reads the dependencies of a function from the file that the config names, else from the nearest one above the
 * entry file. In one folder a requirements.txt comes before what else is there.
 * @throws PackagingFailure where the file is not there or is of a kind that cannot be installed from
 */
export async function readPythonDependencies(job: BuildJob, folder: string): Promise<PythonDependencies> {
  const stamps: Stamp[] = [];
  const file = locate(job, folder, stamps);
  if (file === undefined) return { requirements: '', file: '', stamps };
  const requirements = await readFile(job, file, stamps);
  return { requirements, file: stampPath(job.directory, file), stamps };
}

function locate(job: BuildJob, folder: string, stamps: Stamp[]): string | undefined {
  const { fn, properties, directory, stamper } = job;
  const named = properties.languageSpecificConfig?.packageManagerFile;
  if (named !== undefined) {
    const file = path.resolve(directory, named);
    stamps.push(stamper.take('file', stampPath(directory, file)));
    if (existsSync(file)) return file;
    throw new PackagingFailure({
      function: fn.name,
      code: 'missing-package',
      message: `packageManagerFile ${named} does not exist`,
      hint: 'It is relative to the folder of the config.',
    });
  }
  for (const above of foldersUpTo(directory, folder)) {
    const here = knownFiles.map((name) => path.join(above, name));
    // Also those that are not there: one that comes would be used.
    stamps.push(...here.map((file) => stamper.take('file', stampPath(directory, file))));
    const found = here.find((file) => existsSync(file));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function readFile(job: BuildJob, file: string, stamps: Stamp[]): Promise<string> {
  const name = path.basename(file);
  switch (name) {
    case 'uv.lock':
      return exportLock(job, file);
    case 'poetry.lock':
      throw unsupported(job, file, 'poetry export --without-hashes -f requirements.txt -o requirements.txt');
    case 'Pipfile':
    case 'Pipfile.lock':
      throw unsupported(job, file, 'pipenv requirements > requirements.txt');
    case 'pyproject.toml':
      return readProject(job, file);
    default:
      return readRequirements(job, file, stamps, new Set());
  }
}

const unsupported = ({ fn, directory }: BuildJob, file: string, command: string): PackagingFailure =>
  new PackagingFailure({
    function: fn.name,
    code: 'unsupported-option',
    message: `dependencies in ${stampPath(directory, file)} cannot be installed; requirements.txt, pyproject.toml with [project] dependencies, and uv.lock can`,
    hint: `Write them down with \`${command}\`: requirements.txt comes first where both are there.`,
  });

/** A requirements file with those that it includes; its paths are read from its own folder. */
function readRequirements(job: BuildJob, file: string, stamps: Stamp[], seen: Set<string>): string {
  if (seen.has(file)) return '';
  seen.add(file);
  stamps.push(job.stamper.take('file', stampPath(job.directory, file)));
  if (!existsSync(file)) {
    throw new PackagingFailure({
      function: job.fn.name,
      code: 'missing-package',
      message: `${stampPath(job.directory, file)} is included by another requirements file, but does not exist`,
    });
  }
  const text = readFileSync(file, 'utf8').replaceAll(/\\\r?\n/g, ' ');
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const included = /^(?:-r|--requirement)[\s=]*(\S+)/.exec(line)?.[1];
      if (included !== undefined)
        return readRequirements(job, path.resolve(path.dirname(file), included), stamps, seen);
      const isLocal = /^(?:-e\b|--editable|-c\b|--constraint|\.{1,2}[/\\]|[/\\]|file:)|@\s*file:/.test(line);
      if (!isLocal) return line;
      throw new PackagingFailure({
        function: job.fn.name,
        code: 'unsupported-option',
        message: `${stampPath(job.directory, file)} asks for \`${line}\`, which is not a package of an index`,
        hint: 'Put code of your own under the folder of the entry file: all of it goes into the artifact. Write constraints as versions.',
      });
    })
    .join('\n');
}

async function exportLock(job: BuildJob, file: string): Promise<string> {
  const { fn, environment, signal } = job;
  const uv = findTool('uv', environment);
  if (uv === undefined) throw missingTool(fn.name, 'uv');
  const args = ['export', '--frozen', '--no-dev', '--no-emit-project', '--no-header', '--no-annotate'];
  const result = await runTool(uv, args, { cwd: path.dirname(file), environment, signal });
  if (result.ok) return result.stdout;
  throw toolFailure(fn.name, 'uv export failed', result.output, { code: 'install-failed' });
}

/** Python reads TOML itself from 3.11 on; before, pip brings a reader. */
const projectScript = `
import json, sys
try:
    import tomllib
except ImportError:
    from pip._vendor import tomli as tomllib
with open(sys.argv[1], 'rb') as file:
    data = tomllib.load(file)
project = data.get('project', {})
print(json.dumps({
    'dependencies': project.get('dependencies'),
    'dynamic': 'dependencies' in project.get('dynamic', []),
    'poetry': 'dependencies' in data.get('tool', {}).get('poetry', {}),
}))
`;

async function readProject(job: BuildJob, file: string): Promise<string> {
  const { fn, environment, signal, directory } = job;
  const python = requireTool(fn.name, 'python3', environment);
  const result = await runTool(python, ['-c', projectScript, file], { cwd: directory, environment, signal });
  if (!result.ok)
    throw toolFailure(fn.name, `${stampPath(directory, file)} cannot be read`, result.output, {
      code: 'install-failed',
    });
  const project = JSON.parse(result.stdout) as {
    dependencies: string[] | null;
    dynamic: boolean;
    poetry: boolean;
  };
  if (project.dependencies !== null) return project.dependencies.join('\n');
  if (project.poetry)
    throw unsupported(job, file, 'poetry export --without-hashes -f requirements.txt -o requirements.txt');
  if (project.dynamic) throw unsupported(job, file, 'python3 -m pip freeze > requirements.txt');
  return '';
}
