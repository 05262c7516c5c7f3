import { describe, expect, test } from 'vitest';
import { functionWith, read } from './read.ts';

const told = (text: string, options = {}) =>
  read(text, options).problems.map(({ code, message, expected, suggestion }) =>
    [code, message.replace('Function getPosts: ', ''), expected ?? suggestion].filter(Boolean).join(' | '),
  );

const built = (entryfilePath: string, packaging = '', properties = '') =>
  told(
    functionWith(properties && `      ${properties}\n`).replace(
      'entryfilePath: src/get-posts.ts',
      `entryfilePath: ${entryfilePath}${packaging && `, ${packaging}`}`,
    ),
  );

const options = (text: string) => `languageSpecificConfig: { ${text} }`;

describe('options are those of the language', () => {
  test.each([
    [
      'src/a.ts',
      'pythonVersion: 3.13',
      'option-of-other-language | "pythonVersion" is an option for Python; the entry file "src/a.ts" is JavaScript or TypeScript. | Remove it.',
    ],
    [
      'main.go',
      'packageManagerFile: go.mod',
      'option-of-other-language | "packageManagerFile" is an option for Python and Java; the entry file "main.go" is Go. | Remove it.',
    ],
    [
      'main.py',
      'outputModuleFormat: esm',
      'option-of-other-language | "outputModuleFormat" is an option for JavaScript or TypeScript; the entry file "main.py" is Python. | Remove it.',
    ],
  ])('%s, %s', (entryfilePath, text, problem) => {
    expect(built(entryfilePath, options(text))).toEqual([problem]);
  });

  test('every option is one of some language', () => {
    const own = {
      'src/a.ts':
        'tsConfigPath: a, emitTsDecoratorMetadata: true, dependenciesToExcludeFromBundle: ["*"], dependenciesToExcludeFromDeploymentPackage: [a], outputModuleFormat: esm, nodeVersion: 24, disableSourceMaps: true, outputSourceMapsTo: maps',
      'main.py': 'packageManagerFile: a, packageManager: poetry, pythonVersion: 3.14, minify: false',
      'src/main/java/A.java': 'packageManagerFile: pom.xml, useMaven: true, javaVersion: 21',
    };
    for (const [entryfilePath, text] of Object.entries(own))
      expect([entryfilePath, built(entryfilePath, options(text))]).toEqual([entryfilePath, []]);
  });

  test('Go is one program', () => {
    expect(built('main.go', 'handlerFunction: run, excludeDependencies: [a]')).toEqual([
      'option-of-other-language | "handlerFunction" means nothing for Go: the function is one program, which is built and started as a whole. | Remove it.',
      'option-of-other-language | "excludeDependencies" means nothing for Go: the function is one program, which is built and started as a whole. | Remove it.',
    ]);
  });

  test('those of containers, and unknown ones', () => {
    expect(built('main.py', options('runAppAs: asgi'))[0]).toMatch(
      /^unknown-property \| unknown property "runAppAs" in "languageSpecificConfig"/,
    );
    expect(built('src/a.ts', 'handlerFunction: "a.b"')[0]).toMatch(/^wrong-format|^wrong-/);
  });
});

describe('versions fit the runtime', () => {
  test.each([
    [
      'src/a.ts',
      'nodeVersion: 24',
      'runtime: nodejs22.x',
      'runtime-mismatch | nodeVersion 24 is newer than runtime nodejs22.x, which could not run the result. | at most 22',
    ],
    [
      'src/main/java/A.java',
      'javaVersion: 25',
      'runtime: java21',
      'runtime-mismatch | javaVersion 25 is newer than runtime java21, which could not run the result. | at most 21',
    ],
    [
      'main.py',
      'pythonVersion: 3.12',
      'runtime: python3.14',
      'runtime-mismatch | pythonVersion 3.12 is not the version of runtime python3.14. | Packages are installed for the runtime: remove "pythonVersion", or "runtime".',
    ],
    [
      'main.py',
      'pythonVersion: 2.7',
      '',
      'wrong-value | there is no runtime for Python 2.7. | one of 3.14, 3.13, 3.12, 3.11, 3.10, 3.9, 3.8, 3.15',
    ],
  ])('%s, %s, %s', (entryfilePath, text, runtime, problem) => {
    expect(built(entryfilePath, options(text), runtime)).toEqual([problem]);
  });

  test.each([
    ['src/a.ts', 'nodeVersion: 20', 'runtime: nodejs22.x'],
    ['src/main/java/A.java', 'javaVersion: 11', 'runtime: java21'],
    ['main.py', 'pythonVersion: 3.13', 'runtime: python3.13'],
    ['main.py', 'pythonVersion: "3.11"', ''],
  ])('%s, %s, %s fits', (entryfilePath, text, runtime) => {
    expect(built(entryfilePath, options(text), runtime)).toEqual([]);
  });
});

