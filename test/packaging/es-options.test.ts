import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { BuildpackProperties, EsLanguageConfig } from '../../source/packaging/artifact.ts';
import { createProject, esFunction, hasTool, outcomes, readZip, unzip } from './project.ts';

type Project = ReturnType<typeof createProject>;

/** What the handler of a bundle returns, in a process of its own as on Lambda's machine. */
async function call(
  project: Project,
  entryfilePath: string,
  languageSpecificConfig: EsLanguageConfig = {},
  properties: Omit<BuildpackProperties, 'entryfilePath' | 'languageSpecificConfig'> = {},
): Promise<unknown> {
  const fn = esFunction('f', entryfilePath, { languageSpecificConfig, ...properties });
  const [artifact] = await project.package([fn]);
  rmSync(project.path('unpacked'), { recursive: true, force: true });
  await unzip(artifact?.path ?? '', project.path('unpacked'));
  const file = languageSpecificConfig.outputModuleFormat === 'esm' ? 'index.mjs' : 'index.js';
  const { handlerFunction = 'default' } = properties;
  // Node's way to Lambda's: the file is required as CommonJS or imported as a module, and the export is called.
  const load = file === 'index.mjs' ? "await import('./index.mjs')" : "require('./index.js')";
  const script = `(async () => {
  const handler = (${load})[${JSON.stringify(handlerFunction)}];
  console.log(JSON.stringify(await handler({})));
})();`;
  return JSON.parse(
    execFileSync(process.execPath, ['--enable-source-maps', '-e', script], {
      cwd: project.path('unpacked'),
      encoding: 'utf8',
    }),
  );
}
const texts = async (project: Project, fn: ReturnType<typeof esFunction>) => {
  const [artifact] = await project.package([fn]);
  return readZip(readFileSync(artifact?.path ?? ''));
};

test('aliases of the tsconfig that is named, else of the nearest', async () => {
  const alias = (folder: string) =>
    JSON.stringify({ compilerOptions: { paths: { '#lib/*': [`./${folder}/*`] } } });
  const project = createProject({
    'tsconfig.json': `// the usual one\n${alias('lib')}`,
    'tsconfig.other.json': `{ "extends": "./tsconfig.base.json" }`,
    'tsconfig.base.json': alias('other'),
    'src/f.ts': `import { name } from '#lib/name';\nexport default async () => name;\n`,
    'lib/name.ts': `export const name = 'nearest';\n`,
    'other/name.ts': `export const name = 'named';\n`,
  });
  expect(await call(project, 'src/f.ts')).toBe('nearest');
  expect(await call(project, 'src/f.ts', { tsConfigPath: 'tsconfig.other.json' })).toBe('named');
  // What it extends decides, too.
  project.write({ 'tsconfig.base.json': alias('lib') });
  expect(await call(project, 'src/f.ts', { tsConfigPath: 'tsconfig.other.json' })).toBe('nearest');
  await expect(
    project.package([esFunction('f', 'src/f.ts', { languageSpecificConfig: { tsConfigPath: 'gone.json' } })]),
  ).rejects.toThrow('f: tsConfigPath gone.json does not exist');
});

describe.each(['cjs', 'esm'] as const)('as %s', (outputModuleFormat) => {
  test('modules of both kinds find themselves and what lies beside them', async () => {
    const project = createProject({
      'src/f.ts': `import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import legacy from './legacy.cjs';
const url = createRequire(import.meta.url)('node:url');
const text = readFileSync(new URL('./templates/mail.txt', import.meta.url), 'utf8');
export default async () => [typeof url.parse, legacy(), text, import.meta.url.startsWith('file://')];
`,
      'src/legacy.cjs': `const { join, basename } = require('path');
module.exports = () => require('fs').readFileSync(join(__dirname, 'templates/mail.txt'), 'utf8') + basename(__filename);
`,
      'templates/mail.txt': 'Hello',
    });
    const name = outputModuleFormat === 'esm' ? 'index.mjs' : 'index.js';
    expect(
      await call(project, 'src/f.ts', { outputModuleFormat }, { includeFiles: ['templates/*'] }),
    ).toEqual(['function', `Hello${name}`, 'Hello', true]);
  });

  test('the handler is the export that is named; one that is not there is told', async () => {
    const project = createProject({
      'src/f.ts': `export const run = async () => 'ran';\nexport * from './more';\n`,
      'src/more.ts': `export const walk = async () => 'walked';\n`,
      'src/one.ts': `export const other = 1;\n`,
    });
    const config = { outputModuleFormat };
    expect(await call(project, 'src/f.ts', config, { handlerFunction: 'run' })).toBe('ran');
    expect(await call(project, 'src/f.ts', config, { handlerFunction: 'walk' })).toBe('walked');
    const failure = project.package([
      esFunction('one', 'src/one.ts', { handlerFunction: 'run', languageSpecificConfig: config }),
    ]);
    await expect(failure).rejects.toThrow(
      "one: src/one.ts has no export run, which is the function's handler",
    );
    await expect(failure).rejects.toMatchObject({ code: 'missing-handler', exitCode: 2 });
  });
});

