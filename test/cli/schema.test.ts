import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Io } from '../../source/cli/io.ts';
import { runStp } from '../../source/cli/program.ts';
import { configJsonSchema } from '../../source/config/json-schema.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'stp-schema-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** Runs `stp` in a folder with nothing in it. */
async function stp(...argv: string[]): Promise<{ code: number; stdout: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await runStp(argv, { stdin, stdout, stderr, env: {}, cwd } as unknown as Io);
  return { code, stdout: String(stdout.read() ?? '') };
}

test('stp schema prints the schema, without a config', async () => {
  expect(await stp('schema')).toEqual({ code: 0, stdout: configJsonSchema() });
});

test('stp schema --json is one object', async () => {
  const { code, stdout } = await stp('schema', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ type: 'result', schema: JSON.parse(configJsonSchema()) });
});

test('stp schema --out writes it there', async () => {
  const { code, stdout } = await stp('schema', '--out', 'docs/config.schema.json');
  expect([code, stdout]).toEqual([0, 'docs/config.schema.json is written\n']);
  expect(readFileSync(join(cwd, 'docs/config.schema.json'), 'utf8')).toBe(configJsonSchema());
});
