import { getAtt, isIntrinsic, ref, type Value } from '../../model/intrinsic.ts';
import { didYouMean } from '../../model/nearest-word.ts';

/** What is wrong with a call: `argument` is the one to point at. */
export class DirectiveError extends Error {
  readonly code: string;
  readonly details: { argument?: number; expected?: string; suggestion?: string };

  constructor(
    code: string,
    message: string,
    details: { argument?: number; expected?: string; suggestion?: string } = {},
  ) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** What local directives read. */
export type LocalContext = {
  stage: string;
  region: string;
  profile: string;
  /** Flags of the command line and what stands after `--`, by name. */
  cliArguments: Readonly<Record<string, string | number | boolean>>;
  /** Value of a path in a part of the config, its directives resolved; circles are errors. */
  read(root: 'variables' | 'config', path: readonly string[]): unknown;
};

/** What runtime directives read, once the config is checked. */
export type RuntimeContext = {
  /** Undefined for a resource that is not there or has errors of its own. */
  params(resource: string): Record<string, Value> | 'missing' | 'broken';
  resourceNames: readonly string[];
  region: string;
  isRawResource(logicalId: string): boolean;
  /** Notes where a logical id is used; synthesis checks it. */
  refer(logicalId: string, attribute: string): void;
};

type Argument = string | number | boolean;

export type BuiltIn = { parameters: readonly [least: number, most: number] } & (
  | {
      when: 'local';
      run(args: readonly Argument[], context: LocalContext, path: readonly string[]): unknown;
      readsPath?: boolean;
    }
  /** From outside of the config; `answerExternal` finds it out. */
  | { when: 'external' }
  | { when: 'runtime'; run(args: readonly Value[], context: RuntimeContext): Value }
);

const many = Number.POSITIVE_INFINITY;

/** Every directive; to add one, add a line. Spec 2.2. */
export const builtIns: Readonly<Record<string, BuiltIn>> = {
  Stage: { when: 'local', parameters: [0, 0], run: (_, { stage }) => stage },
  Region: { when: 'local', parameters: [0, 0], run: (_, { region }) => region },
  Format: { when: 'local', parameters: [1, many], run: (args) => format(args) },
  Var: {
    when: 'local',
    parameters: [0, 0],
    readsPath: true,
    run: (_, { read }, path) => read('variables', path),
  },
  This: {
    when: 'local',
    parameters: [0, 0],
    readsPath: true,
    run: (_, { read }, path) => read('config', path),
  },
  Profile: { when: 'local', parameters: [0, 0], run: (_, { profile }) => profile },
  CliArgs: { when: 'local', parameters: [0, 2], readsPath: true, run: cliArgument },
  File: { when: 'external', parameters: [1, 1] },
  FileRaw: { when: 'external', parameters: [1, 1] },
  GitInfo: { when: 'external', parameters: [1, 1] },
  StackOutput: { when: 'external', parameters: [2, 3] },
  // A pseudo parameter and no look-up: the template is made without AWS.
  AwsAccountId: { when: 'runtime', parameters: [0, 0], run: () => ref('AWS::AccountId') },
  ResourceParam: { when: 'runtime', parameters: [2, 2], run: resourceParam },
  CfResourceParam: { when: 'runtime', parameters: [2, 2], run: cfResourceParam },
  Secret: { when: 'runtime', parameters: [1, 2], run: ([name, version]) => secret(name, version) },
  SsmParam: { when: 'runtime', parameters: [1, 2], run: ([name, kind]) => ssmParam(name, kind) },
  CfStackOutput: { when: 'runtime', parameters: [2, 3], run: importedOutput },
  CfFormat: { when: 'runtime', parameters: [1, many], run: (args) => cfFormat(args) },
};

export const builtIn = (name: string): BuiltIn | undefined =>
  Object.hasOwn(builtIns, name) ? builtIns[name] : undefined;

function text(value: Value | undefined, directive: string, argument: number): string {
  if (typeof value === 'string') return value;
  throw new DirectiveError(
    'directive-argument',
    `Argument ${argument + 1} of $${directive} has to be a text.`,
    {
      argument,
    },
  );
}

/** The pieces between `{}`; there has to be a value for each gap. */
function pieces(args: readonly Value[], directive: string): string[] {
  const between = text(args[0], directive, 0).split('{}');
  const gaps = between.length - 1;
  const values = args.length - 1;
  if (gaps !== values) {
    throw new DirectiveError(
      'directive-argument',
      `$${directive} has ${gaps} {} and ${values} ${values === 1 ? 'value' : 'values'} for them.`,
      { expected: 'as many values as {}' },
    );
  }
  return between;
}

/** `$CliArgs('name', default?)` and `$CliArgs().name`. */
function cliArgument(
  [name, fallback]: readonly Argument[],
  { cliArguments }: LocalContext,
  path: readonly string[],
): unknown {
  const [wanted, ...rest] = name === undefined ? path : [String(name), ...path];
  if (wanted === undefined) return { ...cliArguments };
  const value = Object.hasOwn(cliArguments, wanted) ? cliArguments[wanted] : fallback;
  if (value !== undefined && rest.length === 0) return value;
  throw new DirectiveError('missing-argument', `The command has no argument --${wanted}.`, {
    suggestion: `Give --${wanted} after \`--\`, or a default: $CliArgs('${wanted}', 'default').`,
  });
}

/** Stacks of ours export an output as `{stack}-{output}`. */
function importedOutput(args: readonly Value[], { region }: RuntimeContext): Value {
  const stack = text(args[0], 'CfStackOutput', 0);
  const output = text(args[1], 'CfStackOutput', 1);
  if (args[2] !== undefined && args[2] !== region) {
    throw new DirectiveError('directive-argument', 'CloudFormation imports from its own Region only.', {
      argument: 2,
      expected: region,
      suggestion: 'Use $StackOutput for a stack in another Region.',
    });
  }
  return { 'Fn::ImportValue': `${stack}-${output}` };
}

function format(args: readonly Argument[]): string {
  const [first = '', ...rest] = pieces(args, 'Format');
  return rest.reduce((result, piece, index) => `${result}${args[index + 1]}${piece}`, first);
}

function cfFormat(args: readonly Value[]): Value {
  const between = pieces(args, 'CfFormat');
  const parts: Value[] = [];
  for (const [index, piece] of between.entries()) {
    if (index > 0) parts.push(args[index] ?? null);
    parts.push(piece);
  }
  return joinParts(parts);
}

/**
 * Texts and values in a row as one value: plain text where everything is text already, else `Fn::Sub`
 * with the values as `sub0`, `sub1` …
 */
export function joinParts(parts: readonly Value[]): Value {
  let template = '';
  let literal = '';
  const variables: Record<string, Value> = {};
  for (const part of parts) {
    if (isIntrinsic(part)) {
      const name = `sub${Object.keys(variables).length}`;
      variables[name] = part;
      template += `\${${name}}`;
    } else {
      literal += String(part);
      template += String(part).replaceAll('${', '${!');
    }
  }
  return Object.keys(variables).length === 0 ? literal : { 'Fn::Sub': [template, variables] };
}

/**
 * A name, or the ARN that a secret of another account is known by; another colon or a brace would end the reference.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
export const isSecretId = (id: string): boolean =>
  /^(?:arn:[\w-]+:secretsmanager:[\w-]+:\w+:secret:)?[\w/+=@-]+$/.test(id);

/** Secret names hold no dots: the first one parts the name from the key of a JSON secret. */
function secret(argument: Value | undefined, version: Value | undefined): string {
  const name = text(argument, 'Secret', 0);
  const dot = name.indexOf('.');
  const id = dot < 0 ? name : name.slice(0, dot);
  const key = dot < 0 ? '' : `:${name.slice(dot + 1)}`;
  if (!isSecretId(id) || (key !== '' && !/^:[\w.-]+$/.test(key))) {
    throw new DirectiveError('directive-argument', `"${name}" is not the name of a secret.`, {
      argument: 0,
      expected: "'name', 'name.key', or the secret's ARN in the place of its name",
    });
  }
  if (version === undefined) return `{{resolve:secretsmanager:${id}:SecretString${key}}}`;
  const versionId = text(version, 'Secret', 1);
  if (!/^[\w/+=.@-]{1,64}$/.test(versionId)) {
    throw new DirectiveError('directive-argument', `"${versionId}" is not the id of a version.`, {
      argument: 1,
      expected: 'the VersionId of a version, as `aws secretsmanager list-secret-version-ids` prints it',
    });
  }
  // The stage of the version stays empty: one of the two says which.
  return `{{resolve:secretsmanager:${id}:SecretString${key === '' ? ':' : key}::${versionId}}}`;
}

/**
 * A parameter of Parameter Store, the newest version or that after the colon. A parameter's kind cannot be seen
 * without AWS, so that who wants a secure one says so.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html
 */
function ssmParam(argument: Value | undefined, kind: Value | undefined): string {
  const name = text(argument, 'SsmParam', 0);
  if (!/^[\w./-]+(?::\d+)?$/.test(name)) {
    throw new DirectiveError('directive-argument', `"${name}" is not the name of a parameter.`, {
      argument: 0,
      expected: "'/path/to/parameter' or '/path/to/parameter:3' for its third version",
    });
  }
  if (kind === undefined) return `{{resolve:ssm:${name}}}`;
  if (kind === 'secure') return `{{resolve:ssm-secure:${name}}}`;
  throw new DirectiveError('directive-argument', `A parameter cannot be "${String(kind)}".`, {
    argument: 1,
    expected: "'secure', or nothing",
    suggestion: "A version stands after the name: $SsmParam('/path:3').",
  });
}

function resourceParam(args: readonly Value[], context: RuntimeContext): Value {
  const name = text(args[0], 'ResourceParam', 0);
  const param = text(args[1], 'ResourceParam', 1);
  const params = context.params(name);
  // Its own errors say more than one about a param of it would.
  if (params === 'broken') return null;
  if (params === 'missing') {
    throw new DirectiveError(
      'unknown-resource',
      `Could not resolve resource "${name}" referenced by $ResourceParam directive.`,
      {
        argument: 0,
        expected: `one of ${context.resourceNames.join(', ')}`,
        suggestion: context.isRawResource(name)
          ? `"${name}" is one of "cloudformationResources": use $CfResourceParam.`
          : (didYouMean(name, context.resourceNames).suggestion ??
            '$ResourceParam works for "resources" only; $CfResourceParam is for CloudFormation resources.'),
      },
    );
  }
  if (!Object.hasOwn(params, param)) {
    const known = Object.keys(params);
    throw new DirectiveError(
      'unknown-param',
      `Parameter "${param}" is not referencable on resource "${name}".`,
      {
        argument: 1,
        expected: `one of ${known.join(', ')}`,
        ...didYouMean(param, known),
      },
    );
  }
  return params[param] ?? null;
}

/** The attribute is as the user names it; synthesis knows the type and makes it the one that CloudFormation has. */
function cfResourceParam(args: readonly Value[], context: RuntimeContext): Value {
  const logicalId = text(args[0], 'CfResourceParam', 0);
  const attribute = text(args[1], 'CfResourceParam', 1);
  context.refer(logicalId, attribute);
  return getAtt(logicalId, attribute);
}
