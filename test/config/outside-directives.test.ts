import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AskAws, ExternalAnswer } from '../../source/config/directives/external-call.ts';
import { parseIni } from '../../source/config/directives/parse-ini.ts';
import { type LoadOptions, loadConfig } from '../../source/config/load-config.ts';
import { AwsError } from '../../source/model/errors.ts';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { configText, property } from '../synth/synthesize.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stp-directives-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const load = (text: string, options: Partial<LoadOptions> = {}) => {
  write({ 'stacktape.yml': text });
  return loadConfig({
    file: join(folder, 'stacktape.yml'),
    stage: 'dev',
    region: 'us-east-1',
    checkEntryFiles: false,
    ...options,
  });
};

const withValue = (written: string, rest = '') => `${rest}resources:
  f:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: f.ts } }
      environment: [{ name: VALUE, value: ${JSON.stringify(written)} }]
`;

/** The value that a variable gets, or the code and the message of each problem. */
async function outcome(written: string, rest = '', options: Partial<LoadOptions> = {}): Promise<unknown> {
  const { config, problems } = await load(withValue(written, rest), options);
  if (!config) return problems.map(({ code, message }) => `${code} ${message}`);
  const environment = config.resources[0]?.properties.environment;
  return Array.isArray(environment) ? environment[0].value : undefined;
}

const registered = (name: string, filePath: string) =>
  `directives: [{ name: ${name}, filePath: ${filePath} }]\n`;

test('05-environment: the directive of the example', async () => {
  write({
    'directives.ts': 'export const myCustomDirective = (input: string): string => `made of ${input}`;\n',
  });
  const { config } = await load(configText('examples/05-environment'));
  if (!config) throw new Error('The example has errors');
  expect(
    property(
      synthesizeStack(config),
      'MyLambdaFunction',
      'Environment',
      'Variables',
      'DYNAMICALLY_SET_ENV_VAR',
    ),
  ).toBe('made of input-for-my-directive');
});

