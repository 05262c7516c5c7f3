import * as Type from 'typebox';
import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import { closedObject, oneOf, staticSwitch, staticText, type VariantOf, variants } from '../schema.ts';
import { extensionOf, extensions, languageOf, languages } from './runtimes.ts';

const texts = (description: string) => Type.Optional(Type.Array(staticText(), { description }));

/** Options of all languages in one object, as Stacktape has them; which ones fit is decided by the entry file. */
const languageOptions = closedObject(
  {
    tsConfigPath: Type.Optional(staticText({ description: 'tsconfig.json to bundle with.' })),
    emitTsDecoratorMetadata: Type.Optional(
      staticSwitch({
        description: 'Keeps the types of decorated members, as some frameworks need.',
        default: false,
      }),
    ),
    dependenciesToExcludeFromBundle: texts('Packages that are installed beside the bundle; `*` for all.'),
    dependenciesToExcludeFromDeploymentPackage: texts('Packages that are left out altogether.'),
    outputModuleFormat: Type.Optional(
      oneOf(['cjs', 'esm'], { description: 'CommonJS or ES modules.', default: 'cjs' }),
    ),
    nodeVersion: Type.Optional(
      Type.Integer({
        'stp:static': true,
        description: 'Major version of Node. Default: the newest.',
        minimum: 18,
        maximum: 24,
      }),
    ),
    disableSourceMaps: Type.Optional(
      staticSwitch({ description: 'Stack traces then have the lines of the bundle.', default: false }),
    ),
    outputSourceMapsTo: Type.Optional(staticText({ description: 'Folder for the source maps.' })),
    packageManagerFile: Type.Optional(staticText({ description: 'File that lists the dependencies.' })),
    packageManager: Type.Optional(
      oneOf(['pip', 'pipenv', 'poetry', 'uv'], {
        description: 'What installs Python packages. Default: by the file that lists them.',
      }),
    ),
    pythonVersion: Type.Optional(
      Type.Number({ 'stp:static': true, description: 'Such as 3.14. Default: the newest.' }),
    ),
    minify: Type.Optional(staticSwitch({ description: 'Leaves out what only people need.', default: true })),
    useMaven: Type.Optional(
      staticSwitch({ description: 'Builds Java with Maven instead of Gradle.', default: false }),
    ),
    javaVersion: Type.Optional(
      Type.Integer({
        'stp:static': true,
        description: 'Major version of Java. Default: the newest.',
        minimum: 8,
      }),
    ),
  },
  { description: 'Options of the language that the function is written in.' },
);

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
      excludeFiles: texts('Globs of files that stay out.'),
      excludeDependencies: texts('Packages that stay out.'),
      handlerFunction: Type.Optional(
        staticText({
          description: 'Name of the exported handler. Default: the default export.',
          minLength: 1,
        }),
      ),
      languageSpecificConfig: Type.Optional(languageOptions),
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
    const extension = extensionOf(path);
    yield {
      code: 'unsupported-extension',
      path: at,
      message: extension
        ? `entryfilePath "${path}" ends with ".${extension}", for which there is no runtime.`
        : `entryfilePath "${path}" has no ending that tells its language.`,
      expected: `one of ${extensions.map((name) => `.${name}`).join(', ')}`,
    };
  } else if (typeof runtime === 'string' && !languages[language].runtimes.includes(runtime)) {
    yield {
      code: 'runtime-mismatch',
      path: ['runtime'],
      message: `Runtime ${runtime} cannot run the entry file "${path}", which is ${languages[language].title}.`,
      expected: `one of ${languages[language].runtimes.join(', ')}`,
    };
  }
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
  if (runtime.startsWith('provided.') || (runtime.startsWith('java') && handler !== undefined)) return;
  if (handler === undefined) {
    yield {
      code: 'missing-property',
      path: ['packaging', 'properties'],
      at: 'key',
      message: `A custom artifact for ${runtime} needs "handler".`,
      expected: 'path/file.ext:function',
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
