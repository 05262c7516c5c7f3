import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { printTemplate } from '../../source/synth/print-template.ts';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { read } from '../config/read.ts';

const program = '.cache/cfn-lint/bin/cfn-lint';
const isThere = existsSync(program);

type Finding = {
  Filename: string;
  Message: string;
  Rule: { Id: string };
  Location: { Path: (string | number)[] | null };
};

/**
 * Left out, each for a reason. W2501: the specification's examples have a password as text. W2001: what a provider
 * outside of AWS tells of a resource is a parameter, whether something names it or not.
 */
const ignored = ['W2501', 'W2001'];

/** The number of an account in the specification's example 11, which is none. */
const placeholder = ':xxxxxxxxxxx:';

/** A folder with every template that the configs of the tests make. */
function writeTemplates(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stp-templates-'));
  for (const file of globSync('test/synth/configs/**/*.yml')) {
    const { config } = read(readFileSync(file, 'utf8'));
    if (!config) continue;
    const { template, findings } = synthesizeStack(config);
    if (findings.some(({ severity }) => severity === 'error')) continue;
    writeFileSync(join(folder, `${basename(file, '.yml')}.json`), printTemplate(template, 'json'));
  }
  return folder;
}

describe.skipIf(!isThere)(
  isThere ? 'cfn-lint' : 'cfn-lint: left out, since .cache/cfn-lint, which .ci/run makes, is not there',
  () => {
    const folder = writeTemplates();
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** Gives an exit code besides what it finds. */
    async function lint(files: string[]): Promise<string[]> {
      const run = promisify(execFile)(
        program,
        ['--format', 'json', '--regions', 'us-east-1', '--ignore-checks', ...ignored, '--', ...files],
        { maxBuffer: 2 ** 26 },
      );
      const { stdout } = await run.catch((error: { stdout: string }) => error);
      const findings = JSON.parse(stdout) as Finding[];
      return findings
        .filter(({ Message }) => !Message.includes(placeholder))
        .map(
          ({ Filename, Rule, Location, Message }) =>
            `${basename(Filename)} ${Rule.Id} ${(Location.Path ?? []).join('.')}: ${Message}`,
        );
    }

    test('finds nothing in any template', async () => {
      expect(await lint(globSync(`${folder}/*.json`).sort())).toEqual([]);
    }, 300_000);

    test('finds what is wrong', async () => {
      const file = join(folder, 'wrong.json');
      const Resources = { Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 9999 } } };
      writeFileSync(file, JSON.stringify({ Resources }));
      const found = await lint([file]);
      rmSync(file);
      expect(found.join('\n')).toContain('E3034 Resources.Queue.Properties.DelaySeconds');
    }, 300_000);
  },
);
