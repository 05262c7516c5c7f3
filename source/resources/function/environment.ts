import type * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import { isIntrinsic, join, type Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { closedObject, namedList, scalar, staticText } from '../schema.ts';
import type { FunctionProperties } from './function.ts';
import { environmentBytes } from './limits.ts';
import { languageOf, runtimeOf } from './runtimes.ts';

export const environmentSchema = namedList(
  closedObject({
    name: staticText({
      title: 'Name',
      description: 'Letters, digits and underscores, a letter first.',
      minLength: 1,
    }),
    value: scalar({ title: 'Value', description: 'Numbers and switches become text.' }),
  }),
  { title: 'Environment variables', description: 'Variables that the code sees.' },
);

export type Environment = Type.Static<typeof environmentSchema>;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const reserved = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_MAX_CONCURRENCY',
  'AWS_LAMBDA_METADATA_API',
  'AWS_LAMBDA_METADATA_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

/** @param added what the tool itself sets, such as `NODE_OPTIONS=…`; it counts, too */
export function* checkEnvironment(environment: Environment, added = ''): Iterable<LocalFinding> {
  let bytes = Buffer.byteLength(added);
  for (const [index, { name, value }] of environment.entries()) {
    const path = ['environment', index, 'name'];
    if (reserved.has(name)) {
      yield {
        code: 'reserved-variable',
        path,
        message: `Environment variable ${name} is set by Lambda itself and cannot be changed.`,
        suggestion: 'Choose another name.',
      };
    } else if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(name)) {
      yield {
        code: 'invalid-variable-name',
        path,
        message: `"${name}" cannot be the name of an environment variable.`,
        expected: 'two or more letters, digits and underscores, a letter first',
      };
    }
    bytes += Buffer.byteLength(name) + (typeof value === 'object' ? 0 : Buffer.byteLength(String(value)));
  }
  if (bytes > environmentBytes) {
    yield {
      code: 'environment-too-large',
      path: ['environment'],
      at: 'key',
      message: `The environment variables take ${bytes} bytes${added === '' ? '' : ' with NODE_OPTIONS'}; Lambda allows ${environmentBytes}.`,
      suggestion: 'Move large values to a file, a table or Secrets Manager.',
    };
  }
}

/**
 * `NODE_OPTIONS` that buildpack functions for Node run with (spec 3.3), in front of the user's own, so that an
 * option given twice has the user's value.
 */
function nodeOptions(runtime: string, own: Value | undefined): Value {
  const options = ['--enable-source-maps'];
  const version = Number(/^nodejs(\d+)/.exec(runtime)?.[1]);
  if (version >= 22) options.push('--experimental-require-module', '--experimental-detect-module');
  if (own === undefined || own === '') return options.join(' ');
  return isIntrinsic(own) ? join(' ', [...options, own]) : [...options, String(own)].join(' ');
}

/** `NODE_OPTIONS` and what it holds besides the user's own, where the tool sets it. */
export const addedOptions = ({ packaging, runtime }: Partial<FunctionProperties>): string =>
  packaging?.type === 'stacktape-lambda-buildpack' &&
  languageOf(packaging.properties.entryfilePath) === 'node'
    ? `NODE_OPTIONS${nodeOptions(runtimeOf({ packaging, ...(runtime === undefined ? {} : { runtime }) }), undefined)}`
    : '';

/** The own variables of a function, and what the tool sets besides. */
export function addVariables(
  { environment = [], packaging }: FunctionProperties,
  name: string,
  runtime: string,
  stack: StackBuilder,
): void {
  const own = new Map<string, Value>();
  for (const variable of environment) {
    const value: Value = variable.value;
    own.set(variable.name, typeof value === 'object' ? value : String(value));
  }
  if (packaging.type === 'stacktape-lambda-buildpack') {
    if (languageOf(packaging.properties.entryfilePath) === 'node') {
      own.set('NODE_OPTIONS', nodeOptions(runtime, own.get('NODE_OPTIONS')));
    }
  }
  for (const [key, value] of own) stack.setVariable(name, key, value, 'own');
}
