import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWorkplace } from './installed-program.ts';

let place: Awaited<ReturnType<typeof makeWorkplace>>;

beforeAll(async () => {
  place = await makeWorkplace();
  await place.makeProject();
});
afterAll(() => place.dispose());

/** The program's own files that a run has loaded, as V8 itself tells. */
async function loadedBy(program: 'stp' | 'create-stp-app', args: string[]): Promise<string> {
  const folder = await mkdtemp(join(place.home, 'coverage-'));
  const { exitCode } = await place.run(program, args, { in: 'my-app', env: { NODE_V8_COVERAGE: folder } });
  expect(exitCode).toBe(0);
  const urls = new Set<string>();
  for (const name of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(join(folder, name), 'utf8')) as {
      result: { url: string }[];
    };
    for (const { url } of result) if (url.includes('/dist/')) urls.add(url);
  }
  expect(urls.size).toBeGreaterThan(0);
  return (await Promise.all([...urls].map((url) => readFile(fileURLToPath(url), 'utf8')))).join('\n');
}

/** Each of these stands in its library's code and nowhere else. */
const marks = { sdk: 'userAgentAppId', ink: 'useInput', commander: 'helpInformation', yaml: 'BLOCK_FOLDED' };

const librariesIn = (text: string): string[] =>
  Object.entries(marks).flatMap(([library, mark]) => (text.includes(mark) ? [library] : []));

test('a deploy without a terminal loads the SDK and not Ink', async () => {
  expect(librariesIn(await loadedBy('stp', ['deploy', '--local']))).toEqual(['sdk', 'commander', 'yaml']);
});

test.each([['validate'], ['synth'], ['package']])('stp %s loads neither the SDK nor Ink', async (command) => {
  expect(librariesIn(await loadedBy('stp', [command]))).toEqual(['commander', 'yaml']);
});

test('what is asked most often loads none of them', async () => {
  const flags = ['--starter', 'lambda-api-dynamo-db', '--yes', '--no-install', '--no-git'];
  expect(librariesIn(await loadedBy('stp', ['--version']))).toEqual([]);
  expect(librariesIn(await loadedBy('create-stp-app', ['other', ...flags]))).toEqual([]);
});
