import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listTree } from './file-tree.ts';
import type { BuildJob, LanguageBuild } from './language-build.ts';
import { foldersUpTo, globStamps, once, stampPath } from './language-build.ts';
import { PackagingFailure } from './packaging-error.ts';
import type { Stamp } from './stamps.ts';
import { findTool, isProgram, missingTool, requireTool, runTool, toolFailure } from './tools.ts';
import type { ZipEntry } from './zip.ts';

type JavaProject = {
  tool: 'mvn' | 'gradle';
  root: string /** Class file, relative to the root of the zip. */;
  classFile: string;
};

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
  return { entries, stamps };
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
  if (named !== undefined && !existsSync(path.resolve(directory, named)))
    throw refuse(`packageManagerFile ${named} does not exist`, 'It is relative to the folder of the config.');
  const root = path.resolve(directory, inRoot[1] ?? '');
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

async function compile(
  job: BuildJob,
  project: JavaProject,
  release: number | undefined,
): Promise<ZipEntry[]> {
  const { fn, environment, signal, directory } = job;
  const { root, tool } = project;
  requireJdk(job);
  const program = wrapperOf(job, root, tool) ?? requireTool(fn.name, tool, environment);
  const output = mkdtempSync(path.join(tmpdir(), 'stp-java-'));
  try {
    const args = tool === 'mvn' ? mavenArguments(output, release) : gradleArguments(output, root, release);
    const result = await runTool(program, args, { cwd: root, environment, signal });
    if (!result.ok) {
      const name = tool === 'mvn' ? 'Maven' : 'Gradle';
      throw toolFailure(
        fn.name,
        `the ${name} build of ${stampPath(directory, root)} failed`,
        withoutAdvice(result.output),
      );
    }
    const classes = tool === 'mvn' ? path.join(root, 'target', 'classes') : path.join(output, 'classes');
    return [...readTree(classes, ''), ...readTree(path.join(output, 'lib'), 'lib/')];
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** Maven ends with pages to read about itself. */
const withoutAdvice = (output: string): string =>
  output
    .split('\n')
    .filter(
      (line) =>
        !/^\[ERROR\] (?:\[Help \d\]|-> \[Help|To see the full|Re-run Maven|For more info|$)|^\[ERROR\]\s*$/.test(
          line,
        ),
    )
    .join('\n');

function requireJdk({ fn, environment }: BuildJob): void {
  const home = environment.JAVA_HOME;
  const ending = process.platform === 'win32' ? '.exe' : '';
  if (home !== undefined && isProgram(path.join(home, 'bin', `javac${ending}`))) return;
  if (findTool('javac', environment) === undefined) throw missingTool(fn.name, 'javac');
}

/** The wrapper of the project, or of the one that it is a module of. */
function wrapperOf({ directory }: BuildJob, root: string, tool: 'mvn' | 'gradle'): string | undefined {
  const name = tool === 'mvn' ? 'mvnw' : 'gradlew';
  const file = process.platform === 'win32' ? `${name}${tool === 'mvn' ? '.cmd' : '.bat'}` : name;
  for (const folder of foldersUpTo(directory, root)) {
    const wrapper = path.join(folder, file);
    if (isProgram(wrapper)) return wrapper;
  }
  return undefined;
}

/** Pinned, so that a project that does not name one gets the same jars everywhere. */
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

function mavenArguments(output: string, release: number | undefined): string[] {
  return [
    ...['--batch-mode', '--quiet', '--no-transfer-progress'],
    ...['process-classes', copyDependencies, '-DincludeScope=runtime'],
    `-DoutputDirectory=${path.join(output, 'lib')}`,
    // The compiler plugin knows `release` from 3.6 on; what Maven itself brings is older.
    ...(release === undefined
      ? []
      : ['release', 'source', 'target'].map((name) => `-Dmaven.compiler.${name}=${release}`)),
  ];
}

const initScript = (output: string, root: string, release: number | undefined): string => `
allprojects { project ->
  if (project.projectDir.canonicalFile != new File(${groovyText(root)}).canonicalFile) return
  project.plugins.withId('java') {
    ${release === undefined ? '' : `project.tasks.withType(JavaCompile).configureEach { options.release.set(${release}) }`}
    project.tasks.register('stpClasses', Sync) {
      from project.sourceSets.main.output
      into new File(${groovyText(output)}, 'classes')
    }
    project.tasks.register('stpLambda', Sync) {
      dependsOn 'stpClasses'
      from project.configurations.runtimeClasspath
      into new File(${groovyText(output)}, 'lib')
    }
  }
}
`;

const groovyText = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;

function gradleArguments(output: string, root: string, release: number | undefined): string[] {
  const script = path.join(output, 'stp.init.gradle');
  mkdirSync(output, { recursive: true });
  writeFileSync(script, initScript(output, root, release));
  return ['--init-script', script, '--quiet', '--console=plain', 'stpLambda'];
}

function readTree(folder: string, prefix: string): ZipEntry[] {
  if (!existsSync(folder)) return [];
  return listTree(folder).map((file) => ({
    path: prefix + file.path,
    data: readFileSync(path.join(folder, file.path)),
  }));
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