test('an entry in CommonJS needs the export, too; what it passes on may have it', async () => {
  const project = createProject({
    'src/bare.js': 'module.exports = async (event) => event;\n',
    'src/named.js': 'exports.handler = async () => 1;\n',
    'src/right.js': 'exports.default = async () => "right";\n',
    'src/passes.js': "module.exports = require('./right.js');\n",
    'src/spreads.js': "module.exports = { ...require('./right.js') };\n",
  });
  for (const name of ['right', 'passes', 'spreads'])
    expect(await call(project, `src/${name}.js`)).toBe('right');
  expect(await call(project, 'src/named.js', {}, { handlerFunction: 'handler' })).toBe(1);
  const asModule = { outputModuleFormat: 'esm' } as const;
  expect(await call(project, 'src/bare.js', asModule)).toEqual({});
  await expect(
    project.package([
      esFunction('f', 'src/named.js', { languageSpecificConfig: asModule, handlerFunction: 'handler' }),
    ]),
  ).rejects.toMatchObject({
    message: expect.stringContaining('f: src/named.js has no export handler'),
    hint: 'What CommonJS exports has no names in an ES module: leave outputModuleFormat out.',
  });
  for (const name of ['bare', 'named']) {
    const failure = project.package([esFunction(name, `src/${name}.js`)]);
    await expect(failure).rejects.toThrow(`${name}: src/${name}.js has no default export`);
    await expect(failure).rejects.toMatchObject({ hint: expect.stringContaining('exports.default') });
  }
});

test('source maps: in the artifact, in a folder, or nowhere', async () => {
  const project = createProject({ 'src/f.ts': 'export default async () => 1;\n' });
  const of = (name: string, languageSpecificConfig: EsLanguageConfig) =>
    esFunction(name, 'src/f.ts', { languageSpecificConfig });
  expect(Object.keys(await texts(project, of('with', {})))).toEqual(['index.js', 'index.js.map']);
  expect(Object.keys(await texts(project, of('without', { disableSourceMaps: true })))).toEqual(['index.js']);
  const apart = of('apart', { outputSourceMapsTo: 'maps' });
  const files = await texts(project, apart);
  expect(Object.keys(files)).toEqual(['index.js']);
  expect(files['index.js']?.text).not.toContain('sourceMappingURL');
  expect(JSON.parse(readFileSync(project.path('maps/apart/index.js.map'), 'utf8'))).toMatchObject({
    sources: ['src/f.ts'],
  });
  expect(outcomes(await project.package([apart]))).toEqual(['apart cached']);
  rmSync(project.path('maps'), { recursive: true });
  expect(outcomes(await project.package([apart]))).toEqual(['apart built']);
  expect(existsSync(project.path('maps/apart/index.js.map'))).toBe(true);
});

test('nodeVersion decides what the code may look like', async () => {
  const project = createProject({
    'src/f.ts': 'class A { static seen = 0; static { A.seen = 1; } }\nexport default async () => A.seen;\n',
  });
  const of = (name: string, nodeVersion: number) =>
    esFunction(name, 'src/f.ts', { languageSpecificConfig: { nodeVersion, disableSourceMaps: true } });
  expect((await texts(project, of('newest', 24)))['index.js']?.text).toContain('static{');
  expect((await texts(project, of('older', 16)))['index.js']?.text).not.toContain('static{');
  expect(await call(project, 'src/f.ts', { nodeVersion: 16 })).toBe(1);
});

