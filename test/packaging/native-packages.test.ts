import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import { createProject, esFunction, hasTool, outcomes, readZip, unzip } from './project.ts';

const dependencies = {
  '@node-rs/crc32': '1.10.6',
  bufferutil: '4.0.9',
  'left-pad': '1.3.0',
  '@smithy/is-array-buffer': '4.0.0',
  once: '1.4.0',
  sharp: '0.34.4',
};
const files = {
  'package.json': JSON.stringify({ name: 'project', dependencies }),
  'src/sum.ts': `import { crc32 } from '@node-rs/crc32';
import pad from 'left-pad';
export default async (text: string) => pad(String(crc32(text)), 12, '0');
`,
  'src/mask.ts': `import { mask } from 'bufferutil';\nexport default () => typeof mask;\n`,
  'src/once.ts': `import once from 'once';\nimport pad from 'left-pad';\nexport default once(() => pad('1', 3));\n`,
};
const resize = {
  'src/resize.ts': `import sharp from 'sharp';
export default async () => {
  const image = sharp({ create: { width: 8, height: 4, channels: 3, background: 'red' } });
  return (await image.resize(4).png().toBuffer({ resolveWithObject: true })).info.height;
};
`,
};
const sum = esFunction('sum', 'src/sum.ts', { languageSpecificConfig: { disableSourceMaps: true } });
const unreachable = {
  HTTPS_PROXY: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  npm_config_fetch_retries: '0',
};

