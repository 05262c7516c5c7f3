import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packageFunctions } from '../../source/packaging/package-functions.ts';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import { createProject, customFunction, esFunction, outcomes, readZip } from './project.ts';

const handlers = {
  'src/db.ts': `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
export const client = new DynamoDBClient({});
export const table: string = 'posts';
`,
  'src/save.ts': `import { client, table } from './db';
export default async () => ({ saved: table, client: typeof client });
`,
  'src/list.ts': `import { table } from './db';
export default async function list() { return { listed: table }; }
`,
};

test('bundles each function into a zip with its source map and leaves the SDK to the runtime', async () => {
  const project = createProject(handlers);
  const [save, list] = await project.package([
    esFunction('save', 'src/save.ts'),
    esFunction('list', './src/list.ts'),
  ]);
  if (save === undefined || list === undefined) throw new Error('two artifacts expected');

  const zip = readFileSync(save.path);
  expect(save).toMatchObject({
    function: 'save',
    runtime: 'nodejs24.x',
    outcome: 'built',
    zippedBytes: zip.byteLength,
  });
  expect(save.digest).toBe(createHash('sha256').update(zip).digest('hex'));

  const files = await readZip(zip);
  expect(Object.keys(files)).toEqual(['index.js', 'index.js.map']);
  expect(save.bytes).toBe(Object.values(files).reduce((sum, file) => sum + Buffer.byteLength(file.text), 0));
  expect(files['index.js']?.mode).toBe('644');
  expect(files['index.js']?.text).toContain('require("@aws-sdk/client-dynamodb")');
  expect(files['index.js']?.text.trimEnd().endsWith('//# sourceMappingURL=index.js.map')).toBe(true);
  expect(JSON.parse(files['index.js.map']?.text ?? '')).toMatchObject({
    sources: ['src/save.ts', 'src/db.ts'],
  });

  expect(project.events.map((event) => `${event.type} ${'function' in event ? event.function : ''}`)).toEqual(
    ['started save', 'started list', 'finished save', 'finished list'],
  );
});

test('the handler of the bundle answers, and a stack trace names the source', async () => {
  const project = createProject({
    'src/sum.ts': `type Sum = { a: number; b: number };
export default async (event: Sum): Promise<number> => {
  if (event.a < 0) {
    throw new Error('negative');
  }
  return event.a + event.b;
};
`,
  });
  const [artifact] = await project.package([esFunction('sum', 'src/sum.ts')]);
  const files = await readZip(readFileSync(artifact?.path ?? ''));
  for (const [name, file] of Object.entries(files)) project.write({ [`unpacked/${name}`]: file.text });
  const call = (event: object): string =>
    execFileSync(
      process.execPath,
      [
        '--enable-source-maps',
        '-e',
        `require('./index.js').default(${JSON.stringify(event)}).then((sum) => console.log(String(sum)), (error) => console.log(error.stack))`,
      ],
      { cwd: project.path('unpacked'), encoding: 'utf8' },
    );
  expect(call({ a: 1, b: 2 })).toBe('3\n');
  expect(call({ a: -1, b: 2 })).toContain(`${project.path('unpacked')}/src/sum.ts:4:`);
});

test('the digest is the same wherever the project lies, and in every time zone', async () => {
  const first = createProject(handlers);
  const second = createProject(handlers);
  const [one] = await first.package([esFunction('save', 'src/save.ts')]);
  const zone = process.env.TZ;
  process.env.TZ = 'Pacific/Kiritimati';
  try {
    const [two] = await second.package([esFunction('save', 'src/save.ts')]);
    expect(two?.digest).toBe(one?.digest);
  } finally {
    process.env.TZ = zone;
  }
});

test('a project that is reached through a link gives the same zip', async () => {
  const project = createProject(handlers);
  const [direct] = await project.package([esFunction('save', 'src/save.ts')]);
  const elsewhere = createProject({});
  symlinkSync(project.directory, elsewhere.path('link'));
  const [linked] = await packageFunctions([esFunction('save', 'src/save.ts')], {
    directory: elsewhere.path('link'),
    cacheDirectory: elsewhere.path('cache'),
    onEvent: () => {},
  });
  expect(linked).toMatchObject({ digest: direct?.digest, outcome: 'built' });
});

test('every broken function is named at once, each message with its place and the lines around it', async () => {
  const project = createProject({
    ...handlers,
    'src/broken.ts': `export default async () => {
\tconst größe = 1 +;
};
`,
    'src/lost.ts': `import { gone } from './gone';
export default () => gone;
`,
    'src/silent.ts': 'export const handler = () => 1;\n',
  });
  const failure = await project
    .package([
      esFunction('save', 'src/save.ts'),
      esFunction('broken', 'src/broken.ts'),
      esFunction('lost', 'src/lost.ts'),
      esFunction('silent', 'src/silent.ts'),
      esFunction('absent', 'src/absent.ts'),
      esFunction('snake', 'src/snake.py'),
    ])
    .catch((error: unknown) => error);
  if (!(failure instanceof PackagingError)) throw failure;

  expect(failure.problems.map((problem) => [problem.function, problem.code])).toEqual([
    ['broken', 'build-failed'],
    ['lost', 'build-failed'],
    ['silent', 'missing-handler'],
    ['absent', 'missing-entry-file'],
    ['snake', 'missing-entry-file'],
  ]);
  expect(failure.problems[0]?.places).toEqual([
    {
      text: 'Unexpected ";"',
      file: 'src/broken.ts',
      line: 2,
      column: 19,
      frame: `  1 | export default async () => {
> 2 | \tconst größe = 1 +;
    | \t                 ^
  3 | };
  4 |`,
    },
  ]);
  expect(failure.message).toContain('src/lost.ts:1:22: Could not resolve "./gone"');
  expect(failure.message).toContain('5 functions could not be packaged');
  expect(project.events.filter((event) => event.type === 'failed')).toHaveLength(5);

  // The sound one was built, and is there the next time.
  expect(outcomes(await project.package([esFunction('save', 'src/save.ts')]))).toEqual(['save cached']);
});

