import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import type { Artifact } from '../../source/packaging/artifact.ts';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import { createProject, hasTool, outcomes, readZip, sourceFunction, unzip } from './project.ts';

const runtime = 'provided.al2023';
const handler = `package main

import (
	"context"
	_ "embed"

	"github.com/aws/aws-lambda-go/lambda"

	"posts/shared"
)

//go:embed greeting.txt
var greeting string

func handle(_ context.Context, event map[string]string) (map[string]string, error) {
	return map[string]string{"said": greeting + shared.Name(event["name"])}, nil
}

func main() { lambda.Start(handle) }
`;
const files = {
  'go.mod': 'module posts\n\ngo 1.21\n\nrequire github.com/aws/aws-lambda-go v1.47.0\n',
  'go.sum': `github.com/aws/aws-lambda-go v1.47.0 h1:0H8s0vumYx/YKs4sE7YM0ktwL2eWse+kfopsRI1sXVI=
github.com/aws/aws-lambda-go v1.47.0/go.mod h1:dpMpZgvWx5vuQJfBt0zqBha60q7Dd7RfgJv23DymV8A=
`,
  'src/greet/main.go': handler,
  'src/greet/greeting.txt': 'Hello, ',
  'shared/shared.go': 'package shared\n\nfunc Name(name string) string { return name + "!" }\n',
};
const greet = sourceFunction('greet', 'src/greet/main.go', runtime);

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

/** Gives one event to a bootstrap through the interface that Lambda's runtimes use, and waits for the answer. */
async function invoke(bootstrap: string, event: unknown): Promise<unknown> {
  const answered = Promise.withResolvers<unknown>();
  let given = false;
  const server = createServer(async (request, response) => {
    if (request.url?.endsWith('/invocation/next')) {
      if (given) return;
      given = true;
      response.setHeader('Lambda-Runtime-Aws-Request-Id', 'one');
      response.setHeader('Lambda-Runtime-Deadline-Ms', String(Date.now() + 20_000));
      response.setHeader('Lambda-Runtime-Invoked-Function-Arn', 'arn:aws:lambda:eu-west-1:1:function:greet');
      response.end(JSON.stringify(event));
      return;
    }
    answered.resolve({ path: request.url, body: JSON.parse(await text(request)) });
    response.writeHead(202).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  child = spawn(bootstrap, { env: { AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` }, stdio: 'ignore' });
  child.once('error', answered.reject);
  try {
    return await answered.promise;
  } finally {
    child.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
  }
}

const machineOf = async (artifact: Artifact | undefined, project: { path(name: string): string }) => {
  await unzip(artifact?.path ?? '', project.path('machine'));
  return readFileSync(project.path('machine/bootstrap')).readUInt16LE(18);
};

describe.skipIf(!hasTool('go'))('with the Go toolchain', { timeout: 180_000 }, () => {
  test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
    'the zip holds bootstrap alone, which answers an event of the runtime interface',
    async () => {
      const project = createProject(files);
      const [artifact] = await project.package([greet]);
      expect(
        Object.entries(await readZip(readFileSync(artifact?.path ?? ''))).map(([name, { mode }]) => [
          name,
          mode,
        ]),
      ).toEqual([['bootstrap', '755']]);
      await unzip(artifact?.path ?? '', project.path('unpacked'));
      expect(await invoke(project.path('unpacked/bootstrap'), { name: 'Ada' })).toEqual({
        path: '/2018-06-01/runtime/invocation/one/response',
        body: { said: 'Hello, Ada!' },
      });
    },
  );

  test('the bytes are the same wherever the project lies, and for the machine that is asked for', async () => {
    const first = createProject(files);
    const second = createProject(files);
    const [one] = await first.package([greet]);
    const [two] = await second.package([greet]);
    expect(two?.digest).toBe(one?.digest);
    const [arm] = await first.package([{ ...greet, architecture: 'arm64' }]);
    expect(await machineOf(one, first)).toBe(0x3e);
    expect(await machineOf(arm, first)).toBe(0xb7);
  });

  test('a repeat starts no tool, and a change of what the binary is made from builds again', async () => {
    const project = createProject(files);
    const run = async () => outcomes(await project.package([greet]));
    expect(await run()).toEqual(['greet built']);
    expect(await run()).toEqual(['greet cached']);
    project.write({ 'src/other/notes.md': '#', 'README.md': '#' });
    expect(await run()).toEqual(['greet cached']);
    for (const change of [
      { 'src/greet/greeting.txt': 'Good day, ' },
      { 'shared/shared.go': 'package shared\n\nfunc Name(name string) string { return name + "?" }\n' },
      { 'shared/more.go': 'package shared\n\nfunc More() int { return 1 }\n' },
      { 'go.mod': files['go.mod'].replace('1.21', '1.22') },
    ]) {
      project.write(change);
      expect([change, await run()]).toEqual([change, ['greet built']]);
    }
    expect(await run()).toEqual(['greet cached']);
  });

  test('files with a main each in one folder are functions of their own', async () => {
    const main = (name: string) => `package main\n\nfunc main() { println("${name}") }\n`;
    const project = createProject({
      'go.mod': 'module two\n\ngo 1.21\n',
      'a.go': main('a'),
      'b.go': main('b'),
    });
    const [a, b] = await project.package([
      sourceFunction('a', 'a.go', runtime),
      sourceFunction('b', 'b.go', runtime),
    ]);
    expect(a?.digest).not.toBe(b?.digest);
  });

  test('what the compiler says comes with the function that it is about', async () => {
    const project = createProject({
      ...files,
      'src/broken/main.go': 'package main\n\nfunc main() { undefinedThing() }\n',
      'src/native/main.go':
        'package main\n\n// int one() { return 1; }\nimport "C"\n\nfunc main() { println(C.one()) }\n',
      'src/library/main.go': 'package library\n',
    });
    const failure = await project
      .package([
        sourceFunction('broken', 'src/broken/main.go', runtime),
        sourceFunction('native', 'src/native/main.go', runtime),
        sourceFunction('library', 'src/library/main.go', runtime),
      ])
      .catch((error: unknown) => error);
    if (!(failure instanceof PackagingError)) throw failure;
    expect(failure.exitCode).toBe(1);
    expect(failure.message).toContain(`broken: go build of src/broken/main.go failed
src/broken/main.go:3:15: undefined: undefinedThing
  1 | package main
  2 |
> 3 | func main() { undefinedThing() }
    |               ^`);
    // What to do stands with the one that it is about.
    expect(failure.message).toMatch(/^native: go build [^\n]*\n[^\n]*\nFunctions are built without cgo/m);
    expect(failure.hint).toBeUndefined();
    expect(failure.message).toContain('library: src/library/main.go is not in a package main');
  });
});
