import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../../scripts/reference/pages.ts';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { read } from '../config/read.ts';

const pages = referencePages();

test('docs/reference is what the descriptors make; `npm run reference` writes it anew', () => {
  const written = globSync('docs/reference/*').map((file) => [basename(file), readFileSync(file, 'utf8')]);
  expect(Object.fromEntries(written)).toEqual(
    Object.fromEntries(pages.map(({ file, text }) => [file, text])),
  );
});

test.each(
  pages.filter(({ file }) => !/README|global-alarms/.test(file)).map(({ file, example }) => [file, example]),
)('%s has an example that is right', (_file, example) => {
  const { config, problems } = read(example ?? '');
  // A service that its provider has ended is told in every config that uses it.
  expect(problems.filter(({ code }) => code !== 'upstash-kafka-ended')).toEqual([]);
  if (config) expect(synthesizeStack(config).findings).toEqual([]);
});

test('pages link to pages that are there', () => {
  const files = new Set(pages.map(({ file }) => file));
  const links = pages.flatMap(({ text }) =>
    [...text.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, link]) => link ?? ''),
  );
  expect(links.filter((link) => !files.has(link))).toEqual([]);
  expect(links.length).toBeGreaterThan(40);
});
