import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fits, withoutBinary } from '../../source/packaging/native-binaries.ts';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import { createProject, esFunction, readZip } from './project.ts';

/** The beginning of an ELF library for a processor, with a name that Node looks for in it. */
function library(machine: 'x64' | 'arm64', symbol = ''): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF', 0, 'latin1');
  head.writeUInt16LE(machine === 'arm64' ? 0xb7 : 0x3e, 18);
  return Buffer.concat([head, Buffer.from(`${symbol}\0`)]);
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function modules(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'stp-binaries-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, 'node_modules', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return path.join(folder, 'node_modules');
}

const compiled = (...binaries: [name: string, data: Buffer][]) =>
  modules({
    'store/package.json': '{ "name": "store", "version": "1.2.3", "gypfile": true }',
    ...Object.fromEntries(binaries.map(([name, data]) => [`store/build/Release/${name}`, data])),
  });

// https://nodejs.org/download/release/index.json: 115 is Node 20, 137 is Node 24.
describe('a library of native code', () => {
  const target = { cpu: 'x64', node: 24 } as const;
  const file = (data: Buffer): string =>
    path.join(compiled(['store.node', data]), 'store/build/Release/store.node');

  test('is for one processor, and for one Node unless it is for Node-API', () => {
    expect(fits(file(library('x64', 'napi_register_module_v1')), target)).toBe(true);
    expect(fits(file(library('x64', 'node_register_module_v137')), target)).toBe(true);
    expect(fits(file(library('x64', 'node_register_module_v115')), target)).toBe(false);
    expect(fits(file(library('x64', 'node_register_module_v115')), { cpu: 'x64', node: 20 })).toBe(true);
    expect(fits(file(library('arm64', 'napi_register_module_v1')), target)).toBe(false);
    expect(fits(file(Buffer.from('MZ not for Linux at all, and long enough to be one')), target)).toBe(false);
  });

  test('that only another Node can load is none', () => {
    const other = compiled(
      ['store.node', library('x64', 'node_register_module_v115')],
      ['test_extension.node', library('x64', 'sqlite3_extension_init')],
    );
    expect(withoutBinary(other, target)).toEqual([{ name: 'store', version: '1.2.3', isOtherNode: true }]);
    expect(withoutBinary(other, { cpu: 'x64', node: 20 })).toEqual([]);
  });

  test('may be one of several that a package brings', () => {
    const several = compiled(
      ['abi115.node', library('x64', 'node_register_module_v115')],
      ['abi137.node', library('x64', 'node_register_module_v137')],
    );
    expect(withoutBinary(several, target)).toEqual([]);
    expect(withoutBinary(compiled(), target)).toEqual([
      { name: 'store', version: '1.2.3', isOtherNode: false },
    ]);
  });
});

describe.skipIf(process.platform === 'win32')('with an npm that runs on Node 20', () => {
  /** Compiles for the Node that the script is told, else for its own. */
  const npm = (libraries: { node20: string; node24: string }) => `#!/bin/sh
case "$1" in
  version) echo '{ "npm": "10.8.2", "node": "20.19.0" }' ;;
  install)
    mkdir -p node_modules/store/build/Release
    cp .npmrc node_modules/store/settings.txt
    echo '{ "name": "store", "version": "1.2.3", "gypfile": true }' > node_modules/store/package.json ;;
  rebuild)
    case "$npm_config_target" in
      24.*) cp ${libraries.node24} node_modules/store/build/Release/store.node ;;
      *) cp ${libraries.node20} node_modules/store/build/Release/store.node ;;
    esac ;;
esac
`;

  const storeProject = (node24: Buffer) => {
    const project = createProject({
      'node_modules/store/package.json': '{ "name": "store", "version": "1.2.3", "gypfile": true }',
      'node_modules/store/index.js': '',
      '.npmrc': 'registry=https://packages.shop.example\n',
      'api/src/save.ts': `import store from 'store';\nexport default () => store;\n`,
    });
    const libraries = { node20: project.path('node20'), node24: project.path('node24') };
    writeFileSync(libraries.node20, library('x64', 'node_register_module_v115'));
    writeFileSync(libraries.node24, node24);
    project.write({ 'bin/npm': npm(libraries) });
    chmodSync(project.path('bin/npm'), 0o755);
    const environment = { PATH: `${project.path('bin')}:/usr/bin:/bin` };
    // The config is in a folder of a workspace.
    return () =>
      project.package([esFunction('save', 'src/save.ts')], { environment, directory: project.path('api') });
  };

  test('native code is compiled for the Node of the function', async () => {
    const [artifact] = await storeProject(library('x64', 'node_register_module_v137'))();
    const files = await readZip(readFileSync(artifact?.path ?? ''));
    expect(files['node_modules/store/build/Release/store.node']?.text).toContain('node_register_module_v137');
  });

  test('the settings of the workspace count', async () => {
    const [artifact] = await storeProject(library('x64', 'node_register_module_v137'))();
    const files = await readZip(readFileSync(artifact?.path ?? ''));
    expect(files['node_modules/store/settings.txt']?.text).toBe('registry=https://packages.shop.example\n');
    expect(Object.keys(files).filter((name) => name.endsWith('.npmrc'))).toEqual([]);
  });

  test('native code that is compiled for another Node all the same is refused', async () => {
    const failure = await storeProject(library('x64', 'node_register_module_v115'))().catch(
      (error: unknown) => error,
    );
    if (!(failure instanceof PackagingError)) throw failure;
    expect(failure.message).toContain('save: store@1.2.3 has no binary for linux-x64, Node 24');
    expect(failure.hint).toBe(
      'npm compiled it for another version of Node. Build with Node 24 and its headers, or choose a version with prebuilt binaries.',
    );
  });
});
