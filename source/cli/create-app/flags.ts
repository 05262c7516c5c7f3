import { parseArgs } from 'node:util';
import { UserError } from '../../model/errors.ts';
import type { PackageManager } from '../../scaffold/package-manager.ts';
import { isPackageManager, packageManagers } from '../../scaffold/package-manager.ts';

export type CreateAppFlags = {
  directory: string | undefined;
  starter: string | undefined;
  name: string | undefined;
  packageManager: PackageManager | undefined;
  install: boolean;
  git: boolean;
  yes: boolean;
  dryRun: boolean;
  list: boolean;
  help: boolean;
  version: boolean;
  json: boolean;
  output: 'tty' | 'plain' | 'json' | undefined;
  color: boolean;
  debug: boolean;
};

const options = {
  starter: { type: 'string' },
  name: { type: 'string' },
  'package-manager': { type: 'string' },
  'no-install': { type: 'boolean' },
  'no-git': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  'dry-run': { type: 'boolean' },
  list: { type: 'boolean' },
  json: { type: 'boolean' },
  output: { type: 'string' },
  'no-color': { type: 'boolean' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

const outputs = ['tty', 'plain', 'json'] as const;

export const help = `create-stp-app [directory]: a new project of serverless functions

  --starter <id>             what to begin with: an id of --list, a folder, or github:owner/repo[/path][#ref]
  --name <serviceName>       name of the service; the folder's name where it is not given
  --package-manager <name>   ${packageManagers.join(', ')}; the one that started this program where it is not given
  --no-install               do not install the project's packages
  --no-git                   do not make a git repository
  -y, --yes                  ask nothing
  --dry-run                  print the files, write nothing
  --list                     print the starters
  --json                     print one JSON object per line
  --output <mode>            tty, plain or json
  --no-color                 no colours
  --debug                    stack traces with errors
  -h, --help                 this text
  -v, --version              the version
`;

/** @throws UserError that names the flag and what is valid */
export function parseFlags(argv: readonly string[]): CreateAppFlags {
  const { values, positionals } = parse(argv);
  const [directory, ...more] = positionals;
  if (more.length > 0) throw usage(`only one directory can be named, not also ${more.join(', ')}`);
  const manager = values['package-manager'];
  if (manager !== undefined && !isPackageManager(manager)) {
    throw usage(`--package-manager: "${manager}" is none of ${packageManagers.join(', ')}`);
  }
  const output = outputs.find((name) => name === values.output);
  if (values.output !== undefined && output === undefined) {
    throw usage(`--output: "${values.output}" is none of ${outputs.join(', ')}`);
  }
  return {
    directory,
    starter: values.starter,
    name: values.name,
    packageManager: manager,
    install: values['no-install'] !== true,
    git: values['no-git'] !== true,
    yes: values.yes === true,
    dryRun: values['dry-run'] === true,
    list: values.list === true,
    help: values.help === true,
    version: values.version === true,
    json: values.json === true || output === 'json',
    output,
    color: values['no-color'] !== true,
    debug: values.debug === true,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    // Node's first sentence says it all; those that follow are about positional arguments.
    throw usage(error.message.split('. ')[0] ?? error.message);
  }
}

export const usage = (message: string, hint = 'create-stp-app --help shows what there is.'): UserError =>
  new UserError(message, { code: 'usage', hint });