test('the SDK that the runtime has is not in the bundle: version 3 from Node 18 on, before version 2', async () => {
  const project = createProject({
    'src/f.ts': `import { S3Client } from '@aws-sdk/client-s3';
import { loadConfig } from '@smithy/node-config-provider';
import AWS from 'aws-sdk';
export default async () => [S3Client, loadConfig, AWS];
`,
    'node_modules/aws-sdk/package.json': '{"name":"aws-sdk","version":"2.0.0"}',
    'node_modules/aws-sdk/index.js': "module.exports = 'version two';\n",
    'node_modules/@aws-sdk/client-s3/package.json': '{"name":"@aws-sdk/client-s3","version":"3.0.0"}',
    'node_modules/@aws-sdk/client-s3/index.js': "exports.S3Client = 'version three';\n",
    'node_modules/@smithy/node-config-provider/package.json':
      '{"name":"@smithy/node-config-provider","version":"1.0.0"}',
    'node_modules/@smithy/node-config-provider/index.js': "exports.loadConfig = 'smithy';\n",
  });
  const on = async (runtime: string) =>
    (await texts(project, { ...esFunction(runtime, 'src/f.ts'), runtime }))['index.js']?.text ?? '';
  for (const runtime of ['nodejs18.x', 'nodejs24.x']) {
    const code = await on(runtime);
    expect(code).toContain('version two');
    expect(code).not.toMatch(/version three|'smithy'|"smithy"/);
    expect(code).toContain('require("@aws-sdk/client-s3")');
  }
  const old = await on('nodejs16.x');
  expect(old).toContain('version three');
  expect(old).toContain('require("aws-sdk")');
});

test('a package that reads its own files is not bundled', async () => {
  const project = createProject({
    'src/f.ts': `import chromium from '@sparticuz/chromium';\nexport default async () => chromium;\n`,
    'node_modules/@sparticuz/chromium/package.json': '{"name":"@sparticuz/chromium","version":"0.0.0-none"}',
    'node_modules/@sparticuz/chromium/index.js': 'module.exports = __dirname;\n',
  });
  await expect(project.package([esFunction('f', 'src/f.ts')], { environment: { PATH: '' } })).rejects.toThrow(
    'f: the build needs npm, which installs packages for Lambda’s platform',
  );
});

describe('a client of Prisma', () => {
  const client = (folder: string, files: Record<string, string> = {}) => ({
    [`${folder}/index.js`]: `const fs = require('fs');
const path = require('path');
exports.read = () => fs.readdirSync(__dirname).filter((name) => /engine|compiler|prisma/.test(name));
require('@prisma/client/runtime/library.js');
`,
    [`${folder}/schema.prisma`]: 'model Post {}\n',
    'node_modules/@prisma/client/package.json': '{"name":"@prisma/client","version":"6.0.0"}',
    'node_modules/@prisma/client/runtime/library.js': '',
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text])),
  });
  const native = 'libquery_engine-debian-openssl-3.0.x.so.node';
  const lambda = 'libquery_engine-rhel-openssl-3.0.x.so.node';
  const arm = 'libquery_engine-linux-arm64-openssl-3.0.x.so.node';
  const usual = 'node_modules/.prisma/client';
  const handler = (path: string) => ({
    'src/f.ts': `import { read } from '${path}';\nexport default async () => read();\n`,
  });

  test('finds its schema and the engine for the machine beside the bundle', async () => {
    const project = createProject({
      ...handler('.prisma/client'),
      ...client(usual, { [native]: '', [lambda]: 'x64', [arm]: 'arm' }),
    });
    expect(await call(project, 'src/f.ts')).toEqual([lambda, 'schema.prisma']);
    const fn = { ...esFunction('arm', 'src/f.ts'), architecture: 'arm64' as const };
    expect(Object.keys(await texts(project, fn))).toContain(arm);
    expect(outcomes(await project.package([fn]))).toEqual(['arm cached']);
    project.write({ [`${usual}/schema.prisma`]: 'model Page {}\n' });
    expect(outcomes(await project.package([fn]))).toEqual(['arm built']);
  });

  test('in a folder of the project, and one without an engine', async () => {
    const project = createProject({
      ...handler('./generated'),
      ...client('src/generated', { 'query_compiler_bg.wasm': '' }),
    });
    expect(await call(project, 'src/f.ts')).toEqual(['query_compiler_bg.wasm', 'schema.prisma']);
  });

  test('without the engine for the machine is told how to have it generated', async () => {
    const project = createProject({ ...handler('.prisma/client'), ...client(usual, { [native]: '' }) });
    const failure = project.package([esFunction('f', 'src/f.ts')]);
    await expect(failure).rejects.toThrow(
      `f: Prisma's client in node_modules/.prisma/client has no query engine for Lambda's machine, rhel-openssl-3.0.x; it has ${native}`,
    );
    await expect(failure).rejects.toMatchObject({
      hint: expect.stringContaining('binaryTargets = ["native", "rhel-openssl-3.0.x"]'),
    });
  });
});

