import * as Type from 'typebox';
import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import { closedObject, staticText, type VariantOf, variants } from '../schema.ts';
import { checkLanguageOptions, languageOptionsSchema } from './language-options.ts';
import {
  extensionOf,
  extensions,
  hasOwnHandlerForm,
  languageOf,
  languages,
  unbuiltLanguages,
} from './runtimes.ts';

const texts = (description: string) => Type.Optional(Type.Array(staticText(), { description }));

const branches = {
  'stacktape-lambda-buildpack': {
    title: 'Build from source',
    description: 'Bundles the entry file with everything that it imports.',
    schema: closedObject({
      entryfilePath: staticText({
        title: 'Entry file',
        description: 'Path of the file with the handler, relative to the config.',
        minLength: 1,
        examples: ['src/get-posts.ts'],
      }),
      includeFiles: texts('Globs of files that go into the artifact besides.'),
      excludeFiles: texts(
        'Globs of files that stay out: of those that includeFiles names, of the folder of a Python entry file, and of Java resources.',
      ),
      excludeDependencies: texts(
        'Packages that stay out, since a layer or the runtime brings them; for Java the names of artifacts.',
      ),
      handlerFunction: Type.Optional(
        staticText({
          description:
            'Name of the handler. Default: `default` of JavaScript, `handler` of Python, `handleRequest` of Java.',
          minLength: 1,
          pattern: '^[\\w$]+$',
          'stp:format': 'letters, digits, _ and $',
        }),
      ),
      languageSpecificConfig: Type.Optional(languageOptionsSchema),
    }),
  },
  'custom-artifact': {
    title: 'An artifact of your own',
    description: 'A folder, a file or a zip that is ready to run.',
    schema: closedObject({
      packagePath: staticText({
        title: 'Artifact',
        description: 'Path of the folder, file or zip, relative to the config.',
        minLength: 1,
      }),
      handler: Type.Optional(
        staticText({ description: 'File and function inside the artifact: `path/file.ext:function`.' }),
      ),
    }),
  },
} as const;

/** How a function becomes an artifact (spec 4.1). */
export const packagingSchema = variants(branches, {
  noun: 'packaging',
  'stp:laterTypes': ['js-bundle'],
  title: 'Packaging',
  description: 'Where the code is and how it becomes an artifact.',
});

export type FunctionPackaging = VariantOf<typeof branches>;

const relativeTo = 'Paths are relative to the folder of the config.';

/** Rules between the packaging, the runtime and the disk. */
export function* checkPackaging(
  { packaging, runtime }: { packaging: FunctionPackaging; runtime?: string },
  { pathKind }: CheckContext,
): Iterable<LocalFinding> {
  if (packaging.type === 'custom-artifact') {
    yield* checkArtifact(packaging.properties, runtime, pathKind);
    return;
  }
  const path = packaging.properties.entryfilePath;
  const at = ['packaging', 'properties', 'entryfilePath'];
  const kind = pathKind?.(path);
  if (pathKind && kind !== 'file') {
    yield {
      code: 'missing-entry-file',
      path: at,
      message: kind
        ? `entryfilePath "${path}" is a folder, not a file.`
        : `entryfilePath "${path}" does not exist or cannot be read.`,
      suggestion: relativeTo,
    };
  }
  const language = languageOf(path);
  if (!language) {
    yield { path: at, ...unsupported(path) };
    return;
  }
  if (language === 'python' && /\.[^/\\]*\.py$/i.test(path)) {
    yield {
      code: 'invalid-entry-name',
      path: at,
      message: `Lambda cannot load "${path}": Python takes what stands before a dot for a package.`,
      suggestion: 'Give the file a name without a dot before its ending.',
    };
  }
  if (typeof runtime === 'string' && !languages[language].runtimes.includes(runtime)) {
    yield {
      code: 'runtime-mismatch',
      path: ['runtime'],
      message: `Runtime ${runtime} cannot run the entry file "${path}", which is ${languages[language].title}.`,
      expected: `one of ${languages[language].runtimes.join(', ')}`,
    };
  }
  const { languageSpecificConfig: options, handlerFunction, excludeDependencies } = packaging.properties;
  if (language === 'go') {
    const without = { handlerFunction, excludeDependencies };
    for (const [key, value] of Object.entries(without)) {
      if (value === undefined) continue;
      yield {
        code: 'option-of-other-language',
        path: ['packaging', 'properties', key],
        at: 'key',
        message: `"${key}" means nothing for Go: the function is one program, which is built and started as a whole.`,
        suggestion: 'Remove it.',
      };
    }
  }
  if (options === undefined) return;
  const use = { language, entryfilePath: path, ...(runtime === undefined ? {} : { runtime }) };
  for (const finding of checkLanguageOptions(options, use)) {
    yield { ...finding, path: ['packaging', 'properties', 'languageSpecificConfig', ...finding.path] };
  }
}

function unsupported(path: string): Pick<LocalFinding, 'code' | 'message' | 'expected' | 'suggestion'> {
  const extension = extensionOf(path);
  const expected = `one of ${extensions.map((name) => `.${name}`).join(', ')}`;
  const code = 'unsupported-extension';
  if (!extension)
    return { code, expected, message: `entryfilePath "${path}" has no ending that tells its language.` };
  const unbuilt = Object.values(unbuiltLanguages).find((one) => one.extensions.includes(extension));
  if (unbuilt) {
    return {
      code,
      expected,
      message: `entryfilePath "${path}" is ${unbuilt.title}, for which there is no build.`,
      suggestion: `Build it yourself, and name the result with \`type: custom-artifact\` and \`runtime: ${unbuilt.runtimes[0]}\`.`,
    };
  }
  return {
    code,
    expected,
    message: `entryfilePath "${path}" ends with ".${extension}", for which there is no runtime.`,
  };
}

function* checkArtifact(
  { packagePath, handler }: { packagePath: string; handler?: string },
  runtime: string | undefined,
  pathKind: CheckContext['pathKind'],
): Iterable<LocalFinding> {
  if (pathKind && !pathKind(packagePath)) {
    yield {
      code: 'artifact-missing',
      path: ['packaging', 'properties', 'packagePath'],
      message: `packagePath "${packagePath}" does not exist or cannot be read.`,
      suggestion: relativeTo,
    };
  }
  if (runtime === undefined) {
    yield {
      code: 'runtime-missing',
      path: ['packaging', 'type'],
      message: 'A custom artifact needs "runtime", since nothing tells its language.',
      suggestion: 'Set "runtime" beside "packaging".',
    };
    return;
  }
  if (runtime.startsWith('provided.') || (hasOwnHandlerForm(runtime) && handler !== undefined)) return;
  if (handler === undefined) {
    yield {
      code: 'missing-property',
      path: ['packaging', 'properties'],
      at: 'key',
      message: `A custom artifact for ${runtime} needs "handler".`,
      expected: handlerForm(runtime),
    };
  } else if (!/^[^:]+:[^:]+$/.test(handler)) {
    yield {
      code: 'invalid-handler',
      path: ['packaging', 'properties', 'handler'],
      message: `Handler "${handler}" does not say which function of the file is meant.`,
      expected: 'path/file.ext:function',
    };
  }
}

const handlerForm = (runtime: string): string =>
  runtime.startsWith('java')
    ? '<package>.<Class> or <package>.<Class>::<method>'
    : runtime.startsWith('dotnet')
      ? '<assembly>::<namespace>.<Class>::<method>'
      : 'path/file.ext:function';
