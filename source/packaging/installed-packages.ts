import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { listTree } from './file-tree.ts';
import { keptFolder } from './kept-folder.ts';
import type { BuildJob, LanguageBuild } from './language-build.ts';
import { stampPath } from './language-build.ts';
import { isNative, locatePackage, packageOf, platformPackages, readManifest } from './native-packages.ts';
import { PackagingFailure } from './packaging-error.ts';
import { contentHash, type Stamp } from './stamps.ts';
import { requireTool, runTool, toolFailure } from './tools.ts';

/** A package that stays beside the bundle, and a folder that it is imported from. */
export type OutsidePackage = { name: string; from: string };

type Wanted = { direct: Record<string, string>; below: Record<string, string>; stamps: Stamp[] };

/**
 * The packages beside a bundle, with all that they need, installed by npm for Lambda's platform in the versions
 * that the project has, whatever this machine is.
 * @param isLeftOut says of the name of a package, also of one that another needs, that it stays out of the zip
 * @returns files under `node_modules/` for the zip
 * @throws PackagingFailure where one is not installed in the project, cannot be downloaded, or has nothing for the platform
 */
export async function installPackages(
  job: BuildJob,
  packages: readonly OutsidePackage[],
  isLeftOut: (name: string) => boolean,
): Promise<LanguageBuild> {
  if (packages.length === 0) return { entries: [], stamps: [] };
  const { fn, environment, cacheDirectory, directory, shared, signal } = job;
  const { direct, below, stamps } = resolveVersions(job, packages);
  const cpu = fn.architecture === 'arm64' ? 'arm64' : 'x64';
  const settings = path.join(directory, '.npmrc');
  const key = contentHash(JSON.stringify([direct, below, cpu])).slice(0, 32);
  const folder = await keptFolder(cacheDirectory, 'npm', key, shared, async (target) => {
    const npm = requireTool(fn.name, 'npm', environment);
    writeFileSync(
      path.join(target, 'package.json'),
      JSON.stringify({ private: true, dependencies: direct, overrides: below }),
    );
    // It may name the registry of the packages. It is not kept, since it may also hold a token.
    if (existsSync(settings)) copyFileSync(settings, path.join(target, '.npmrc'));
    const result = await runTool(npm, installArguments(target, cpu), {
      cwd: target,
      environment: { ...environment, ...platformVariables(cpu) },
      signal,
    });
    if (!result.ok) {
      const names = Object.entries(direct).map(([name, version]) => `${name}@${version}`);
      throw toolFailure(
        fn.name,
        `${names.join(', ')} could not be installed for linux-${cpu}`,
        result.output,
        {
          code: 'install-failed',
          hint: 'Packages outside of the bundle have to be downloaded once for Lambda’s platform; after that they are in the cache.',
        },
      );
    }
    const modules = path.join(target, 'node_modules');
    const lacking = withoutBinary(modules, cpu);
    if (lacking.length > 0) {
      // These bring nothing prebuilt with them; their own scripts know where it is.
      const names = lacking.map(({ name }) => name);
      const built = await runTool(npm, ['rebuild', '--loglevel=error', '--prefix', target, ...names], {
        cwd: target,
        environment: { ...environment, ...platformVariables(cpu) },
        signal,
      });
      const [left] = withoutBinary(modules, cpu);
      if (left !== undefined) throw noBinary(job, left, cpu, built.output);
    }
    rmSync(path.join(target, '.npmrc'), { force: true });
  });
  const modules = path.join(folder, 'node_modules');
  const entries = listTree(modules, (name) => name === '.bin' || name === '.package-lock.json')
    .filter((file) => !isLeftover(file.path) && !packagesAround(file.path).some(isLeftOut))
    .filter((file) => !file.path.endsWith('.node') || fits(path.join(modules, file.path), cpu))
    .map((file) => ({
      path: `node_modules/${file.path}`,
      data: readFileSync(path.join(modules, file.path)),
      executable: file.executable,
    }));
  return { entries, stamps };
}

const installArguments = (target: string, cpu: string): string[] => [
  ...[
    'install',
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--omit=dev',
    '--loglevel=error',
  ],
  // First without: what is prebuilt inside of packages is taken before anything is compiled on this machine.
  '--ignore-scripts',
  ...['--os=linux', `--cpu=${cpu}`, '--libc=glibc', '--prefix', target],
];

/** What the installers of prebuilt binaries go by: prebuild-install and node-pre-gyp. */
const platformVariables = (cpu: string): Record<string, string> => ({
  npm_config_platform: 'linux',
  npm_config_arch: cpu,
  npm_config_target_platform: 'linux',
  npm_config_target_arch: cpu,
  npm_config_target_libc: 'glibc',
});

