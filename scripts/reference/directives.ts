import { builtIns } from '../../source/config/directives/built-ins.ts';

/** Call and meaning of each directive. */
const words: Readonly<Record<string, readonly [call: string, meaning: string]>> = {
  Stage: ['$Stage()', 'The stage.'],
  Region: ['$Region()', 'The AWS Region.'],
  Profile: ['$Profile()', 'The profile of the shared AWS config.'],
  Format: ["$Format('{}-logs', $Stage())", 'A text with values in the places of `{}`.'],
  Var: ['$Var().name', 'A value of `variables`.'],
  This: ['$This().resources.posts.type', 'Any value of the config.'],
  CliArgs: [
    "$CliArgs('branch', 'main')",
    'A flag of the command or what stands after `--`, else the default.',
  ],
  File: [
    "$File('settings.json').table",
    'A value of a file: .json, .yml, .yaml, .env, .ini; or what a .js, .ts or .py file exports.',
  ],
  FileRaw: ["$FileRaw('notice.txt')", 'The text of a file.'],
  GitInfo: ["$GitInfo('commit')", 'About the Git repository: `commit`, `branch`, `username`, `gitUrl`.'],
  StackOutput: [
    "$StackOutput('shop-dev', 'url')",
    'An exported output of another stack, read before the deploy; a third argument names its Region. Needs AWS credentials, or `--local`.',
  ],
  AwsAccountId: ['$AwsAccountId()', 'The number of the account.'],
  ResourceParam: ["$ResourceParam('posts', 'name')", 'A param of a resource of the config.'],
  CfResourceParam: ["$CfResourceParam('Topic', 'Arn')", 'An attribute of a CloudFormation resource.'],
  Secret: [
    "$Secret('database.password')",
    'A secret of AWS Secrets Manager, or a key of it; one of another account by its ARN. A deploy names the version that is current then, so that a changed secret is a change; `$Secret(name, versionId)` names another.',
  ],
  SsmParam: [
    "$SsmParam('/shop/key')",
    "A parameter of AWS Systems Manager, its newest version; `'/shop/key:3'` is the third. `$SsmParam('/shop/key', 'secure')` is a secure one, which CloudFormation takes for passwords of databases and a few more, not for functions.",
  ],
  CfFormat: [
    "$CfFormat('{}/posts', $ResourceParam('api', 'url'))",
    'As `$Format`, for values that AWS knows.',
  ],
  CfStackOutput: ["$CfStackOutput('shop-dev', 'url')", 'An output of another stack, read by CloudFormation.'],
};

const times = {
  local: 'when the config is read',
  external: 'when the config is read',
  runtime: 'by CloudFormation',
} as const;

export function directiveTable(): string {
  const rows = Object.entries(builtIns).map(([name, { when, parameters }]) => {
    const [call, meaning] = words[name] ?? [];
    if (call === undefined) throw new Error(`scripts/reference/directives.ts has no words for $${name}.`);
    const [least, most] = parameters;
    const count = least === most ? least : Number.isFinite(most) ? `${least} to ${most}` : `${least} or more`;
    return `| \`${call}\` | ${count} | ${times[when]} | ${meaning} |`;
  });
  return ['| Directive | Arguments | Resolved | Gives |', '|---|---|---|---|', ...rows, ''].join('\n');
}
