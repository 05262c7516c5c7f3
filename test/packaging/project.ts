import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, afterEach } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import type {
  Artifact,
  BuildpackProperties,
  FunctionToPackage,
  PackagingEvent,
} from '../../source/packaging/artifact.ts';
import type { PackagingOptions } from '../../source/packaging/package-functions.ts';
import { packageFunctions } from '../../source/packaging/package-functions.ts';
import { findTool, machineEnvironment } from '../../source/packaging/tools.ts';

/** A project in a temporary folder, removed after the test. */
export function createProject(files: Record<string, string>) {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'stp-packaging-')));
  folders.push(directory);
  const write = (changes: Record<string, string>): void => {
    for (const [name, content] of Object.entries(changes)) {
      const file = path.join(directory, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  };
  write(files);
  const events: PackagingEvent[] = [];
  return {
    directory,
    cacheDirectory: path.join(directory, '.stp/cache/packaging'),
    write,
    events,
    path: (name: string): string => path.join(directory, name),
    package(functions: FunctionToPackage[], options: Partial<PackagingOptions> = {}) {
      return packageFunctions(functions, {
        directory,
        cacheDirectory: path.join(directory, '.stp/cache/packaging'),
        onEvent: (event) => events.push(event),
        ...options,
      });
    },
  };
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function esFunction(
  name: string,
  entryfilePath: string,
  properties: Omit<BuildpackProperties, 'entryfilePath'> = {},
): FunctionToPackage {
  return {
    name,
    runtime: 'nodejs24.x',
    architecture: 'x86_64',
    packaging: { type: 'stacktape-lambda-buildpack', properties: { entryfilePath, ...properties } },
  };
}

export const sourceFunction = (
  name: string,
  entryfilePath: string,
  runtime: string,
  options: Partial<Pick<FunctionToPackage, 'architecture'>> & Omit<BuildpackProperties, 'entryfilePath'> = {},
): FunctionToPackage => {
  const { architecture = 'x86_64', ...properties } = options;
  return { ...esFunction(name, entryfilePath, properties), runtime, architecture };
};

/** Whether a program is there for the tests that build with it. */
export const hasTool = (name: string): boolean => folderOf(name) !== undefined;

/** The folder that a program is in: one on PATH, or a usual one. */
export const folderOf = (name: string): string | undefined => {
  const program = findTool(name, machineEnvironment());
  return program === undefined ? undefined : path.dirname(program);
};

/** The gate installs uv here. */
const uvFolder = path.resolve(import.meta.dirname, '../../.cache/uv/bin');
const uvAtHand = existsSync(path.join(uvFolder, 'uv')) ? path.join(uvFolder, 'uv') : undefined;

/** What installs Python packages on this machine, each in an environment without the other. */
export function pythonInstallers(): {
  name: 'pip' | 'uv';
  environment: Record<string, string | undefined>;
}[] {
  const links = mkdtempSync(path.join(tmpdir(), 'stp-python-'));
  afterAll(() => rmSync(links, { recursive: true, force: true }));
  const withOnly = (name: string, programs: Record<string, string | undefined>) => {
    const folder = path.join(links, name);
    mkdirSync(folder);
    for (const [program, target] of Object.entries(programs)) {
      if (target !== undefined) symlinkSync(target, path.join(folder, program));
    }
    return { ...process.env, PATH: `${folder}:/usr/bin:/bin` };
  };
  const folder = folderOf('python3');
  const python3 =
    folder === undefined
      ? undefined
      : execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  const uv = uvAtHand ?? (hasTool('uv') ? path.join(folderOf('uv') ?? '', 'uv') : undefined);
  return [
    ...(python3 === undefined ? [] : [{ name: 'pip' as const, environment: withOnly('pip', { python3 }) }]),
    ...(uv === undefined ? [] : [{ name: 'uv' as const, environment: withOnly('uv', { uv, python3 }) }]),
  ];
}

export const customFunction = (name: string, packagePath: string): FunctionToPackage => ({
  name,
  runtime: 'provided.al2023',
  architecture: 'arm64',
  packaging: { type: 'custom-artifact', properties: { packagePath } },
});

/** Writes the files of a zip into a folder. */
export async function unzip(zip: string, folder: string): Promise<void> {
  const file = await fromBufferPromise(readFileSync(zip), { lazyEntries: true });
  for await (const entry of file.eachEntry()) {
    const target = path.join(folder, entry.fileName);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, await buffer(await file.openReadStreamPromise(entry)), {
      mode: (entry.externalFileAttributes >>> 16) & 0o777,
    });
  }
}

/** Names and texts of a zip's files, with the mode of each. */
export async function readZip(zip: Buffer): Promise<Record<string, { text: string; mode: string }>> {
  const file = await fromBufferPromise(zip, { lazyEntries: true });
  const entries: Record<string, { text: string; mode: string }> = {};
  for await (const entry of file.eachEntry()) {
    const stream = await file.openReadStreamPromise(entry);
    const mode = ((entry.externalFileAttributes >>> 16) & 0o777).toString(8);
    entries[entry.fileName] = { text: await text(stream), mode };
  }
  return entries;
}

/** `name outcome` of each, for comparison at a glance. */
export const outcomes = (artifacts: Artifact[]): string[] =>
  artifacts.map((artifact) => `${artifact.function} ${artifact.outcome}`);
