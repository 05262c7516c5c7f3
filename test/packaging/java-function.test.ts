import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FunctionToPackage } from '../../source/packaging/artifact.ts';
import { mavenReactor } from '../../source/packaging/maven-reactor.ts';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import { handlerOf } from '../../source/resources/function/runtimes.ts';
import { createProject, folderOf, hasTool, outcomes, readZip, sourceFunction, unzip } from './project.ts';

const java = 'java';
const javac = 'javac';
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>posts</groupId><artifactId>posts</artifactId><version>1</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>com.amazonaws</groupId><artifactId>aws-lambda-java-core</artifactId><version>1.2.3</version></dependency>
    <dependency><groupId>org.hamcrest</groupId><artifactId>hamcrest</artifactId><version>2.2</version><scope>test</scope></dependency>
  </dependencies>
</project>
`;
const source = (name: string, text = name) => `package posts;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

public class ${name} implements RequestHandler<Map<String, String>, String> {
  public String handleRequest(Map<String, String> event, Context context) { return "${text} " + event.get("id"); }
  public String archive(Map<String, String> event) { return "archived " + event.get("id"); }
}
`;
const files = {
  'api/pom.xml': pom,
  'api/src/main/java/posts/GetPosts.java': source('GetPosts'),
  'api/src/main/java/posts/SavePost.java': source('SavePost'),
  'api/src/main/resources/mail.txt': 'Hello',
};
const module = (name: string, rest: string) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>shop</groupId><artifactId>${name}</artifactId><version>1</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  ${rest}
</project>
`;
const parent = (name: string) =>
  `<parent><groupId>shop</groupId><artifactId>${name}</artifactId><version>1</version></parent>`;
const dependency =
  '<dependencies><dependency><groupId>shop</groupId><artifactId>lib</artifactId><version>1</version></dependency></dependencies>';
const caller = (name: string) => `package a;
public class ${name} { public String handleRequest(Object event) { return texts.Texts.hello(); } }
`;

/** Loads a handler string as Lambda's runtime does: the class by its name, then the interface's method or the one named. */
const loader = `
import java.util.Map;

public class Loader {
  public static void main(String[] arguments) throws Exception {
    String[] parts = arguments[0].split("::");
    Object handler = Class.forName(parts[0]).getDeclaredConstructor().newInstance();
    Map<String, String> event = Map.of("id", "7");
    Object answer = parts.length == 1
        ? ((com.amazonaws.services.lambda.runtime.RequestHandler<Object, Object>) handler).handleRequest(event, null)
        : handler.getClass().getMethod(parts[1], Map.class).invoke(handler, event);
    System.out.println(answer);
  }
}
`;

/** What the handler of a function answers, from its zip unpacked as on Lambda's machine. */
async function call(project: ReturnType<typeof createProject>, fn: FunctionToPackage, zip: string) {
  await unzip(zip, project.path('unpacked'));
  project.write({ 'loader/Loader.java': loader });
  const classPath = `${project.path('unpacked')}:${project.path('unpacked')}/lib/*`;
  execFileSync(
    javac,
    [
      '-nowarn',
      '-Xlint:none',
      '-cp',
      classPath,
      '-d',
      project.path('loader'),
      project.path('loader/Loader.java'),
    ],
    { stdio: 'ignore' },
  );
  const handler = handlerOf({ packaging: fn.packaging as never });
  return execFileSync(java, ['-cp', `${classPath}:${project.path('loader')}`, 'Loader', handler], {
    encoding: 'utf8',
  }).trim();
}

const getPosts = sourceFunction('getPosts', 'api/src/main/java/posts/GetPosts.java', 'java17');
const savePost = sourceFunction('savePost', './api/src/main/java/posts/SavePost.java', 'java17');

