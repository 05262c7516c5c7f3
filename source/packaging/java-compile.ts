import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { takePlaces } from './build-messages.ts';
import { listTree } from './file-tree.ts';
import type { BuildJob } from './language-build.ts';
import { foldersUpTo, stampPath } from './language-build.ts';
import { mavenReactor } from './maven-reactor.ts';
import type { ToolResult } from './tools.ts';
import { findTool, isProgram, missingTool, requireTool, runTool, toolFailure } from './tools.ts';
import type { ZipEntry } from './zip.ts';

/** A folder that Maven or Gradle builds, and the class in it that is the handler. */
export type JavaProject = {
  tool: 'mvn' | 'gradle';
  /** Absolute. */
  root: string;
  /** Class file, relative to the root of the zip. */
  classFile: string;
};

/**
 * Compiles a project with its own tool, the project's wrapper before one on PATH.
 * @param release of Java that is compiled for; the build file's where it is not given
 * @throws PackagingFailure where a tool is missing or refuses
 */
export async function compile(
  job: BuildJob,
  project: JavaProject,
  release: number | undefined,
): Promise<ZipEntry[]> {
  const { fn, environment, signal, directory, workingDirectory } = job;
  const { root, tool } = project;
  requireJdk(job);
  const wrapper = wrapperOf(job, root, tool);
  const program = wrapper?.program ?? requireTool(fn.name, tool, environment);
  const output = mkdtempSync(path.join(tmpdir(), 'stp-java-'));
  try {
    const reactor = tool === 'mvn' ? mavenReactor(directory, root) : undefined;
    const args =
      tool === 'mvn'
        ? mavenArguments(output, reactor && path.relative(reactor, root), release)
        : gradleArguments(output, root, release);
    const run = (): Promise<ToolResult> =>
      runTool(program, [...(wrapper?.before ?? []), ...args], { cwd: reactor ?? root, environment, signal });
    const result = await (reactor === undefined ? run() : inTurn(job.shared, `maven:${reactor}`, run));
    if (!result.ok) {
      const name = tool === 'mvn' ? 'Maven' : 'Gradle';
      const { rest, places } = takePlaces(result.output, mavenLine, { folder: root, workingDirectory });
      throw toolFailure(
        fn.name,
        `the ${name} build of ${stampPath(directory, root)} failed`,
        withoutAdvice(rest),
        { places },
      );
    }
    return tool === 'mvn'
      ? readMaven(root, output)
      : [...readTree(path.join(output, 'classes'), ''), ...readTree(path.join(output, 'lib'), 'lib/')];
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** `[ERROR] /posts/Get.java:[3,15] illegal start of expression`. Gradle shows the lines by itself. */
const mavenLine = /^\[ERROR\] (.+\.(?:java|kt)):\[(\d+),(\d+)\] (.+)$/;

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

/** The wrapper of the project, or of the one that it is a module of; it may have lost its executable bit. */
function wrapperOf(
  { directory }: BuildJob,
  root: string,
  tool: 'mvn' | 'gradle',
): { program: string; before: string[] } | undefined {
  const name = tool === 'mvn' ? 'mvnw' : 'gradlew';
  const isWindows = process.platform === 'win32';
  const file = isWindows ? `${name}${tool === 'mvn' ? '.cmd' : '.bat'}` : name;
  for (const folder of foldersUpTo(directory, root)) {
    const wrapper = path.join(folder, file);
    if (isProgram(wrapper)) return { program: wrapper, before: [] };
    if (!isWindows && existsSync(wrapper)) return { program: '/bin/sh', before: [wrapper] };
  }
  return undefined;
}

/** Pinned, so that a project that does not name one gets the same jars everywhere. */
const listDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath';

/** @param module of a project with several, relative to it: it is built with those that it needs */
const mavenArguments = (
  output: string,
  module: string | undefined,
  release: number | undefined,
): string[] => [
  ...['--batch-mode', '--quiet', '--no-transfer-progress'],
  ...(module === undefined ? [] : ['--projects', module, '--also-make']),
  ...['process-classes', listDependencies, '-DincludeScope=runtime'],
  // Each module writes it; the one that is asked for comes last.
  `-Dmdep.outputFile=${path.join(output, classPath)}`,
  ...releaseProperties(release),
];

const classPath = 'class-path.txt';

/** Jars go under `lib/`; other modules of the project are folders of classes, which are laid beside its own. */
function readMaven(root: string, output: string): ZipEntry[] {
  const listed = readFileSync(path.join(output, classPath), 'utf8').trim();
  const found = [path.join(root, 'target', 'classes'), ...listed.split(path.delimiter).filter(Boolean)];
  const entries = found.flatMap((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile()
      ? [{ path: `lib/${path.basename(file)}`, data: readFileSync(file) }]
      : readTree(file, ''),
  );
  // The first one on the class path counts.
  return [...new Map(entries.toReversed().map((entry) => [entry.path, entry])).values()].toReversed();
}

/** The compiler plugin knows `release` from 3.6 on; what Maven itself brings is older. */
const releaseProperties = (release: number | undefined): string[] =>
  release === undefined
    ? []
    : ['release', 'source', 'target'].map((name) => `-Dmaven.compiler.${name}=${release}`);

/** Builds that write into the same folders, one after another. */
function inTurn<T>(shared: BuildJob['shared'], key: string, build: () => Promise<T>): Promise<T> {
  const turn = Promise.resolve(shared.get(key)).then(build, build);
  shared.set(key, turn);
  return turn;
}

/**
 * Adds a task that lays out classes, resources and jars of run time, to the one project and without a change of it.
 * For Gradle 4 and later: `register` came with 4.9, `options.release` with 6.6.
 * @see https://docs.gradle.org/current/userguide/init_scripts.html
 */
const initScript = (output: string, root: string, release: number | undefined): string => `
allprojects { project ->
  // Jars of other projects of the build are the same when they are made again.
  project.tasks.withType(AbstractArchiveTask) {
    preserveFileTimestamps = false
    reproducibleFileOrder = true
  }
  if (project.projectDir.canonicalFile != new File(${groovyText(root)}).canonicalFile) return
  project.plugins.withId('java') {
    def add = project.tasks.metaClass.respondsTo(project.tasks, 'register', String, Class, Action) ? 'register' : 'create'
    ${release === undefined ? '' : releaseScript(release)}
    project.tasks."$add"('stpClasses', Sync) {
      from project.sourceSets.main.output
      into new File(${groovyText(output)}, 'classes')
    }
    project.tasks."$add"('stpLambda', Sync) {
      dependsOn 'stpClasses'
      from project.configurations.runtimeClasspath
      into new File(${groovyText(output)}, 'lib')
    }
  }
}
`;

const releaseScript = (release: number): string => `project.tasks.withType(JavaCompile) { task ->
      if (task.options.hasProperty('release')) task.options.release.set(${release})
      else task.doFirst { task.sourceCompatibility = task.targetCompatibility = '${release < 9 ? `1.${release}` : release}' }
    }`;

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