describe.skipIf(!hasTool('npm'))('with npm', { timeout: 120_000 }, () => {
  let installed: string;
  beforeAll(() => {
    installed = mkdtempSync(path.join(tmpdir(), 'stp-native-'));
    writeFileSync(path.join(installed, 'package.json'), files['package.json']);
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: installed,
      stdio: 'ignore',
    });
  }, 120_000);
  afterAll(() => rmSync(installed, { recursive: true, force: true }));

  const nativeProject = () => {
    const project = createProject(files);
    cpSync(path.join(installed, 'node_modules'), project.path('node_modules'), { recursive: true });
    return project;
  };
  const namesOf = async (zip: string | undefined) => Object.keys(await readZip(readFileSync(zip ?? '')));

  test('a package with native code is installed beside the bundle for each processor, the others are in it', async () => {
    const project = nativeProject();
    const [x64] = await project.package([sum]);
    const names = await namesOf(x64?.path);
    expect(names).toContain('node_modules/@node-rs/crc32-linux-x64-gnu/crc32.linux-x64-gnu.node');
    expect(names.filter((name) => /musl|darwin|win32|arm64|left-pad|\.bin\//.test(name))).toEqual([]);

    const [arm] = await project.package([{ ...sum, architecture: 'arm64' }]);
    expect(await namesOf(arm?.path)).toContain(
      'node_modules/@node-rs/crc32-linux-arm64-gnu/crc32.linux-arm64-gnu.node',
    );
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    await unzip(x64?.path ?? '', project.path('unpacked'));
    const call = "require('./index.js').default('hello').then((sum) => console.log(sum))";
    const printed = execFileSync(process.execPath, ['-e', call], {
      cwd: project.path('unpacked'),
      encoding: 'utf8',
    });
    expect(printed).toBe('000907060870\n');
  });

  test('a package whose library is in packages of its own resizes an image; for the other processor it has the other', async () => {
    const project = nativeProject();
    project.write(resize);
    const fn = esFunction('resize', 'src/resize.ts');
    const [x64, arm] = await project.package([fn, { ...fn, name: 'resizeArm', architecture: 'arm64' }]);
    const libraries = async (zip: string | undefined) =>
      [...new Set((await namesOf(zip)).map((name) => /@img\/[^/]+/.exec(name)?.[0]))].filter((name) =>
        /sharp/.test(name ?? ''),
      );
    expect(await libraries(x64?.path)).toEqual(['@img/sharp-libvips-linux-x64', '@img/sharp-linux-x64']);
    expect(await libraries(arm?.path)).toEqual(['@img/sharp-libvips-linux-arm64', '@img/sharp-linux-arm64']);
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    await unzip(x64?.path ?? '', project.path('resized'));
    const printed = execFileSync(
      process.execPath,
      ['-e', "require('./index.js').default().then((height) => console.log(String(height)))"],
      { cwd: project.path('resized'), encoding: 'utf8' },
    );
    expect(printed).toBe('2\n');
  });

  test('a repeat starts no tool; code alone is built again without an installation; a new version is installed', async () => {
    const project = nativeProject();
    const run = async (environment = process.env) => project.package([sum], { environment });
    const [first] = await run();
    expect(outcomes(await run({ PATH: '' }))).toEqual(['sum cached']);
    project.write({ 'src/sum.ts': `${files['src/sum.ts']}export const more = 1;\n` });
    expect(outcomes(await run({ ...process.env, ...unreachable }))).toEqual(['sum built']);

    const manifest = project.path('node_modules/@node-rs/crc32/package.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replaceAll('1.10.6', '1.10.8'));
    const [other] = await run();
    expect(other?.digest).not.toBe(first?.digest);
    expect(
      (await readZip(readFileSync(other?.path ?? '')))['node_modules/@node-rs/crc32/package.json']?.text,
    ).toContain('"version": "1.10.8"');
  });

  test('what is kept out of the bundle is installed beside it, with what it needs; what is kept out of the zip is not', async () => {
    const project = nativeProject();
    const of = (name: string, languageSpecificConfig: object) =>
      esFunction(name, 'src/once.ts', {
        languageSpecificConfig: { disableSourceMaps: true, ...languageSpecificConfig },
      });
    const [one, all, none, alone] = await project.package([
      of('one', { dependenciesToExcludeFromBundle: ['once'] }),
      of('all', { dependenciesToExcludeFromBundle: ['*'] }),
      of('none', {
        dependenciesToExcludeFromBundle: ['once'],
        dependenciesToExcludeFromDeploymentPackage: ['once'],
      }),
      of('alone', {
        dependenciesToExcludeFromBundle: ['once'],
        dependenciesToExcludeFromDeploymentPackage: ['wrap*'],
      }),
    ]);
    const packages = async (zip: string | undefined) =>
      (await namesOf(zip)).filter((name) => name.endsWith('/package.json')).map((name) => name.split('/')[1]);
    expect(await packages(one?.path)).toEqual(['once', 'wrappy']);
    expect(await packages(all?.path)).toEqual(['left-pad', 'once', 'wrappy']);
    expect(await packages(none?.path)).toEqual([]);
    expect(await packages(alone?.path)).toEqual(['once']);
  });

  test('a package of the SDK comes from the runtime, unless it is asked for by name', async () => {
    const project = nativeProject();
    project.write({
      'src/sdk.ts': `import { isArrayBuffer } from '@smithy/is-array-buffer';\nexport default () => isArrayBuffer(1);\n`,
    });
    const packages = async (names: string[]) => {
      const languageSpecificConfig = { dependenciesToExcludeFromBundle: names };
      const [artifact] = await project.package([esFunction('sdk', 'src/sdk.ts', { languageSpecificConfig })]);
      return (await namesOf(artifact?.path)).filter((name) => name.endsWith('is-array-buffer/package.json'));
    };
    expect(await packages([])).toEqual([]);
    expect(await packages(['*'])).toEqual([]);
    expect(await packages(['@smithy/is-array-buffer'])).toEqual([
      'node_modules/@smithy/is-array-buffer/package.json',
    ]);
  });

  test('a package without a binary for the processor, one that cannot be downloaded and one that is not there are named', async () => {
    const project = nativeProject();
    const refusal = async (...parameters: Parameters<typeof project.package>) => {
      const failure = await project.package(...parameters).catch((error: unknown) => error);
      if (!(failure instanceof PackagingError)) throw failure;
      return failure;
    };
    const mask = esFunction('mask', 'src/mask.ts');
    expect((await refusal([{ ...mask, architecture: 'arm64' }])).message).toContain(
      'mask: bufferutil@4.0.9 has no binary for linux-arm64',
    );
    const npmCache = project.path('empty-cache');
    const environment = { ...process.env, ...unreachable, npm_config_cache: npmCache };
    const offline = await refusal([sum, mask], { environment });
    expect(offline.message).toContain('sum: @node-rs/crc32@1.10.6 could not be installed for linux-x64');
    expect(offline.message).toContain('mask: bufferutil@4.0.9 could not be installed for linux-x64');
    expect(offline.exitCode).toBe(1);

    const absent = esFunction('absent', 'src/once.ts', {
      languageSpecificConfig: { dependenciesToExcludeFromBundle: ['not-there'] },
    });
    expect((await refusal([absent])).message).toContain(
      'absent: package not-there stays outside of the bundle, but is not installed',
    );
    project.write({
      'packages/shared/package.json': '{"name":"@acme/shared","version":"1.0.0"}',
      'packages/shared/index.js': 'exports.shared = 1;\n',
      'src/shared.ts': `import { shared } from '@acme/shared';\nexport default () => shared;\n`,
    });
    mkdirSync(project.path('node_modules/@acme'));
    symlinkSync(project.path('packages/shared'), project.path('node_modules/@acme/shared'));
    const shared = esFunction('shared', 'src/shared.ts');
    expect(outcomes(await project.package([shared]))).toEqual(['shared built']);
    const outside = esFunction('outside', 'src/shared.ts', {
      languageSpecificConfig: { dependenciesToExcludeFromBundle: ['*'] },
    });
    expect((await refusal([outside])).message).toContain(
      'outside: package @acme/shared stays outside of the bundle, but is code of the project, in packages/shared: npm cannot install it',
    );
    const noNpm = await refusal([mask], { environment: { PATH: '' } });
    expect(noNpm.message).toContain('mask: the build needs npm');
    expect(noNpm.exitCode).toBe(2);
  });
});
