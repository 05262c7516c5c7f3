import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import { createProject, esFunction, outcomes, sourceFunction } from './project.ts';

test('every missing toolchain is told at once, with the functions that need it and how to get it', async () => {
  const project = createProject({
    'go.mod': 'module x\n',
    'main.go': 'package main\n\nfunc main() {}\n',
    'main.py': 'def handler(event, context): return 1\n',
    'requirements.txt': 'six\n',
    'pom.xml': '<project/>',
    'src/main/java/A.java': 'class A {}',
    'src/ok.ts': 'export default () => 1;\n',
  });
  const functions = [
    sourceFunction('first', 'main.go', 'provided.al2023'),
    sourceFunction('second', './main.go', 'provided.al2023'),
    sourceFunction('third', 'main.py', 'python3.13'),
    sourceFunction('fourth', 'src/main/java/A.java', 'java21'),
    esFunction('ok', 'src/ok.ts'),
  ];
  const environment = { PATH: project.path('nothing') };
  const failure = await project.package(functions, { environment }).catch((error: unknown) => error);
  if (!(failure instanceof PackagingError)) throw failure;
  expect(failure.exitCode).toBe(2);
  expect(failure.message).toBe(`4 functions could not be packaged

first, second: the build needs the Go toolchain, but go is not on PATH.
Install Go: https://go.dev/doc/install

third: the build needs Python 3 with pip, or uv, which install the dependencies, but python3 is not on PATH.
Install one of them: https://www.python.org/downloads, https://docs.astral.sh/uv/getting-started/installation

fourth: the build needs a Java Development Kit, but javac is not on PATH.
Install a JDK (https://docs.aws.amazon.com/corretto) and put it on PATH, or set JAVA_HOME.`);
  const [ok] = functions.slice(-1);
  if (ok) expect(outcomes(await project.package([ok], { environment }))).toEqual(['ok cached']);
});

test('with a JDK alone, Maven and Gradle are told for the projects that need them, and uv where it is asked for', async () => {
  const project = createProject({
    'bin/javac': '#!/bin/sh\n',
    'a/pom.xml': '<project/>',
    'a/src/main/java/A.java': 'class A {}',
    'b/build.gradle': '',
    'b/src/main/java/B.java': 'class B {}',
    'main.py': 'def handler(event, context): return 1\n',
    'requirements.txt': 'six\n',
  });
  chmodSync(project.path('bin/javac'), 0o755);
  const failure = await project
    .package(
      [
        sourceFunction('maven', 'a/src/main/java/A.java', 'java21'),
        sourceFunction('gradle', 'b/src/main/java/B.java', 'java21'),
        sourceFunction('uv', 'main.py', 'python3.14', { languageSpecificConfig: { packageManager: 'uv' } }),
      ],
      { environment: { PATH: project.path('bin') } },
    )
    .catch((error: unknown) => error);
  if (!(failure instanceof PackagingError)) throw failure;
  expect(failure.message).toBe(`3 functions could not be packaged

maven: the build needs Maven, but mvn is not on PATH.
Install it (https://maven.apache.org/install.html), or add the wrapper mvnw to the project.

gradle: the build needs Gradle, but gradle is not on PATH.
Install it (https://gradle.org/install), or add the wrapper gradlew to the project.

uv: the build needs uv, which packageManager asks for, but uv is not on PATH.
Install it (https://docs.astral.sh/uv/getting-started/installation), or leave packageManager out to have pip install the same.`);
});