describe('languages', () => {
  test.each([
    ['src/a.rb', 'Ruby', 'ruby4.0'],
    ['src/A.cs', 'C#', 'dotnet10'],
    ['src/a.php', 'PHP', 'provided.al2023'],
  ])('%s has runtimes but no build', (entryfilePath, title, runtime) => {
    const [problem] = read(functionWith('').replace('src/get-posts.ts', entryfilePath)).problems;
    expect(problem).toMatchObject({
      code: 'unsupported-extension',
      message: `Function getPosts: entryfilePath "${entryfilePath}" is ${title}, for which there is no build.`,
      suggestion: `Build it yourself, and name the result with \`type: custom-artifact\` and \`runtime: ${runtime}\`.`,
    });
  });

  test('an ending that nothing runs', () => {
    expect(built('src/a.rs')[0]).toContain(
      'unsupported-extension | entryfilePath "src/a.rs" ends with ".rs"',
    );
  });

  test.each([
    ['src/a.ts', 'python3.14', 'nodejs24.x, nodejs22.x'],
    ['main.py', 'java25', 'python3.14, python3.13'],
    ['main.go', 'nodejs24.x', 'provided.al2023, provided.al2'],
    ['src/main/java/A.java', 'provided.al2023', 'java25, java21'],
  ])('%s cannot run on %s', (entryfilePath, runtime, expected) => {
    expect(built(entryfilePath, '', `runtime: ${runtime}`)[0]).toContain(`| one of ${expected}`);
  });

  test('a runtime that AWS takes no more', () => {
    expect(built('src/a.ts', '', 'runtime: nodejs14.x')[0]).toMatch(/^wrong-value \| "runtime" cannot be/);
  });
});

describe('deprecated runtimes are taken, with the dates', () => {
  test.each([
    ['main.py', 'python3.10', '2026-10-31', 'python3.14'],
    ['main.go', 'provided.al2', '2026-07-31', 'provided.al2023'],
    ['src/a.ts', 'nodejs20.x', '2026-04-30', 'nodejs24.x'],
  ])('%s on %s', (entryfilePath, runtime, date, newest) => {
    const { config, problems } = read(
      functionWith(`      runtime: ${runtime}\n`).replace('src/get-posts.ts', entryfilePath),
    );
    expect(config).toBeDefined();
    expect(problems).toMatchObject([
      {
        severity: 'warning',
        code: 'deprecated-runtime',
        message: `Function getPosts: AWS deprecated runtime ${runtime} on ${date}; from 2027-02-01 it takes no new functions with it, from 2027-03-03 no changes.`,
        suggestion: `Use ${newest}.`,
      },
    ]);
  });

  test('the one of a pythonVersion, too', () => {
    const text = functionWith('').replace(
      'entryfilePath: src/get-posts.ts',
      'entryfilePath: main.py, languageSpecificConfig: { pythonVersion: 3.9 }',
    );
    expect(read(text).problems).toMatchObject([
      {
        severity: 'warning',
        code: 'deprecated-runtime',
        path: [
          'resources',
          'getPosts',
          'properties',
          'packaging',
          'properties',
          'languageSpecificConfig',
          'pythonVersion',
        ],
        message: expect.stringContaining('AWS deprecated runtime python3.9 on 2025-12-15'),
      },
    ]);
  });

  test('previews are taken, with a warning, and are no default', () => {
    const text = functionWith('      runtime: nodejs26.x\n');
    expect(read(text).problems).toMatchObject([
      {
        severity: 'warning',
        code: 'preview-runtime',
        message:
          'Function getPosts: AWS published runtime nodejs26.x as a preview in July 2026: it gives no support for it, and may change it.',
        suggestion: 'Use nodejs24.x for production.',
      },
    ]);
    const python = text.replace('nodejs26.x', 'python3.15').replace('src/get-posts.ts', 'main.py');
    expect(read(python).problems.map(({ code }) => code)).toEqual(['preview-runtime']);
  });

  // https://aws.amazon.com/about-aws/whats-new/2026/07/aws-lambda-java-amazon-linux/
  test.each(['java17.al2023', 'java11.al2023', 'java8.al2023'])('%s is one to stay', (runtime) => {
    const text = functionWith(`      runtime: ${runtime}\n`).replace(
      'src/get-posts.ts',
      'src/main/java/Get.java',
    );
    expect(told(text)).toEqual([]);
  });

  test('those of artifacts, too', () => {
    const artifact = (runtime: string, handler: string) =>
      told(
        functionWith(`      runtime: ${runtime}\n`).replace(
          /packaging: .*/,
          `packaging: { type: custom-artifact, properties: { packagePath: build, handler: "${handler}" } }`,
        ),
      );
    expect(artifact('ruby3.4', 'app.rb:run')).toEqual([]);
    expect(artifact('dotnet10', 'Posts::Posts.Function::Handle')).toEqual([]);
    expect(artifact('dotnet8', 'Posts::Posts.Function::Handle')[0]).toContain('on 2026-11-10');
    expect(artifact('java8.al2', 'posts.Get')).toEqual([]);
  });
});