describe("directives of the user's own", () => {
  test('whose file is not there give their names where nothing is built', async () => {
    const { config, problems } = await load(withValue('made by $D()', registered('D', 'away.ts:make')));
    expect(problems).toMatchObject([
      {
        severity: 'warning',
        code: 'directive-file',
        message:
          'Function f: directive $D: file "away.ts:make" does not exist, and its name stands for its value.',
      },
    ]);
    expect(config?.resources[0]?.properties.environment).toEqual([{ name: 'VALUE', value: 'made by D' }]);
  });

  test('TypeScript with types, imports and waiting, called with what other directives give', async () => {
    write({
      'lib/shout.ts': 'export const shout = (text: string): string => text.toUpperCase();\n',
      'd.ts': `import { shout } from './lib/shout.ts';
import { basename } from 'node:path';
export default async (stage: string, count: number, on: boolean): Promise<unknown> =>
  ({ deep: [{ text: \`\${shout(stage)}-\${count}-\${on}-\${basename(__filename)}\` }] });
`,
    });
    expect(await outcome('$Mine($Stage(), 2, true).deep.0.text', registered('Mine', 'd.ts'))).toBe(
      'DEV-2-true-d.ts',
    );
  });

  test('JavaScript of both kinds', async () => {
    write({ 'a.mjs': 'export const one = () => 1;\n', 'b.cjs': 'exports.two = () => "2";\n' });
    expect(await outcome('$One()', registered('One', 'a.mjs:one'))).toBe(1);
    expect(await outcome('x-$Two()-y', registered('Two', 'b.cjs:two'))).toBe('x-2-y');
  });

  test('Python, which may print what it likes', async () => {
    write({ 'd.py': 'def main(name, number):\n    print("noise")\n    return {"a": [name, number + 1]}\n' });
    expect(await outcome("$Py('x', 1).a.1", registered('Py', 'd.py'))).toBe(2);
    write({ 'e.py': 'import asyncio\nasync def late():\n    await asyncio.sleep(0)\n    return "done"\n' });
    expect(await outcome('$Py()', registered('Py', 'e.py:late'))).toBe('done');
  });

  test('what they, their packages and the programs that they start print stays off the standard output', async () => {
    write({
      'node_modules/loud/index.js': 'console.log("package");\n',
      'd.js': `require('loud');
exports.loud = () => {
  process.stdout.write('directive ');
  require('node:child_process').execFileSync('echo', ['program'], { stdio: 'inherit' });
  return 'js';
};
`,
      'd.py': 'import os\ndef loud():\n    os.system("echo program")\n    return "py"\n',
      'f.ts': '',
      'stacktape.yml': withValue(
        "$Format('{}-{}', $Js(), $Py())",
        "directives: [{ name: Js, filePath: 'd.js:loud' }, { name: Py, filePath: 'd.py:loud' }]\n",
      ),
    });
    const stp = join(import.meta.dirname, '../../source/cli/stp.ts');
    const run = spawnSync(process.execPath, [stp, 'validate', '--json'], { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(run.stdout)).toMatchObject({ type: 'result', valid: true });
    expect(run.stderr.split(/\s+/).sort().join(' ').trim()).toBe('directive package program program');
  });

  test('called with a list or a mapping', async () => {
    write({ 'd.js': 'exports.size = (list, { deep }) => `${list.length} ${deep.name}`;\n' });
    const rest = `${registered('Size', 'd.js:size')}variables: { list: [1, 2, $Stage()], map: { deep: { name: $Stage() } } }\n`;
    expect(await outcome('$Size($Var().list, $Var().map)', rest)).toBe('3 dev');
    const late = rest.replace('[1, 2, $Stage()]', '[$AwsAccountId()]');
    expect(await outcome('$Size($Var().list, $Var().map)', late)).toEqual([
      "directive-argument Function f: Non-runtime directive $Size can't be dependent on a result of runtime directive $AwsAccountId.",
    ]);
  });

  test('what they give may hold directives, also ones for CloudFormation', async () => {
    write({ 'd.js': 'exports.secret = (name) => `$Secret("${name}.key")`;\n' });
    expect(await outcome("$S('db')", registered('S', 'd.js:secret'))).toBe(
      '{{resolve:secretsmanager:db:SecretString:key}}',
    );
  });

  test('equal calls are one call', async () => {
    write({ 'd.js': 'let calls = 0;\nexports.count = () => ++calls;\n' });
    const text = `$Format('{}{}{}', $Count(), $Count(), $Count())`;
    expect(await outcome(text, registered('Count', 'd.js:count'))).toBe('111');
  });

  test.each([
    ['missing.ts', 'directive-file Function f: directive $D: file "missing.ts" does not exist.'],
    ['d.ts:other', 'directive-export Function f: directive $D: "d.ts" has no export "other".'],
    ['d.ts:value', 'directive-export Function f: directive $D: export "value" of "d.ts" is no function.'],
    ['d.ts:broken', 'directive-failed Function f: $D (d.ts:broken) failed: nothing works'],
    ['d.ts:late', 'directive-failed Function f: $D (d.ts:late) failed: too late'],
    ['d.ts:nothing', 'directive-result Function f: $D(…) gives nothing.'],
    ['d.ts:callable', 'directive-result Function f: $D(…) gives nothing.'],
    ['d.ts:unheard', 'directive-failed Function f: $D (d.ts:unheard) failed: nobody waits'],
    [
      'd.ts:waits',
      'directive-failed Function f: $D (d.ts:waits) failed: its process ended before it gave anything',
    ],
    [
      'd.ts:ends',
      'directive-failed Function f: $D (d.ts:ends) failed: its process ended before it gave anything',
    ],
    [
      'd.py:ends',
      'directive-failed Function f: $D (d.py:ends) failed: its process ended before it gave anything',
    ],
    ['wrong.ts', 'directive-failed Function f: $D (wrong.ts) failed: wrong.ts:2:1: Unexpected end of file'],
    ['needs.ts', "directive-failed Function f: $D (needs.ts) failed: Cannot find module 'not-there'"],
    ['d.py:broken', 'directive-failed Function f: $D (d.py:broken) failed: ValueError: no (d.py, line 8)'],
    ['d.py:number', 'directive-export Function f: directive $D: "d.py:number" has no function "number".'],
    [
      'd.py:thing',
      'directive-failed Function f: $D (d.py:thing) failed: TypeError: Object of type object is not JSON serializable',
    ],
    [
      'wrong.py',
      'directive-failed Function f: $D (wrong.py) failed: SyntaxError: invalid syntax (wrong.py, line 1)',
    ],
    ['d.ts:endless', 'directive-cycle Function f: $D gives directives without end.'],
    ['d.rb', 'directive-file Function f: directive $D: "d.rb" is no file that can be run.'],
    ['d.py:other', 'directive-export Function f: directive $D: "d.py:other" has no function "other".'],
  ])('%s', async (filePath, message) => {
    write({
      'f.ts': 'export default () => 1;\n',
      'd.ts':
        'export const nothing = () => undefined;\nexport const callable = () => () => 1;\nexport const ends = () => process.exit(0);\nexport const waits = () => new Promise(() => {});\nexport const unheard = async () => { Promise.reject(new Error("nobody waits")); await new Promise((later) => setTimeout(later, 60_000)); };\nexport const late = async () => { throw new Error("too late\\nand more"); };\nexport const value = 1;\nexport const broken = () => { throw new Error("nothing works"); };\nlet n = 0;\nexport const endless = () => `$D(${n++})`;\n',
      'd.py':
        'import sys\ndef main():\n    return 1\nnumber = 3\ndef ends():\n    sys.exit(0)\ndef broken():\n    raise ValueError("no")\ndef thing():\n    return object()\n',
      'wrong.ts': 'export default (\n',
      'needs.ts': 'import "not-there";\nexport default () => 1;\n',
      'wrong.py': 'def main(:\n',
    });
    expect(await outcome('$D()', registered('D', filePath), { checkEntryFiles: true })).toEqual([message]);
  });

  test('names that are taken', async () => {
    const { problems } = await load(withValue('x', registered('Stage', 'd.ts')));
    expect(problems.map(({ code }) => code)).toEqual(['duplicate-directive']);
    const twice = 'directives: [{ name: A, filePath: a.ts }, { name: A, filePath: b.ts }]\n';
    expect((await load(withValue('x', twice))).problems.map(({ code }) => code)).toEqual(['duplicate-entry']);
  });
});

describe('files', () => {
  test('the variables of a file are those of a function', async () => {
    write({ '.env.staging': 'TOKEN="abc def"\nDEBUG=1\n' });
    const text = withValue('x').replace(/environment: .*/, "environment: $File('.env.staging')");
    const { config } = await load(text);
    const environment = config?.resources[0]?.properties.environment as { name: string }[];
    expect(environment.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
      { name: 'DEBUG', value: '1' },
      { name: 'TOKEN', value: 'abc def' },
    ]);
  });

  test('elsewhere they have their names', async () => {
    write({ 'team.env': 'TOKEN=abc\n' });
    expect(await outcome('$Var().team.TOKEN', 'variables: { team: "$File(\'team.env\')" }\n')).toBe('abc');
  });

  test.each([
    ["$File('data.json').list.1", 'b'],
    ["$File('data.yml').name", 'yaml'],
    ["$File('.env').TOKEN", 'abc def'],
    ["$File('data.ini').section.key", 'value'],
    ["$File('data.ts').name", 'module'],
    ["$File('named.mjs').deep.name", 'named'],
    ["$File('data.py').deep.name", 'python'],
    ["$FileRaw('note.txt')", 'a text'],
    ["see-$File('data.yml').name", 'see-yaml'],
    ["$File($Format('data.{}', 'yml')).stage", 'dev'],
  ])('%s', async (written, value) => {
    write({
      'data.json': '{ "list": ["a", "b"] }',
      'data.yml': 'name: yaml\nstage: $Stage()\n',
      '.env': '# note\nTOKEN="abc def"\n',
      'data.ini': '; note\n[section]\nkey = "value"\n',
      'data.ts': 'export default { name: "module" as string };\n',
      'named.mjs': 'export const deep = { name: "named" };\nexport const call = () => 1;\n',
      'data.py': 'import os\ndeep = {"name": "python"}\n_own = 1\ndef call():\n    return 1\n',
      'note.txt': 'a text',
    });
    expect(await outcome(written)).toEqual(value);
  });

  test.each([
    ["$File('no.json')", 'directive-file Function f: $File: file "no.json" does not exist.'],
    [
      "$File('data.json').b",
      'directive-path Function f: property with path "b" is not accessible on result of directive $File().',
    ],
    ["$File('note.txt')", 'directive-file Function f: $File cannot read "note.txt".'],
    ["$FileRaw('.')", 'directive-file Function f: $FileRaw: "." is a folder.'],
    [
      "$File('empty.json')",
      'directive-file Function f: $File: "empty.json" cannot be read as json: Unexpected end of JSON input',
    ],
    [
      "$File('null.yml').a.b",
      'directive-path Function f: property with path "a.b" is not accessible on result of directive $File().',
    ],
  ])('%s', async (written, message) => {
    write({ 'data.json': '{}', 'note.txt': '', 'empty.json': '', 'null.yml': 'a:\n' });
    expect(await outcome(written)).toEqual([message]);
  });
});

