import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildJob, LanguageBuild } from './language-build.ts';
import { stampPath } from './language-build.ts';
import { PackagingFailure } from './packaging-error.ts';
import { readPythonDependencies } from './python-dependencies.ts';
import { installRequirements, readInstalled } from './python-install.ts';
import { listSources } from './source-tree.ts';
import { formatGlobs, matchGlobs, type Stamp } from './stamps.ts';
import type { ZipEntry } from './zip.ts';

/**
 * The folder of the entry file and the installed dependencies side by side at the root of the zip, so that
 * `<file>.handler` and the imports of the code find each other as they do on the user's machine.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
 */
export async function buildPython(job: BuildJob): Promise<LanguageBuild> {
  const { properties, directory } = job;
  const version = pythonVersion(job);
  const entry = path.resolve(directory, properties.entryfilePath);
  const sources = readSources(job, path.dirname(entry));
  checkHandler(job, sources.entries, path.basename(entry));
  const dependencies = await readPythonDependencies(job, path.dirname(entry));
  const stamps = [...sources.stamps, ...dependencies.stamps];
  if (dependencies.requirements.trim() === '') return { entries: sources.entries, stamps };

  const folder = await installRequirements(job, dependencies, version);
  const { excludeDependencies = [], languageSpecificConfig: language = {} } = properties;
  const kept = readInstalled(folder, excludeDependencies, language.minify !== false);
  // The user's own file wins where a package brings one of the same name: the function was written beside it.
  const own = new Set(sources.entries.map((file) => file.path));
  return { entries: [...sources.entries, ...kept.filter((file) => !own.has(file.path))], stamps };
}

/** A module that nowhere says the handler's name has none for sure; where it is said, only Python can tell. */
function checkHandler({ fn, properties }: BuildJob, entries: readonly ZipEntry[], name: string): void {
  const { entryfilePath, handlerFunction = 'handler' } = properties;
  const data = entries.find((entry) => entry.path === name)?.data;
  if (data === undefined) {
    throw new PackagingFailure({
      function: fn.name,
      code: 'missing-handler',
      message: `excludeFiles leaves out ${entryfilePath}, which holds the handler`,
    });
  }
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
  if (text.includes(handlerFunction) || /\bimport\s*\*/.test(text)) return;
  throw new PackagingFailure({
    function: fn.name,
    code: 'missing-handler',
    message: `${entryfilePath} has no function ${handlerFunction}, which is the function's handler`,
    hint: 'Write `def handler(event, context):`, or name another function as handlerFunction.',
  });
}

/** `3.13` of `python3.13`. */
function pythonVersion({ fn, properties }: BuildJob): string {
  const version = /^python(3\.\d+)$/.exec(fn.runtime)?.[1];
  if (version === undefined) {
    throw new PackagingFailure({
      function: fn.name,
      code: 'unsupported-option',
      message: `runtime ${fn.runtime} cannot run Python`,
      hint: 'Use a runtime such as python3.13, or leave `runtime` out.',
    });
  }
  const asked = properties.languageSpecificConfig?.pythonVersion;
  if (asked !== undefined && String(asked) !== version && asked !== Number(version)) {
    throw new PackagingFailure({
      function: fn.name,
      code: 'unsupported-option',
      message: `pythonVersion ${asked} is not the version of the runtime ${fn.runtime}`,
      hint: 'Set `runtime` instead and leave pythonVersion out.',
    });
  }
  return version;
}

function readSources(job: BuildJob, folder: string): { entries: ZipEntry[]; stamps: Stamp[] } {
  const { directory, properties, stamper } = job;
  const here = stampPath(directory, folder);
  const globs = { include: properties.excludeFiles ?? [], exclude: [] };
  const excluded = new Set(matchGlobs(directory, globs));
  const stamps = [stamper.take('sources', here)];
  if (globs.include.length > 0) stamps.push(stamper.take('glob', formatGlobs(globs)));
  const entries: ZipEntry[] = [];
  for (const file of listSources(folder)) {
    const absolute = path.join(folder, file.path);
    const inProject = stampPath(directory, absolute);
    if (excluded.has(inProject)) continue;
    stamps.push(stamper.take('file', inProject));
    entries.push({ path: file.path, data: readFileSync(absolute), executable: file.executable });
  }
  return { entries, stamps };
}
