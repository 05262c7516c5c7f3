import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { listTree } from './file-tree.ts';
import { keptFolder } from './kept-folder.ts';
import type { BuildJob } from './language-build.ts';
import type { PythonDependencies } from './python-dependencies.ts';
import { normaliseName } from './python-manifests.ts';
import { contentHash } from './stamps.ts';
import type { ToolResult } from './tools.ts';
import { findTool, requireTool, runTool, toolFailure } from './tools.ts';
import type { ZipEntry } from './zip.ts';

/**
 * The packages in a folder, as wheels for Lambda's platform; nothing is compiled, whatever this machine is.
 * @param version of Python, `3.13`
 * @returns absolute path of the folder, in the cache
 * @throws PackagingFailure where neither uv nor pip is there, or they refuse
 */
export async function installRequirements(
  job: BuildJob,
  { requirements, constraints, file }: PythonDependencies,
  version: string,
): Promise<string> {
  const { fn, environment, cacheDirectory, shared, signal } = job;
  const asked = job.properties.languageSpecificConfig?.packageManager;
  const uv =
    asked === 'uv'
      ? requireTool(fn.name, 'uv', environment)
      : asked === 'pip'
        ? undefined
        : findTool('uv', environment);
  const program = uv ?? requireTool(fn.name, 'python3', environment);
  const from = [uv !== undefined, requirements, constraints, version, fn.architecture];
  const key = contentHash(JSON.stringify(from)).slice(0, 32);
  return keptFolder(cacheDirectory, 'python', key, shared, async (folder) => {
    const list = path.join(folder, 'requirements.txt');
    writeFileSync(list, `${requirements}\n`);
    const locked = path.join(folder, 'constraints.txt');
    writeFileSync(locked, `${constraints}\n`);
    const target = path.join(folder, 'site');
    const args = uv === undefined ? pipArguments(job, version) : uvArguments(job, version);
    const result = await runTool(program, [...args, '--target', target, '-r', list, '-c', locked], {
      // Settings that lie beside the dependencies, such as those of indexes, count.
      cwd: path.dirname(path.resolve(job.directory, file)),
      environment,
      signal,
    });
    if (!result.ok) throw installFailure(fn.name, fn.architecture, file, version, result);
  });
}

/** Lambda's machine has glibc 2.34 from Python 3.12 on and 2.26 before. */
function glibcMinors(version: string): number[] {
  const newest = Number(version.slice(2)) >= 12 ? 34 : 26;
  return Array.from({ length: newest - 16 }, (_, index) => newest - index);
}

const machine = ({ fn }: BuildJob): string => (fn.architecture === 'arm64' ? 'aarch64' : 'x86_64');

/**
 * pip picks wheels for another machine, but reads conditions such as `python_version < "3.11"`, and which Python a
 * package needs, as if they were about its own; this tells it otherwise. A pip that is built differently does as it
 * always does.
 */
const pipScript = `
import json, runpy, sys
asked = json.loads(sys.argv[1])
try:
    from pip._vendor.packaging import markers
    own = markers.default_environment
    markers.default_environment = lambda: {**own(), **asked}
except Exception:
    pass
try:
    from pip._internal.resolution.resolvelib.candidates import RequiresPythonCandidate
    version, start = tuple(map(int, asked['python_full_version'].split('.'))), RequiresPythonCandidate.__init__
    RequiresPythonCandidate.__init__ = lambda self, py_version_info: start(self, version)
except Exception:
    pass
sys.argv = ['pip', *sys.argv[2:]]
runpy.run_module('pip', run_name='__main__', alter_sys=True)
`;

/** @see https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers */
const targetMarkers = (job: BuildJob, version: string): Record<string, string> => ({
  implementation_name: 'cpython',
  implementation_version: `${version}.0`,
  os_name: 'posix',
  platform_machine: machine(job),
  platform_python_implementation: 'CPython',
  platform_system: 'Linux',
  python_full_version: `${version}.0`,
  python_version: version,
  sys_platform: 'linux',
});

