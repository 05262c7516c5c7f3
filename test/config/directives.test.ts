import { describe, expect, test } from 'vitest';
import { DirectiveSyntaxError, parseDirective } from '../../source/config/directives/parse-directive.ts';
import { functionWith, places, read, readRight } from './read.ts';

/** The value that a variable of the function gets. */
function resolved(written: string, rest = ''): unknown {
  const text = `${functionWith(`      environment:\n        - name: VALUE\n          value: ${written}\n`)}${rest}`;
  const environment = readRight(text).resources.find(({ name }) => name === 'getPosts')?.properties
    .environment;
  return Array.isArray(environment) ? environment[0].value : undefined;
}

const problemsOf = (written: string, rest = '') =>
  read(`${functionWith(`      environment:\n        - name: VALUE\n          value: ${written}\n`)}${rest}`)
    .problems;

test('a number that a directive gives is not asked to stand in quotes', () => {
  expect(problemsOf('$Var().size', 'variables: { size: 512 }\n')).toEqual([]);
});

describe('the grammar', () => {
  test('arguments, escapes, nesting and a path', () => {
    const text = `$A('it\\'s', "say \\"x\\"", -1.5, true, $B($C('d').e)).f.g`;
    const call = parseDirective(text, 0);
    expect(call).toMatchObject({ name: 'A', path: ['f', 'g'], start: 0, end: text.length });
    expect(call.args.map((one) => (one.kind === 'literal' ? one.value : one.call.name))).toEqual([
      "it's",
      'say "x"',
      -1.5,
      true,
      'B',
    ]);
  });

  test.each([
    ["$Secret('a'", 11, '$Secret( is not closed.'],
    ["$Secret('a", 8, 'A text in $Secret(…) is not closed.'],
    ['$Secret(abc)', 8, 'abc in $Secret(…) has to be in quotes.'],
    ["$Secret('a' 'b')", 12, 'Unexpected "\'" in $Secret(…).'],
    ["$Secret('a',)", 12, 'Unexpected ")" in $Secret(…).'],
  ])('%s', (text, offset, message) => {
    const error = (() => {
      try {
        return parseDirective(text, 0);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(DirectiveSyntaxError);
    expect(error).toMatchObject({ offset, message });
  });

  test('any depth that a person writes, and no stack overflow beyond', () => {
    const nested = (depth: number) => `${"$Format('{}', ".repeat(depth)}'x'${')'.repeat(depth)}`;
    expect(resolved(nested(90))).toBe('x');
    expect(problemsOf(nested(100_000)).map(({ message }) => message)).toEqual([
      'Function getPosts: directives are nested too deeply.',
    ]);
  });
});

describe('directives that need no AWS', () => {
  test.each([
    ['$Stage()', 'dev'],
    ['$Region()', 'us-east-1'],
    ["$Format('{}-{}', $Stage(), 7)", 'dev-7'],
    ["'posts-$Stage().example.com'", 'posts-dev.example.com'],
    ['$Var().limits.memory', 512],
    ['$Var().name', 'posts-dev'],
    ['$This().serviceName', 'blog'],
  ])('%s', (written, value) => {
    const rest = 'serviceName: blog\nvariables:\n  limits: { memory: 512 }\n  name: posts-$Stage()\n';
    expect(resolved(written, rest)).toEqual(value);
  });

  test('a result that is a directive is resolved again', () => {
    expect(resolved(`"$Format('{}tage()', '$S')"`)).toBe('dev');
    expect(resolved(`"$Format('{}', '$Format')"`)).toBe('$Format');
    expect(resolved(`"$Format('{}ecret(\\"a\\")', '$S')"`)).toBe('{{resolve:secretsmanager:a:SecretString}}');
    expect(problemsOf(`"$Format('{}tagee()', '$S')"`).map(({ code }) => code)).toEqual(['unknown-directive']);
  });

  test('text that only looks like a directive stays text', () => {
    for (const text of ['costs $5', '$(date)', 'echo $HOME (here)', '$PATH', 'a$b(c)d']) {
      expect(resolved(`'${text}'`)).toBe(text);
    }
  });

  test('a value from a variable is checked like one that is written in place', () => {
    expect(places(`${functionWith('      memory: $Var().memory\n')}variables: { memory: 64 }\n`)).toEqual([
      '12:15 out-of-bounds',
    ]);
  });

  test('a number from a variable is no text that lost its zeros', () => {
    const text = functionWith('      environment: [{ name: PORT, value: $Var().port }]\n');
    expect(places(`${text}variables: { port: 8080 }\n`)).toEqual([]);
  });

  test('a directive in quotes stays text, and that is said', () => {
    const [problem, ...others] = problemsOf("$CfStackOutput('base-$Stage()', 'Url')");
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      severity: 'warning',
      code: 'quoted-directive',
      message: 'Function getPosts: $Stage(…) stands in quotes here and stays text.',
      range: { line: 14, column: 33, endColumn: 48 },
    });
    expect(problemsOf("$CfFormat('costs $5 {}', 1)")).toEqual([]);
  });

  test('a mistake in a variable is told once, where it is', () => {
    const problems = problemsOf("$Format('{}', $Var().a)", 'variables: { a: $Nope() }\n');
    expect(problems.map(({ code }) => code)).toEqual(['unknown-directive']);
  });

  test('variables that refer to each other in a circle', () => {
    const problems = problemsOf('$Var().a', 'variables:\n  a: $Var().b\n  b: $Var().a\n');
    expect(problems.map(({ code }) => code)).toEqual(['directive-cycle']);
  });
});

describe('directives that CloudFormation resolves', () => {
  test.each([
    ["$Secret('db')", '{{resolve:secretsmanager:db:SecretString}}'],
    [
      "$Secret('arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1b2c3.user')",
      '{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1b2c3:SecretString:user}}',
    ],
    ["$Secret('db.user.name')", '{{resolve:secretsmanager:db:SecretString:user.name}}'],
    [
      "$Secret('db', '01234567-89ab-cdef')",
      '{{resolve:secretsmanager:db:SecretString:::01234567-89ab-cdef}}',
    ],
    ["$SsmParam('/blog/key')", '{{resolve:ssm:/blog/key}}'],
    ["$SsmParam('/blog/key:3')", '{{resolve:ssm:/blog/key:3}}'],
    ["$SsmParam('/blog/key:3', 'secure')", '{{resolve:ssm-secure:/blog/key:3}}'],
    ['$AwsAccountId()', { Ref: 'AWS::AccountId' }],
    ["$ResourceParam('posts', 'name')", { Ref: 'PostsTable' }],
    ["$ResourceParam('posts', 'arn')", { 'Fn::GetAtt': ['PostsTable', 'Arn'] }],
    ["$ResourceParam('api', 'url')", { 'Fn::GetAtt': ['ApiApi', 'ApiEndpoint'] }],
    [
      "$CfFormat('{}/${x}/{}', $ResourceParam('posts', 'name'), $Stage())",
      { 'Fn::Sub': ['${sub0}/${!x}/dev', { sub0: { Ref: 'PostsTable' } }] },
    ],
    [
      "https://$ResourceParam('api', 'domain')/$Stage()",
      {
        'Fn::Sub': [
          'https://${sub0}/dev',
          {
            sub0: { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['ApiApi', 'ApiEndpoint'] }] }] },
          },
        ],
      },
    ],
    ["mysql://$Secret('db.user')@host", 'mysql://{{resolve:secretsmanager:db:SecretString:user}}@host'],
  ])('%s', (written, value) => {
    expect(resolved(written)).toEqual(value);
  });

  test("a function's own ARN is written out, so that functions do not wait for each other", () => {
    expect(resolved("$ResourceParam('getPosts', 'arn')")).toEqual({
      'Fn::Sub':
        'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:project-dev-getPosts',
    });
  });

  test.each([
    ["$Secrt('a')", 'unknown-directive', 'Did you mean "$Secret"?'],
    ["x-$Secrt('a')", 'unknown-directive', 'Did you mean "$Secret"?'],
    ['$Stage(', 'directive-syntax', undefined],
    ['$Stage(abc)', 'directive-syntax', undefined],
    ['$Secret()', 'directive-argument', undefined],
    ['$Stage(1)', 'directive-argument', undefined],
    ['$Stage().x', 'directive-path', undefined],
    ['$Var().nothing', 'directive-path', undefined],
    ['$Var().none.x', 'directive-path', undefined],
    ["$Format('{}{}', 1)", 'directive-argument', undefined],
    ["$CfFormat('{}', 1, 2)", 'directive-argument', undefined],
    ["$ResourceParam('pots', 'name')", 'unknown-resource', 'Did you mean "posts"?'],
    ["$ResourceParam('posts', 'nam')", 'unknown-param', 'Did you mean "name"?'],
    [
      "$ResourceParam('elsewhere', 'arn')",
      'unknown-resource',
      '$ResourceParam works for "resources" only; $CfResourceParam is for CloudFormation resources.',
    ],
    ['$Secret(5)', 'directive-argument', undefined],
    ["$Secret('a:b')", 'directive-argument', undefined],
    ["$Secret('arn:aws:s3:::a')", 'directive-argument', undefined],
    ["$Secret('a', 'b:c')", 'directive-argument', undefined],
    ["$SsmParam('a b')", 'directive-argument', undefined],
    ["$SsmParam('/a:latest')", 'directive-argument', undefined],
    ["$SsmParam('/a', 3)", 'directive-argument', "A version stands after the name: $SsmParam('/path:3')."],
    ["$File('x.json')", 'directive-outside', undefined],
    ["$Format('{}', $ResourceParam('posts', 'name'))", 'directive-argument', 'Use $CfFormat.'],
    ["$ResourceParam('posts', 'name').x", 'directive-path', undefined],
    ["$ResourceParam('posts', 'streamArn')", 'unknown-param', undefined],
    [
      "$ResourceParam('topic', 'arn')",
      'unknown-resource',
      '"topic" is one of "cloudformationResources": use $CfResourceParam.',
    ],
  ])('%s is refused', (written, code, suggestion) => {
    const rest =
      'cloudformationResources:\n  topic: { Type: AWS::SNS::Topic }\nvariables: { nothing: null }\n';
    expect(problemsOf(written, rest).map((one) => [one.code, one.suggestion])).toEqual([[code, suggestion]]);
  });

  test.each([
    ['$Stage(1)', '$Stage takes no arguments, not 1.'],
    ["$CliArgs('a', 'b', 'c')", '$CliArgs takes 0 to 2 arguments, not 3.'],
    ['$Format()', '$Format takes at least 1 argument, not 0.'],
    ["$ResourceParam('posts')", '$ResourceParam takes 2 arguments, not 1.'],
    [
      "$ResourceParam('posts', 'streamArn')",
      'Parameter "streamArn" is not referencable on resource "posts".',
    ],
    [
      "$StackOutput($AwsAccountId(), 'x')",
      "Non-runtime directive $StackOutput can't be dependent on a result of runtime directive $AwsAccountId.",
    ],
  ])('%s says what is wrong', (written, message) => {
    const [problem] = problemsOf(written);
    expect(problem?.message.replace('Function getPosts: ', '').toLowerCase()).toBe(message.toLowerCase());
  });

  test('the part of the text that is wrong is pointed at', () => {
    const [problem] = problemsOf(`"https://$ResourceParam('api', 'domainn')/x"`);
    expect(problem?.range).toMatchObject({ line: 14, column: 49, endColumn: 58 });
  });

  test('what synthesis decides by cannot wait for CloudFormation', () => {
    expect(places(functionWith("      timeout: $ResourceParam('posts', 'name')\n"))).toEqual([
      '12:16 needs-static-value',
    ]);
    expect(places(functionWith("      memory: $ResourceParam('posts', 'name')\n"))).toEqual([]);
  });
});