test('a language that nothing builds is refused by name', async () => {
  const project = createProject({ 'src/main.rs': 'fn main() {}\n' });
  await expect(project.package([esFunction('crab', 'src/main.rs')])).rejects.toThrow(
    /crab: \.rs files are not supported; .*Python, Go, Java/,
  );
});

test('an ES module is written as index.mjs, which may require what Node brings', async () => {
  const project = createProject({
    'src/esm.ts': `import legacy from './legacy.cjs';
export default async () => legacy();
`,
    'src/legacy.cjs': `const os = require('os'); module.exports = () => typeof os.cpus;\n`,
  });
  const [artifact] = await project.package([
    esFunction('esm', 'src/esm.ts', { languageSpecificConfig: { outputModuleFormat: 'esm' } }),
  ]);
  const files = await readZip(readFileSync(artifact?.path ?? ''));
  expect(Object.keys(files)).toEqual(['index.mjs', 'index.mjs.map']);
  project.write({ 'unpacked/index.mjs': files['index.mjs']?.text ?? '' });
  const printed = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', "import('./index.mjs').then(async (m) => console.log(await m.default()))"],
    { cwd: project.path('unpacked'), encoding: 'utf8' },
  );
  expect(printed).toBe('function\n');
});

test('excluded dependencies stay out of the bundle, included files go into the zip', async () => {
  const project = createProject({
    'src/f.ts': `import sharp from 'sharp'; import deep from 'sharp/deep'; export default () => [sharp, deep];\n`,
    'templates/mail.html': '<p>',
    'templates/draft.html': '<p>',
    'templates/nested/a.html': '<b>',
  });
  const [artifact] = await project.package([
    esFunction('f', 'src/f.ts', {
      excludeDependencies: ['sharp'],
      includeFiles: ['templates'],
      excludeFiles: ['**/draft.html'],
      languageSpecificConfig: { disableSourceMaps: true },
    }),
  ]);
  const files = await readZip(readFileSync(artifact?.path ?? ''));
  expect(Object.keys(files)).toEqual(['index.js', 'templates/mail.html', 'templates/nested/a.html']);
  expect(files['index.js']?.text).toContain('require("sharp/deep")');
});

test('what includeFiles names has to be there and in the project; a pattern may match nothing', async () => {
  const project = createProject({ 'app/f.ts': 'export default () => 1;\n', 'outside.txt': '' });
  const of = (includeFiles: string[]) =>
    packageFunctions([esFunction('f', 'f.ts', { includeFiles })], {
      directory: project.path('app'),
      cacheDirectory: project.path('cache'),
      onEvent: () => {},
    });
  await expect(of(['templates'])).rejects.toThrow('f: includeFiles names templates, which does not exist');
  await expect(of(['../outside.txt'])).rejects.toThrow(
    "f: includeFiles names ../outside.txt, which is not under the config's folder",
  );
  expect(outcomes(await of(['templates/**']))).toEqual(['f built']);
});

test('a custom artifact may be a folder, a file or a zip', async () => {
  const project = createProject({
    'build/bootstrap': '#!/bin/sh\n',
    'build/lib/data.json': '{}',
    'one.py': 'pass\n',
  });
  const [folder, file] = await project.package(
    [customFunction('folder', 'build'), customFunction('file', './one.py')],
    { outDirectory: project.path('out') },
  );
  expect(folder?.path).toBe(project.path('out/folder.zip'));
  const zip = readFileSync(folder?.path ?? '');
  expect(await readZip(zip)).toEqual({
    bootstrap: { text: '#!/bin/sh\n', mode: '755' },
    'lib/data.json': { text: '{}', mode: '644' },
  });
  expect(Object.keys(await readZip(readFileSync(file?.path ?? '')))).toEqual(['one.py']);

  writeFileSync(project.path('given.zip'), zip);
  const [given] = await project.package([customFunction('given', 'given.zip')]);
  expect(given).toMatchObject({
    digest: folder?.digest,
    bytes: folder?.bytes,
    zippedBytes: folder?.zippedBytes,
  });

  project.write({ 'broken.zip': 'not a zip' });
  await expect(project.package([customFunction('broken', 'broken.zip')])).rejects.toThrow(
    /broken\.zip is not a zip/,
  );
  await expect(project.package([customFunction('gone', 'dist')])).rejects.toThrow(
    /packagePath dist does not exist/,
  );
});

test('an abort ends the wait with the reason of the signal', async () => {
  const project = createProject(handlers);
  const controller = new AbortController();
  const packaging = project.package([esFunction('save', 'src/save.ts')], { signal: controller.signal });
  controller.abort(new Error('stopped by the test'));
  await expect(packaging).rejects.toThrow('stopped by the test');
});
