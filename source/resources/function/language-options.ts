import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import { closedObject, oneOf, staticSwitch, staticText } from '../schema.ts';
import { checkRuntime, type LanguageId, languages, pythonRuntime } from './runtimes.ts';

const texts = (description: string) => Type.Optional(Type.Array(staticText(), { description }));

const nodeOptions = {
  tsConfigPath: Type.Optional(
    staticText({ description: 'tsconfig.json to bundle with. Default: the nearest one above each file.' }),
  ),
  emitTsDecoratorMetadata: Type.Optional(
    staticSwitch({
      description:
        "Keeps the types of decorated members, as some frameworks need; the project's own TypeScript compiles them.",
      default: false,
    }),
  ),
  dependenciesToExcludeFromBundle: texts(
    'Packages that are installed beside the bundle; `*` for all but the SDK, which the runtime has. What it lacks of that is named here.',
  ),
  dependenciesToExcludeFromDeploymentPackage: texts('Packages that are left out altogether.'),
  outputModuleFormat: Type.Optional(
    oneOf(['cjs', 'esm'], { description: 'CommonJS or ES modules.', default: 'cjs' }),
  ),
  nodeVersion: Type.Optional(
    Type.Integer({
      'stp:static': true,
      description: "Major version of Node that the bundle is written for. Default: the runtime's.",
      minimum: 16,
      maximum: 26,
    }),
  ),
  disableSourceMaps: Type.Optional(
    staticSwitch({ description: 'Stack traces then have the lines of the bundle.', default: false }),
  ),
  outputSourceMapsTo: Type.Optional(
    staticText({ description: 'Folder for the source maps, which are then not in the artifact.' }),
  ),
};

const packageManagerFile = Type.Optional(
  staticText({
    description: 'File that lists the dependencies. Default: the nearest one above the entry file.',
  }),
);

const pythonOptions = {
  packageManagerFile,
  packageManager: Type.Optional(
    oneOf(['pip', 'pipenv', 'poetry', 'uv'], {
      description:
        'Whose files list the Python packages. Default: by the file that is there. uv installs them where it is there, else pip.',
    }),
  ),
  pythonVersion: Type.Optional(
    Type.Unsafe<number | string>({
      'stp:static': true,
      type: ['number', 'string'],
      description: "Such as 3.14; it is the runtime's, and chooses it where `runtime` is left out.",
    }),
  ),
  minify: Type.Optional(
    staticSwitch({
      description:
        'Leaves out of installed packages what nothing reads at run time: stubs for type checkers, sources of native code.',
      default: true,
    }),
  ),
};

const javaOptions = {
  packageManagerFile,
  useMaven: Type.Optional(
    staticSwitch({
      description: 'Builds with Maven where there are files of Maven and of Gradle.',
      default: false,
    }),
  ),
  javaVersion: Type.Optional(
    Type.Integer({
      'stp:static': true,
      description: "Release of Java that is compiled for. Default: the build file's.",
      minimum: 8,
      maximum: 25,
    }),
  ),
};

/** Options of all languages in one object, as Stacktape has them; which ones fit is decided by the entry file. */
export const languageOptionsSchema = closedObject(
  { ...nodeOptions, ...pythonOptions, ...javaOptions },
  { description: 'Options of the language that the function is written in.' },
);

type LanguageOptions = Type.Static<typeof languageOptionsSchema>;

const optionsOf: Readonly<Record<LanguageId, readonly string[]>> = {
  node: Object.keys(nodeOptions),
  python: Object.keys(pythonOptions),
  java: Object.keys(javaOptions),
  go: [],
};

/**
 * Rules between the options, the entry file's language and the runtime.
 * @returns findings whose paths are relative to `languageSpecificConfig`
 */
export function* checkLanguageOptions(
  options: LanguageOptions,
  { language, entryfilePath, runtime }: { language: LanguageId; entryfilePath: string; runtime?: string },
): Iterable<LocalFinding> {
  for (const key of Object.keys(options)) {
    const owners = (Object.keys(languages) as LanguageId[]).filter((id) => optionsOf[id].includes(key));
    if (owners.includes(language) || owners.length === 0) continue;
    yield {
      code: 'option-of-other-language',
      path: [key],
      at: 'key',
      message: `"${key}" is an option for ${owners.map((id) => languages[id].title).join(' and ')}; the entry file "${entryfilePath}" is ${languages[language].title}.`,
      suggestion: 'Remove it.',
    };
  }
  const { nodeVersion, javaVersion, pythonVersion } = options;
  if (language === 'node') yield* checkNotNewer('nodeVersion', nodeVersion, /^nodejs(\d+)/, runtime);
  if (language === 'java') yield* checkNotNewer('javaVersion', javaVersion, /^java(\d+)/, runtime);
  if (language === 'python' && pythonVersion !== undefined) {
    const meant = pythonRuntime(pythonVersion);
    if (meant === undefined) {
      yield {
        code: 'wrong-value',
        path: ['pythonVersion'],
        message: `There is no runtime for Python ${pythonVersion}.`,
        expected: `one of ${languages.python.runtimes.map((name) => name.slice('python'.length)).join(', ')}`,
      };
    } else if (runtime !== undefined && meant !== runtime) {
      yield {
        code: 'runtime-mismatch',
        path: ['pythonVersion'],
        message: `pythonVersion ${pythonVersion} is not the version of runtime ${runtime}.`,
        suggestion: 'Packages are installed for the runtime: remove "pythonVersion", or "runtime".',
      };
    } else if (runtime === undefined) {
      for (const finding of checkRuntime(meant)) yield { ...finding, path: ['pythonVersion'] };
    }
  }
}

function* checkNotNewer(
  key: string,
  version: number | undefined,
  pattern: RegExp,
  runtime: string | undefined,
): Iterable<LocalFinding> {
  const runs = runtime === undefined ? undefined : pattern.exec(runtime)?.[1];
  if (version === undefined || runs === undefined || version <= Number(runs)) return;
  yield {
    code: 'runtime-mismatch',
    path: [key],
    message: `${key} ${version} is newer than runtime ${runtime}, which could not run the result.`,
    expected: `at most ${runs}`,
  };
}
