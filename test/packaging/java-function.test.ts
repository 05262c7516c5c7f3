import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import { createProject, hasTool, outcomes, readZip, sourceFunction, unzip } from './project.ts';

const java = 'java';
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
  public String handleRequest(Map<String, String> event, Context context) { return "${text}"; }
  public static void main(String[] arguments) { System.out.println(new ${name}().handleRequest(Map.of(), null)); }
}
`;
const files = {
  'api/pom.xml': pom,
  'api/src/main/java/posts/GetPosts.java': source('GetPosts'),
  'api/src/main/java/posts/SavePost.java': source('SavePost'),
  'api/src/main/resources/mail.txt': 'Hello',
};
const getPosts = sourceFunction('getPosts', 'api/src/main/java/posts/GetPosts.java', 'java17');
const savePost = sourceFunction('savePost', './api/src/main/java/posts/SavePost.java', 'java17');

test('a class outside of src/main/java, and one without a build file, are refused', async () => {
  const project = createProject({ 'src/Main.java': '', 'src/main/java/Main.java': '' });
  const failure = await project
    .package([
      sourceFunction('a', 'src/Main.java', 'java17'),
      sourceFunction('b', 'src/main/java/Main.java', 'java17'),
    ])
    .catch((error: unknown) => error);
  if (!(failure instanceof PackagingError)) throw failure;
  expect(failure.message).toContain('a: src/Main.java is not under src/main/java');
  expect(failure.message).toContain('b: there is neither pom.xml nor build.gradle in .');
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
    await unzip(get?.path ?? '', project.path('unpacked'));
    const printed = execFileSync(java, ['-cp', '.:lib/*', 'posts.GetPosts'], {
      cwd: project.path('unpacked'),
      encoding: 'utf8',
    });
    expect(printed).toBe('GetPosts\n');

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
    expect(failure.message).toMatch(/Broken\.java:\[1,46\] illegal start of expression/);
    expect(failure.message).toContain(
      'old: posts/GetPosts.class is compiled for Java 17, which the runtime java11',
    );
  });
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
