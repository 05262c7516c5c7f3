import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { packageProject } from '../../../source/cli/package-project.ts';
import { loadConfig } from '../../../source/config/load-config.ts';
import { deleteStack } from '../../../source/deploy/delete-stack.ts';
import { type DeployInput, deployStack } from '../../../source/deploy/deploy-stack.ts';
import { invokeFunction } from '../../../source/deploy/invoke-function.ts';
import type { ProviderAddresses } from '../../../source/deploy/providers/provider.ts';
import { providedRecords, stackTags, synthesizeStack } from '../../../source/synth/synthesize-stack.ts';
import type { TestAws } from '../../local/start-test-aws.ts';
import { runToEnd, type Steering, stackInputOf, targetOf } from '../deploy-harness.ts';

/** A project whose only function tells its variables; its config changes from deploy to deploy. */
export function providedProject(serviceName: string, addresses: ProviderAddresses, aws: () => TestAws) {
  const directory = mkdtempSync(join(tmpdir(), 'stp-provided-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'src'));
  writeFileSync(join(directory, 'src/show.ts'), 'export default async () => process.env;\n');

  async function load(config: string): Promise<DeployInput> {
    const file = join(directory, 'stacktape.yml');
    writeFileSync(file, `serviceName: ${serviceName}\n${config}`);
    const loaded = await loadConfig({ file, stage: 'test', region: 'us-east-1', checkEntryFiles: true });
    expect(loaded.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { config: checked, locate } = loaded;
    if (checked === undefined) throw new Error('no config');
    const { template, artifacts, provided } = synthesizeStack(checked);
    return {
      config: checked,
      template,
      artifacts,
      provided,
      providerAddresses: addresses,
      tags: stackTags(checked),
      target: targetOf(aws()),
      programVersion: '0.0.0-test',
      package: (onEvent, signal) =>
        packageProject(checked, { stateDirectory: join(directory, '.stp'), onEvent, signal }),
      locate,
    };
  }

  return {
    async deploy(config: string, steering?: Steering, more: Partial<DeployInput> = {}) {
      const input = await load(config);
      return runToEnd((control) => deployStack({ ...input, ...more }, control), steering);
    },
    async remove(config: string, steering?: Steering) {
      const { config: checked } = await load(config);
      const providers = { accounts: checked.sections?.providerConfig, addresses };
      const input = { ...stackInputOf(aws(), serviceName), provided: providedRecords(checked), providers };
      return runToEnd((control) => deleteStack(input, control), steering);
    },
    /** Variables of the function that begin with `STP_`. */
    async variables(): Promise<Record<string, string>> {
      const { payload } = await invokeFunction({
        target: targetOf(aws()),
        stackName: `${serviceName}-test`,
        functionName: 'show',
        payload: {},
      });
      const all = Object.entries(payload as Record<string, string>);
      return Object.fromEntries(all.filter(([name]) => name.startsWith('STP_')));
    },
  };
}

export const showFunction = (connectTo: string, more = '') =>
  `  show:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/show.ts } }
      connectTo: [${connectTo}]
${more}`;