test('a project that cannot be built is told why', async () => {
  const project = createProject({
    'src/Main.java': '',
    'src/main/java/Main.java': '',
    'gradle/build.gradle': '',
    'gradle/src/main/java/Main.java': '',
    'api/pom.xml': pom,
    'api/src/main/java/Main.java': '',
  });
  const of = (name: string, file: string, languageSpecificConfig = {}) =>
    sourceFunction(name, file, 'java17', { languageSpecificConfig });
  const failure = await project
    .package([
      of('a', 'src/Main.java'),
      of('b', 'src/main/java/Main.java'),
      of('c', 'gradle/src/main/java/Main.java', { useMaven: true }),
      of('d', 'api/src/main/java/Main.java', { packageManagerFile: 'gradle/build.gradle' }),
      of('e', 'api/src/main/java/Main.java', { packageManagerFile: 'api/build.gradle' }),
    ])
    .catch((error: unknown) => error);
  if (!(failure instanceof PackagingError)) throw failure;
  expect(failure.message).toContain('a: src/Main.java is not under src/main/java');
  expect(failure.message).toContain('b: there is neither pom.xml nor build.gradle in .');
  expect(failure.message).toContain(
    'c: there is no pom.xml in gradle, which useMaven or packageManagerFile asks for',
  );
  expect(failure.message).toContain('d: packageManagerFile gradle/build.gradle is not in api');
  expect(failure.message).toContain('e: packageManagerFile api/build.gradle does not exist');
});

describe.skipIf(!hasTool('mvn') || !hasTool('javac'))('with Maven', { timeout: 240_000 }, () => {
  test('classes and resources at the root, jars of run time under lib, built once for both functions', async () => {
    const project = createProject(files);
    const [get, save] = await project.package([getPosts, savePost]);
    expect(get?.digest).toBe(save?.digest);
    expect(Object.keys(await readZip(readFileSync(get?.path ?? '')))).toEqual([
      'lib/aws-lambda-java-core-1.2.3.jar',
      'mail.txt',
      'posts/GetPosts.class',
      'posts/SavePost.class',
    ]);
    expect(await call(project, getPosts, get?.path ?? '')).toBe('GetPosts 7');
    expect(await call(project, savePost, save?.path ?? '')).toBe('SavePost 7');
    const archive = sourceFunction('archive', 'api/src/main/java/posts/GetPosts.java', 'java17', {
      handlerFunction: 'archive',
    });
    expect(await call(project, archive, get?.path ?? '')).toBe('archived 7');

    const elsewhere = createProject(files);
    const [again] = await elsewhere.package([getPosts]);
    expect(again?.digest).toBe(get?.digest);

    const run = async () => outcomes(await project.package([getPosts, savePost]));
    expect(await run()).toEqual(['getPosts cached', 'savePost cached']);
    project.write({ 'api/README.md': '#', 'api/src/test/java/posts/T.java': '' });
    expect(await run()).toEqual(['getPosts cached', 'savePost cached']);
    project.write({ 'api/src/main/java/posts/SavePost.java': source('SavePost', 'saved') });
    expect(await run()).toEqual(['getPosts built', 'savePost built']);
    project.write({ 'api/src/main/resources/other.txt': '' });
    expect(await run()).toEqual(['getPosts built', 'savePost built']);
  });

  test('modules are built with those that they need, and give the same bytes when they are built again', async () => {
    const get = sourceFunction('get', 'functions/get/src/main/java/a/Get.java', 'java17');
    const save = sourceFunction('save', 'functions/save/src/main/java/a/Save.java', 'java17');
    const project = createProject(modules);
    const first = await project.package([get, save]);
    expect(Object.keys(await readZip(readFileSync(first[0]?.path ?? '')))).toEqual([
      'a/Get.class',
      'texts/Texts.class',
    ]);
    expect(Object.keys(await readZip(readFileSync(first[1]?.path ?? '')))).toEqual([
      'a/Save.class',
      'texts/Texts.class',
    ]);
    const elsewhere = await createProject(modules).package([get, save]);
    expect(elsewhere.map(({ digest }) => digest)).toEqual(first.map(({ digest }) => digest));

    project.write({
      'lib/src/main/java/texts/Texts.java': modules['lib/src/main/java/texts/Texts.java'].replace(
        '"hello"',
        '"bye"',
      ),
    });
    const [changed] = await project.package([get]);
    expect(changed?.outcome).toBe('built');
    expect(changed?.digest).not.toBe(first[0]?.digest);
  });

  test('jars and resources can be left out', async () => {
    const project = createProject({ ...files, 'api/src/main/resources/dev/keys.txt': 'x' });
    const without = sourceFunction('f', 'api/src/main/java/posts/GetPosts.java', 'java17', {
      excludeDependencies: ['com.amazonaws:aws-lambda-java-core'],
      excludeFiles: ['api/src/main/resources/dev/**'],
    });
    const [artifact] = await project.package([without]);
    expect(Object.keys(await readZip(readFileSync(artifact?.path ?? '')))).toEqual([
      'mail.txt',
      'posts/GetPosts.class',
      'posts/SavePost.class',
    ]);
  });

  test("the project's wrapper comes before a program on PATH, also one that lost its executable bit", async () => {
    const project = createProject({
      ...files,
      mvnw: '#!/bin/sh\necho used >> wrapper-used.txt\nexec "$REAL_MAVEN" "$@"\n',
      'bin/mvn': '#!/bin/sh\nexit 9\n',
    });
    chmodSync(project.path('bin/mvn'), 0o755);
    const environment = {
      ...process.env,
      REAL_MAVEN: path.join(folderOf('mvn') ?? '', 'mvn'),
      PATH: `${project.path('bin')}:${process.env.PATH}`,
    };
    expect(outcomes(await project.package([getPosts], { environment }))).toEqual(['getPosts built']);
    expect(readFileSync(project.path('api/wrapper-used.txt'), 'utf8')).toBe('used\n');
  });

  test('what the compiler says comes with the functions; a release that is too new is told', async () => {
    const project = createProject({
      ...files,
      'broken/pom.xml': pom,
      'broken/src/main/java/posts/Broken.java': 'package posts; public class Broken { int x = ; }\n',
    });
    const failure = await project
      .package([
        sourceFunction('broken', 'broken/src/main/java/posts/Broken.java', 'java17'),
        {
          ...getPosts,
          ...sourceFunction('old', 'api/src/main/java/posts/GetPosts.java', 'java11', {
            languageSpecificConfig: { javaVersion: 17 },
          }),
        },
      ])
      .catch((error: unknown) => error);
    if (!(failure instanceof PackagingError)) throw failure;
    expect(failure.message).toContain('broken: the Maven build of broken failed');
    expect(
      failure.message,
    ).toContain(`broken/src/main/java/posts/Broken.java:1:46: illegal start of expression
> 1 | package posts; public class Broken { int x = ; }
    |                                              ^`);
    expect(failure.message.match(/illegal start/g)).toHaveLength(1);
    expect(failure.message).toContain(
      'old: posts/GetPosts.class is compiled for Java 17, which the runtime java11',
    );
  });
});

