import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildJob } from './language-build.ts';
import { stampPath } from './language-build.ts';
import { PackagingFailure } from './packaging-error.ts';
import type { Stamp } from './stamps.ts';

/**
 * A requirements file with those that it includes, as lines without comments; its paths are read from its own folder.
 * @throws PackagingFailure where an included file is not there, or a line names what is not a package of an index
 */
export function readRequirements(
  job: BuildJob,
  file: string,
  stamps: Stamp[],
  seen: Set<string> = new Set(),
): string {
  if (seen.has(file)) return '';
  seen.add(file);
  const shown = stampPath(job.directory, file);
  stamps.push(job.stamper.take('file', shown));
  if (!existsSync(file)) {
    throw new PackagingFailure({
      function: job.fn.name,
      code: 'missing-package',
      message: `${shown} is included by another requirements file, but does not exist`,
    });
  }
  return requirementLines(readFileSync(file, 'utf8'))
    .map((line) => {
      const included = /^(?:-r|--requirement)[\s=]*(\S+)/.exec(line)?.[1];
      if (included !== undefined)
        return readRequirements(job, path.resolve(path.dirname(file), included), stamps, seen);
      if (isLocal(line)) throw notOfIndex(job, file, line);
      return line;
    })
    .join('\n');
}

/** The text of a requirements file as one line for each entry, comments left out. */
export const requirementLines = (text: string): string[] =>
  text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

/** True for a line about files of the project, which are not where the packages are installed. */
export const isLocal = (line: string): boolean =>
  /^(?:-e\b|--editable|-c\b|--constraint|\.{1,2}[/\\]|[/\\]|file:)|@\s*file:/.test(line);

/** The refusal of a dependency that is not a package of an index, such as a folder or a repository. */
export const notOfIndex = ({ fn, directory }: BuildJob, file: string, what: string): PackagingFailure =>
  new PackagingFailure({
    function: fn.name,
    code: 'unsupported-option',
    message: `${stampPath(directory, file)} asks for \`${what}\`, which is not a package of an index`,
    hint: 'Put code of your own under the folder of the entry file: all of it goes into the artifact. Write constraints as versions.',
  });
