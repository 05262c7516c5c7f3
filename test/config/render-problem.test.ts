import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { formatProblem } from '../../source/config/render-problem.ts';
import { functionWith, read } from './read.ts';

test('colour changes no character', () => {
  for (const problem of read(functionWith("      memry: 1\n      timeout: $Stag('x')\n")).problems) {
    const plain = formatProblem(problem, { color: false, cwd: '/project' });
    const colored = formatProblem(problem, { color: true, cwd: '/project' });
    expect(colored).not.toBe(plain);
    expect(stripVTControlCharacters(colored)).toBe(plain);
    expect(plain).not.toContain('\u001B');
  }
});

test('paths are relative to where the user stands', () => {
  const [problem] = read('a: 1\n').problems;
  if (!problem) throw new Error('no problem');
  expect(formatProblem(problem, { color: false, cwd: '/project/src' }).split('\n')[0]).toBe(
    '../stacktape.yml:1:1 error missing-property',
  );
});

test('a line of any width fits a screen', () => {
  const [problem] = read(
    `resources:\n  api: { type: http-api-gateway, properties: { ${'x'.repeat(5000)}: 1 } }\n`,
  ).problems;
  expect(Math.max(...(problem?.frame.split('\n').map((row) => row.length) ?? []))).toBeLessThan(180);
});
