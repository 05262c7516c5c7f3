import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '../source');

/** Which rooms a room may import; ARCHITECTURE.md has the same table in words. */
const mayImport: Record<string, string[]> = {
  model: [],
  iam: ['model'],
  resources: ['model', 'iam'],
  config: ['model', 'resources'],
  synth: ['model', 'resources', 'iam'],
  packaging: ['model'],
  aws: ['model'],
  deploy: ['model', 'iam', 'synth', 'packaging', 'aws'],
  logs: ['model', 'aws'],
  local: ['model', 'iam'],
  scaffold: ['model'],
  ui: ['model', 'deploy', 'logs'],
};

type Import = { from: string; to: string; typeOnly: boolean };

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(
    /(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)/g,
  )) {
    const specifier = match[2] ?? match[3] ?? '';
    if (!specifier.startsWith('.')) continue;
    found.push({
      from: file,
      to: relative(source, join(source, dirname(file), specifier)),
      typeOnly: !!match[1],
    });
  }
  return found;
}

const files = globSync('**/*.{ts,tsx}', { cwd: source });
const room = (file: string) => file.split('/')[0] ?? '';

test('every import goes down the table of ARCHITECTURE.md', () => {
  const wrong = files
    .flatMap(importsOf)
    .filter(({ from, to }) => room(from) !== room(to) && room(from) !== 'cli')
    .filter(({ from, to }) => !mayImport[room(from)]?.includes(room(to)))
    .map(({ from, to }) => `${from} → ${to}`);
  expect(wrong).toEqual([]);
});

test('ui takes nothing from deploy and logs that reaches AWS', () => {
  const wrong = files
    .filter((file) => room(file) === 'ui')
    .filter((file) => /@aws-sdk|node:child_process|node:http/.test(readFileSync(join(source, file), 'utf8')));
  expect(wrong).toEqual([]);
});

test('the services of the embedded AWS reach each other through the backend alone', () => {
  const service = (file: string) => /^local\/services\/([^/]+)\//.exec(file)?.[1];
  const wrong = files
    .flatMap(importsOf)
    .filter(({ from, to }) => service(from) && service(to) && service(from) !== service(to))
    .map(({ from, to }) => `${from} → ${to}`);
  expect(wrong).toEqual([]);
});

test('only the command line reads argv or sets an exit code', () => {
  // Processes of their own, which have nobody else to set theirs.
  const entries = ['local/background/server-main.ts', 'local/services/lambda/runtime/node-runtime.ts'];
  const wrong = files
    .filter((file) => room(file) !== 'cli' && !entries.includes(file))
    .filter((file) =>
      /(?<!#)\bprocess\.(argv|exit\(|exitCode)/.test(readFileSync(join(source, file), 'utf8')),
    );
  expect(wrong).toEqual([]);
});
