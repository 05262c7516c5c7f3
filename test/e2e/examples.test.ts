import { globSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines, makeWorkplace } from './installed-program.ts';

const synth = join(import.meta.dirname, '../synth');
const names = globSync('*.yml', { cwd: join(synth, 'configs/examples') }).sort();

let place: Awaited<ReturnType<typeof makeWorkplace>>;
beforeAll(async () => {
  place = await makeWorkplace();
});
afterAll(() => place.dispose([]));

/** What an example needs beside it. */
const companions: Record<string, string> = {
  '05-environment.yml': 'directives.ts',
  '19-alarm-global.yml': 'stacktape.alarms.yml',
};

test.each(names)('%s validates and becomes its golden template', async (name) => {
  const folder = join(place.home, name.slice(0, 2), 'project');
  await mkdir(folder, { recursive: true });
  await cp(join(synth, 'configs/examples', name), join(folder, 'stacktape.yml'));
  const companion = companions[name];
  if (companion) await cp(join(synth, 'example-companions', companion), join(folder, companion));

  const { stdout, exitCode } = await place.run('stp', ['synth', '--skip-packaging'], {
    in: `${name.slice(0, 2)}/project`,
  });
  expect(exitCode).toBe(0);
  expect(`${stdout}\n`).toBe(await readFile(join(synth, 'golden', name.replace('.yml', '.json')), 'utf8'));

  // The entry files are not there: that is all that is wrong.
  const validated = await place.run('stp', ['validate', '--json'], { in: `${name.slice(0, 2)}/project` });
  const errors = jsonLines(validated.stdout).filter(({ severity }) => severity === 'error');
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.filter(({ code }) => code !== 'missing-entry-file')).toEqual([]);
});
