import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BuildpackProperties, FunctionToPackage } from './artifact.ts';
import { isEsFile } from './es-options.ts';
import { buildGo } from './go-function.ts';
import { readIncludedFiles } from './included-files.ts';
import { buildJava } from './java-function.ts';
import type { BuildJob, LanguageBuild } from './language-build.ts';
import { PackagingFailure } from './packaging-error.ts';
import { buildPython } from './python-function.ts';
import type { Environment } from './tools.ts';
import { toolIdentity } from './tools.ts';

type Language = {
  build(job: BuildJob): Promise<LanguageBuild>;
  /** What the result depends on besides files: programs on PATH and variables. */
  tools: readonly string[];
  variables: readonly string[];
};

/** Languages that a tool of their own builds, by the ending of the entry file. JavaScript is bundled instead. */
const languages: Readonly<Record<string, Language>> = {
  '.go': {
    build: buildGo,
    tools: ['go'],
    variables: ['GOFLAGS', 'GOWORK', 'GOEXPERIMENT', 'GOAMD64', 'GOARM64', 'GOTOOLCHAIN', 'GOROOT'],
  },
  '.py': { build: buildPython, tools: ['uv', 'python3'], variables: [] },
  '.java': {
    build: buildJava,
    tools: ['javac', 'mvn', 'gradle'],
    variables: ['JAVA_HOME', 'MAVEN_OPTS', 'MAVEN_ARGS', 'GRADLE_OPTS'],
  },
};

const languageOf = (file: string): Language | undefined => languages[path.extname(file).toLowerCase()];

/** What a build depends on apart from files and the config; no program is started to find out. */
export function toolchainKey(entryfilePath: string, environment: Environment): unknown[] {
  const language = languageOf(entryfilePath);
  // Packages beside a bundle are npm's.
  if (language === undefined) return [];
  return [
    ...language.tools.map((name) => toolIdentity(name, environment)),
    ...language.variables.map((name) => environment[name] ?? ''),
  ];
}

/**
 * The build of a function that a toolchain makes; nothing for what is bundled.
 * @throws PackagingFailure where the entry file is not there or nothing builds its language
 */
export function languageBuild(
  fn: FunctionToPackage,
  properties: BuildpackProperties,
  directory: string,
): ((job: BuildJob) => Promise<LanguageBuild>) | undefined {
  const { entryfilePath } = properties;
  if (!existsSync(path.resolve(directory, entryfilePath))) {
    throw new PackagingFailure({
      function: fn.name,
      code: 'missing-entry-file',
      message: `entryfilePath ${entryfilePath} does not exist`,
      hint: 'It is relative to the folder of the config.',
    });
  }
  if (isEsFile(entryfilePath)) return undefined;
  const language = languageOf(entryfilePath);
  if (language === undefined) {
    const ending = path.extname(entryfilePath) || path.basename(entryfilePath);
    throw new PackagingFailure({
      function: fn.name,
      code: 'unsupported-language',
      message: `${ending} files are not supported; TypeScript, JavaScript, Python, Go, Java and custom-artifact are`,
      hint: 'Build it yourself and name the result with `type: custom-artifact`.',
    });
  }
  return async (job) => {
    const built = await language.build(job);
    const included = readIncludedFiles(fn.name, properties, directory, job.stamper);
    const taken = new Set(built.entries.map((entry) => entry.path));
    return {
      entries: [...built.entries, ...included.entries.filter((entry) => !taken.has(entry.path))],
      stamps: [...built.stamps, ...included.stamps],
    };
  };
}
