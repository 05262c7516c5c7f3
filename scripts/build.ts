/**
 * Builds `dist/`: the two programs split by command, the background process of the embedded AWS, the client of
 * the Lambda Runtime API, the SDK clients that Lambda's Node runtimes ship, and the JSON Schema of the config.
 * Only esbuild stays a dependency.
 */
import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { configJsonSchema } from '../source/config/json-schema.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };

/** What functions may import without bringing it along; `lib-dynamodb` included, as on Lambda. */
const runtimeModules = [
  '@aws-sdk/client-apigatewayv2',
  '@aws-sdk/client-cloudformation',
  '@aws-sdk/client-cloudwatch-logs',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-iam',
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-sts',
  '@aws-sdk/lib-dynamodb',
];

/** Ink loads its devtools only where `DEV=true`; they are not installed. */
const withoutDevtools: Plugin = {
  name: 'without-devtools',
  setup(build) {
    build.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'devtools', namespace: 'empty' }));
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }));
  },
};

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22.13',
  format: 'esm',
  // A dynamic import of a CommonJS build would have a default export alone.
  mainFields: ['module', 'main'],
  // The same code as ES modules: five milliseconds less at each start.
  alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') },
  splitting: true,
  minify: true,
  keepNames: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  plugins: [withoutDevtools],
  define: {
    'process.env.NODE_ENV': '"production"',
    STP_BUILT: 'true',
    STP_VERSION: JSON.stringify(manifest.version),
    STP_BUILD: JSON.stringify(await hashOfSources()),
  },
  // Bundled CommonJS packages still ask for `require` of Node's own modules.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
} satisfies BuildOptions;

await rm(dist, { recursive: true, force: true });

const program = await build({
  ...shared,
  outdir: dist,
  external: ['esbuild'],
  entryPoints: {
    stp: 'source/cli/stp.ts',
    'create-stp-app': 'source/cli/create-stp-app.ts',
    'local-server': 'source/local/background/server-main.ts',
    'node-runtime': 'source/local/services/lambda/runtime/node-runtime.ts',
  },
  chunkNames: '[name]-[hash]',
});

const modules = await build({
  ...shared,
  outdir: join(dist, 'sdk-modules'),
  entryPoints: Object.fromEntries(runtimeModules.map((name) => [`${name}/index`, name])),
  chunkNames: 'chunks/[name]-[hash]',
});
for (const name of runtimeModules) {
  const { version } = JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'));
  await writeFile(
    join(dist, 'sdk-modules', name, 'package.json'),
    JSON.stringify({ name, version, type: 'module', exports: './index.js' }),
  );
}

await writeFile(join(dist, 'package.json'), JSON.stringify({ type: 'module' }));
await writeFile(join(dist, 'stacktape.schema.json'), JSON.stringify(JSON.parse(configJsonSchema())));
await writeNotices([program.metafile, modules.metafile]);

/** Tells two builds of one version apart, so that a server of an older build is not talked to. */
async function hashOfSources(): Promise<string> {
  const files: string[] = [];
  for await (const file of glob('{source/**/*.{ts,tsx},package-lock.json}', { cwd: root })) files.push(file);
  files.sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(join(root, file)));
  return hash.digest('hex').slice(0, 12);
}

/** The licences of everything that is bundled, as they ask to be passed on. */
async function writeNotices(metafiles: Metafile[]): Promise<void> {
  const packages = new Map<string, string>();
  for (const input of metafiles.flatMap((metafile) => Object.keys(metafile.inputs))) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match?.[1]) packages.set(match[1].replace(/^.*node_modules\//, ''), join(root, match[1]));
  }
  let text = 'This program contains the following packages.\n';
  for (const [name, folder] of [...packages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    text += `\n${'─'.repeat(80)}\n${name} ${version} (${license})\n\n`;
    for (const file of ['LICENSE', 'LICENSE.md', 'license', 'LICENSE.txt', 'license.md']) {
      const licence = await readFile(join(folder, file), 'utf8').catch(() => undefined);
      if (licence === undefined) continue;
      text += licence;
      break;
    }
  }
  const file = join(dist, 'third-party-licenses.txt');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