function pipArguments(job: BuildJob, version: string): string[] {
  const platforms = glibcMinors(version).map((minor) => `manylinux_2_${minor}_${machine(job)}`);
  return [
    ...['-c', pipScript, JSON.stringify(targetMarkers(job, version))],
    ...['install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-compile'],
    ...['--no-warn-conflicts', '--implementation', 'cp', '--python-version', version, '--only-binary=:all:'],
    ...[...platforms, `manylinux2014_${machine(job)}`].flatMap((platform) => ['--platform', platform]),
  ];
}

function uvArguments(job: BuildJob, version: string): string[] {
  const newest = Number(version.slice(2)) >= 12 ? '_2_34' : '2014';
  return [
    ...['pip', 'install', '--quiet', '--no-progress', '--only-binary', ':all:', '--no-compile-bytecode'],
    ...['--python-version', version, '--python-platform', `${machine(job)}-manylinux${newest}`],
  ];
}

function installFailure(
  name: string,
  architecture: string,
  file: string,
  version: string,
  result: ToolResult,
) {
  const isOffline =
    /NewConnectionError|ConnectionError|Failed to establish|dns error|Connect(?:ion)? (?:refused|error)|ProxyError/i.test(
      result.output,
    );
  const hasNone =
    /No matching distribution|no (?:usable )?wheels|only-binary|no version of|requirements are unsatisfiable/i.test(
      result.output,
    );
  const hint = /No module named pip/.test(result.output)
    ? 'This Python has no pip: install it with `python3 -m ensurepip`, or install uv: https://docs.astral.sh/uv/getting-started/installation'
    : isOffline
      ? 'The packages have to be downloaded once; after that they are in the cache.'
      : hasNone
        ? `A version that has a wheel for Python ${version} on Linux ${architecture} is needed: nothing is compiled here.`
        : undefined;
  return toolFailure(name, `the packages of ${file} could not be installed`, result.output, {
    code: 'install-failed',
    ...(hint === undefined ? {} : { hint }),
  });
}

/**
 * The installed files without what depends on the machine: programs of packages, which name its interpreter, and
 * notes of where a package came from.
 * @param excluded names of packages that stay out; what they need stays, since others may need it too
 * @param minify leaves out what nothing reads at run time: stubs for type checkers and sources of native code
 */
export function readInstalled(folder: string, excluded: readonly string[], minify: boolean): ZipEntry[] {
  const site = path.join(folder, 'site');
  const names = new Set(excluded.map(normaliseName));
  const removed = new Set<string>();
  const files = listTree(site, (name) => name === '__pycache__' || name.endsWith('.pyc'));
  const records = files.filter((file) => /^[^/]+\.dist-info\/RECORD$/.test(file.path));
  for (const record of records) {
    const isExcluded = names.has(normaliseName(record.path.replace(/-[^-/]*\.dist-info\/RECORD$/, '')));
    for (const row of readFileSync(path.join(site, record.path), 'utf8').split('\n')) {
      const file = fileOf(row);
      if (isExcluded || isProgram(file)) removed.add(file.replace(/^(?:\.\.\/)+/, ''));
    }
  }
  const staysOut = (file: string): boolean =>
    isProgram(file) || isNote(file) || file.endsWith('.pyc') || (minify && isForDevelopers(file));
  return files
    .filter(({ path: file }) => !removed.has(file) && !staysOut(file) && file !== '.lock')
    .map(({ path: file, executable }) => {
      const data = readFileSync(path.join(site, file));
      return {
        path: file,
        executable,
        data: file.endsWith('.dist-info/RECORD') ? withoutRows(data, staysOut) : data,
      };
    });
}

const fileOf = (row: string): string => row.replace(/^"?(.*?)"?,[^,]*,[^,]*$/, '$1').trim();
const isProgram = (file: string): boolean => /^(?:\.\.\/)*bin\/[^/]+$/.test(file);
const isNote = (file: string): boolean => /\.dist-info\/(?:direct_url|uv_cache)\.json$/.test(file);

const isForDevelopers = (file: string): boolean =>
  /\.(?:pyi|pyx|pxd|c|cc|cpp|cu|h|hpp)$/.test(file) || /(?:^|\/)py\.typed$/.test(file);

function withoutRows(record: Buffer, staysOut: (file: string) => boolean): Buffer {
  const rows = record.toString().split('\n');
  return Buffer.from(rows.filter((row) => !staysOut(fileOf(row))).join('\n'));
}