test('YAML of another file has the tags of CloudFormation, and no key twice', async () => {
  write({
    'more.yml':
      'Topic: { Type: AWS::SNS::Topic, Properties: { TopicName: !Sub "${AWS::StackName}-news" } }\n',
    'twice.yml': 'a: 1\nb: 2\na: 3\n',
    'types.yml':
      'f:\n  type: function\n  properties:\n    packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: f.ts } }\n    connectTo: [posts]\nposts: { type: sqs-queue }\n',
  });
  const { config, problems } = await load(
    "resources: $File('types.yml')\ncloudformationResources: $File('more.yml')\n",
  );
  expect(problems).toEqual([]);
  expect(config?.cloudformationResources.Topic?.Properties).toEqual({
    TopicName: { 'Fn::Sub': '${AWS::StackName}-news' },
  });
  expect(await outcome("$File('twice.yml').a")).toEqual([
    'directive-file Function f: $File: "twice.yml" cannot be read as yml: Key "a" is there already, at line 1, column 1. (line 3, column 1)',
  ]);
});

test('INI with sections in sections, lists, switches, quotes and comments', () => {
  const text = `; note
top = 1 ; one
[server.tls]
on = true
bare
path = "/a;b" # quoted
hosts[] = a
hosts[] = b#c
empty =
[__proto__]
x = y
`;
  expect(parseIni(text)).toEqual(
    JSON.parse(
      '{"top":"1","server":{"tls":{"on":true,"bare":true,"path":"/a;b","hosts":["a","b#c"],"empty":""}},"__proto__":{"x":"y"}}',
    ),
  );
});

