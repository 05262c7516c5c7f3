/** What `packaging` says of a function, as it stands in the config. Spec: functions.md, 4.1. */
export type Packaging =
  | { type: 'stacktape-lambda-buildpack'; properties: BuildpackProperties }
  | { type: 'custom-artifact'; properties: CustomArtifactProperties };

export type BuildpackProperties = {
  /** Relative to the config's folder. */
  entryfilePath: string;
  /** Globs relative to the config's folder; what they match goes into the zip under the same path. */
  includeFiles?: string[];
  excludeFiles?: string[];
  /** Packages that are left out of the bundle and out of the zip: a layer or the runtime brings them. */
  excludeDependencies?: string[];
  handlerFunction?: string;
  languageSpecificConfig?: LanguageConfig;
};

/** Options of all languages in one object; the entry file's language takes its own. */
export type LanguageConfig = EsLanguageConfig & PythonLanguageConfig & JavaLanguageConfig;

export type PythonLanguageConfig = {
  /** The file with the dependencies, relative to the config's folder; searched upwards where it is not given. */
  packageManagerFile?: string;
  packageManager?: 'pip' | 'pipenv' | 'poetry' | 'uv';
  /** As YAML reads it, so that 3.10 is 3.1 unless it is a text. It has to be the runtime's. */
  pythonVersion?: number | string;
  /** True where it is not given. */
  minify?: boolean;
};

export type JavaLanguageConfig = {
  packageManagerFile?: string;
  /** Where a project has files of Maven and of Gradle. */
  useMaven?: boolean;
  /** The release that is compiled for; the build file's where it is not given. */
  javaVersion?: number;
};

export type EsLanguageConfig = {
  tsConfigPath?: string;
  emitTsDecoratorMetadata?: boolean;
  /** `*` stands for every package. */
  dependenciesToExcludeFromBundle?: string[];
  dependenciesToExcludeFromDeploymentPackage?: string[];
  outputModuleFormat?: 'cjs' | 'esm';
  nodeVersion?: number | string;
  disableSourceMaps?: boolean;
  /** Folder for the source maps, which are then not in the zip. */
  outputSourceMapsTo?: string;
};

export type CustomArtifactProperties = {
  /** A folder, a file or a `.zip`, relative to the config's folder. */
  packagePath: string;
  handler?: string;
};

export type FunctionToPackage = {
  name: string;
  /** Lambda's word: `nodejs24.x`. */
  runtime: string;
  architecture: 'x86_64' | 'arm64';
  packaging: Packaging;
};

/** A zip as it is uploaded. Sizes are in bytes. */
export type Artifact = {
  function: string;
  runtime: string;
  /** Absolute path of the zip. */
  path: string;
  /** Unzipped; Lambda's limit of 250 MB is on this one. */
  bytes: number;
  zippedBytes: number;
  /** SHA-256 of the zip, hex. */
  digest: string;
  outcome: 'built' | 'cached';
  milliseconds: number;
};

export type PackagingEvent =
  | { type: 'started'; function: string }
  | { type: 'finished'; function: string; artifact: Artifact }
  | { type: 'failed'; function: string; problem: PackagingProblem }
  /** Something that does not stop the build: a cache that cannot be read or written. */
  | { type: 'notice'; message: string };

/** Why a function cannot be packaged. */
export type PackagingProblem = {
  function: string;
  /** `build-failed` and `install-failed` for what a tool says; the others are about the config or the machine. */
  code:
    | 'build-failed'
    | 'missing-entry-file'
    | 'missing-handler'
    | 'missing-package'
    | 'missing-tool'
    | 'install-failed'
    | 'unsupported-language'
    | 'unsupported-option'
    | 'file-outside-project'
    | 'artifact-too-large';
  message: string;
  hint?: string;
  /** The bundler's messages, each with its place. */
  places: BuildMessage[];
};

export type BuildMessage = {
  text: string;
  /** Relative to the working folder; absent where the bundler names no place. */
  file?: string;
  /** Both from 1; the column counts UTF-16 units. */
  line?: number;
  column?: number;
  /** The line with those around it and a mark under the place. */
  frame?: string;
};