const modules = {
  'pom.xml': module(
    'all',
    '<packaging>pom</packaging><modules><module>lib</module><module>functions</module></modules>',
  ),
  'lib/pom.xml': module('lib', parent('all')),
  'lib/src/main/java/texts/Texts.java': `package texts;
public class Texts { public static String hello() { return "hello"; } }
`,
  'functions/pom.xml': module(
    'functions',
    `${parent('all')}<packaging>pom</packaging><modules><module>get</module><module>save/pom.xml</module></modules>`,
  ),
  'functions/get/pom.xml': module('get', parent('functions') + dependency),
  'functions/get/src/main/java/a/Get.java': caller('Get'),
  'functions/save/pom.xml': module('save', parent('functions') + dependency),
  'functions/save/src/main/java/a/Save.java': caller('Save'),
};

test('a module belongs to the outermost project that names it, step by step, in the folder of the config', () => {
  const project = createProject({ ...modules, 'other/pom.xml': module('other', ''), 'get/pom.xml': '' });
  const of = (folder: string, directory = '.') => {
    const found = mavenReactor(project.path(directory), project.path(folder));
    return found && path.relative(project.directory, found);
  };
  expect(of('functions/get')).toBe('');
  expect(of('functions/save')).toBe('');
  expect(of('functions/save', 'functions')).toBe('functions');
  expect(of('functions/save', 'functions/save')).toBeUndefined();
  expect(of('other')).toBeUndefined();
  expect(of('get')).toBeUndefined();
});