describe('an artifact of their own', () => {
  const artifact = (properties: string, runtime = '', kind = () => 'file' as 'file' | undefined) =>
    told(
      functionWith(runtime && `      runtime: ${runtime}\n`).replace(
        /packaging: .*/,
        `packaging: { type: custom-artifact, properties: { ${properties} } }`,
      ),
      { pathKind: kind },
    );

  test.each([
    [
      'packagePath: build, handler: "index.js:go"',
      '',
      'runtime-missing | a custom artifact needs "runtime", since nothing tells its language. | Set "runtime" beside "packaging".',
    ],
    [
      'packagePath: build',
      'nodejs24.x',
      'missing-property | a custom artifact for nodejs24.x needs "handler". | path/file.ext:function',
    ],
    [
      'packagePath: build',
      'java25',
      'missing-property | a custom artifact for java25 needs "handler". | <package>.<Class> or <package>.<Class>::<method>',
    ],
    [
      'packagePath: build',
      'dotnet10',
      'missing-property | a custom artifact for dotnet10 needs "handler". | <assembly>::<namespace>.<Class>::<method>',
    ],
    [
      'packagePath: build, handler: dist/index.js',
      'nodejs24.x',
      'invalid-handler | handler "dist/index.js" does not say which function of the file is meant. | path/file.ext:function',
    ],
  ])('%s %s', (properties, runtime, problem) => {
    expect(artifact(properties, runtime)).toEqual([problem]);
  });

  test('that is not there', () => {
    expect(artifact('packagePath: build, handler: "index.js:go"', 'nodejs24.x', () => undefined)).toEqual([
      'artifact-missing | packagePath "build" does not exist or cannot be read. | Paths are relative to the folder of the config.',
    ]);
  });
});

