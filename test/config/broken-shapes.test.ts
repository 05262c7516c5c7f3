import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ConfigPath } from '../../source/model/diagnostic.ts';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { read } from './read.ts';

const files = globSync(['test/synth/configs/**/*.yml', 'scripts/reference/examples/**/*.yml']);
const wrong = [null, 5, [null], "$Secret('s')"];

type Node = Record<string | number, unknown>;

function* pathsIn(node: unknown, path: ConfigPath = []): Iterable<ConfigPath> {
  if (path.length > 0) yield path;
  if (typeof node !== 'object' || node === null) return;
  for (const [key, member] of Object.entries(node)) {
    yield* pathsIn(member, [...path, Array.isArray(node) ? Number(key) : key]);
  }
}

/** The text of a config with another value at a path; JSON is YAML. */
function withValue(config: unknown, path: ConfigPath, value: unknown): string {
  const copy = structuredClone(config);
  const owner = path.slice(0, -1).reduce((node, step) => node[step] as Node, copy as Node);
  owner[path.at(-1) ?? ''] = value;
  return JSON.stringify(copy);
}

/** A mistake anywhere is a problem of the config, never one of the program, and what is left is checked all the same. */
test.each(files)('%s with something else at each of its places', (file) => {
  const config: unknown = parse(readFileSync(file, 'utf8'), { logLevel: 'error' });
  for (const path of pathsIn(config)) {
    for (const value of wrong) {
      const { config: checked, problems } = read(withValue(config, path, value));
      if (checked) synthesizeStack(checked);
      else expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
    }
  }
});