test('tools that are not there', async () => {
  vi.stubEnv('PATH', folder);
  write({ 'd.py': 'def main():\n    return 1\n' });
  expect(await outcome('$D()', registered('D', 'd.py'))).toEqual([
    'missing-tool Function f: directive $D is written in Python, and there is no python3.',
  ]);
  expect(await outcome("$File('d.py').a")).toEqual([
    'missing-tool Function f: $File: "d.py" is written in Python, and there is no python3.',
  ]);
  expect(await outcome("$GitInfo('commit')")).toEqual([
    'directive-git Function f: $GitInfo needs git, which is not installed.',
  ]);
  vi.unstubAllEnvs();
});

test('git', async () => {
  expect(await outcome("$GitInfo('commit')")).toEqual([
    `directive-git Function f: $GitInfo('commit'): git says "fatal: not a git repository (or any of the parent directories): .git".`,
  ]);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  git('init', '-q', '-b', 'trunk');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-q', '--allow-empty', '-m', 'first');
  expect(await outcome("$GitInfo('commit')")).toBe(git('rev-parse', 'HEAD'));
  expect(await outcome("$GitInfo('branch')")).toBe('trunk');
  expect(await outcome("$GitInfo('gitUrl')")).toEqual([
    "directive-git Function f: $GitInfo('gitUrl'): git knows none.",
  ]);
  expect(await outcome("$GitInfo('weather')")).toEqual([
    'directive-argument Function f: $GitInfo knows nothing of "weather".',
  ]);
});

test('arguments of the command', async () => {
  const options = { cliArguments: { color: 'red' }, profile: 'work' };
  expect(await outcome("$CliArgs('color')", '', options)).toBe('red');
  expect(await outcome('$CliArgs().color', '', options)).toBe('red');
  expect(await outcome("$CliArgs('size', 'small')", '', options)).toBe('small');
  expect(await outcome('$Profile()', '', options)).toBe('work');
  expect(await outcome("$CliArgs('size')", '', options)).toEqual([
    'missing-argument Function f: the command has no argument --size.',
  ]);
});