describe('types of decorated members', () => {
  const files = {
    'tsconfig.json':
      '{ "compilerOptions": { "experimentalDecorators": true, "target": "ES2022", "jsx": "react" } }\n',
    'src/metadata.ts': `export const known: unknown[] = [];
(Reflect as any).metadata = (key: string, value: unknown) => () => { known.push([key, typeof value === 'function' ? value.name : value]); };
`,
    'src/f.ts': `import { known } from './metadata';
import { Title } from './title';
function field(_target: object, _name: string): void {}
class Post {
  @field title!: Title;
  @field count!: number;
}
export default async () => [new Post() instanceof Post, known];
`,
    'src/title.ts': 'export class Title { text = "" }\n',
  };
  const config = { emitTsDecoratorMetadata: true };

  test('need a TypeScript of the project that writes them', async () => {
    const project = createProject(files);
    const fn = esFunction('f', 'src/f.ts', { languageSpecificConfig: config });
    await expect(project.package([fn])).rejects.toThrow(
      'f: emitTsDecoratorMetadata needs a TypeScript in the project that writes it, but there is none',
    );
    project.write({ 'node_modules/typescript/package.json': '{"name":"typescript","version":"7.0.2"}' });
    await expect(project.package([fn])).rejects.toThrow('but version 7.0.2 has no interface for it');
    await expect(project.package([fn])).rejects.toMatchObject({
      hint: expect.stringContaining('npm install --save-dev typescript@5'),
    });
  });

  describe.skipIf(!hasTool('npm'))('with npm', { timeout: 120_000 }, () => {
    test('are in the bundle, and a stack trace still names the source', async () => {
      const project = createProject({ 'package.json': '{"name":"posts"}', ...files });
      execFileSync('npm', ['install', '--no-audit', '--no-fund', 'typescript@5.9.3'], {
        cwd: project.directory,
        stdio: 'ignore',
      });
      expect(await call(project, 'src/f.ts', config)).toEqual([
        true,
        [
          ['design:type', 'Title'],
          ['design:type', 'Number'],
        ],
      ]);
      expect(await call(project, 'src/f.ts')).toEqual([true, []]);
      const fn = esFunction('f', 'src/f.ts', { languageSpecificConfig: config });
      expect(outcomes(await project.package([fn]))).toEqual(['f cached']);
      const map = JSON.parse((await texts(project, fn))['index.js.map']?.text ?? '') as { sources: string[] };
      expect(map.sources).toContain('src/f.ts');
    });
  });
});

test.each([
  [
    'await at the top, in CommonJS',
    'export default await Promise.resolve(() => 1);',
    'CommonJS has no `await` outside of functions: set languageSpecificConfig.outputModuleFormat to esm.',
  ],
  [
    'a package that is not installed',
    "import pad from 'left-pad';\nexport default pad;",
    'Install the packages of the project first. Name in excludeDependencies what a layer brings.',
  ],
  [
    'a file that is no code',
    "import image from './image.png';\nexport default image;",
    'Such files are not bundled: name them in includeFiles and read them by their path, which is that in the project.',
  ],
  [
    'a library outside of a package',
    "import addon from './addon.node';\nexport default addon;",
    'Native code cannot be bundled: put it into a package of its own, or name it in includeFiles and load it by its path.',
  ],
])('what to do about %s', async (_, code, hint) => {
  const project = createProject({ 'src/f.ts': code, 'src/addon.node': '', 'src/image.png': '' });
  await expect(project.package([esFunction('f', 'src/f.ts')])).rejects.toMatchObject({ hint });
});

test('a module in CommonJS knows its folder and its file', async () => {
  const project = createProject({
    'src/f.ts': 'export default async () => [import.meta.dirname, import.meta.filename];\n',
  });
  const folder = project.path('unpacked');
  expect(await call(project, 'src/f.ts')).toEqual([folder, `${folder}/index.js`]);
  expect(await call(project, 'src/f.ts', { outputModuleFormat: 'esm' })).toEqual([
    folder,
    `${folder}/index.mjs`,
  ]);
});
