import { UserError } from '../model/errors.ts';

export const packageManagers = ['npm', 'pnpm', 'yarn', 'bun'] as const;
export type PackageManager = (typeof packageManagers)[number];

export const isPackageManager = (name: string): name is PackageManager =>
  (packageManagers as readonly string[]).includes(name);

/** The one that started this program says so in its user agent, `pnpm/9.1.0 npm/? node/v22…`; else npm. */
export function detectPackageManager(env: NodeJS.ProcessEnv): PackageManager {
  const name = env.npm_config_user_agent?.split('/')[0] ?? '';
  return isPackageManager(name) ? name : 'npm';
}

/** What a user types to install a project's packages. */
export const installCommand = (manager: PackageManager): string => `${manager} install`;

const quietly: Record<PackageManager, string[]> = {
  npm: ['install', '--no-audit', '--no-fund', '--loglevel=error'],
  pnpm: ['install', '--reporter=append-only'],
  yarn: ['install'],
  bun: ['install'],
};

/**
 * Installs the packages of a project.
 * @throws UserError with the last lines of the package manager; the project stays as it is
 */
export async function installPackages(
  manager: PackageManager,
  directory: string,
  options: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<void> {
  const { execa } = await import('execa');
  const result = await execa(manager, quietly[manager], {
    cwd: directory,
    env: options.env,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    cancelSignal: options.signal,
  });
  if (!result.failed) return;
  const missing = result.code === 'ENOENT';
  const output = missing
    ? `${manager} is not installed`
    : lastLines(result.all || String(result.shortMessage));
  throw new UserError(`The packages could not be installed:\n${output}`, {
    code: 'install-failed',
    exitCode: 1,
  });
}

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-15).join('\n');
