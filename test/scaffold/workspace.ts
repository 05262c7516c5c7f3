import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder for one test, with files where they are given. */
export function createWorkspace(files: Record<string, string> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'stp-scaffold-')));
  folders.push(folder);
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Every file below a folder, hidden ones and folders without files too, sorted. */
export function treeOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() || readdirSync(join(entry.parentPath, entry.name)).length === 0)
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** A starter as somebody may have one on disk. */
export const starterFiles = {
  'starter/stacktape.yml': '# Posts\nserviceName: original # the name\nresources: {}\n',
  'starter/package.json': '{"name":"original","scripts":{"deploy":"stp deploy","check":"tsc"}}',
  'starter/_gitignore': 'node_modules/\n',
  'starter/src/a.ts': 'export default () => 1;\n',
  'starter/node_modules/x/index.js': '',
};

const program = `
import { runCreateApp } from '${join(import.meta.dirname, '../../source/cli/create-app.ts')}';
import { processIo } from '${join(import.meta.dirname, '../../source/cli/io.ts')}';
const io = processIo();
process.exitCode = await runCreateApp(process.argv.slice(1), io, async (directory) => {
  io.stdout.write('continues in ' + directory);
  return 0;
});`;

/** What Node is given to run create-stp-app from its sources; the local deploy is told about, not made. */
export const createAppArguments = (argv: readonly string[]): string[] => [
  '--input-type=module',
  '-e',
  program,
  '--',
  ...argv,
];
