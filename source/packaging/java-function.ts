import { existsSync } from 'node:fs';
import path from 'node:path';
import { compile, type JavaProject } from './java-compile.ts';
import type { BuildJob, LanguageBuild } from './language-build.ts';
import { foldersUpTo, globStamps, once, stampPath } from './language-build.ts';
import { PackagingFailure } from './packaging-error.ts';
import { formatGlobs, matchGlobs, type Stamp } from './stamps.ts';
import type { ZipEntry } from './zip.ts';

/**
 * Classes and resources at the root of the zip and the jars that they need at run time under `lib/`, where Lambda
 * puts both on the class path.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/java-package.html
 */
export async function buildJava(job: BuildJob): Promise<LanguageBuild> {
  const project = locateProject(job);
  const { root, tool } = project;
  const stamps = projectStamps(job, root);
  const release = job.properties.languageSpecificConfig?.javaVersion;
  // Functions of one project are the same program: it is compiled once.
  const entries = await once(job.shared, JSON.stringify(['java', root, tool, release]), () =>
    compile(job, project, release),
  );
  checkClass(job, project, entries);
  const excluded = excludedFiles(job, root);
  stamps.push(...excluded.stamps);
  const isLeftOut = jarMatcher(job.properties.excludeDependencies ?? []);
  return {
    entries: entries.filter(({ path: file }) => !excluded.files.has(file) && !isLeftOut(file)),
    stamps,
  };
}

/** Resources that `excludeFiles` names, by their paths in the zip. */
function excludedFiles(job: BuildJob, root: string): { files: ReadonlySet<string>; stamps: Stamp[] } {
  const include = job.properties.excludeFiles ?? [];
  if (include.length === 0) return { files: new Set(), stamps: [] };
  const globs = { include, exclude: [] };
  const resources = `${stampPath(job.directory, path.join(root, 'src/main/resources'))}/`;
  const files = matchGlobs(job.directory, globs)
    .filter((file) => file.startsWith(resources))
    .map((file) => file.slice(resources.length));
  return { files: new Set(files), stamps: [job.stamper.take('glob', formatGlobs(globs))] };
}

/** Jars of artifacts that stay out: `aws-lambda-java-core`, or `com.amazonaws:aws-lambda-java-core`. */
function jarMatcher(excluded: readonly string[]): (file: string) => boolean {
  const names = new Set(excluded.map((name) => name.slice(name.lastIndexOf(':') + 1)));
  return (file) => names.has(/^lib\/(.+?)(?:-\d[^/]*)?\.jar$/.exec(file)?.[1] ?? '');
}

function locateProject({ fn, properties, directory }: BuildJob): JavaProject {
  const { entryfilePath, languageSpecificConfig: language = {} } = properties;
  const inRoot = /^(.*?)(?:^|[/\\])src[/\\]main[/\\]java[/\\](.+)\.java$/i.exec(entryfilePath);
  const refuse = (message: string, hint: string): PackagingFailure =>
    new PackagingFailure({ function: fn.name, code: 'unsupported-option', message, hint });
  if (inRoot === null) {
    throw refuse(
      `${entryfilePath} is not under src/main/java, where Maven and Gradle look for classes`,
      'Move it there: src/main/java/<package>/<Class>.java.',
    );
  }
  const named = language.packageManagerFile;
  const root = path.resolve(directory, inRoot[1] ?? '');
  if (named !== undefined && !existsSync(path.resolve(directory, named)))
    throw refuse(`packageManagerFile ${named} does not exist`, 'It is relative to the folder of the config.');
  if (named !== undefined && path.dirname(path.resolve(directory, named)) !== root) {
    throw refuse(
      `packageManagerFile ${named} is not in ${stampPath(directory, root)}`,
      'The build file lies in the folder that holds src/main/java. Build files above it are found from there.',
    );
  }
  const has = (name: string): boolean => existsSync(path.join(root, name));
  const hasGradle = has('build.gradle') || has('build.gradle.kts');
  const prefersMaven =
    language.useMaven === true || (named !== undefined && path.basename(named) === 'pom.xml');
  if (!hasGradle && !has('pom.xml')) {
    throw refuse(
      `there is neither pom.xml nor build.gradle in ${stampPath(directory, root)}`,
      'The build file lies in the folder that holds src/main/java.',
    );
  }
  if (prefersMaven && !has('pom.xml')) {
    throw refuse(
      `there is no pom.xml in ${stampPath(directory, root)}, which useMaven or packageManagerFile asks for`,
      'Leave that out to have Gradle build it: there is build.gradle.',
    );
  }
  const tool = has('pom.xml') && (prefersMaven || !hasGradle) ? 'mvn' : 'gradle';
  return { tool, root, classFile: `${(inRoot[2] ?? '').replaceAll('\\', '/')}.class` };
}

const buildFiles = [
  ...['pom.xml', '.mvn/maven.config', '.mvn/jvm.config', '.mvn/extensions.xml'],
  '.mvn/wrapper/maven-wrapper.properties',
  ...['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', 'gradle.properties'],
  ...['gradle.lockfile', 'gradle/libs.versions.toml', 'gradle/wrapper/gradle-wrapper.properties'],
  ...['mvnw', 'gradlew'],
];

/** Sources and build files; of a project with several modules, those of all of them. */
function projectStamps(job: BuildJob, root: string): Stamp[] {
  const { directory, stamper } = job;
  const folders = [...foldersUpTo(directory, root)];
  const isBuild = (folder: string): boolean => buildFiles.some((name) => existsSync(path.join(folder, name)));
  const top = folders.filter(isBuild).at(-1) ?? root;
  const main = top === root ? ['src/main/**'] : ['src/main/**', '*/src/main/**', '*/*/src/main/**'];
  const above = folders.flatMap((folder) =>
    buildFiles.map((name) => stamper.take('file', stampPath(directory, path.join(folder, name)))),
  );
  const here = stampPath(directory, top);
  const modules = ['pom.xml', 'build.gradle', 'build.gradle.kts'].flatMap((name) => [name, `*/${name}`]);
  const patterns = [...main, ...modules, 'buildSrc/**/*.{java,kt,groovy,gradle,kts}'];
  return [
    ...above,
    ...globStamps(
      job,
      patterns.map((pattern) => path.posix.join(here, pattern)),
    ),
  ];
}

/** The class has to be there, and of a release that the runtime can load: 44 is the first one's number. */
function checkClass(
  { fn, properties }: BuildJob,
  { classFile }: JavaProject,
  entries: readonly ZipEntry[],
): void {
  const { data } = entries.find((entry) => entry.path === classFile) ?? {};
  const refuse = (code: 'missing-handler' | 'unsupported-option', message: string, hint: string) =>
    new PackagingFailure({ function: fn.name, code, message, hint });
  if (data === undefined) {
    throw refuse(
      'missing-handler',
      `the build of ${properties.entryfilePath} gave no ${classFile}`,
      'The class has the name of its file, and its package the names of the folders under src/main/java.',
    );
  }
  const compiled = Buffer.from(data).readUInt16BE(6) - 44;
  const runs = /^java(\d+)/.exec(fn.runtime)?.[1];
  if (runs === undefined)
    throw refuse(
      'unsupported-option',
      `runtime ${fn.runtime} cannot run Java`,
      'Use a runtime such as java21, or leave `runtime` out.',
    );
  if (compiled > Number(runs)) {
    throw refuse(
      'unsupported-option',
      `${classFile} is compiled for Java ${compiled}, which the runtime ${fn.runtime} cannot load`,
      `Set languageSpecificConfig.javaVersion to ${runs}, or the release in the build file.`,
    );
  }
}
