import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildJob } from './language-build.ts';
import { stampPath } from './language-build.ts';
import { PackagingFailure } from './packaging-error.ts';
import type { Stamp } from './stamps.ts';

type Read = { lines: string[]; constraints: string[] };

/**
 * A requirements file with those that it includes, as lines without comments, and those of the constraints that they
 * name; paths in a file are read from its own folder.
 * @throws PackagingFailure where an included file is not there, or a line names what is not a package of an index
 */
export function readRequirements(
  job: BuildJob,
  file: string,
  stamps: Stamp[],
  seen: Set<string> = new Set(),
): Read {
  const read: Read = { lines: [], constraints: [] };
  if (seen.has(file)) return read;
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
  for (const line of requirementLines(readFileSync(file, 'utf8'))) {
    const [, short, long, name] = /^(?:(-[rc])|--(requirement|constraint))[\s=]*(\S+)/.exec(line) ?? [];
    if (name !== undefined) {
      const included = readRequirements(job, path.resolve(path.dirname(file), name), stamps, seen);
      const isConstraint = short === '-c' || long === 'constraint';
      (isConstraint ? read.constraints : read.lines).push(...included.lines);
      read.constraints.push(...included.constraints);
    } else if (isLocal(line)) throw notOfIndex(job, file, line);
    else read.lines.push(line);
  }
  return read;
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
  /^(?:-e\b|--editable|\.{1,2}[/\\]|[/\\]|file:)|@\s*file:/.test(line);

/** The refusal of a dependency that is not a package of an index, such as a folder or a repository. */
export const notOfIndex = ({ fn, directory }: BuildJob, file: string, what: string): PackagingFailure =>
  new PackagingFailure({
    function: fn.name,
    code: 'unsupported-option',
    message: `${stampPath(directory, file)} asks for \`${what}\`, which is not a package of an index`,
    hint: 'Put code of your own under the folder of the entry file: all of it goes into the artifact.',
  });