describe('bounds', () => {
  const list = (count: number, of: (index: number) => string) =>
    `[${Array.from({ length: count }, (_, index) => of(index)).join(', ')}]`;
  const layer = (index: number) => `"arn:aws:lambda:us-east-1:000000000000:layer:l${index}:1"`;
  const problemsOf = (properties: string) => told(functionWith(`      ${properties}\n`));

  test.each([
    ['memory: 128'],
    ['memory: 10240'],
    ['memory: 1797'],
    ['timeout: 1'],
    ['timeout: 900'],
    ['storage: 512'],
    ['storage: 10240'],
    [`layers: ${list(5, layer)}`],
    ['reservedConcurrency: 0'],
    ['provisionedConcurrency: 1'],
    [`tags: ${list(46, (index) => `{ name: t${index}, value: v }`)}`],
    ['architecture: arm64'],
    ['logging: { retentionDays: 3653 }'],
    [`environment: [{ name: BIG, value: ${'x'.repeat(4096 - 3 - 91)} }]`],
  ])('accepted: case %#', (properties) => {
    expect(problemsOf(properties)).toEqual([]);
  });

  test.each([
    ['memory: 127', 'out-of-bounds'],
    ['memory: 10241', 'out-of-bounds'],
    ['timeout: 0', 'out-of-bounds'],
    ['storage: 511', 'out-of-bounds'],
    ['storage: 10241', 'out-of-bounds'],
    ['architecture: x64', 'wrong-value'],
    [`layers: ${list(6, layer)}`, 'wrong-length'],
    ['layers: [tools]', 'invalid-layer'],
    ['reservedConcurrency: -1', 'out-of-bounds'],
    ['provisionedConcurrency: 0', 'out-of-bounds'],
    [`tags: ${list(51, (index) => `{ name: t${index}, value: v }`)}`, 'wrong-length'],
    [`tags: ${list(48, (index) => `{ name: t${index}, value: v }`)}`, 'too-many-tags'],
    ['tags: [{ name: "aws:x", value: v }]', 'reserved-tag'],
    ['tags: [{ name: "team!", value: v }]', 'wrong-format'],
    ['tags: [{ name: team, value: "a;b" }]', 'wrong-format'],
    [
      'logging: { logForwarding: { type: http-endpoint, properties: { endpointUrl: "http://logs.example" } } }',
      'wrong-format',
    ],
    ['tags: [{ name: "", value: v }]', 'too-short'],
    [`tags: [{ name: ${'n'.repeat(129)}, value: v }]`, 'too-long'],
    [`tags: [{ name: n, value: ${'v'.repeat(257)} }]`, 'too-long'],
    ['tags: [{ name: n, value: a }, { name: n, value: b }]', 'duplicate-entry'],
    ['environment: [{ name: A1, value: a }, { name: A1, value: b }]', 'duplicate-entry'],
    ['environment: [{ name: A1, value: [1] }]', 'wrong-type'],
    ['environment: [{ name: A1 }]', 'missing-property'],
    [`environment: [{ name: BIG, value: ${'x'.repeat(4096 - 3 - 90)} }]`, 'environment-too-large'],
  ])('refused: case %#', (properties, code) => {
    expect(problemsOf(properties).map((text) => text.split(' | ')[0])).toEqual([code]);
  });

  test.each([
    ...['_HANDLER', '_X_AMZN_TRACE_ID', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_EXECUTION_ENV'],
    ...['AWS_LAMBDA_MAX_CONCURRENCY', 'AWS_LAMBDA_METADATA_API', 'AWS_LAMBDA_METADATA_TOKEN'],
    ...['AWS_LAMBDA_FUNCTION_NAME', 'AWS_SESSION_TOKEN', 'AWS_LAMBDA_RUNTIME_API', 'LAMBDA_TASK_ROOT'],
  ])('variable %s is reserved', (name) => {
    expect(problemsOf(`environment: [{ name: ${name}, value: x }]`)[0]).toContain('reserved-variable');
  });

  test.each(['TZ', 'LANG', 'PATH', 'NODE_PATH', 'AWS_XRAY_CONTEXT_MISSING'])('variable %s is not', (name) => {
    expect(problemsOf(`environment: [{ name: ${name}, value: x }]`)).toEqual([]);
  });

  test('more kept ready than may run', () => {
    expect(problemsOf('reservedConcurrency: 2\n      provisionedConcurrency: 3')).toEqual([
      'provisioned-over-reserved | 3 cannot be kept ready where 2 run at once, at most. | at most "reservedConcurrency", which is 2',
    ]);
  });
});

describe('log forwarding', () => {
  const forwarding = (type: string, properties: string) =>
    told(
      functionWith(`      logging: { logForwarding: { type: ${type}, properties: { ${properties} } } }\n`),
    );

  test.each([
    ['http-endpoint', 'endpointUrl: https://a.invalid, retryDuration: 0'],
    ['http-endpoint', 'endpointUrl: https://a.invalid, retryDuration: 7200'],
    ['datadog', 'apiKey: abc, endpointUrl: https://aws-kinesis-http-intake.logs.datadoghq.eu/v1/input'],
    ['highlight', 'projectId: abc'],
  ])('%s, %s', (type, properties) => {
    expect(forwarding(type, properties)).toEqual([]);
  });

  test.each([
    ['http-endpoint', 'retryDuration: 1', 'missing-property'],
    ['http-endpoint', 'endpointUrl: http://a.invalid', 'wrong-format'],
    ['http-endpoint', 'endpointUrl: https://a.invalid, retryDuration: 7201', 'out-of-bounds'],
    ['http-endpoint', 'endpointUrl: https://a.invalid, retryDuration: -1', 'out-of-bounds'],
    [
      'http-endpoint',
      `endpointUrl: https://a.invalid, parameters: { a: ${'x'.repeat(1025)} }`,
      'out-of-bounds',
    ],
    [
      'http-endpoint',
      `endpointUrl: https://a.invalid, parameters: { ${Array.from({ length: 51 }, (_, at) => `a${at}: b`).join(', ')} }`,
      'wrong-length',
    ],
    ['datadog', 'endpointUrl: https://a.invalid', 'missing-property'],
    ['highlight', 'endpointUrl: https://a.invalid', 'missing-property'],
    ['splunk', 'a: b', 'unknown-type'],
  ])('%s refused: case %#', (type, properties, code) => {
    expect(forwarding(type, properties).map((text) => text.split(' | ')[0])).toEqual([code]);
  });

  test('of a log that is not kept', () => {
    expect(
      told(
        functionWith(
          '      logging: { disabled: true, logForwarding: { type: highlight, properties: { projectId: a } } }\n',
        ),
      ),
    ).toEqual([
      'conflicting-properties | a function that keeps no log has none to forward. | Remove "disabled", or "logForwarding".',
    ]);
  });
});