/** The versions that the project has installed, of the packages and of all that they need. */
function resolveVersions(job: BuildJob, packages: readonly OutsidePackage[]): Wanted {
  const direct: Record<string, string> = {};
  const below = new Map<string, Set<string>>();
  const stamps: Stamp[] = [];
  const seen = new Set<string>();
  const visit = (folder: string): string => {
    const real = realpathSync(folder);
    const manifest = readManifest(real);
    if (seen.has(real)) return manifest?.version ?? '*';
    seen.add(real);
    stamps.push(job.stamper.take('file', stampPath(job.directory, path.join(real, 'package.json'))));
    for (const name of Object.keys({ ...manifest?.dependencies, ...manifest?.optionalDependencies })) {
      const found = locatePackage(name, real);
      if (found !== undefined) below.set(name, (below.get(name) ?? new Set()).add(visit(found)));
    }
    return manifest?.version ?? '*';
  };
  for (const { name, from } of [...packages].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const folder = locatePackage(name, from);
    if (folder === undefined) {
      throw new PackagingFailure({
        function: job.fn.name,
        code: 'missing-package',
        message: `package ${name} stays outside of the bundle, but is not installed`,
        hint: 'Install the packages of the project first, or name it in dependenciesToExcludeFromDeploymentPackage.',
      });
    }
    const real = realpathSync(folder);
    if (packageOf(real) === undefined) {
      throw new PackagingFailure({
        function: job.fn.name,
        code: 'unsupported-option',
        message: `package ${name} stays outside of the bundle, but is code of the project, in ${stampPath(job.directory, real)}: npm cannot install it`,
        hint: 'Leave it in the bundle: name the packages that stay outside in dependenciesToExcludeFromBundle, instead of `*`.',
      });
    }
    direct[name] = visit(folder);
  }
  // A package that is there in two versions is left to npm, and npm takes no second word on a direct one.
  const single = [...below].flatMap(([name, [version, ...others]]) =>
    version === undefined || others.length > 0 || name in direct ? [] : [[name, version] as const],
  );
  return { direct, below: Object.fromEntries(single.sort(([a], [b]) => (a < b ? -1 : 1))), stamps };
}

/** What node-gyp leaves beside the library that it makes names folders of this machine. */
const isLeftover = (file: string): boolean =>
  /\/build\/(?:.*Makefile|config\.gypi|.*\.mk|.*(?:\.d|\.o|\.a|\.stamp)|.*\/(?:obj\.target|\.deps|obj)\/.*)$/.test(
    file,
  );

/** `a` and `b` of `a/node_modules/b/index.js`. */
const packagesAround = (file: string): string[] =>
  `/${file}`
    .split('/node_modules/')
    .map((part, at) => /^(?:@[^/]+\/)?[^/]+/.exec(at === 0 ? part.slice(1) : part)?.[0] ?? '');

type Lacking = { name: string; version: string };

function noBinary(
  { fn }: BuildJob,
  { name, version }: Lacking,
  cpu: string,
  output: string,
): PackagingFailure {
  return toolFailure(fn.name, `${name}@${version} has no binary for linux-${cpu}`, output, {
    code: 'install-failed',
    hint: 'Choose a version with prebuilt binaries for this platform or the other architecture, or bring the package in a layer and name it in excludeDependencies.',
  });
}

/** The packages with native code that have none for the platform: they would fail on Lambda. */
function withoutBinary(modules: string, cpu: string): Lacking[] {
  const binaries = listTree(modules).filter((file) => file.path.endsWith('.node'));
  const lacking: Lacking[] = [];
  const manifests = listTree(modules).filter((file) => file.path.endsWith('/package.json'));
  for (const { path: file } of manifests) {
    const found = packageOf(path.join(modules, file));
    if (found === undefined || path.join(found.folder, 'package.json') !== path.join(modules, file)) continue;
    const manifest = readManifest(found.folder);
    if (manifest === undefined || !isNative(found.folder)) continue;
    const wanted = platformPackages(manifest).filter((name) => /linux/.test(name) && !/musl/.test(name));
    if (wanted.length > 0) {
      if (!wanted.some((name) => locatePackage(name, found.folder)))
        lacking.push({ name: found.name, version: manifest.version ?? '?' });
      continue;
    }
    const own = binaries.filter((binary) =>
      path.join(modules, binary.path).startsWith(found.folder + path.sep),
    );
    const isBuilt = manifest.gypfile || existsSync(path.join(found.folder, 'binding.gyp'));
    if ((own.length > 0 || isBuilt) && !own.some((binary) => fits(path.join(modules, binary.path), cpu)))
      lacking.push({ name: found.name, version: manifest.version ?? '?' });
  }
  return lacking;
}

/** True for a library in the format of Linux for the processor, by its first bytes, that is not for musl. */
function fits(file: string, cpu: string): boolean {
  if (/musl/.test(file.slice(file.lastIndexOf('node_modules')))) return false;
  const head = Buffer.alloc(20);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return (
    head.subarray(0, 4).toString('latin1') === '\x7fELF' &&
    head.readUInt16LE(18) === (cpu === 'arm64' ? 0xb7 : 0x3e)
  );
}