describe.skipIf(!hasTool('javac') || process.platform === 'win32')('with a wrapper', () => {
  /** Stands in the place of the wrapper: does with javac what the task of the init script asks of Gradle. */
  const wrapper = `#!/bin/sh
set -e
[ "$1" = --init-script ] && [ "$5" = stpLambda ]
mkdir -p "$(dirname "$2")/classes"
javac --release 11 -d "$(dirname "$2")/classes" $(find src/main/java -name '*.java')
`;

  test('the wrapper of a project comes before a program on PATH', async () => {
    const project = createProject({
      gradlew: wrapper,
      'build.gradle': "plugins { id 'java' }\n",
      'src/main/java/a/Main.java': 'package a; public class Main {}\n',
      'bin/gradle': '#!/bin/sh\nexit 9\n',
    });
    for (const name of ['gradlew', 'bin/gradle']) chmodSync(project.path(name), 0o755);
    const PATH = `${project.path('bin')}:${process.env.PATH}`;
    const [artifact] = await project.package([sourceFunction('f', 'src/main/java/a/Main.java', 'java17')], {
      environment: { ...process.env, PATH },
    });
    expect(Object.keys(await readZip(readFileSync(artifact?.path ?? '')))).toEqual(['a/Main.class']);
  });
});

describe.skipIf(!hasTool('gradle') || !hasTool('javac'))('with Gradle', { timeout: 240_000 }, () => {
  const build = `apply plugin: 'java'
sourceCompatibility = targetCompatibility = '11'
repositories { mavenCentral() }
dependencies {
  implementation 'com.amazonaws:aws-lambda-java-core:1.2.3'
  testImplementation 'org.hamcrest:hamcrest:2.2'
}
`;

  test.each([
    ['by itself', { 'api/settings.gradle': '' }],
    ['as a module', { 'settings.gradle': "include 'api'\n", 'build.gradle': '' }],
  ])(
    'a project %s: classes and resources at the root, jars of run time under lib',
    async (_name, settings) => {
      const { 'api/pom.xml': _pom, ...sources } = files;
      const project = createProject({ ...sources, ...settings, 'api/build.gradle': build });
      const environment = { ...process.env, GRADLE_OPTS: '-Dorg.gradle.daemon=false' };
      const old = sourceFunction('old', 'api/src/main/java/posts/GetPosts.java', 'java17', {
        languageSpecificConfig: { javaVersion: 9 },
      });
      const [get, save, nine] = await project.package([getPosts, savePost, old], { environment });
      expect(get?.digest).toBe(save?.digest);
      expect(Object.keys(await readZip(readFileSync(get?.path ?? '')))).toEqual([
        'lib/aws-lambda-java-core-1.2.3.jar',
        'mail.txt',
        'posts/GetPosts.class',
        'posts/SavePost.class',
      ]);
      expect(await call(project, getPosts, get?.path ?? '')).toBe('GetPosts 7');
      await unzip(nine?.path ?? '', project.path('nine'));
      expect(readFileSync(project.path('nine/posts/GetPosts.class')).readUInt16BE(6) - 44).toBe(9);
    },
  );

  test('jars of other projects of the build are the same when they are made again', async () => {
    const sources = {
      'settings.gradle': "include 'lib', 'get'\n",
      'lib/build.gradle': "apply plugin: 'java'\n",
      'lib/src/main/java/texts/Texts.java': modules['lib/src/main/java/texts/Texts.java'],
      'get/build.gradle': "apply plugin: 'java'\ndependencies { implementation project(':lib') }\n",
      'get/src/main/java/a/Get.java': caller('Get'),
    };
    const environment = { ...process.env, GRADLE_OPTS: '-Dorg.gradle.daemon=false' };
    const digest = async () => {
      const get = sourceFunction('get', 'get/src/main/java/a/Get.java', 'java25');
      const [artifact] = await createProject(sources).package([get], { environment });
      expect(Object.keys(await readZip(readFileSync(artifact?.path ?? '')))).toEqual([
        'a/Get.class',
        'lib/lib.jar',
      ]);
      return artifact?.digest;
    };
    expect(await digest()).toBe(await digest());
  });

  test('what it says comes with the function', async () => {
    const project = createProject({
      'settings.gradle': '',
      'build.gradle': build,
      'src/main/java/a/Main.java': 'package a; public class Main { int x = ; }\n',
    });
    await expect(
      project.package([sourceFunction('f', 'src/main/java/a/Main.java', 'java17')], {
        environment: { ...process.env, GRADLE_OPTS: '-Dorg.gradle.daemon=false' },
      }),
    ).rejects.toThrow(/f: the Gradle build of \. failed[\s\S]*illegal start of expression/);
  });
});
