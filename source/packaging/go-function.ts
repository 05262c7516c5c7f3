import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { takePlaces } from './build-messages.ts';
import type { BuildJob, LanguageBuild } from './language-build.ts';
import { foldersUpTo, globStamps, stampPath } from './language-build.ts';
import { PackagingFailure } from './packaging-error.ts';
import type { Stamp } from './stamps.ts';
import { requireTool, runTool, toolFailure } from './tools.ts';

/** The part of `go list -json` that says what a binary is made from. */
type GoPackage = {
  Dir: string;
  Standard?: boolean;
  EmbedPatterns?: string[];
  Module?: { Main?: boolean; Dir?: string; Replace?: { Version?: string } };
};

/** Lambda's own runtime without its RPC part, which only the ended `go1.x` needs. */
const tags = ['-tags', 'lambda.norpc'];

/**
 * A static binary named `bootstrap`, alone in the zip. Its bytes depend on the sources and the toolchain, not on
 * where they lie.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html
 */
export async function buildGo(job: BuildJob): Promise<LanguageBuild> {
  const { fn, properties, directory, workingDirectory, signal } = job;
  const entry = path.resolve(directory, properties.entryfilePath);
  const folder = path.dirname(entry);
  const environment = {
    ...job.environment,
    GOOS: 'linux',
    GOARCH: fn.architecture === 'arm64' ? 'arm64' : 'amd64',
    CGO_ENABLED: '0',
  };
  const go = requireTool(fn.name, 'go', environment);
  const target = hasOtherMain(folder, entry) ? path.basename(entry) : '.';
  const run = (args: string[]) => runTool(go, args, { cwd: folder, environment, signal });
  const refuse = (output: string): PackagingFailure => {
    const { rest, places } = takePlaces(output, compilerLine, { folder, workingDirectory });
    // Lines with a `#` say which package the ones below are about.
    const said = places.length > 0 ? rest.replaceAll(/^# .*$/gm, '') : rest;
    return toolFailure(fn.name, `go build of ${properties.entryfilePath} failed`, said, {
      ...hintFor(output),
      places,
    });
  };

  const stamps = moduleStamps(job, folder);
  const list = await run(['list', '-deps', '-json=Dir,Standard,EmbedPatterns,Module', ...tags, target]);
  if (!list.ok) throw refuse(list.output);
  stamps.push(...packageStamps(job, parseObjects(list.stdout)));

  const output = mkdtempSync(path.join(tmpdir(), 'stp-go-'));
  try {
    const binary = path.join(output, 'bootstrap');
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags', '-s -w -buildid=', ...tags];
    const built = await run(['build', ...flags, '-o', binary, target]);
    if (!built.ok) throw refuse(built.output);
    const data = readFileSync(binary);
    // The build of a package that is not `main` succeeds and gives an archive.
    if (data.subarray(0, 4).toString('latin1') !== '\x7fELF') {
      throw new PackagingFailure({
        function: fn.name,
        code: 'missing-handler',
        message: `${properties.entryfilePath} is not in a package main, so it gives no program`,
        hint: 'Write `package main` with a func main that calls lambda.Start(handler).',
      });
    }
    return { entries: [{ path: 'bootstrap', data, executable: true }], stamps };
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** `./main.go:3:15: undefined: x` */
const compilerLine = /^(\S.*\.go):(\d+):(\d+): (.+)$/;

/** Functions often share a folder as files with a `main` each; such a file is built alone. */
function hasOtherMain(folder: string, entry: string): boolean {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'))
    .map((name) => path.join(folder, name))
    .some((file) => file !== entry && /^func main\(\)/m.test(readFileSync(file, 'utf8')));
}

/** Files that decide which module it is and which versions it takes; also where they are not, since one may come. */
function moduleStamps({ directory, stamper }: BuildJob, folder: string): Stamp[] {
  const names = ['go.mod', 'go.sum', 'go.work', 'go.work.sum', 'vendor/modules.txt'];
  return [...foldersUpTo(path.parse(folder).root, folder)].flatMap((above) =>
    names.map((name) => stamper.take('file', stampPath(directory, path.join(above, name)))),
  );
}

/** Sources and embedded files of every package outside of Go and of its cache of modules. */
function packageStamps(job: BuildJob, packages: readonly GoPackage[]): Stamp[] {
  return packages
    .filter(({ Standard, Module: from }) => {
      if (Standard) return false;
      return from === undefined || from.Main || (from.Replace && from.Replace.Version === undefined);
    })
    .flatMap(({ Dir: folder, EmbedPatterns: embedded = [], Module: from }) => {
      const here = stampPath(job.directory, folder);
      const patterns = ['*.go', '*.s', '*.h', ...embedded.map((pattern) => pattern.replace(/^all:/, ''))];
      const moduleFile =
        from?.Dir === undefined
          ? []
          : [job.stamper.take('file', stampPath(job.directory, path.join(from.Dir, 'go.mod')))];
      return [
        ...moduleFile,
        ...globStamps(
          job,
          patterns.map((pattern) => path.posix.join(here, pattern)),
        ),
      ];
    });
}

/** `go list -json` writes indented objects one after another. */
const parseObjects = (text: string): GoPackage[] =>
  text
    .split(/(?<=^\})\r?\n/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part) as GoPackage);

function hintFor(output: string): { hint?: string } {
  if (/go\.mod file not found|cannot find main module/.test(output))
    return { hint: 'Run `go mod init` and `go mod tidy` in the folder of the entry file or above it.' };
  if (/missing go\.sum entry|updates to go\.mod needed|no required module provides/.test(output))
    return { hint: 'Run `go mod tidy` in the module, and commit go.mod and go.sum.' };
  if (/build constraints exclude all Go files/.test(output))
    return {
      hint: 'Functions are built without cgo, so that they run on Lambda: use packages in Go alone, or build it yourself and name the result with `type: custom-artifact`.',
    };
  if (/dial tcp|no such host|connection refused|i\/o timeout/.test(output))
    return { hint: 'The modules have to be downloaded once: `go mod download` with a connection.' };
  return {};
}
