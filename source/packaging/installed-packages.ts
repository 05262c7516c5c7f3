import { copyFileSync, existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeMajor } from './es-options.ts';
import { listTree } from './file-tree.ts';
import { keptFolder } from './kept-folder.ts';
import type { BuildJob, LanguageBuild } from './language-build.ts';
import { foldersUpTo, stampPath } from './language-build.ts';
import { fits, type Lacking, type NativeTarget, withoutBinary } from './native-binaries.ts';
import { locatePackage, packageOf, readManifest } from './native-packages.ts';
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
  const machine: NativeTarget = {
    cpu: fn.architecture === 'arm64' ? 'arm64' : 'x64',
    node: nodeMajor(fn.runtime) ?? 0,
  };
  const { cpu } = machine;
  const settings = [...foldersUpTo(path.parse(directory).root, directory)]
    .map((above) => path.join(above, '.npmrc'))
    .find((file) => existsSync(file));
  const key = contentHash(JSON.stringify([direct, below, machine])).slice(0, 32);
  const folder = await keptFolder(cacheDirectory, 'npm', key, shared, async (target) => {
    const npm = requireTool(fn.name, 'npm', environment);
    writeFileSync(
      path.join(target, 'package.json'),
      JSON.stringify({ private: true, dependencies: direct, overrides: below }),
    );
    // It may name the registry of the packages, above the config in a workspace. It is not kept, since it may also hold
    // a token.
    if (settings !== undefined) copyFileSync(settings, path.join(target, '.npmrc'));
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
    const lacking = withoutBinary(modules, machine);
    if (lacking.length > 0) {
      // These bring nothing prebuilt with them; their own scripts know where it is.
      const names = lacking.map(({ name }) => name);
      const built = await runTool(npm, ['rebuild', '--loglevel=error', '--prefix', target, ...names], {
        cwd: target,
        environment: {
          ...environment,
          ...platformVariables(cpu),
          ...(await nodeVariables(job, npm, machine)),
        },
        signal,
      });
      const [left] = withoutBinary(modules, machine);
      if (left !== undefined) throw noBinary(job, left, machine, built.output);
    }
    rmSync(path.join(target, '.npmrc'), { force: true });
  });
  const modules = path.join(folder, 'node_modules');
  const entries = listTree(modules, (name) => name === '.bin' || name === '.package-lock.json')
    .filter((file) => !isLeftover(file.path) && !packagesAround(file.path).some(isLeftOut))
    .filter((file) => !file.path.endsWith('.node') || fits(path.join(modules, file.path), machine))
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

/**
 * What has scripts take the function's Node for their own, where npm runs on another. Not always, since some of them
 * know no newer ones than theirs.
 */
async function nodeVariables(
  { environment, signal }: BuildJob,
  npm: string,
  { node }: NativeTarget,
): Promise<Record<string, string>> {
  const versions = await runTool(npm, ['version', '--json'], { cwd: tmpdir(), environment, signal });
  const own = /"node":\s*"(\d+)/.exec(versions.stdout)?.[1];
  return own === String(node) ? {} : { npm_config_target: `${node}.0.0` };
}

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

function noBinary(
  { fn }: BuildJob,
  { name, version, isOtherNode }: Lacking,
  { cpu, node }: NativeTarget,
  output: string,
): PackagingFailure {
  const hint = isOtherNode
    ? `npm compiled it for another version of Node. Build with Node ${node} and its headers, or choose a version with prebuilt binaries.`
    : 'Choose a version with prebuilt binaries for this platform or the other architecture, or bring the package in a layer and name it in excludeDependencies.';
  return toolFailure(fn.name, `${name}@${version} has no binary for linux-${cpu}, Node ${node}`, output, {
    code: 'install-failed',
    hint,
  });
}