test('outputs of other stacks', async () => {
  expect(await outcome("$CfStackOutput('base-dev', 'Url')")).toEqual({ 'Fn::ImportValue': 'base-dev-Url' });
  expect(await outcome("$CfStackOutput('base-dev', 'Url', 'eu-west-1')")).toEqual([
    'directive-argument CloudFormation imports from its own Region only.',
  ]);
  const asked: unknown[] = [];
  const aws: AskAws = {
    stackOutput: async (...args) => {
      asked.push(args);
      return { value: args.join('/') };
    },
  };
  const twice =
    "$Format('{} {}', $StackOutput('a', 'Url', 'eu-west-1'), $StackOutput('a', 'Url', 'eu-west-1'))";
  expect(await outcome(twice, '', { aws })).toBe('a/Url/eu-west-1 a/Url/eu-west-1');
  expect(asked).toEqual([['a', 'Url', 'eu-west-1']]);
  expect(await outcome("$StackOutput('a', 'Url')")).toEqual([
    'directive-needs-aws Function f: $StackOutput asks AWS, which is not to be asked here.',
  ]);
  const stackOutput = async () => {
    throw new AwsError('No credentials', { code: 'CredentialsProviderError', hint: 'Sign in.' });
  };
  const { problems } = await load(withValue("$StackOutput('a', 'Url')"), { aws: { stackOutput } });
  expect(problems).toMatchObject([
    {
      code: 'directive-needs-aws',
      message: 'Function f: $StackOutput asks AWS, which failed: No credentials',
      suggestion: 'Sign in. Or use $CfStackOutput, which CloudFormation resolves when it deploys.',
    },
  ]);
});

describe('versions of secrets', () => {
  const versions: Record<string, ExternalAnswer> = {
    db: { value: 'version-1' },
    hidden: { value: null, warning: { code: 'secret-not-pinned', message: 'Not seen.' } },
    gone: { error: { code: 'unknown-secret', message: 'There is no secret "gone".' } },
  };
  const aws: AskAws = {
    stackOutput: async () => ({ value: '' }),
    secretVersion: async (name) => versions[name] ?? { value: null },
  };
  const config = (value: string) => `${withValue(value)}providerConfig:
  upstash: { accountEmail: a@example.com, apiKey: "$Secret('db')" }
`;

  test.each([
    ["$Secret('db')", '{{resolve:secretsmanager:db:SecretString:::version-1}}'],
    ["$Secret('db.password')", '{{resolve:secretsmanager:db:SecretString:password::version-1}}'],
    ["$Secret('db.password', 'mine')", '{{resolve:secretsmanager:db:SecretString:password::mine}}'],
  ])('%s', async (written, value) => {
    const loaded = (await load(config(written), { aws })).config;
    expect(loaded?.resources[0]?.properties.environment).toEqual([{ name: 'VALUE', value }]);
    // What the commands resolve is not part of the stack.
    expect(loaded?.sections?.providerConfig?.upstash?.apiKey).toBe(
      '{{resolve:secretsmanager:db:SecretString}}',
    );
  });

  test('a new version of a secret makes a new version of a function that has versions', async () => {
    const text = withValue("$Secret('db')").replace(
      '      environment',
      '      deployment: { strategy: AllAtOnce }\n      environment',
    );
    const versionsOf = async (version: string) => {
      const answers = { ...aws, secretVersion: async () => ({ value: version }) };
      const { config } = await load(text, { aws: answers });
      if (!config) throw new Error('The config has errors');
      const { Resources } = synthesizeStack(config).template;
      return Object.keys(Resources).filter((id) => Resources[id]?.Type === 'AWS::Lambda::Version');
    };
    const first = await versionsOf('one');
    expect(first).toHaveLength(1);
    expect(await versionsOf('one')).toEqual(first);
    expect(await versionsOf('two')).not.toEqual(first);
  });

  test('a secret whose versions cannot be seen is left open, with one warning', async () => {
    const { config, problems } = await load(withValue("$Secret('hidden.a')-$Secret('hidden.b')"), { aws });
    expect(config?.resources[0]?.properties.environment).toEqual([
      {
        name: 'VALUE',
        value:
          '{{resolve:secretsmanager:hidden:SecretString:a}}-{{resolve:secretsmanager:hidden:SecretString:b}}',
      },
    ]);
    expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning secret-not-pinned',
    ]);
  });

  test('one that is not there is an error where it is written', async () => {
    const { problems } = await load(withValue("x-$Secret('gone.a')"), { aws });
    expect(problems).toMatchObject([
      { code: 'unknown-secret', range: { line: 6, column: 46, endColumn: 63 } },
    ]);
  });
});
