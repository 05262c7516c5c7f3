import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCheckedConfig } from '../../source/config/config-cache.ts';
import { loadConfig } from '../../source/config/load-config.ts';
import { ConfigError } from '../../source/model/errors.ts';

let folder: string;
let file: string;
let cacheFile: string;

const text = `resources:
  api:
    type: http-api-gateway
  f:
    type: function
    properties:
      packaging:
        type: stacktape-lambda-buildpack
        properties:
          entryfilePath: f.ts
      memory: 512
      environment:
        - name: STAGE
          value: $Stage()
        - name: URL
          value: $ResourceParam('api', 'url')
`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stp-cache-'));
  file = join(folder, 'stacktape.yml');
  cacheFile = join(folder, '.stp/cache/config.json');
  mkdirSync(join(folder, '.stp'));
  writeFileSync(file, text);
  writeFileSync(join(folder, 'f.ts'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

const options = (stage = 'dev') => ({ file, stage, region: 'us-east-1', checkEntryFiles: true });
const read = (stage?: string, build = '1') => readCheckedConfig(options(stage), { file: cacheFile, build });
const kept = () => JSON.parse(readFileSync(cacheFile, 'utf8'));

/** Marks what is kept, so that it can be told from what is read anew. */
function markKept() {
  const value = kept();
  value.config.serviceName = 'kept';
  writeFileSync(cacheFile, JSON.stringify(value));
}

test('an unchanged config is the one that was kept, and equals the one that is read anew', async () => {
  const first = await read();
  expect((await loadConfig(options())).config).toEqual(kept().config);
  expect(first).toEqual(kept().config);
  markKept();
  expect((await read()).serviceName).toBe('kept');
});

test.each<[string, () => Promise<unknown>]>([
  ['the text', async () => writeFileSync(file, text.replace('512', '1024'))],
  ['the global alarms', async () => writeFileSync(join(folder, 'stacktape.alarms.yml'), 'alarms: []\n')],
])('a change of %s is seen', async (_what, change) => {
  await read();
  markKept();
  await change();
  expect((await read()).serviceName).not.toBe('kept');
});

test('another stage and another build read it anew', async () => {
  await read();
  markKept();
  expect((await read('prod')).stage).toBe('prod');
  markKept();
  expect((await read('prod', '2')).serviceName).not.toBe('kept');
});

test('an entry file that is gone is an error, though the text is the same', async () => {
  await read();
  rmSync(join(folder, 'f.ts'));
  await expect(read()).rejects.toThrow(ConfigError);
  writeFileSync(join(folder, 'f.ts'), '');
  expect((await read()).resources).toHaveLength(2);
});

test('what has warnings or asks for something outside is not kept', async () => {
  writeFileSync(join(folder, 'memory.json'), '{"value": 256}');
  writeFileSync(file, text.replace('512', "$File('memory.json').value"));
  expect(JSON.stringify(await read())).toContain('256');
  expect(existsSync(cacheFile)).toBe(false);
  writeFileSync(file, text.replace('memory: 512', 'runtime: nodejs18.x'));
  await read();
  expect(existsSync(cacheFile)).toBe(false);
});

test('nothing is made where there is no .stp, and a damaged file counts as absent', async () => {
  rmSync(join(folder, '.stp'), { recursive: true });
  await read();
  expect(existsSync(join(folder, '.stp'))).toBe(false);
  mkdirSync(join(folder, '.stp/cache'), { recursive: true });
  writeFileSync(cacheFile, '{"key":');
  expect((await read()).resources).toHaveLength(2);
  expect(kept().config.resources).toHaveLength(2);
});
